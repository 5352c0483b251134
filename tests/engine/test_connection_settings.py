"""A connection gets other settings: its credential stays, and who has it open notices."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from instep.connectors import insightly, memory
from instep.core.errors import UserError
from instep.engine.clients import LOOK_SECONDS, Clients
from instep.engine.connection_services import ConnectionServices
from instep.engine.typed import Typed
from instep.sdk.auth import Credential
from instep.sdk.clock import ManualClock
from instep.store.connections import Connections, NewConnection
from instep.store.credentials import load
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE

KEY = "sentinel-key"
CONFIG = {"pod": "na1", "per_second": "4", "base_url": "https://api.na1.insightly.com/v3.1"}


class Place:
    """The store, the services and the clients of one process, in front of one connection."""

    def __init__(self, database):
        self.clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
        self.database = database
        self.vault = Vault(b"k" * 32)
        self.stored = Connections(database, self.vault, DEFAULT_WORKSPACE)
        known = {"insightly": insightly.connector, "memory": memory.connector}
        self.services = ConnectionServices(self.stored, known, self.clock, lambda _host: False)
        self.clients = Clients(database, self.vault, self.stored, known, self.clock)

    async def connect(self):
        new = NewConnection("crm", "insightly", "api_key", "crm", "US", CONFIG)
        return await self.stored.create(new, Credential("api_key", {"api_key": KEY}))

    async def change(self, country=None, **settings):
        return await self.services.update(Typed("insightly", "crm", None, country, settings))


@pytest.fixture
async def place(database):
    made = Place(database)
    await made.connect()
    yield made
    await made.clients.close()


async def test_settings_change_and_the_credential_stays(place):
    changed = await place.change(timezone="Australia/Sydney")
    assert changed.config == {**CONFIG, "timezone": "Australia/Sydney"}
    assert changed.country == "US"
    changed = await place.change(country="au", per_second="2")
    assert (changed.country, changed.config["per_second"]) == ("AU", "2")
    assert changed.config["timezone"] == "Australia/Sydney"
    with place.database.read() as tx:
        assert load(tx, place.vault, changed.place).secrets == {"api_key": KEY}


async def test_an_empty_value_takes_a_setting_back(place):
    await place.change(timezone="Australia/Sydney", per_second="9")
    changed = await place.change(timezone="", per_second="")
    assert changed.config == CONFIG


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"pod": "au1"}, "another address"),
        ({"base_url": "https://elsewhere.example.com"}, "another address"),
        ({"timezone": "no zone!"}, "cannot use the value 'no zone!' for timezone"),
        ({"colour": "red"}, "no setting called 'colour'"),
        ({}, "api_key"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_stored(place, settings, sentence):
    with pytest.raises(UserError, match=sentence):
        await place.change(**settings)
    assert (await place.stored.get("crm")).config == CONFIG


async def test_another_apps_settings_are_refused(place):
    with pytest.raises(UserError, match="reaches insightly"):
        await place.services.change(Typed("memory", "crm", settings={"name": "crm"}))


async def test_a_new_credential_brings_its_settings_with_it(place):
    app = memory.install(memory.MemoryApp("settings-app"))
    made = await place.services.connect(
        Typed("memory", app.name, settings={"name": app.name, "token": app.token})
    )
    app.token = "fresh"
    renewed = await place.services.update(
        Typed("memory", app.name, None, "GB", settings={"token": "fresh"})
    )
    assert (renewed.id, renewed.country, renewed.config) == (made.id, "GB", made.config)


async def test_an_open_connection_notices_within_seconds(place):
    first = await place.clients.named("crm")
    await place.change(per_second="9", timezone="Australia/Sydney")
    assert (await place.clients.named("crm")).client is first.client  # not looked at every time
    place.clock.move(LOOK_SECONDS)
    second = await place.clients.named("crm")
    assert second.account.config["timezone"] == "Australia/Sydney"
    assert second.client is not first.client
    place.clock.move(LOOK_SECONDS)
    assert (await place.clients.named("crm")).client is second.client


async def test_what_only_happened_to_a_connection_opens_nothing_anew(place):
    first = await place.clients.named("crm")
    row = await place.stored.get("crm")
    await place.stored.mark(row.id, "It was refused.")
    place.clock.move(LOOK_SECONDS)
    assert (await place.clients.named("crm")).client is first.client


async def test_calls_of_a_client_that_was_replaced_still_count(place):
    first = await place.clients.named("crm")
    first.client.calls.total = 3
    await place.change(per_second="9")
    place.clock.move(LOOK_SECONDS)
    (await place.clients.named("crm")).client.calls.total = 2
    assert place.clients.calls() == {"insightly": 5}
