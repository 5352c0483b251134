"""The chain of the audit log: each entry's hash covers the one before it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

FIRST = "0" * 64
"""What stands before the first entry."""


@dataclass(frozen=True, slots=True)
class Linked:
    """An entry in the log: its number, what it says, and the two hashes stored with it."""

    number: int
    said: Mapping[str, Any]
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold, and how, in a sentence."""

    number: int
    sentence: str


def digest(previous: str, number: int, said: Mapping[str, Any]) -> str:
    """Return the hash of an entry: SHA-256 over the one before, its number and all it says.

    One text for one entry: keys in order, no spaces, ASCII only.
    """
    text = json.dumps([previous, number, said], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def first_break(entries: Iterable[Linked], before: str = FIRST, number: int = 0) -> Break | None:
    """Return the first place where the chain does not hold; None if it holds.

    Entries come in their order, with no gap; `before` and `number` are the hash and the number of
    the entry before the first of them.
    """
    for each in entries:
        number += 1
        if each.number != number:
            return Break(number, f"Entry {number} is missing; entry {each.number} comes instead.")
        if each.previous != before:
            return Break(number, f"Entry {number} does not follow the one before it.")
        if each.digest != digest(before, number, each.said):
            return Break(number, f"Entry {number} was changed after it was written.")
        before = each.digest
    return None
