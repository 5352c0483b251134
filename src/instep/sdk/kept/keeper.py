"""The port behind kept records: whoever keeps them, in whatever way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from instep.core.records import Record, Values, Write
from instep.sdk.request import Reply


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page that is asked for: of all records of a kind, or of one parent's.

    `since` (ISO 8601 UTC, exclusive) leaves out what did not change after it. `token` is where the
    page before said that this one begins; it counts more than `since`, which it is given with.
    """

    kind: str
    parent_id: str | None
    since: str | None
    token: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class Page:
    """Records, oldest change first, and where the next page begins; None: this was the last."""

    records: Sequence[Record]
    more: str | None = None


class Refused(Exception):
    """What a keeper does not take. `reply` is what the resource gets to see."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


class Keeper(Protocol):
    """Keeps records of several kinds. A kind is canonical; so are the names of the values.

    Every method may raise Refused for what it does not take.
    """

    async def read(self, kind: str, record_id: str) -> Record | None:
        """Return a record as it is now, None if there is none."""

    async def find(self, kind: str, field: str, value: str) -> Sequence[Record]:
        """Return the records whose field holds a value, without regard to case."""

    async def page(self, wanted: Wanted) -> Page:
        """Return one page of records in the order of their change."""

    async def add(self, kind: str, values: Values) -> Record:
        """Keep a new record, under an id that no other record of the kind has or had."""

    async def edit(
        self, kind: str, record_id: str, write: Write, version: str | None
    ) -> Record | None:
        """Change a record, at this version of it if one is named; None where it moved on."""

    async def remove(self, kind: str, record_id: str) -> None:
        """Remove a record that is there."""
