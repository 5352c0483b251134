"""What `make chaos` brought to light: edits and people that could be lost or doubled."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
import sqlalchemy as sa

from instep.connectors import memory
from instep.connectors.memory.contacts import Contacts
from instep.core.fingerprint import load
from instep.core.records import Write
from instep.engine import visiting
from instep.sdk.resource import Cursor
from instep.store.schema.syncs import history
from instep.store.vault import Vault
from tests.crash.fuse import Fuse
from tests.crash.small_world import contents, make_world, named, start_process
from tests.engine.families import tell as tell_family
from tests.engine.test_hints import drain, tell


@pytest.fixture
async def fresh(database):
    """Two apps that have not met yet."""
    return await make_world(database, Vault(os.urandom(32)))


@pytest.fixture
async def world(fresh):
    """Two apps in step; nothing is due for the next five minutes."""
    await fresh.run()
    fresh.clock.move(1)
    return fresh


class Unguarded(Contacts):
    """Contacts of an app that takes no versions, as GoHighLevel's."""

    def update(self, record_id, write, version):
        return super().update(record_id, write, None)


class FromAnIndex(Unguarded):
    """Contacts of an app whose lists are behind its records."""

    cursor = Cursor(overlap_seconds=120, ordered=True, late=True)


class Interrupted:
    """A wire on which something happens in the app just before its first write."""

    def __init__(self, transport, app, happens):
        self._transport = transport
        self._app = app
        self._happens = happens

    async def send(self, request, headers):
        if request.method == "PATCH" and self._transport._app is self._app and self._happens:
            self._happens.pop()()
        return await self._transport.send(request, headers)

    async def close(self):
        await self._transport.close()


async def run(world, contacts=Contacts, app=None, happens=()):
    """Run the sync to its end, with contacts of this kind; `happens` before `app`'s first write."""
    happens = [*happens]
    connector = replace(
        memory.connector,
        resources=(contacts, *memory.connector.resources[1:]),
        transport=lambda config: Interrupted(memory.connector.transport(config), app, happens),
    )
    clients, engine, syncs = start_process(
        world.database, world.vault, world.clock, Fuse(), (connector,)
    )
    try:
        await syncs.request_run(world.sync)
        await world._work(engine, syncs)
    finally:
        await clients.close()


async def test_who_was_entered_on_both_sides_since_the_last_poll_is_linked_and_not_doubled(world):
    both = {"first_name": "Nora", "email": "nora@example.com"}
    world.add(world.b, {**both, "city": "Delft"})
    world.add(world.a, {**both, "city": "Leiden"})
    await tell(world, world.a, named(world.a, "Nora").id)
    await drain(world)
    assert named(world.b, "Nora").values["city"] == "Leiden"
    assert contents(world.a) == contents(world.b)


async def test_of_a_write_without_an_answer_that_somebody_edited_since_the_history_tells(world):
    world.edit(world.a, "Equal", city="Gouda", website="https://example.com/a")
    world.b.drop_reply()
    await tell(world, world.a, named(world.a, "Equal").id)
    clients, engine, syncs = start_process(world.database, world.vault, world.clock, Fuse())
    shard = (await syncs.get(world.sync)).shard
    await engine.advance(shard)
    await clients.close()
    edited = world.edits.pop(-1)
    assert edited[1] == "website"
    world.edit(world.b, "Equal", website="https://example.com/b")
    world.clock.move(30)
    await drain(world)
    await world.run()
    assert named(world.a, "Equal").values["website"] == "https://example.com/b"
    assert contents(world.a) == contents(world.b)
    told = [load(row.before) for row in _history(world, "updated") if row.side == "b"]
    assert any(before.get("city") == "Leiden" for before in told)


async def test_an_edit_that_shows_in_the_answer_to_a_write_still_travels(fresh):
    """The field is on its way to the other side just then, so that it has no base yet."""

    def edit():
        fresh.edit(fresh.a, "Fills", phone="+12125550177")

    await run(fresh, Unguarded, fresh.a, [edit])
    await run(fresh, Unguarded)
    assert named(fresh.b, "Fills").values["phone"] == "+12125550177"
    assert contents(fresh.a) == contents(fresh.b)


async def test_a_record_known_from_a_lagging_list_is_read_again_before_it_is_written(world):
    world.edit(world.a, "Equal", city="Gouda")
    world.edit(world.b, "Equal", city="Delft")
    world.edit(world.b, "Differs", website="https://example.com")
    world.a.calls.clear()
    await run(world, FromAnIndex)
    writes = world.a.calls["PATCH"]
    lists = 1
    assert writes == 1
    assert world.a.calls["GET"] >= lists + writes


def _history(world, what):
    with world.database.read() as tx:
        return tx.execute(sa.select(history).where(history.c.what == what)).all()


async def test_what_both_sides_have_below_a_parent_linked_just_now_is_one(linked):
    """A webhook tells of one of the two before any run has looked below the new parent."""
    family = linked
    await family.run()
    family.both("Eve")
    await family.run("contact")
    for app in family.apps:
        note = family.note(app, "Eve", "She called")
    await tell_family(family, family.b, "note", note, parent_id=family.id_of(family.b, "Eve"))
    assert await family.drain() == ["note"]
    await family.run("note")
    assert [len(app.records("note")) for app in family.apps] == [1, 1]


async def test_reading_everything_again_visits_parents_that_did_not_change(linked, monkeypatch):
    monkeypatch.setattr(visiting, "SWEEP_PER_DAY", 0)
    family = linked
    note = family.note(family.a, "Ann", "Hello")
    await family.run()
    family.edit(family.a, "note", note, body="Hello again")  # and its webhook got lost
    await family.run("note")
    assert family.one(family.b, "note").values["body"] == "Hello"
    async with family.services() as (_, syncs):
        await syncs.read_everything_again(family.sync_of("note"))
    await family.run("note")
    assert family.equal("note")


async def test_of_a_write_that_arrived_in_part_the_tags_that_did_not_are_sent_once_more(world):
    """Fields and tags go in calls of their own where an app wants that; the second got lost."""
    world.edit(world.a, "Tagged", city="Gouda")
    world.a.edit(named(world.a, "Tagged").id, Write(add={"tags": ("gold",)}))
    world.b.drop_reply()
    await tell(world, world.a, named(world.a, "Tagged").id)
    clients, engine, syncs = start_process(world.database, world.vault, world.clock, Fuse())
    shard = (await syncs.get(world.sync)).shard
    await engine.advance(shard)
    await clients.close()
    world.b.edit(named(world.b, "Tagged").id, Write(remove={"tags": ("gold",)}))
    world.clock.move(30)
    await drain(world)
    await world.run()
    assert "gold" in named(world.b, "Tagged").values["tags"]
    assert contents(world.a) == contents(world.b)
