"""SQLite that does not wait for the disk: no test cuts the power.

A process that is killed loses nothing by this, for what it wrote is with the system by then. The
tests' PostgreSQL does not wait either.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa


def begin() -> None:
    """Let every SQLite of this process write on without waiting, from now on."""
    sa.event.listen(sa.pool.Pool, "checkout", _hurry)


@contextmanager
def put_off() -> Iterator[None]:
    """Leave databases that are opened in this block as the product opens them."""
    sa.event.remove(sa.pool.Pool, "checkout", _hurry)
    try:
        yield
    finally:
        begin()


def _hurry(connection: Any, record: Any, _proxy: Any) -> None:
    if isinstance(connection, sqlite3.Connection) and record.info.setdefault(_hurry, True):
        connection.execute("PRAGMA synchronous = OFF")
        record.info[_hurry] = False
