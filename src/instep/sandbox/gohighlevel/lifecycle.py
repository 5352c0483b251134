"""Lets one product follow what becomes of another's records: a contact goes, its tasks go too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

Record = dict[str, Any]
Follower = Callable[[Record], None]


class Stage(Enum):
    """What happened to a record."""

    ADDED = auto()
    CHANGED = auto()
    DELETED = auto()


class Lifecycle:
    """Tells those who follow a kind of record ("contact", "calendar" …), within the transaction."""

    def __init__(self) -> None:
        self._followers: dict[tuple[str, Stage], list[Follower]] = defaultdict(list)

    def follow(self, kind: str, stage: Stage, follower: Follower) -> None:
        """Call `follower` with every record of this kind that comes to this stage."""
        self._followers[kind, stage].append(follower)

    def announce(self, kind: str, stage: Stage, record: Record) -> None:
        """Say what happened; returns when all who follow have done their part."""
        for follower in self._followers[kind, stage]:
            follower(record)
