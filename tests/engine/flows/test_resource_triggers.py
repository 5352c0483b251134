"""Resources of connectors, polled: what is new and changed, as canonical fields."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from instep.connectors import memory
from instep.connectors.backnine import connector as backnine
from instep.connectors.backnine.emulator import BackNineApp
from instep.connectors.bridge import connector as bridge
from instep.connectors.custom.building import connector_of
from instep.connectors.custom.emulator import ManifestApp
from instep.connectors.custom.loading import complete
from instep.connectors.gohighlevel import connector as gohighlevel
from instep.connectors.insightly import connector as insightly
from instep.connectors.insightly.emulator import InsightlyApp
from instep.core.errors import UserError
from instep.core.records import Write
from instep.engine.flows.triggers.offered_triggers import polls
from instep.sandbox.server import Sandbox
from instep.sdk.auth import Credential
from instep.sdk.clock import ManualClock
from instep.sdk.limits import Purpose
from instep.sdk.resource import Account
from instep.store.database import Database
from tests.engine.flows.highlevel import Happening, connect, serving
from tests.engine.flows.polled import watching

MANIFEST = Path("src/instep/connectors/custom/tests/acme.yaml")


async def write(watcher, connection, kind, values, record_id=None, parent_id=None):
    """Create or change a record through the connector; return its id."""
    reached = await watcher.clients.named(connection)
    resource = reached.connector.resource(kind)(reached.account)
    resource = resource.under(parent_id) if parent_id else resource
    if record_id is None:
        reply = await reached.client.send(resource.create(values), Purpose.WRITE)
        return resource.created(reply).id
    for request in resource.update(record_id, Write(set=values), None):
        await reached.client.send(request, Purpose.WRITE)
    return record_id


async def live(watcher, connection, trigger):
    """A contact from before, one that comes, one that changes; then silence."""
    old = await write(watcher, connection, "contact", {"first_name": "Old", "email": "o@x.org"})
    assert await trigger.poll_all() == []
    assert old in trigger.known

    person = {"first_name": "Ada", "last_name": "Lovelace", "email": "Ada@x.org"}
    made = await write(watcher, connection, "contact", person)
    [(kind, item)] = await trigger.poll_all()
    assert (kind, item["id"], item["first_name"], item["email"]) == (
        "new",
        made,
        "Ada",
        "ada@x.org",
    )

    await write(watcher, connection, "contact", {"first_name": "Augusta"}, made)
    [(kind, item)] = await trigger.poll_all()
    assert (kind, item["id"], item["first_name"]) == ("changed", made, "Augusta")
    assert await trigger.poll_all() == []
    return item


async def check_offer(watcher, connection, item):
    """What was emitted is what was offered."""
    offered = polls(await watcher.clients.named(connection))["contact.changed"]
    assert set(item) <= set(offered.item.fields)


async def test_insightly_tells_its_contacts(sqlite_url):
    app = InsightlyApp(pace=1_000)
    with closing(Database(sqlite_url)) as db:
        async with Sandbox([app]) as sandbox, watching(db, [insightly]) as watcher:
            url = f"{sandbox.url('insightly')}/v3.1"
            account = Account("", "US", {"base_url": url, "timezone": "America/Chicago"})
            connection = await watcher.connect(
                "insightly", account, Credential("api_key", {"api_key": app.api_key})
            )
            trigger = watcher.watch(connection, "contact.changed")
            item = await live(watcher, connection, trigger)
            await check_offer(watcher, connection, item)


async def test_an_app_of_a_manifest_tells_its_contacts(sqlite_url):
    manifest = complete(MANIFEST)
    app = ManifestApp(manifest, pace=1_000)
    with closing(Database(sqlite_url)) as db:
        connector = connector_of(manifest)
        async with Sandbox([app]) as sandbox, watching(db, [connector]) as watcher:
            typed = app.typed(sandbox.url(app.name))
            config = {name: value for name, value in typed.items() if name not in app.secrets}
            credential = Credential(next(iter(connector.auth)), dict(app.secrets))
            account = Account("main", "US", config)
            connection = await watcher.connect(connector.name, account, credential)
            trigger = watcher.watch(connection, "contact.changed")
            item = await live(watcher, connection, trigger)
            await check_offer(watcher, connection, item)


async def test_gohighlevel_tells_its_contacts_as_canonical_fields_with_custom_ones(sqlite_url):
    with closing(Database(sqlite_url)) as db:
        async with serving() as ghl, watching(db, [gohighlevel]) as watcher:
            connection = await connect(watcher, ghl)
            trigger = watcher.watch(connection, "contact.changed")
            item = await live(watcher, connection, trigger)
            assert item["custom"]
            await check_offer(watcher, connection, item)


@pytest.fixture
async def office(database):
    """An app in memory, on both databases."""
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    app = memory.install(memory.MemoryApp(f"polled-{id(clock)}", now=clock.now))
    async with watching(database, [memory.connector], clock) as watcher:
        account = Account(app.name, "US", {"name": app.name})
        name = await watcher.connect("memory", account, Credential("token", {"token": app.token}))
        yield app, clock, watcher, name


async def test_an_app_in_memory_tells_new_and_changed_records_once(office):
    app, clock, watcher, name = office
    app.add({"first_name": "Old"})
    trigger = watcher.watch(name, "contact.changed")
    assert await trigger.poll_all() == []

    clock.move(60)
    made = app.add({"first_name": "Ada", "tags": ("lead",)})
    [(kind, item)] = await trigger.poll_all()
    assert (kind, item["id"], item["tags"]) == ("new", made.id, ["lead"])

    clock.move(60)
    app.edit(made.id, Write(set={"city": "Delft"}))
    assert [kind for kind, _ in await trigger.poll_all()] == ["changed"]
    assert await trigger.poll_all() == []


async def test_a_late_list_neither_loses_nor_repeats_anything(office):
    app, clock, watcher, name = office
    trigger = watcher.watch(name, "contact.changed")
    assert await trigger.poll_all() == []
    app.quirks.lag = timedelta(seconds=20)

    clock.move(60)
    made = app.add({"first_name": "Ada"})
    assert await trigger.poll_all() == []
    clock.move(30)
    assert [item["id"] for _, item in await trigger.poll_all()] == [made.id]
    assert await trigger.poll_all() == []


async def test_children_are_read_below_the_parent_that_the_inputs_name(office):
    app, clock, watcher, name = office
    ann, bob = app.add({"first_name": "Ann"}), app.add({"first_name": "Bob"})
    trigger = watcher.watch(name, "note.changed", contact_id=ann.id)
    assert await trigger.poll_all() == []

    clock.move(60)
    mine = app.add({"body": "Call", "contact_id": ann.id}, "note")
    app.add({"body": "Other", "contact_id": bob.id}, "note")

    assert [(kind, item["id"]) for kind, item in await trigger.poll_all()] == [("new", mine.id)]


async def test_a_trigger_for_new_records_is_silent_about_changed_ones(office):
    app, clock, watcher, name = office
    old = app.add({"first_name": "Old"})
    trigger = watcher.watch(name, "contact.changed", changed=False)
    assert await trigger.poll_all() == []

    clock.move(60)
    app.edit(old.id, Write(set={"city": "Delft"}))
    made = app.add({"first_name": "Ada"})

    assert [(kind, item["id"]) for kind, item in await trigger.poll_all()] == [("new", made.id)]


async def test_what_a_bridge_was_told_is_polled_out_of_our_own_database(database):
    async with watching(database, [bridge]) as watcher:
        secret = Credential("shared_secret", {"inbound_secret": "s" * 20})
        connection = await watcher.connect(
            "bridge", Account("", "US", {"outbound_url": "https://hooks.example/in"}), secret
        )
        item = await live(watcher, connection, watcher.watch(connection, "contact.changed"))
        assert item["version"]
        await check_offer(watcher, connection, item)


async def test_children_without_a_parent_are_asked_for_one(office):
    _, _, watcher, name = office

    with pytest.raises(UserError, match=r"note\.changed needs contact_id"):
        await watcher.watch(name, "note.changed").poll()


async def test_what_an_app_does_not_have_cannot_be_polled(office):
    _, _, watcher, name = office

    with pytest.raises(UserError, match="nothing called contacts.search"):
        await watcher.watch(name, "contacts.search").poll()


async def test_what_backnine_tells_by_its_list_is_polled_as_contacts(sqlite_url):
    app = BackNineApp()
    with closing(Database(sqlite_url)) as db:
        async with Sandbox([app]) as sandbox, watching(db, [backnine]) as watcher:
            config = {"base_url": sandbox.url("backnine"), "pages": "all", "poll_list": "yes"}
            credential = Credential("api_key", {"api_key": app.api_key})
            connection = await watcher.connect("backnine", Account("", "US", config), credential)
            insured = {"id": 41, "name": "Old Lee", "email": "old@example.com"}
            app.save_application({"insured": insured})
            trigger = watcher.watch(connection, "contact.changed")
            assert await trigger.poll_all() == []
            assert set(trigger.known) == {"41"}

            app.save_application({"insured": {"id": 42, "name": "Ann Lee", "email": "a@x.org"}})
            [(kind, item)] = await trigger.poll_all()
            assert (kind, item["id"], item["first_name"]) == ("new", "42", "Ann")
            assert await trigger.poll_all() == []


async def test_reads_beyond_the_listed_ones_can_be_polled(sqlite_url):
    with closing(Database(sqlite_url)) as db:
        async with serving() as ghl, watching(db, [gohighlevel]) as watcher:
            it = Happening(ghl)
            connection = await connect(watcher, ghl)
            trigger = watcher.watch(connection, "locations.list_custom_values")
            assert await trigger.poll_all() == []

            place = {"locationId": it.place}
            made = await it("locations.create_custom_value", **place, name="Rate", value="1")
            one = made["customValue"]["id"]
            assert [(kind, item["id"]) for kind, item in await trigger.poll_all()] == [("new", one)]
            await it("locations.update_custom_value", **place, id=one, name="Rate", value="2")
            [(kind, item)] = await trigger.poll_all()
            assert (kind, item["value"]) == ("changed", "2")
            assert await trigger.poll_all() == []
