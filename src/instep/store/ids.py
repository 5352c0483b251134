"""Ids of our own rows: a prefix that says what it is, then time, then chance."""

from __future__ import annotations

import secrets
import time

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_TIME_DIGITS = 9
_RANDOM_BYTES = 5


def new_id(prefix: str) -> str:
    """Return a fresh id such as `lnk_0mb3k2x1q7f9a2c4d`; ids sort by the time they were made."""
    number = time.time_ns() // 1_000_000
    digits = []
    for _ in range(_TIME_DIGITS):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return f"{prefix}_{''.join(reversed(digits))}{secrets.token_hex(_RANDOM_BYTES)}"
