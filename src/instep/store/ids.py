"""Ids of our own rows: a prefix that says what it is, then time, then chance."""

from __future__ import annotations

import secrets
import time

_RANDOM_BYTES = 5


def new_id(prefix: str) -> str:
    """Return a fresh id such as `lnk_001a1ff5c2b10f9a2c4d7e`; ids sort by the time they were made.

    Eleven digits of milliseconds since 1970 and ten of chance, hexadecimal.
    """
    milliseconds = time.time_ns() // 1_000_000
    return f"{prefix}_{milliseconds:011x}{secrets.token_hex(_RANDOM_BYTES)}"
