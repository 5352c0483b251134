"""Where the emulator keeps the records of one kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from instep.connectors.insightly.emulator.document import blank, written
from instep.connectors.insightly.emulator.kinds import CONTACT, Kind
from instep.sandbox.state import Collection, Column, Document, State

_FIRST_ID = 300_000_001


@dataclass(frozen=True, slots=True)
class Query:
    """Which records of a kind a list shows: SQL conditions and their values."""

    kind: Kind
    conditions: tuple[str, ...] = ()
    values: tuple[Column, ...] = ()

    def holding(self, name: str, value: str) -> Query:
        """Return the query narrowed to records whose field holds exactly this text."""
        # the name was checked against the declared fields
        column = self.kind.indexed.get(name) or f"CAST(json_extract(body, '$.{name}') AS TEXT)"
        return self._and(f"{column} = ?", value)

    def updated_after(self, moment: str, shown_until: str) -> Query:
        """Return the query narrowed to changes after one moment, as far as the index knows."""
        return self._and("updated > ? AND updated <= ?", moment, shown_until)

    def tagged(self, name: str) -> Query:
        """Return the query narrowed to records with this tag."""
        tags = "SELECT lower(json_extract(value, '$.TAG_NAME')) FROM json_each(body, '$.TAGS')"
        return self._and(f"? IN ({tags})", name.lower())

    def linked_to(self, target: str, number: int) -> Query:
        """Return the query narrowed to records linked to one other record."""
        sources = "SELECT source_id FROM links WHERE source = ? AND target = ? AND target_id = ?"
        return self._and(f"id IN ({sources})", self.kind.name, target, number)

    def _and(self, condition: str, *values: Column) -> Query:
        return Query(self.kind, (*self.conditions, condition), (*self.values, *values))

    @property
    def where(self) -> str:
        """The condition as SQL."""
        return " AND ".join(self.conditions) or "1"


class Shelf:
    """The records of one kind. Numbers only rise and are never given twice."""

    def __init__(self, state: State, kind: Kind) -> None:
        self.kind = kind
        self._state = state
        columns: dict[str, Callable[[Document], Column]] = {
            column: partial(_value, name) for name, column in kind.indexed.items()
        }
        columns["updated"] = partial(_value, "DATE_UPDATED_UTC")
        self._records = Collection(state, kind.table, columns, indexes=tuple(columns))

    def add(self, sent: Document, now: str) -> Document:
        """Create a record. Raises Invalid."""
        with self._state.transaction():
            number = self._take_numbers(1)
            record = written(self.kind, blank(self.kind, number, now), sent, now)
            self.put(record)
        return record

    def add_many(self, how_many: int, make: Callable[[int, int], Document]) -> range:
        """Create records in one go from `make(place, number)`; return their numbers."""
        with self._state.transaction():
            first = self._take_numbers(how_many)
            numbers = range(first, first + how_many)
            self._records.put_many(
                (number, make(place, number)) for place, number in enumerate(numbers)
            )
        return numbers

    def put(self, record: Document) -> None:
        """Store a changed record."""
        self._records.put(record[self.kind.key], record)

    def put_many(self, records: Iterable[Document]) -> None:
        """Store changed records."""
        self._records.put_many((record[self.kind.key], record) for record in records)

    def get(self, number: int) -> Document | None:
        """Return one record, or None."""
        return self._records.get(number)

    def remove(self, number: int) -> None:
        """Remove one record."""
        self._records.delete(number)

    def page(self, query: Query, top: int = -1, skip: int = 0) -> list[Document]:
        """Return one page, in ascending number."""
        return self._records.find(query.where, query.values, limit=top, skip=skip)

    def count(self, query: Query) -> int:
        """Return how many records the query has in all."""
        return self._records.count(query.where, query.values)

    def tags(self) -> list[str]:
        """Return every tag in use, once."""
        rows = self._state.execute(
            "SELECT DISTINCT json_extract(value, '$.TAG_NAME') "  # noqa: S608 - a declared name
            f"FROM {self.kind.table}, json_each(body, '$.TAGS') ORDER BY 1"
        )
        return [name for (name,) in rows.fetchall()]

    def _take_numbers(self, how_many: int) -> int:
        # contacts came first: their counter has no name of its own
        name = "next_id" if self.kind is CONTACT else f"next_id_{self.kind.table}"
        first: int = self._state.kept(name, lambda: _FIRST_ID)
        self._state.keep(name, first + how_many)
        return first


def _value(name: str, record: Document) -> Column:
    column: Column = record[name]
    return column
