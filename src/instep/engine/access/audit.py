"""The audit log as people read, export and check it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instep.core.people.chain import FIRST, Break, first_break
from instep.core.times import iso_of
from instep.store.audit import entries
from instep.store.audit.entries import Entry, Wanted
from instep.store.database import Database

_PAGE = 500


@dataclass(frozen=True, slots=True)
class EntryTold:
    """An entry as people and programs read it."""

    entry: Entry

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        each = self.entry
        return {
            "number": each.number,
            "at": iso_of(each.at),
            "actor": each.actor,
            "actor_kind": each.actor_kind,
            "origin": each.origin,
            "act": each.act,
            "noun": each.noun,
            "object": each.object,
            "object_id": each.object_id,
            "changes": [*each.changes],
            "digest": each.digest,
        }


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of checking the chain: how many entries, the last hash, the first break if any."""

    entries: int
    digest: str
    broken: Break | None

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {
            "entries": self.entries,
            "digest": self.digest,
            "holds": self.broken is None,
            "broken_at": None if self.broken is None else self.broken.number,
            "sentence": None if self.broken is None else self.broken.sentence,
        }


class AuditLog:
    """The audit log: entries come by themselves from what people change here."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def page(
        self, wanted: Wanted, limit: int = 50, before: int | None = None
    ) -> Sequence[EntryTold]:
        """Return entries, newest first; those before one of them if its number is given."""
        found = await self._db.run_read(lambda tx: entries.page(tx, wanted, limit, before))
        return [*map(EntryTold, found)]

    async def all(self, wanted: Wanted) -> AsyncIterator[EntryTold]:
        """Yield every entry that is wanted, newest first."""
        before: int | None = None
        while found := await self.page(wanted, _PAGE, before):
            for each in found:
                yield each
            before = found[-1].entry.number

    async def choices(self) -> entries.Choices:
        """Return whose entries there are, and on which kinds of object."""
        return await self._db.run_read(entries.choices)

    async def note(self, noun: str, name: str, said: Mapping[str, Any]) -> None:
        """Add an entry of what a person is about to do in an app itself: before it is sent.

        Names only belong into `said`: the log is never emptied, so it holds nobody's data.
        """
        about = entries.About(noun, None, name)
        await self._db.run(lambda tx: entries.note(tx, about, said))

    async def verify(self) -> Verified:
        """Check every hash of the chain, page by page.

        It finds what was changed or taken out; that entries at the end are missing shows only beside
        a hash that was noted before.
        """
        number, digest = 0, FIRST
        while found := await self._db.run_read(lambda tx, after=number: entries.chained(tx, after)):  # type: ignore[misc] # a lambda's default has no type
            if broken := first_break(found, digest, number):
                return Verified(number, digest, broken)
            number, digest = found[-1].number, found[-1].digest
        return Verified(number, digest, None)
