"""The services of a small world, as the CLI and the API would call them."""

from __future__ import annotations

from contextlib import asynccontextmanager

from instep.engine.review_services import Reviews
from instep.engine.sync_setup import SyncSetup
from instep.store import shards
from instep.store.workspaces import DEFAULT_WORKSPACE
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


@asynccontextmanager
async def setup_of(world):
    """Open what changes a world's sync, as another process would."""
    clients, engine, _ = start_process(world.database, world.vault, world.clock, Fuse())
    try:
        yield SyncSetup(engine, clients, DEFAULT_WORKSPACE)
    finally:
        await clients.close()


@asynccontextmanager
async def reviews_of(world):
    """Open what explains a world's records."""
    clients, engine, _ = start_process(world.database, world.vault, world.clock, Fuse())
    try:
        yield Reviews(engine, DEFAULT_WORKSPACE)
    finally:
        await clients.close()


async def work_of(syncs, world):
    """Open a world's sync for work, as a drain of its shard would."""
    sync = await syncs.get(world.sync)
    fence = await world.database.run(lambda tx: shards.take(tx, sync.shard, "me", 0))
    return await syncs._engine.open(sync, fence)
