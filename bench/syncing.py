"""The engine between the two apps of `bench.apps`, without DBOS: one sync, run on demand."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.apps import Apps
from instep.bootstrap import Instep, assemble
from instep.engine.sync_services import Wanted
from instep.sdk.auth import Credential
from instep.sdk.connector import Connector
from instep.settings import Settings
from instep.store.connections import Connections, NewConnection
from instep.store.vault import open_vault
from instep.store.workspaces import DEFAULT_WORKSPACE

SYNC = "bench"
_NOTHING: Mapping[str, str] = {}
_FAST = {"per_second": "2000"}


@dataclass(frozen=True, slots=True)
class Syncing:
    """An assembled Instep with one sync."""

    instep: Instep

    async def run(self) -> Mapping[str, int]:
        """Run the sync until it is done; return what it counted."""
        await self.instep.syncs.request_run(SYNC)
        return await self.go_on()

    async def go_on(self) -> Mapping[str, int]:
        """Run what is due until it is done; return what it counted."""
        sync = await self.instep.syncs.get(SYNC)
        while await self.instep.engine.advance(sync.shard):
            pass
        latest = (await self.instep.syncs.status(SYNC)).latest
        if latest is None or latest.state != "done":
            raise AssertionError(f"the run did not end well: {latest}")
        return latest.counts


@asynccontextmanager
async def connected(apps: Apps) -> AsyncIterator[Syncing]:
    """Set up a sync between both apps on a fresh SQLite file."""
    with tempfile.TemporaryDirectory(prefix="instep-bench-") as folder:
        settings = Settings(data_dir=Path(folder), log_level="warning")
        async with connected_on(settings, apps) as syncing:
            yield syncing


@asynccontextmanager
async def connected_on(
    settings: Settings,
    apps: Apps,
    ghl: Mapping[str, str] = _NOTHING,
    insightly: Mapping[str, str] = _FAST,
    available: Mapping[str, Connector] | None = None,
) -> AsyncIterator[Syncing]:
    """As `connected`, on these settings' database, with more settings of the two connections."""
    async with assemble(settings, available=available) as instep:
        await _connect(instep, apps, ghl, insightly)
        await instep.syncs.create(Wanted(SYNC, "gohighlevel", "insightly"))
        yield Syncing(instep)


async def _connect(
    instep: Instep, apps: Apps, more_ghl: Mapping[str, str], more_insightly: Mapping[str, str]
) -> None:
    """Store both connections directly: the form would not let the rate out of the way."""
    vault = open_vault(instep.settings)
    stored = Connections(instep.db, vault, DEFAULT_WORKSPACE)
    ghl, insightly = apps.described["gohighlevel"], apps.described["insightly"]
    await stored.create(
        NewConnection(
            name="gohighlevel",
            connector="gohighlevel",
            auth_kind="private_integration",
            account_id=ghl["location_id"],
            country="US",
            config={"base_url": ghl["url"], "location_id": ghl["location_id"], **more_ghl},
        ),
        Credential("private_integration", {"token": ghl["private_integration_token"]}),
    )
    await stored.create(
        NewConnection(
            name="insightly",
            connector="insightly",
            auth_kind="api_key",
            account_id="insightly",
            country="US",
            config={"base_url": insightly["url"], **more_insightly},
        ),
        Credential("api_key", {"api_key": insightly["api_key"]}),
    )
