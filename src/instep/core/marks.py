"""Marks: for each noun a short stand-in for how it stands, so that two looks can be compared. Pure.

They travel as one text, the id of what was last told: whoever comes back with it is told what has
changed since, by any process, without anybody having kept anything.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

Marks = Mapping[str, str]

LONGEST = 1_000
_BYTES = 5
_TEXT = re.compile(r"[a-z_]+\.[0-9a-f]+(?:-[a-z_]+\.[0-9a-f]+)*", re.ASCII)


def mark_of(stands: Any) -> str:
    """Return the mark of JSON values: equal ones have equal marks, in every process."""
    text = json.dumps(stands, separators=(",", ":"), sort_keys=True)
    return hashlib.blake2s(text.encode(), digest_size=_BYTES).hexdigest()


def tell(marks: Marks) -> str:
    """Return marks as one text."""
    return "-".join(f"{noun}.{mark}" for noun, mark in sorted(marks.items()))


def read(text: str | None) -> Marks | None:
    """Read what `tell` told; None for a text that is none, as if nobody had been told anything."""
    if text is None or len(text) > LONGEST or not _TEXT.fullmatch(text):
        return None
    return dict(each.split(".") for each in text.split("-"))


def changed(before: Marks, now: Marks) -> list[str]:
    """Return the nouns that stand otherwise than before."""
    return sorted(noun for noun, mark in now.items() if before.get(noun) != mark)
