"""An engine that runs in this process: it owns the database (SQLite) and drains what is due."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from instep.engine.draining import Engine
from instep.engine.jobs import Jobs
from instep.engine.lingering import Lingering
from instep.store.owner import owning


def worker_name(engine: Engine, wanted: str = "") -> str:
    """Return this worker's name: stable on SQLite, where there is one; else unique per process."""
    if engine.db.is_sqlite:
        return "local"
    return wanted or f"{socket.gethostname()}:{os.getpid()}"


@asynccontextmanager
async def running(
    engine: Engine, worker: str, lingering: Lingering | None = None
) -> AsyncIterator[Jobs]:
    """Run the engine while the block runs.

    Raises UserError if another process owns the SQLite file.
    """
    with owning(engine.db):
        jobs = Jobs(engine, worker=worker, lingering=lingering)
        await jobs.start()
        try:
            yield jobs
        finally:
            await jobs.stop()
