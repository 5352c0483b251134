"""What a transaction changes on a person's word, found by looking on, and written at its end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from instep.core.people.changes import MOST_CHANGES, Changed, changes
from instep.store.audit import acting, entries
from instep.store.audit.acting import Act
from instep.store.audit.watched import COUNTED, ROW_BY_ROW

_WRITES = re.compile(r'\b(INSERT INTO|UPDATE|DELETE FROM)\s+"?([a-z_]+)"?')


@contextmanager
def watching(tx: sa.Connection) -> Iterator[None]:
    """Watch a transaction if somebody acts in it; write what they changed before it is committed."""
    act = acting.present()
    if act is None:
        yield
        return
    watch = _Watch(tx)
    yield
    watch.close()
    _tell(tx, act, watch)


class _Watch:
    """Looks at each statement of a transaction, and at what was there before the first write."""

    def __init__(self, tx: sa.Connection) -> None:
        self._tx = tx
        self._before: dict[str, Mapping[str, Mapping[str, Any]]] = {}
        self._deleted: set[str] = set()
        self.counts: Counter[str] = Counter()
        self._counting: str | None = None
        self._written = 0
        self._open = True
        sa.event.listen(tx, "before_cursor_execute", self._see)
        sa.event.listen(tx, "after_cursor_execute", self._count)

    def _see(self, _tx: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self._settle()
        for verb, table in _writes(statement) if self._open else ():
            if table in ROW_BY_ROW and table not in self._before:
                self._before[table] = ROW_BY_ROW[table].rows(self._tx)
            if table in COUNTED and self._tx.dialect.name == "sqlite":
                self._counting, self._written = table, self._total()
            if verb == "DELETE FROM":
                self._deleted.add(table)

    def _count(self, _tx: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        for _verb, table in _writes(statement) if self._open else ():
            if table in COUNTED and self._tx.dialect.name != "sqlite":
                self.counts[table] += max(cursor.rowcount, 0)

    def _settle(self) -> None:
        """Count what the last statement wrote on SQLite.

        It knows that only once what RETURNING gives has been read: when something else begins.
        """
        if self._counting is not None:
            self.counts[self._counting] += self._total() - self._written
            self._counting = None

    def _total(self) -> int:
        """Return how many rows SQLite has written on this connection so far; 0 elsewhere."""
        total: int = getattr(self._tx.connection.driver_connection, "total_changes", 0)
        return total

    def close(self) -> None:
        """Look on no longer: what follows is our own."""
        self._settle()
        self._open = False

    def changes(self) -> Sequence[Changed]:
        """Return what differs from before, table by table; what matters most comes first."""
        return [
            change
            for name, told in ROW_BY_ROW.items()
            if (before := self._before.get(name)) is not None
            for change in changes(told.noun, before, self._after(name, before))
        ]

    def _after(
        self, name: str, before: Mapping[str, Mapping[str, Any]]
    ) -> Mapping[str, Mapping[str, Any]]:
        """Return a table's rows now, as far as this transaction made them so."""
        ours = ROW_BY_ROW[name].rows(self._tx, ours=True)
        if name not in self._deleted:
            return {**before, **ours}
        there = ROW_BY_ROW[name].rows(self._tx)
        return {**{key: row for key, row in before.items() if key in there}, **ours}


def _tell(tx: sa.Connection, act: Act, watch: _Watch) -> None:
    """Write one entry for what was changed row by row, and what was counted if it is the first."""
    found = watch.changes()
    told: list[dict[str, Any]] = [each.as_json() for each in found[:MOST_CHANGES]]
    if len(found) > MOST_CHANGES:
        told.append({"more": len(found) - MOST_CHANGES})
    counted = [(COUNTED[table], rows) for table, rows in watch.counts.items() if rows]
    if not act.told:
        told += [{"noun": noun, "rows": rows} for noun, rows in counted]
    if not told:
        return
    act.told.update(COUNTED.values())  # one entry stands for all the rows that an act moves
    if found:
        about = entries.About(found[0].noun, found[0].id, found[0].name)
    else:
        about = entries.About(counted[0][0], None, act.name)
    entries.append(tx, act, about, told)


@lru_cache(maxsize=1024)
def _writes(statement: str) -> tuple[tuple[str, str], ...]:
    """Return what a statement writes to: the verb and the table, of each part of it."""
    return tuple((each[1], each[2]) for each in _WRITES.finditer(statement))
