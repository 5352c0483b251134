from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from instep.connectors import memory
from instep.connectors.memory.app import MemoryApp, Quirks
from instep.connectors.memory.belongings import Notes, Tasks
from instep.connectors.memory.businesses import Businesses
from instep.connectors.memory.contacts import Contacts
from instep.core.errors import Duplicate, OutcomeUnknown, RecordRejected, RetryLater
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
    assert len(app._shelves["contact"]._journal) <= 1_001


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


@pytest.fixture
def person(app):
    return app.add({"first_name": "Ann"})


@pytest.fixture
def tasks():
    return Tasks(Account("crm", None, {"name": "crm"}))


@pytest.fixture
def notes():
    return Notes(Account("crm", None, {"name": "crm"}))


async def test_a_child_is_reached_through_its_own_parent_only(app, wire, tasks, person):
    other = app.add({"first_name": "Bob"})
    task = app.add({"title": "Call", "contact_id": person.id}, "task")

    assert (await wire.send(tasks.under(person.id).get(task.id), TOKEN)).ok
    assert (await wire.send(tasks.under(other.id).get(task.id), TOKEN)).status == 404
    with pytest.raises(RecordRejected, match="its contact"):
        tasks.get(task.id)


async def test_nothing_is_created_below_a_contact_that_is_not_there(app, wire, tasks):
    reply = await wire.send(tasks.under("crm-999999").create({"title": "Call"}), TOKEN)

    assert reply.status == 404
    assert app.records("task") == {}
    with pytest.raises(KeyError):
        app.add({"title": "Call", "contact_id": "crm-999999"}, "task")


async def test_the_tasks_of_all_contacts_are_listed_at_once_and_their_changes(
    app, wire, tasks, clock
):
    people = [app.add({"first_name": name}) for name in ("Ann", "Bob")]
    first, second = (
        app.add({"title": "Call", "contact_id": person.id}, "task") for person in people
    )
    app.edit(first.id, Write({"completed": True}), "task")

    assert [each.id for each in await walk(tasks, wire, tasks.list())] == [second.id, first.id]
    changed = await walk(tasks, wire, tasks.changes(second.changed_at))
    assert [(each.id, each.values["completed"]) for each in changed] == [(first.id, True)]
    assert changed[0].values["contact_id"] == people[0].id


async def test_a_parents_many_children_come_page_by_page(app, wire, notes, person):
    other = app.add({"first_name": "Bob"})
    ids = [app.add({"body": f"{n}", "contact_id": person.id}, "note").id for n in range(150)]
    app.add({"body": "elsewhere", "contact_id": other.id}, "note")
    below = notes.under(person.id)

    assert [each.id for each in await walk(below, wire, below.list())] == ids


async def test_what_belongs_to_a_contact_goes_with_it(app, wire, tasks, contacts, person):
    other = app.add({"first_name": "Bob"})
    app.add({"title": "Call", "contact_id": person.id}, "task")
    app.add({"body": "Hello", "contact_id": person.id}, "note")
    stays = app.add({"title": "Call", "contact_id": other.id}, "task")

    assert (await wire.send(contacts.delete(person.id), TOKEN)).ok

    assert [*app.records("task")] == [stays.id]
    assert app.records("note") == {}
    assert (await wire.send(contacts.delete(person.id), TOKEN)).status == 404


async def test_a_note_without_text_is_refused_and_its_making_is_kept(app, wire, notes, person):
    below = notes.under(person.id)
    refused = await wire.send(below.create({"title": "Empty"}), TOKEN)
    note = below.created(await wire.send(below.create({"body": "Hello"}), TOKEN))
    app.edit(note.id, Write({"body": "Hello again"}), "note")

    assert refused.status == 422
    assert app.read(note.id, "note").values["added_at"] == note.values["added_at"]
    assert app.records("note")[note.id].values["body"] == "Hello again"


async def test_businesses_are_found_by_name_and_contacts_name_theirs(app, wire, contacts):
    business = app.add({"name": "Acme"}, "business")
    person = app.add({"first_name": "Ann", "business_id": business.id})
    found = await wire.send(
        Businesses(Account("crm", None, {"name": "crm"})).find("name", "acme"), TOKEN
    )
    (away,) = contacts.update(person.id, Write({"business_id": None}), None)
    await wire.send(away, TOKEN)

    assert [each["id"] for each in found.body["businesses"]] == [business.id]
    assert app.read(person.id).values["business_id"] is None
