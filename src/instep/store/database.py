"""The database: one file of SQLite by default, PostgreSQL for many workers; one code for both."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError

from instep.core.errors import UserError
from instep.store import migrations
from instep.store.audit.watching import watching

_Result = TypeVar("_Result")

_READERS = 4
_POSTGRES_THREADS = 8
_BUSY_MS = 30_000
_CONNECT_SECONDS = 10
_CACHE_KIB = 32 * 1024  # a connection; SQLite's own two megabytes are less than an index of keys


class Database:
    """Connections, transactions, and the threads they run in.

    Raises UserError for an address that is none, a file or a server that cannot be used.
    """

    def __init__(self, url: str) -> None:
        parsed = _parse(url)
        self.url = url
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(parsed) if self.is_sqlite else _postgres_engine(parsed)
        # SQLite has one writer at a time: one thread for it, so that writers never fight
        writers = 1 if self.is_sqlite else _POSTGRES_THREADS
        self._writers = ThreadPoolExecutor(writers, thread_name_prefix="instep-write")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="instep-read")

    def migrate(self) -> None:
        """Bring the schema up to date. Raises UserError if it belongs to a newer Instep."""
        with self.read() as tx:
            if migrations.is_current(tx):
                return  # no need to wait for whoever is writing
        with self.write() as tx:
            migrations.upgrade(tx)

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Open a transaction that may write; it commits when the block ends well.

        What it changes on a person's word goes into the audit log in the same transaction.
        """
        opened = self.engine.connect().execution_options(instep_writes=True)
        with opened as tx, tx.begin(), watching(tx):
            yield tx

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Open a transaction that only reads."""
        with self.engine.connect() as tx, tx.begin():
            yield tx

    async def run(self, work: Callable[[sa.Connection], _Result]) -> _Result:
        """Run `work` in one writing transaction, in a thread of its own."""

        def write() -> _Result:
            with self.write() as tx:
                return work(tx)

        # a thread of ours does not know by itself on whose word it works
        known = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self._writers, known.run, write)

    async def run_read(self, work: Callable[[sa.Connection], _Result]) -> _Result:
        """Run `work` in one reading transaction, in a thread of its own."""

        def read() -> _Result:
            with self.read() as tx:
                return work(tx)

        return await asyncio.get_running_loop().run_in_executor(self._readers, read)

    def close(self) -> None:
        """Wait for what is running and let go of every connection."""
        self._writers.shutdown()
        self._readers.shutdown()
        self.engine.dispose()


def insert_into(tx: sa.Connection, table: sa.Table) -> Any:
    """Return the dialect's INSERT, which knows ON CONFLICT (both spell it the same)."""
    return sqlite.insert(table) if tx.dialect.name == "sqlite" else postgresql.insert(table)


def _parse(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise UserError(
            "The database address is not one Instep knows. Set INSTEP_DATABASE_URL to "
            "sqlite:///path/to/file or postgresql://user@host/database."
        )
    return parsed


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    if url.database in {None, "", ":memory:"}:
        raise UserError("A database in memory cannot survive a stop; name a file for SQLite.")
    path = Path(str(url.database))
    engine = sa.create_engine(
        url,
        hide_parameters=True,  # they are people's data, and errors are logged
        pool_use_lifo=True,  # the same few connections, whose caches are warm
        connect_args={"timeout": _BUSY_MS / 1000},
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)  # people's data: SQLite gives its side files the same mode
        with engine.connect():
            return engine
    except (OSError, DBAPIError) as error:
        engine.dispose()
        why = error.strerror if isinstance(error, OSError) else error.orig
        raise UserError(f"The database file {path} cannot be used: {why}.") from None


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see below
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    connection.execute("PRAGMA wal_autocheckpoint = 10000")  # 40 MB of log between checkpoints
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")


def _begin_sqlite(connection: sa.Connection) -> None:
    """Take the write lock at once: one taken later can fail where waiting would have done."""
    writes = connection.get_execution_options().get("instep_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgres_engine(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=_POSTGRES_THREADS + _READERS,
        pool_pre_ping=True,
        hide_parameters=True,  # as above
        # nothing is prepared: a plan made while a table was empty would be kept when it is full
        connect_args={"connect_timeout": _CONNECT_SECONDS, "prepare_threshold": None},
    )
    try:
        with engine.connect():
            return engine
    except DBAPIError as error:
        engine.dispose()
        where = f"{url.host or url.query.get('host', 'localhost')}:{url.port or 5432}"
        raise UserError(
            f"The PostgreSQL database {url.database!r} at {where} cannot be used: "
            f"{_reason(error)}. Check INSTEP_DATABASE_URL and that the server runs."
        ) from None


def _reason(error: DBAPIError) -> str:
    """Return why the server could not be used, in its own words; they hold no password."""
    said = str(error.orig).rpartition("failed: ")[2]
    return said.splitlines()[0].removeprefix("FATAL:").strip()
