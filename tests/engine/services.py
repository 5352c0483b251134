"""The services of a small world, as the CLI and the API would call them."""

from __future__ import annotations

from contextlib import asynccontextmanager

from tests.crash.fuse import Fuse
from tests.crash.small_world import start_process


@asynccontextmanager
async def services_of(world):
    """Open a world's services as another process would."""
    clients, _, syncs = start_process(world.database, world.vault, world.clock, Fuse())
    try:
        yield syncs
    finally:
        await clients.close()
