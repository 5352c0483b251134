"""GoHighLevel's sandbox and another app laid on one table, and a recipe carried out between them."""

from __future__ import annotations

import contextlib
import shutil
from datetime import timedelta

from instep.bootstrap import assemble, sandbox_apps
from instep.connectors.custom.emulator import serving
from instep.engine.recipe_services import Using
from instep.engine.typed import Typed
from instep.sandbox import Sandbox
from instep.sandbox.gohighlevel import GoHighLevel as LocalGoHighLevel
from instep.settings import Settings
from tests.e2e.belongings import OfInsightly
from tests.recipes.apps import Described
from tests.recipes.office import Office
from tests.recipes.turning import Turning
from tests.two_way.apps import GoHighLevel, Insightly
from tests.two_way.stage import GHL, INSIGHTLY, JumpingClock, Stage

ZONE = "America/New_York"  # as the sandbox's location
_PACE = 1000


class Table(Turning, Stage):
    """What a test of a recipe acts on: `ghl`, `other`, and the syncs that the recipe made."""

    def __init__(self, sandbox, instep, clock, other=None):  # instead of Stage's own two apps
        told = sandbox.describe()
        self.sandbox, self.instep, self.clock = sandbox, instep, clock
        self.ghl = GoHighLevel(told[GHL])
        self.skew = dict.fromkeys(sandbox.apps, 0)
        clock.tell = self._align
        self.mine = Office(self.ghl, told[GHL]["location_id"])
        self.other = other
        self.connections = {}
        self.names = []

    async def connect_ghl(self):
        told = self.sandbox.describe()[GHL]
        settings = {
            "base_url": told["url"],
            "location_id": told["location_id"],
            "token": told["private_integration_token"],
            "webhook_public_key": told["webhook_public_key"],
            "timezone": ZONE,
        }
        await self.instep.connections.connect(Typed(GHL, GHL, None, "US", settings))

    async def use(self, recipe_id, *parts, **answers):
        """Use a recipe as a person does, let its syncs go, and run each once."""
        using = Using(self.connections, answers=answers, parts=parts)
        used = await self.instep.recipes.use(recipe_id, using)
        self.names = [each.new.name for each in used.syncs]
        for name in self.names:
            assert (await self.instep.syncs.get(name)).state == "paused"
            await self.instep.syncs.release(name)
        await self.go_on()
        return used

    def another(self, address):
        """Somebody else in GoHighLevel; return their id there."""
        self.ghl.add({"first_name": "Else", "last_name": "Doe", "email": address})
        return self.ghl.id_of(address)

    def in_days(self, days, minutes=0):
        """A moment so far from now, by the clock of the table."""
        moment = self.clock.now() + timedelta(days=days, minutes=minutes)
        return moment.replace(microsecond=0).isoformat()

    async def go_on(self):
        """Let time pass, and run every sync of the recipe until nothing is left to do."""
        self.wait(300)
        for name in self.names:
            status = await self.run(name)
            assert status.sync.state == "active", status.sync.sentence
        for name in self.names:
            await self.settle(name)  # what waited for its parent goes now

    async def assert_quiet(self):
        """Run everything again: nothing more is written, and both sides are found equal."""
        self.wait(300)
        for name in self.names:
            counts = (await self.run(name)).latest.counts
            written = {word for word in counts if word.startswith(("created", "updated"))}
            assert written == set(), (name, counts)


@contextlib.asynccontextmanager
async def laid(database_url, directory, dialect, app, more=()):
    """Serve GoHighLevel and a described app, both connected; `app` is what the recipes call it."""
    folder = directory / "connectors"
    folder.mkdir()
    shutil.copy(dialect.manifest, folder / "mine.yaml")
    served = serving(dialect.manifest, pace=_PACE, country="US")
    clock = JumpingClock()
    settings = Settings(data_dir=directory, database_url=database_url, port=0)
    ghl = LocalGoHighLevel(None, pace=_PACE, country="US", seed=1)
    with Sandbox([ghl, served]).in_thread() as sandbox:
        told = sandbox.describe()[served.name]
        async with assemble(settings, clock=clock) as instep:
            other = Described(told["url"], told["api_key"], dialect)
            table = Table(sandbox, instep, clock, other)
            await table.connect_ghl()
            typed = Typed(served.name, "app", None, "US", served.typed(told["url"]))
            await instep.connections.connect(typed)
            table.connections = {GHL: GHL, app: "app"}
            yield table


@contextlib.asynccontextmanager
async def laid_with_insightly(database_url, directory):
    """Serve GoHighLevel and Insightly, both connected."""
    clock = JumpingClock()
    settings = Settings(data_dir=directory, database_url=database_url, port=0)
    with Sandbox(sandbox_apps(pace=str(_PACE))).in_thread() as sandbox:
        async with assemble(settings, clock=clock) as instep:
            table = Table(sandbox, instep, clock)
            told = sandbox.describe()[INSIGHTLY]
            table.insightly = Insightly(told)
            table.other = OfInsightly(table.insightly)
            await table.connect_ghl()
            typed = {
                "base_url": told["url"],
                "api_key": told["api_key"],
                "per_second": "99",
                "timezone": ZONE,
            }
            await instep.connections.connect(Typed(INSIGHTLY, INSIGHTLY, None, "US", typed))
            table.connections = {GHL: GHL, INSIGHTLY: INSIGHTLY}
            yield table
