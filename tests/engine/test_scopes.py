"""What a connection to GoHighLevel needs follows from its syncs; on both databases."""

from __future__ import annotations

import pytest

from instep.connectors import gohighlevel, insightly
from instep.core.brakes import Brakes
from instep.core.flow.versions import Version
from instep.core.rules import Deletes, Rules, SideRules
from instep.engine.scopes import Scopes
from instep.sdk.auth import Credential
from instep.store import syncs
from instep.store.connections import Connections, NewConnection
from instep.store.flows import versions
from instep.store.flows.versions import NewFlow
from instep.store.syncs import NewSync
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE

READ, WRITE, CUSTOM = "contacts.readonly", "contacts.write", "locations/customFields.readonly"


class Place:
    def __init__(self, database):
        self.database = database
        self.stored = Connections(database, Vault(b"k" * 32), DEFAULT_WORKSPACE)
        known = {"gohighlevel": gohighlevel.connector, "insightly": insightly.connector}
        self.scopes = Scopes(database, known, DEFAULT_WORKSPACE)
        self.ids = {}

    async def connect(self, granted=()):
        for name, kind, scopes in (
            ("gohighlevel", "oauth2", granted),
            ("insightly", "api_key", ()),
        ):
            new = NewConnection(name, name, kind, name, "US", {})
            made = await self.stored.create(new, Credential(kind, {"x": "y"}, scopes=scopes))
            self.ids[name] = made.id

    def sync(self, name, kind="contact", mapping=({"a": "email"},), rules=None):
        ends = (self.ids["gohighlevel"], self.ids["insightly"])
        new = NewSync(name, kind, *ends, [*mapping], 300, Brakes(), rules or Rules())
        with self.database.write() as tx:
            syncs.create(tx, DEFAULT_WORKSPACE, new, 0)

    def flow(self, name, trigger, *steps, published=True):
        document = {"id": name, "trigger": trigger, "steps": [*steps]}
        with self.database.write() as tx:
            made = versions.create(tx, DEFAULT_WORKSPACE, NewFlow(name, None, document), 0)
            if published:
                version = Version(1, document)
                versions.publish(tx, made, version, 0, title=None, person=None)

    async def of(self, name="gohighlevel"):
        return (await self.scopes.all())[self.ids[name]]


@pytest.fixture
async def place(database):
    made = Place(database)
    await made.connect(granted=(READ,))
    return made


async def test_a_connection_without_a_sync_needs_what_proves_it_and_no_more(place):
    known = await place.of()
    assert (known.needed, known.missing) == ({READ: ()}, {})


async def test_a_sync_that_writes_here_needs_to_write_and_the_missing_scope_names_it(place):
    place.sync("people")
    known = await place.of()
    assert known.needed == {READ: ("people",), WRITE: ("people",)}
    assert known.missing == {WRITE: ("people",)}
    assert "contacts.write (for people)" in known.sentence


async def test_a_one_way_sync_needs_to_write_on_one_side_only(place):
    place.sync("people", mapping=[{"a": "email", "direction": "to_b"}])
    assert (await place.of()).needed == {READ: ("people",)}


async def test_a_delete_policy_writes_though_no_field_does(place):
    rules = Rules(a=SideRules(deletes=Deletes.TAG))
    place.sync("people", mapping=[{"a": "email", "direction": "to_b"}], rules=rules)
    assert WRITE in (await place.of()).needed


async def test_custom_fields_are_needed_only_where_one_is_named(place):
    place.sync("people", mapping=[{"a": "email"}, {"a": "custom.Policy", "b": "custom.Policy"}])
    assert (await place.of()).needed[CUSTOM] == ("people",)


async def test_every_kind_of_record_adds_its_own(place):
    place.sync("people")
    place.sync("visits", kind="appointment", mapping=[{"a": "title"}])
    assert set((await place.of()).needed) == {
        READ,
        WRITE,
        "calendars/events.readonly",
        "calendars/events.write",
    }


async def test_an_app_without_scopes_needs_none(place):
    place.sync("people")
    known = await place.of("insightly")
    assert (known.needed, known.granted, known.sentence) == ({}, None, None)


async def test_connecting_asks_for_what_the_syncs_need_and_what_is_added(place):
    ask = place.scopes.to_ask
    usual = gohighlevel.connector.auth["oauth2"].scopes
    assert await ask("gohighlevel", "oauth2", "gohighlevel", []) == tuple(sorted({READ, *usual}))
    place.sync("people", mapping=[{"a": "email", "direction": "to_b"}])
    assert await ask("gohighlevel", "oauth2", "gohighlevel", []) == (READ,)
    asked = await ask("gohighlevel", "oauth2", "gohighlevel", ["users.readonly"])
    assert asked == (READ, "users.readonly")
    assert await ask("gohighlevel", "private_integration", "gohighlevel", ["x"]) == ()
    assert await ask("gohighlevel", "oauth2", "another", []) == tuple(sorted({READ, *usual}))


def calls(own, operation, connection="gohighlevel", **more):
    return {
        "id": own,
        "kind": "action",
        "connection": connection,
        "operation": operation,
        **more,
    }


LEADS = {"kind": "poll", "connection": "gohighlevel", "operation": "opportunities.search"}
TOLD = {"kind": "event", "connection": "gohighlevel", "event": "TaskCreate"}
ROUTE = {"id": "each", "kind": "for_each", "items": "{{trigger.tags}}"}


async def test_a_published_flow_needs_what_its_trigger_and_its_steps_use(place):
    inner = calls("book", "calendars.create_appointment")
    note = calls("note", "note.create", connection="insightly")
    place.flow("welcome", LEADS, calls("find", "contacts.find"), {**ROUTE, "steps": [inner]}, note)
    place.flow("tasks", TOLD)
    known = await place.of()
    assert set(known.missing) == {"opportunities.readonly", "calendars/events.write"}
    assert known.needed["opportunities.readonly"] == ("the flow welcome",)
    assert known.needed[READ] == ("the flow tasks", "the flow welcome")
    assert "calendars/events.write (for the flow welcome)" in known.sentence


async def test_a_resource_that_is_polled_needs_to_be_read_only(place):
    place.flow("people", {**LEADS, "operation": "contact.changed"})
    assert (await place.of()).needed == {READ: ("the flow people",)}


async def test_a_draft_needs_nothing_yet_nor_does_what_an_app_no_longer_has(place):
    place.flow("draft", LEADS, published=False)
    place.flow("old", {**TOLD, "event": "NoSuchEvent"}, calls("gone", "no.such"))
    place.flow("away", {"kind": "manual"}, calls("x", "contacts.get", connection="nobody"))
    assert (await place.of()).needed == {READ: ()}
