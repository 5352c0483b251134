from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from instep.connectors import memory
from instep.connectors.memory.app import MemoryApp, Quirks
from instep.connectors.memory.contacts import Contacts
from instep.core.errors import Duplicate, OutcomeUnknown, RetryLater
from instep.core.records import Write
from instep.sdk.request import Request
from instep.sdk.resource import Account

TOKEN = {"Authorization": "Bearer memory"}


class Hands:
    """A clock that stands where it is put."""

    def __init__(self):
        self.at = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self):
        return self.at


@pytest.fixture
def clock():
    return Hands()


@pytest.fixture
def app(clock):
    yield memory.install(MemoryApp("crm", now=clock.now))
    memory.uninstall("crm")


@pytest.fixture
def wire(app):
    return memory.connector.transport({"name": "crm"})


@pytest.fixture
def contacts():
    return Contacts(Account("crm", None, {"name": "crm"}))


async def walk(contacts, wire, request):
    found = []
    while request is not None:
        reply = await wire.send(Request.load(request.dump()), TOKEN)
        found += contacts.records(reply)
        request = contacts.next(request, reply)
    return found


async def test_every_contact_is_listed_once_over_several_pages(app, wire, contacts):
    ids = [app.add({"email": f"p{n}@x.example"}).id for n in range(250)]

    assert [record.id for record in await walk(contacts, wire, contacts.list())] == ids


async def test_a_contact_changed_while_listing_comes_again_and_none_is_missed(app, wire, contacts):
    ids = [app.add({"email": f"p{n}@x.example"}).id for n in range(250)]
    first = await wire.send(contacts.list(), TOKEN)
    app.edit(ids[0], Write({"city": "Rome"}))

    rest = await walk(contacts, wire, contacts.next(contacts.list(), first))

    assert [record.id for record in rest] == [*ids[100:], ids[0]]
    assert rest[-1].values["city"] == "Rome"


async def test_changes_leave_out_the_moment_itself_even_when_the_clock_stands(app, wire, contacts):
    one, two = app.add({"city": "Rome"}), app.add({"city": "Oslo"})

    found = await walk(contacts, wire, contacts.changes(one.changed_at))

    assert [record.id for record in found] == [two.id]


async def test_a_clock_that_goes_back_loses_no_change(app, wire, contacts, clock):
    before = app.add({"city": "Rome"})
    clock.at -= timedelta(minutes=5)
    after = app.add({"city": "Oslo"})

    found = await walk(contacts, wire, contacts.changes(before.changed_at))

    assert [record.id for record in found] == [after.id]


async def test_a_removed_contact_is_gone_from_the_list(app, wire, contacts):
    stays, goes = app.add({"city": "Rome"}), app.add({"city": "Oslo"})
    app.remove(goes.id)

    assert [record.id for record in await walk(contacts, wire, contacts.list())] == [stays.id]
    assert (await wire.send(contacts.get(goes.id), TOKEN)).status == 404


async def test_a_lagging_list_shows_the_old_state_while_get_shows_the_new(
    app, wire, contacts, clock
):
    person = app.add({"city": "Rome"})
    app.quirks.lag = timedelta(seconds=5)
    clock.at += timedelta(seconds=10)
    app.edit(person.id, Write({"city": "Oslo"}))
    fresh = app.add({"city": "Bern"})

    listed = await walk(contacts, wire, contacts.list())
    got = contacts.record(await wire.send(contacts.get(person.id), TOKEN))
    clock.at += timedelta(seconds=6)
    later = await walk(contacts, wire, contacts.list())

    assert [record.values["city"] for record in listed] == ["Rome"]
    assert got.values["city"] == "Oslo"
    assert [record.id for record in later] == [person.id, fresh.id]


async def test_many_edits_do_not_make_the_journal_grow_without_end(app, wire, contacts):
    person = app.add({"city": "Rome"})
    for number in range(5_000):
        app.edit(person.id, Write({"city": str(number)}))

    (record,) = await walk(contacts, wire, contacts.list())

    assert record.values["city"] == "4999"
    assert len(app._journal) <= 1_001


async def test_an_update_changes_what_it_names_and_moves_the_version(app, wire, contacts):
    person = app.add({"city": "Rome", "email": "a@x.example", "tags": ("old", "stays")})
    write = Write({"city": None}, add={"tags": ("New",)}, remove={"tags": ("old",)})

    (request,) = contacts.update(person.id, write, person.version)
    values, version = contacts.updated([await wire.send(request, TOKEN)])

    assert values["email"] == "a@x.example"
    assert values["city"] is None
    assert values["tags"] == ("new", "stays")
    assert version == app.read(person.id).version != person.version


async def test_a_stale_version_is_refused_and_changes_nothing(app, wire, contacts):
    person = app.add({"city": "Rome"})
    app.edit(person.id, Write({"city": "Oslo"}))

    (request,) = contacts.update(person.id, Write({"city": "Bern"}), person.version)

    assert (await wire.send(request, TOKEN)).status == 412
    assert app.read(person.id).values["city"] == "Oslo"


async def test_duplicates_are_refused_only_where_the_app_does_so(app, wire, contacts):
    there = app.add({"email": "Ann@x.example"})
    twin = contacts.create({"email": "ann@X.example"})
    assert (await wire.send(twin, TOKEN)).status == 201

    app.quirks.refuses_duplicates = True
    error = memory.connector.meaning(twin, await wire.send(twin, TOKEN))

    assert isinstance(error, Duplicate)
    assert (error.existing_id, error.matching_field) == (there.id, "email")


async def test_finding_follows_every_change_of_the_key(app, wire, contacts):
    person = app.add({"email": "old@x.example"})
    app.edit(person.id, Write({"email": "New@x.example"}))

    async def ids(value):
        return [r.id for r in await walk(contacts, wire, contacts.find("email", value))]

    assert await ids("old@x.example") == []
    assert await ids("new@x.example") == [person.id]
    assert contacts.find("city", "Rome") is None


async def test_an_unknown_field_is_refused(wire, contacts):
    request = contacts.create({"shoe_size": "44"})

    assert (await wire.send(request, TOKEN)).status == 422


async def test_the_app_lowers_and_cuts_as_it_is_told(app, wire, contacts):
    app.quirks = Quirks(lowers=frozenset({"email"}), cuts={"city": 4})

    request = contacts.create({"email": "Ann@X.example", "city": "Rosenheim"})
    record = contacts.created(await wire.send(request, TOKEN))

    assert (record.values["email"], record.values["city"]) == ("ann@x.example", "Rose")


async def test_a_wrong_token_is_refused_without_repeating_it(wire, contacts):
    reply = await wire.send(contacts.list(), {"Authorization": "Bearer wrong-one"})

    assert reply.status == 401
    assert "wrong-one" not in str(reply)


async def test_a_dropped_reply_hides_a_write_that_was_done(app, wire, contacts):
    app.drop_reply()

    with pytest.raises(OutcomeUnknown):
        await wire.send(contacts.create({"email": "a@x.example"}), TOKEN)

    assert len(app.holders("email", "a@x.example")) == 1
    assert (await wire.send(contacts.create({"email": "b@x.example"}), TOKEN)).ok


async def test_a_dropped_reply_to_a_repeatable_write_says_so(app, wire):
    person = app.add({"city": "Rome"})
    app.drop_reply()
    body = {"set": {}, "add": {}, "remove": {}}

    with pytest.raises(RetryLater) as caught:
        await wire.send(
            Request("PATCH", f"/contacts/{person.id}", json=body, repeatable=True), TOKEN
        )

    assert not isinstance(caught.value, OutcomeUnknown)


async def test_faults_count_down_and_can_be_cleared(app, wire, contacts):
    app.rate_limit(1, seconds=3)
    throttled = await wire.send(contacts.list(), TOKEN)
    app.fail(2, status=503)
    broken = await wire.send(contacts.list(), TOKEN)
    app.clear()

    assert (throttled.status, throttled.headers["retry-after"]) == (429, "3")
    assert broken.status == 503
    assert (await wire.send(contacts.list(), TOKEN)).ok
    assert app.calls["GET"] == 3


async def test_apps_are_told_apart_by_name(app, wire, contacts):
    memory.install(MemoryApp("other")).add({"city": "Rome"})
    other = memory.connector.transport({"name": "other"})
    try:
        assert await walk(contacts, wire, contacts.list()) == []
        assert len(await walk(contacts, other, contacts.list())) == 1
    finally:
        memory.uninstall("other")
