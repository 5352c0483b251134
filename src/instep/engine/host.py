"""An engine that runs in this process: it owns the database (SQLite) and drains what is due."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from instep.engine.draining import Engine
from instep.engine.lingering import Lingering
from instep.store.audit.acting import acting
from instep.store.owner import is_owned, owning

if TYPE_CHECKING:
    from instep.engine.jobs import Jobs


def worker_name(engine: Engine, wanted: str = "") -> str:
    """Return this worker's name: stable on SQLite, where there is one; else unique per process."""
    if engine.db.is_sqlite:
        return "local"
    return wanted or f"{socket.gethostname()}:{os.getpid()}"


@asynccontextmanager
async def running(
    engine: Engine, worker: str, lingering: Lingering | None = None
) -> AsyncIterator[Jobs]:
    """Run the engine while the block runs: its drains, and beside them its outlets and its watch.

    Raises UserError if another process owns the SQLite file.
    """
    # only who drains needs DBOS, and loading it is a quarter of what most commands take to start
    from instep.engine.jobs import Jobs  # noqa: PLC0415 - as above

    with owning(engine.db):
        engine.lingering = lingering or Lingering()  # one that was closed lets nobody wait
        jobs = Jobs(engine, worker=worker)
        with acting(None):  # what the engine does by itself is nobody's act
            await jobs.start()
        try:
            async with _posting(engine), _watching(engine):
                yield jobs
        finally:
            await jobs.stop()


@asynccontextmanager
async def _posting(engine: Engine) -> AsyncIterator[None]:
    """Post what is due while the block runs."""
    if engine.outlets is None:
        yield
        return
    with acting(None):
        engine.outlets.start()
    try:
        yield
    finally:
        await engine.outlets.stop()


@asynccontextmanager
async def _watching(engine: Engine) -> AsyncIterator[None]:
    """Look for trouble and tell of it while the block runs."""
    if engine.watch is None:
        yield
        return
    with acting(None):
        engine.watch.start()
    try:
        yield
    finally:
        await engine.watch.stop()


async def post_due(engine: Engine, connection_id: str) -> bool:
    """Post what is due for a connection; False if it is left to an engine that runs already."""
    if engine.outlets is None or is_owned(engine.db):
        return False
    with owning(engine.db):
        async with _posting(engine):
            return await engine.outlets.settle({connection_id})
