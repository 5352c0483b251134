"""Wiring: settings → store → connectors → engine. Every part can be replaced by a test."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from instep import connectors
from instep.connectors.registry import Registry
from instep.core.retention import What
from instep.engine.access.house import People
from instep.engine.alert_services import Alerts
from instep.engine.alerts import Watch
from instep.engine.authorising import Authorising
from instep.engine.channel_services import AlertChannels
from instep.engine.channels.way import Wire
from instep.engine.clients import Clients
from instep.engine.connection_health import ConnectionHealth
from instep.engine.connection_services import ConnectionServices
from instep.engine.draining import Engine
from instep.engine.flows.house import House
from instep.engine.flows.offer_told import OfferTold
from instep.engine.flows.runs.replay_services import Replays
from instep.engine.flows.runs.run_services import Runs
from instep.engine.flows.services import FlowServices
from instep.engine.flows.triggers.addresses import Addresses
from instep.engine.flows.trying.trials import Trials
from instep.engine.history_services import History
from instep.engine.intake import Intake
from instep.engine.keys import Keys
from instep.engine.outlets import Outlets
from instep.engine.plan_services import Plans
from instep.engine.posting_services import Postings
from instep.engine.recipe_flows import RecipeFlows
from instep.engine.recipe_services import Recipes
from instep.engine.retention import Retention
from instep.engine.review_services import Reviews
from instep.engine.scopes import Scopes
from instep.engine.screens import Screens, screens_of
from instep.engine.suggestions import Suggestions
from instep.engine.sync_runs import SyncRuns
from instep.engine.sync_services import Syncs
from instep.engine.sync_setup import SyncSetup
from instep.sdk.clock import Clock, SystemClock
from instep.sdk.connector import Connector
from instep.sdk.transport import HttpTransport, Timeouts
from instep.settings import Settings, allows_address, locate_file
from instep.store.alert_channels import Channels
from instep.store.authorisations import Authorisations
from instep.store.connections import Connections
from instep.store.database import Database
from instep.store.vault import Vault, open_vault
from instep.store.workspaces import DEFAULT_WORKSPACE

if TYPE_CHECKING:
    from instep.sandbox import SandboxApp

# batches make many objects that die together: looking for cycles among them as often as Python does by
# default costs a tenth of deciding
_GC_THRESHOLDS = (10_000, 10, 10)
_OF_RECEIVERS = Timeouts(connect=10.0, read=20.0, total=30.0)


@dataclass(frozen=True, slots=True)
class Instep:
    """The assembled application: what the CLI and the API work with."""

    settings: Settings
    db: Database
    connectors: Mapping[str, Connector]
    clients: Clients
    engine: Engine
    connections: ConnectionServices
    authorising: Authorising
    health: ConnectionHealth
    scopes: Scopes
    syncs: Syncs
    setup: SyncSetup
    recipes: Recipes
    suggestions: Suggestions
    reviews: Reviews
    plans: Plans
    history: History
    sync_runs: SyncRuns
    intake: Intake
    postings: Postings
    flows: FlowServices
    runs: Runs
    replays: Replays
    trials: Trials
    offer: OfferTold
    addresses: Addresses
    alerts: Alerts
    channels: AlertChannels
    screens: Screens
    people: People
    retention: Retention
    keys: Keys

    def calls_by_app(self) -> dict[str, int]:
        """Return how many calls this process has made, by connector."""
        return self.clients.calls()


def sandbox_apps(
    *,
    data: Path | None = None,
    pace: str = "real",
    country: str = "US",
    seed: int = 1,
    manifests: Path | None = None,
    only: Collection[str] | None = None,
) -> list[SandboxApp]:
    """Return every app of the sandbox: the local GoHighLevel and the connectors' emulators.

    With a directory of manifests come the apps that these describe, and the example of one. With
    `only` come none but those of these names.
    """
    from instep.sandbox import parse_pace  # noqa: PLC0415 - slow to load, and rarely wanted
    from instep.sandbox.gohighlevel import GoHighLevel  # noqa: PLC0415 - as above

    builders = {"gohighlevel": GoHighLevel, **connectors.emulators(manifests)}
    return [
        build(data, pace=parse_pace(pace), country=country, seed=seed)
        for name, build in builders.items()
        if only is None or name in only
    ]


@asynccontextmanager
async def assemble(
    settings: Settings,
    *,
    owner: str = "cli",
    clock: Clock | None = None,
    available: Mapping[str, Connector] | None = None,
) -> AsyncIterator[Instep]:
    """Open the database (migrating it), the vault and the services; close them afterwards.

    Raises UserError for settings, a key or a database that cannot be used.
    """
    clock = clock or SystemClock()
    available = Registry(settings.manifests, clock.monotonic) if available is None else available
    with closing(Database(settings.database_url)) as db:
        vault, stored, keys = await _opened(settings, db, clock)
        clients = Clients(db, vault, stored, available, clock)
        outlets, watch = _telling(settings, db, vault, stored, clock)
        engine = Engine(db, clients, clock, owner, outlets=outlets, watch=watch)
        syncs = Syncs(engine, clients, DEFAULT_WORKSPACE)
        tellers = AlertChannels(db, watch.channels, watch.wire, DEFAULT_WORKSPACE)
        house = House(db, clients, clock, stored, tellers, DEFAULT_WORKSPACE)
        engine.flows = house.flows(syncs.run_for_flow, timedelta(days=settings.keep_runs_days))
        setup = SyncSetup(engine, clients, DEFAULT_WORKSPACE)
        connections = _connections(settings, stored, available, clock)
        scopes = Scopes(db, available, DEFAULT_WORKSPACE)
        async with _closing(clients, outlets):
            yield Instep(
                settings=settings,
                db=db,
                connectors=available,
                clients=clients,
                engine=engine,
                connections=connections,
                authorising=_authorising(db, vault, connections, scopes, clock),
                health=ConnectionHealth(stored, clients, clock),
                scopes=scopes,
                syncs=syncs,
                setup=setup,
                recipes=_recipes(db, clients, available, syncs, house),
                suggestions=Suggestions(clients, setup),
                reviews=Reviews(engine, DEFAULT_WORKSPACE),
                plans=Plans(engine, DEFAULT_WORKSPACE),
                history=History(db, DEFAULT_WORKSPACE),
                sync_runs=SyncRuns(engine, DEFAULT_WORKSPACE),
                intake=Intake(db, stored, available, clock),
                postings=Postings(db, stored, clock, DEFAULT_WORKSPACE),
                runs=house.runs(),
                replays=house.replays(),
                flows=house.services,
                trials=house.trials(syncs.run_for_flow),
                offer=house.offer(),
                addresses=house.addresses(vault),
                alerts=Alerts(db, clock, DEFAULT_WORKSPACE),
                channels=tellers,
                screens=screens_of(engine, DEFAULT_WORKSPACE),
                people=People.of(db, clock, DEFAULT_WORKSPACE),
                retention=_retention(settings, db),
                keys=keys,
            )


async def _opened(
    settings: Settings, db: Database, clock: Clock
) -> tuple[Vault, Connections, Keys]:
    """Bring the schema up to date, and see that the key opens what is sealed."""
    gc.set_threshold(*_GC_THRESHOLDS)
    db.migrate()
    vault = open_vault(settings)
    stored = Connections(db, vault, DEFAULT_WORKSPACE)
    await stored.check_keys()
    keys = Keys(db, vault, stored, clock)
    await keys.note(DEFAULT_WORKSPACE)
    return vault, stored, keys


def _retention(settings: Settings, db: Database) -> Retention:
    usual = {What.RUNS: settings.keep_runs_days, What.SENT: settings.keep_sent_days}
    return Retention(db, usual, DEFAULT_WORKSPACE)


def _recipes(
    db: Database, clients: Clients, available: Mapping[str, Connector], syncs: Syncs, house: House
) -> Recipes:
    by_recipe = RecipeFlows(house.services, house.choices)
    return Recipes(db, clients, available, syncs, by_recipe, DEFAULT_WORKSPACE)


def _connections(
    settings: Settings, stored: Connections, available: Mapping[str, Connector], clock: Clock
) -> ConnectionServices:
    allows, locate = partial(allows_address, settings), partial(locate_file, settings)
    return ConnectionServices(stored, available, clock, allows, locate)


def _authorising(
    db: Database, vault: Vault, connections: ConnectionServices, scopes: Scopes, clock: Clock
) -> Authorising:
    open_ones = Authorisations(db, vault, DEFAULT_WORKSPACE)
    return Authorising(open_ones, connections, scopes, clock)


@asynccontextmanager
async def _closing(clients: Clients, outlets: Outlets) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await clients.close()
        await outlets.transport.close()


def _telling(
    settings: Settings, db: Database, vault: Vault, stored: Connections, clock: Clock
) -> tuple[Outlets, Watch]:
    """Return what tells others of changes and of alerts."""
    outlets = _outlets(settings, db, stored, clock)
    return outlets, _watch(settings, db, vault, outlets)


def _watch(settings: Settings, db: Database, vault: Vault, outlets: Outlets) -> Watch:
    # where alerts go is a user's word, as where postings go is, and guarded by the same transport
    wire = Wire(outlets.transport, outlets.clock, partial(allows_address, settings))
    channels = Channels(db, vault, DEFAULT_WORKSPACE)
    return Watch(db, channels, wire, DEFAULT_WORKSPACE, outlets.keep)


def _outlets(settings: Settings, db: Database, stored: Connections, clock: Clock) -> Outlets:
    # where postings go is a user's word, so no name of a host is trusted
    allows = partial(allows_address, settings)
    receivers = HttpTransport("", timeouts=_OF_RECEIVERS, allows=allows)
    return Outlets(db, stored, clock, receivers, timedelta(days=settings.keep_sent_days))
