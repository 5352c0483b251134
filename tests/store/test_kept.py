"""Records that Instep keeps: told by webhooks, listed, found and changed, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from instep.core.brakes import Brakes
from instep.core.errors import Gone, RecordRejected, UserError, VersionStale
from instep.core.records import Field, FieldType, Identity, Write
from instep.sdk.auth import Header
from instep.sdk.client import Client
from instep.sdk.clock import ManualClock
from instep.sdk.connector import Connector
from instep.sdk.kept import HERE, TOLD, Answering, KeptResource
from instep.sdk.limits import Limits
from instep.sdk.request import Request
from instep.sdk.resource import Account, Lookup, Parent
from instep.sdk.testing import FixedTokens, FreeLimiter, ScriptedTransport
from instep.sdk.webhooks import Hint, Told
from instep.store import events, postings, syncs
from instep.store.connections import NewConnection
from instep.store.events import Arrival
from instep.store.keeper import StoredKeeper
from instep.store.schema.events import event, hint
from instep.store.schema.kept import kept_record
from instep.store.schema.postings import posting
from instep.store.syncs import NewSync
from instep.store.watchers import watching

NOW = 1_767_225_600_000  # 2026-01-01


class People(KeptResource):
    """People whom their app only tells of."""

    name = "contacts"
    canonical = "contact"
    kept = True
    write_only = True
    cursor = TOLD
    findable = ("email", "phone")
    fields = (
        Field("first_name", "first_name"),
        Field("email", "email", FieldType.EMAIL, identity=Identity.STRONG),
        Field("phone", "phone", FieldType.PHONE, identity=Identity.WEAK),
        Field("tags", "tags", FieldType.WORDS),
    )


class Notes(KeptResource):
    """Notes on them."""

    name = "notes"
    canonical = "note"
    kept = True
    cursor = TOLD
    parent = Parent("contact", "contact_id", listed_together=True)
    lookup = Lookup(by=("body",))
    fields = (Field("body", "body"), Field("contact_id", "contact_id", link="contact"))


CONNECTOR = Connector(
    name="teller",
    title="Teller",
    base_url="http://teller.invalid",
    auth={"key": Header("X-Key", "key")},
    settings=(),
    account_setting=None,
    limits=lambda _kind, _config: Limits(per_second=1, burst=1, concurrency=1),
    resources=(People, Notes),
    verify=lambda _account: HERE,
)


class Postings:
    """The outbox, which remembers what it was given and can fail after it was put in."""

    def __init__(self):
        self.put = []
        self.fails = False

    def __call__(self, tx, workspace_id, connection_id, new, now):
        postings.put(tx, workspace_id, connection_id, new, now)
        self.put += [(each.event, each.record_id) for each in new]
        if self.fails:
            raise UserError("The outbox is broken.")


@pytest.fixture
def outbox():
    return Postings()


@pytest.fixture
def clock():
    return ManualClock(datetime.fromtimestamp(NOW / 1000, UTC))


@pytest.fixture
async def teller(connections, credential):
    config = {"outbound_url": "https://listener.example/hook"}
    return await connections.create(
        NewConnection("teller", "teller", "key", "teller", "US", config), credential
    )


@pytest.fixture
def wire():
    return ScriptedTransport()


@pytest.fixture
def reach(database, clock, credential, outbox, wire):
    def reach(connection):
        keeper = StoredKeeper(database, connection, CONNECTOR.resources, clock, outbox)
        return Client(
            connector=CONNECTOR,
            account=Account(connection.account_id, connection.country, connection.config),
            tokens=FixedTokens(replace(credential, kind="key", secrets={"key": "k" * 12})),
            limiter=FreeLimiter(),
            clock=clock,
            transport=wire,
            kept=Answering(keeper, CONNECTOR.resources),
        )

    return reach


@pytest.fixture
def client(reach, teller):
    return reach(teller)


@pytest.fixture
def people():
    return People(Account("teller", "US", {}))


def telling(connection, sending_id, *told, received_at=NOW, **hint_values):
    named = Hint(sending_id, "told", None, None, None, None, told=told)
    return Arrival(
        connection.workspace_id,
        connection.id,
        replace(named, **hint_values),
        ours=True,
        received_at=received_at,
    )


def person(record_id="p1", **values):
    return Told("contact", record_id, values)


async def store(database, *arrivals, now=NOW):
    return await database.run(lambda tx: events.store(tx, arrivals, now))


async def got(client, resource, record_id):
    return resource.record(await client.send(resource.get(record_id)))


async def listed(client, resource, request=None):
    request, found = request or resource.list(), []
    while request is not None:
        reply = await client.send(Request.load(request.dump()))
        found += resource.records(reply)
        request = resource.next(request, reply)
    return found


async def test_what_a_webhook_tells_can_be_read_without_a_call(database, teller, client, people):
    await store(database, telling(teller, "s1", person(email="ann@example.com", tags=("vip",))))
    read = await got(client, people, "p1")
    assert (read.values["email"], read.values["tags"]) == ("ann@example.com", ("vip",))
    assert read.values["first_name"] is None
    assert client.calls.total == 0
    assert client._limiter.purposes == []


async def test_a_repeated_sending_changes_nothing(database, teller, client, people):
    await store(database, telling(teller, "s1", person(first_name="Ann")))
    await store(database, telling(teller, "s2", person(first_name="Anna")))
    await store(database, telling(teller, "s1", person(first_name="Ann")))
    assert (await got(client, people, "p1")).values["first_name"] == "Anna"


async def test_an_older_telling_never_beats_a_newer_one(database, teller, client, people):
    now = datetime.fromtimestamp(NOW / 1000, UTC)
    young = replace(person(first_name="Anna"), changed_at=now)
    old = replace(person(first_name="Ann", email="a@x.example"), changed_at=now - timedelta(1))
    await store(database, telling(teller, "s1", young))
    await store(database, telling(teller, "s2", old))
    assert (await got(client, people, "p1")).values["first_name"] == "Anna"


async def test_a_clock_that_runs_ahead_does_not_shut_out_what_comes_later(
    database, teller, client, people
):
    ahead = datetime.fromtimestamp(NOW / 1000, UTC) + timedelta(days=900)
    await store(database, telling(teller, "s1", replace(person(email="a@x.y"), changed_at=ahead)))
    later = telling(teller, "s2", person(email="b@x.y"), received_at=NOW + 1)
    await store(database, later, now=NOW + 1)
    assert (await got(client, people, "p1")).values["email"] == "b@x.y"


async def test_what_comes_together_counts_in_the_order_in_which_it_came(
    database, teller, client, people
):
    await store(
        database,
        telling(teller, "z", person(first_name="Ann", email="ann@x.y")),
        telling(teller, "a", person(first_name="Anna")),
        telling(
            teller, "m", person("p2", first_name="Bob"), Told("note", "n1", {"body": "Hi"}, "p2")
        ),
    )
    ann = await got(client, people, "p1")
    assert (ann.values["first_name"], ann.values["email"]) == ("Anna", "ann@x.y")
    assert (await got(client, people, "p2")).values["first_name"] == "Bob"
    note = await got(client, Notes(people.account), "n1")
    assert (note.values["body"], note.values["contact_id"]) == ("Hi", "p2")


async def test_who_is_gone_is_gone_and_is_not_listed(database, teller, client, people):
    await store(database, telling(teller, "s1", person(first_name="Ann"), person("p2")))
    await store(database, telling(teller, "s2", Told("contact", "p1", gone=True)))
    with pytest.raises(Gone):
        await got(client, people, "p1")
    assert [each.id for each in await listed(client, people)] == ["p2"]
    with database.read() as tx:
        held = tx.execute(sa.select(kept_record.c.held).where(kept_record.c.gone)).scalar_one()
    assert held == "{}"


async def test_every_record_told_is_hinted_at(database, teller, connections, credential):
    other = await connections.create(NewConnection("o", "memory", "t", "o", None, {}), credential)
    sync = await watched(database, teller, other)
    stored = await store(database, telling(teller, "s1", *(person(f"p{n}") for n in range(3))))
    with database.read() as tx:
        hints = tx.execute(sa.select(hint).order_by(hint.c.record_id)).all()
        [kept] = tx.execute(sa.select(event)).all()
    assert stored.new == 1
    assert [(each.sync_id, each.record_id) for each in hints] == [
        (sync.id, f"p{n}") for n in range(3)
    ]
    assert kept.syncs == 1


async def watched(database, one, other):
    """Make a sync between two connections."""
    wanted = NewSync("people", "contact", one.id, other.id, [], 300, Brakes())
    sync = await database.run(lambda tx: syncs.create(tx, one.workspace_id, wanted, NOW))
    with database.read() as tx:
        assert watching(tx, {one.id})
    return sync


async def test_a_telling_about_another_account_is_not_believed(database, teller, client, people):
    await store(database, replace(telling(teller, "s1", person(first_name="X")), ours=False))
    assert await listed(client, people) == []


async def test_many_are_listed_once_and_changes_leave_out_what_did_not_change(
    database, teller, client, people
):
    crowd = [person(f"p{n:04}", email=f"p{n}@x.example") for n in range(250)]
    await store(database, telling(teller, "s1", *crowd))
    await store(database, telling(teller, "s2", person("p0003", email="new@x.y")), now=NOW + 5_000)
    everyone = await listed(client, people)
    assert len({each.id for each in everyone}) == len(everyone) == 250
    assert everyone[-1].id == "p0003"
    changed = await listed(client, people, people.changes("2026-01-01T00:00:01Z"))
    assert [each.id for each in changed] == ["p0003"]


async def test_telling_the_same_again_is_no_change(database, teller, client, people):
    await store(database, telling(teller, "s1", person(email="a@x.y")))
    before = await got(client, people, "p1")
    again = telling(teller, "s2", person(email="a@x.y"), received_at=NOW + 9)
    await store(database, again, now=NOW + 9)
    assert await got(client, people, "p1") == before


async def test_records_are_found_however_their_keys_are_spelled(database, teller, client, people):
    await store(
        database,
        telling(teller, "s1", person(email="Ann@Example.com", phone="(415) 555-0123")),
        telling(teller, "s2", person("p2", phone="+44 1415 555 0123")),
    )
    for field, value in (("email", "ann@example.com"), ("phone", "+14155550123")):
        found = people.records(await client.send(people.find(field, value)))
        assert [each.id for each in found] == ["p1"]
    assert people.records(await client.send(people.find("email", "nobody@x.y"))) == []


async def waiting(database, connection):
    of = posting.c.connection_id == connection.id
    return await database.run_read(
        lambda tx: tx.execute(sa.select(posting).where(of).order_by(posting.c.id)).all()
    )


async def test_a_write_and_what_its_app_hears_of_it_are_one(
    database, client, people, teller, outbox
):
    made = people.created(await client.send(people.create({"email": "a@x.y", "tags": ("vip",)})))
    [request] = people.update(
        made.id, Write({"first_name": "Ann"}, {"tags": ("new",)}), made.version
    )
    values, version = people.updated([await client.send(request)])
    assert (values["first_name"], values["tags"]) == ("Ann", ("new", "vip"))
    assert (made.version, version) == ("1", "2")
    await client.send(people.delete(made.id))
    words = ("contact.created", "contact.updated", "contact.deleted")
    assert outbox.put == [(each, made.id) for each in words]
    assert [each.event for each in await waiting(database, teller)] == [*words]


async def test_where_the_outbox_fails_nothing_is_kept(database, client, people, teller, outbox):
    outbox.fails = True
    with pytest.raises(UserError):
        await client.send(people.create({"email": "a@x.y"}))
    assert await listed(client, people) == []
    assert await waiting(database, teller) == []


async def test_a_write_on_an_overtaken_version_is_refused(database, teller, client, people):
    made = people.created(await client.send(people.create({"email": "a@x.y"})))
    await store(database, telling(teller, "s1", person(made.id, first_name="Ann")))
    [request] = people.update(made.id, Write({"first_name": "Beth"}), made.version)
    with pytest.raises(VersionStale):
        await client.send(request)
    assert (await got(client, people, made.id)).values["first_name"] == "Ann"


async def test_a_webhook_sent_before_our_write_does_not_take_it_back(
    database, teller, client, people, clock
):
    made = people.created(await client.send(people.create({"email": "a@x.y"})))
    before = clock.now()
    clock.move(60)
    [request] = people.update(made.id, Write({"first_name": "Beth"}), made.version)
    await client.send(request)
    late = replace(person(made.id, first_name="Ann", phone="+14155550123"), changed_at=before)
    await store(database, telling(teller, "s1", late, received_at=NOW + 61_000))
    values = (await got(client, people, made.id)).values
    assert (values["first_name"], values["phone"]) == ("Beth", "+14155550123")


async def test_a_write_that_changes_nothing_is_not_told(client, people, outbox):
    made = people.created(await client.send(people.create({"email": "a@x.y"})))
    [request] = people.update(made.id, Write({"email": "a@x.y"}), None)
    await client.send(request)
    assert len(outbox.put) == 1


async def test_nothing_is_written_where_nobody_would_hear_of_it(reach, teller, people):
    client = reach(replace(teller, config={}))
    with pytest.raises(RecordRejected, match="has no outbound URL"):
        await client.send(people.create({"email": "a@x.y"}))


async def test_what_belongs_to_a_deleted_record_goes_with_it(database, teller, client, people):
    note = Told("note", "n1", {"body": "Hi"}, "p1")
    await store(database, telling(teller, "s1", person(), note))
    await client.send(people.delete("p1"))
    assert await listed(client, Notes(people.account)) == []


@pytest.mark.parametrize("record_id", ["a/b", "find", "50% off?", "ü", "..", "a b"])
async def test_any_id_can_be_read(database, teller, client, people, record_id):
    await store(database, telling(teller, "s1", person(record_id, first_name="Ann")))
    assert (await got(client, people, record_id)).id == record_id


async def test_a_removed_connection_leaves_nothing(database, teller, connections):
    await store(database, telling(teller, "s1", person()))
    await connections.delete("teller")
    with database.read() as tx:
        assert tx.execute(sa.select(kept_record)).all() == []


async def test_two_that_tell_of_a_new_record_at_once_lose_nothing(database, teller, client, people):
    fields = {"first_name": "Ann", "email": "ann@x.y", "phone": "+14155550123", "tags": ("vip",)}
    tellings = [
        telling(teller, f"s{number}", person(**{name: value}))
        for number, (name, value) in enumerate(fields.items())
    ]
    await asyncio.gather(*(store(database, each) for each in tellings))
    read = await got(client, people, "p1")
    assert {name: read.values[name] for name in fields} == fields
    assert read.version == "4"
