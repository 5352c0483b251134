"""On SQLite one engine process owns the file. The kernel gives the lock back, even after a kill."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.store.database import Database

_TRIES, _BETWEEN_SECONDS = 5, 0.02
"""Somebody who only asks whether there is an owner holds the lock for an instant."""


@contextmanager
def owning(db: Database) -> Iterator[None]:
    """Own the database file while the block runs; a no-op on PostgreSQL, made for many workers.

    Raises UserError that names the process which owns it already.
    """
    if not db.is_sqlite:
        yield
        return
    with _opened(db) as handle:
        if not any(_locks(handle, fcntl.LOCK_EX, attempt) for attempt in range(_TRIES)):
            raise UserError(
                f"Another Instep (process {_owner(handle)}) already runs on {_path(db)}. Use that "
                "one, stop it first, or set INSTEP_DATABASE_URL to a PostgreSQL for several "
                "workers."
            )
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield


def is_owned(db: Database) -> bool:
    """Whether an engine owns the database file just now."""
    if not db.is_sqlite:
        return False
    with _opened(db) as handle:
        return not _locks(handle, fcntl.LOCK_SH)


@contextmanager
def _opened(db: Database) -> Iterator[int]:
    handle = os.open(f"{_path(db)}.owner", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)  # closing unlocks; the file stays, so that nobody locks a deleted one


def _locks(handle: int, kind: int, attempt: int = 0) -> bool:
    if attempt:
        time.sleep(_BETWEEN_SECONDS)
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _owner(handle: int) -> str:
    return os.pread(handle, 20, 0).decode() or "unknown"


def _path(db: Database) -> Path:
    return Path(str(sa.make_url(db.url).database))
