"""The database: one file of SQLite by default, PostgreSQL for many workers; one code for both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from instep.core.errors import UserError

_Result = TypeVar("_Result")

_READERS = 4
_POSTGRES_THREADS = 8
_BUSY_MS = 30_000
_MIGRATION_LOCK = 0x1257EB  # one process migrates a PostgreSQL at a time


class Database:
    """Connections, transactions, and the threads they run in."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url)
        # SQLite has one writer at a time: one thread for it, so that writers never fight
        writers = 1 if self.is_sqlite else _POSTGRES_THREADS
        self._writers = ThreadPoolExecutor(writers, thread_name_prefix="instep-write")
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="instep-read")

    def migrate(self) -> None:
        """Bring the schema up to date. Raises UserError if it belongs to a newer Instep."""
        config = Config()
        config.set_main_option("script_location", "instep.store:migrations")
        with self.write() as tx:
            if not self.is_sqlite:
                tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            config.attributes["connection"] = tx
            try:
                command.upgrade(config, "head")
            except CommandError:
                raise UserError(
                    "This database was written by a newer Instep. Update Instep, or use another "
                    "database."
                ) from None

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Open a transaction that may write; it commits when the block ends well."""
        with self.engine.connect().execution_options(instep_writes=True) as tx, tx.begin():
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

        return await asyncio.get_running_loop().run_in_executor(self._writers, write)

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


def _sqlite_engine(url: str) -> sa.Engine:
    path = sa.make_url(url).database
    if not path:
        raise UserError("A database in memory cannot survive a stop; name a file for SQLite.")
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(url, connect_args={"timeout": _BUSY_MS / 1000})
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        with engine.connect():
            return engine
    except (OSError, DBAPIError) as error:
        raise UserError(
            f"The database file {path} cannot be used: {getattr(error, 'orig', error)}."
        ) from None


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see below
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")


def _begin_sqlite(connection: sa.Connection) -> None:
    """Take the write lock at once: one taken later can fail where waiting would have done."""
    writes = connection.get_execution_options().get("instep_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgres_engine(url: str) -> sa.Engine:
    parsed = sa.make_url(url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(parsed, pool_size=_POSTGRES_THREADS + _READERS, pool_pre_ping=True)
    try:
        with engine.connect():
            return engine
    except DBAPIError:
        where = f"{parsed.host or 'localhost'}:{parsed.port or 5432}"
        raise UserError(
            f"No PostgreSQL answered at {where} for the database {parsed.database!r}. "
            "Check INSTEP_DATABASE_URL and that the server runs."
        ) from None
