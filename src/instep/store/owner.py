"""On SQLite one engine process owns the file. The kernel gives the lock back, even after a kill."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.store.database import Database


@contextmanager
def owning(db: Database) -> Iterator[None]:
    """Own the database file while the block runs; a no-op on PostgreSQL, made for many workers.

    Raises UserError that names the process which owns it already.
    """
    if not db.is_sqlite:
        yield
        return
    path = Path(f"{sa.make_url(db.url).database}.owner")
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(handle, path)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)  # closing unlocks; the file stays, so that nobody locks a deleted one


def is_owned(db: Database) -> bool:
    """Whether another process owns the database file just now."""
    try:
        with owning(db):
            return False
    except UserError:
        return True


def _lock(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.pread(handle, 20, 0).decode() or "unknown"
        raise UserError(
            f"Another Instep (process {pid}) already runs on {path.with_suffix('')}. Use that one, "
            "stop it first, or set INSTEP_DATABASE_URL to a PostgreSQL for several workers."
        ) from None
