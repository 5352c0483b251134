"""What one app of the sandbox remembers: JSON documents in an SQLite file, or in memory."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from instep.core.errors import UserError

Document = dict[str, Any]
Column = str | int | float | None

_LAYOUT = 2  # raise it when a table changes: files of another layout are refused, not migrated


class State:
    """One app's memory. May be used from any thread; a transaction holds off the others.

    `file` None keeps everything in memory. Every write is committed when the call (or the
    outermost `transaction`) returns. A committed write survives a killed process; surviving a
    power cut would cost an fsync per call, which a sandbox does not need.

    Raises UserError if the file cannot be used: held by another sandbox, not SQLite, other layout.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.RLock()
        self._depth = 0
        try:
            self._open()
        except (OSError, sqlite3.Error) as error:
            reason = "another sandbox uses it" if "locked" in str(error) else str(error)
            raise UserError(f"The sandbox cannot use {file}: {reason}.") from error

    def _open(self) -> None:
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        name = str(self._file or ":memory:")
        self._database = sqlite3.connect(
            name, timeout=1, isolation_level=None, check_same_thread=False
        )
        # exclusive: ids and clocks are also held in memory, so a second sandbox must not share it
        self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        with self.transaction():
            layout = self.execute("PRAGMA user_version").fetchone()[0]
            if layout not in {0, _LAYOUT}:
                raise UserError(
                    f"{self._file} was made by another version of the sandbox; use another "
                    "data directory, or delete this file."
                )
            self.execute(f"PRAGMA user_version = {_LAYOUT}")
            self.execute("CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT)")

    def execute(self, sql: str, parameters: Sequence[Column] = ()) -> sqlite3.Cursor:
        """Carry out one statement."""
        with self._lock:
            return self._database.execute(sql, parameters)

    def execute_many(self, sql: str, rows: Iterable[Sequence[Column]]) -> None:
        """Carry out one statement for many rows, in one transaction."""
        with self.transaction():
            self._database.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what is done inside one unit; an exception undoes all of it. May be nested."""
        with self._lock:
            if self._depth:
                yield
                return
            self._database.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            else:
                self._database.execute("COMMIT")
            finally:
                self._depth = 0

    def keep(self, name: str, value: Any) -> None:
        """Remember one JSON value under a name."""
        self.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, json.dumps(value)))

    def kept(self, name: str, make: Callable[[], Any]) -> Any:
        """Return the value kept under this name; the first time, make it."""
        with self.transaction():
            row = self.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
            if row is None:
                self.keep(name, make())
                return self.kept(name, make)
            return json.loads(row[0])

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()


class Collection:
    """Documents of one kind. `columns` are computed from each document, to be searched by.

    Conditions and orders are SQL over `id`, the columns and `body` (the JSON text); values go into
    `parameters`, never into the text.
    """

    def __init__(
        self,
        state: State,
        name: str,
        columns: Mapping[str, Callable[[Document], Column]] | None = None,
        indexes: Sequence[str] = (),
    ) -> None:
        self.state = state
        self.name = name
        self._columns = dict(columns or {})
        marks = ", ".join("?" * (len(self._columns) + 2))
        # an update in place leaves indexes of unchanged columns alone, and the rowid: it tells the
        # order in which documents came
        changes = ", ".join(f"{column} = excluded.{column}" for column in ("body", *self._columns))
        self._put = (
            f"INSERT INTO {name} VALUES ({marks}) "  # noqa: S608 - declared names
            f"ON CONFLICT (id) DO UPDATE SET {changes}"
        )
        plain = "".join(f", {column}" for column in self._columns)
        state.execute(f"CREATE TABLE IF NOT EXISTS {name} (id PRIMARY KEY, body TEXT{plain})")
        for number, index in enumerate(indexes):
            state.execute(f"CREATE INDEX IF NOT EXISTS {name}_{number} ON {name} ({index})")

    def put(self, identifier: str | int, document: Document) -> None:
        """Store one document, new or in place of the old one."""
        self.state.execute(self._put, self._row(identifier, document))

    def put_many(self, documents: Iterable[tuple[str | int, Document]]) -> None:
        """Store many documents in one transaction."""
        self.state.execute_many(self._put, (self._row(*each) for each in documents))

    def get(self, identifier: str | int) -> Document | None:
        """Return one document, or None."""
        return self.first("id = ?", (identifier,))

    def delete(self, identifier: str | int) -> bool:
        """Remove one document; say whether it was there."""
        sql = f"DELETE FROM {self.name} WHERE id = ?"  # noqa: S608 - declared name
        return self.state.execute(sql, (identifier,)).rowcount > 0

    def remove(self, where: str, parameters: Sequence[Column] = ()) -> list[Document]:
        """Remove the documents that meet the condition; return what they were."""
        sql = f"DELETE FROM {self.name} WHERE {where} RETURNING body"  # noqa: S608 - as in find
        return [json.loads(body) for (body,) in self.state.execute(sql, parameters).fetchall()]

    def first(self, where: str, parameters: Sequence[Column] = ()) -> Document | None:
        """Return one document that meets the condition, or None."""
        return next(iter(self.find(where, parameters, limit=1)), None)

    def find(
        self,
        where: str = "1",
        parameters: Sequence[Column] = (),
        order: str = "id",
        limit: int = -1,
        skip: int = 0,
    ) -> list[Document]:
        """Return the documents that meet the condition, in order."""
        sql = (
            f"SELECT body FROM {self.name} WHERE {where} "  # noqa: S608 - values are parameters
            f"ORDER BY {order} LIMIT ? OFFSET ?"
        )
        rows = self.state.execute(sql, (*parameters, limit, skip))
        return [json.loads(body) for (body,) in rows.fetchall()]

    def count(self, where: str = "1", parameters: Sequence[Column] = ()) -> int:
        """Return how many documents meet the condition."""
        sql = f"SELECT count(*) FROM {self.name} WHERE {where}"  # noqa: S608 - as in find
        total: int = self.state.execute(sql, parameters).fetchone()[0]
        return total

    def _row(self, identifier: str | int, document: Document) -> list[Column]:
        body = json.dumps(document, separators=(",", ":"))
        return [identifier, body, *(read(document) for read in self._columns.values())]
