"""What a run makes of hints: read again by id, compared, believed only as far as the app answers."""

from __future__ import annotations

import os
from itertools import count

import pytest
import sqlalchemy as sa

from instep.core.brakes import Brakes
from instep.core.match import Keys
from instep.core.records import Write
from instep.sdk.webhooks import Hint
from instep.store import events, runs
from instep.store.events import Arrival
from instep.store.records import Scope, Seen, take
from instep.store.schema.events import hint
from instep.store.schema.syncs import notice, record, sync
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.crash.fuse import Fuse
from tests.crash.small_world import contents, has, make_world, named, start_process
from tests.engine.services import services_of

_numbers = count(1)


@pytest.fixture
async def world(database):
    """Two apps in step; nothing is due for the next five minutes."""
    made = await make_world(database, Vault(os.urandom(32)))
    await made.run()
    made.clock.move(1)
    return made


async def tell(world, app, record_id, *, deleted=False):
    """Store what a webhook about this record comes to; return whether the sync became due."""
    event = "Deleted" if deleted else "Updated"
    told = Hint(f"w{next(_numbers)}", event, "contact", record_id, None, None, deleted)
    with world.database.read() as tx:
        connection = tx.execute(
            sa.text("SELECT id FROM connection WHERE name = :name"), {"name": app.name}
        ).scalar_one()
    now = int(world.clock.now().timestamp() * 1000)
    arrival = Arrival(DEFAULT_WORKSPACE, connection, told, ours=True, received_at=now)
    return (await world.database.run(lambda tx: events.store(tx, [arrival], now))).due


async def drain(world, fuse=None):
    """Be a worker that looks at the sync's shard once, and carries out what is due."""
    clients, engine, syncs = start_process(world.database, world.vault, world.clock, fuse or Fuse())
    shard = (await syncs.get(world.sync)).shard
    try:
        while await engine.advance(shard):
            pass
        return (await syncs.status(world.sync)).latest
    finally:
        await clients.close()


def _left(world, table=hint):
    with world.database.read() as tx:
        return tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


async def test_a_hinted_edit_arrives_without_reading_any_list(world):
    world.edit(world.a, "Equal", city="Gouda")
    world.a.calls.clear()
    world.b.calls.clear()
    assert await tell(world, world.a, named(world.a, "Equal").id)
    run = await drain(world)
    assert (run.kind, run.state, run.counts["hinted_a"]) == ("webhook", "done", 1)
    assert named(world.b, "Equal").values["city"] == "Gouda"
    assert sum(world.a.calls.values()) == 1  # the edited record
    assert sum(world.b.calls.values()) == 1  # written; it was read a moment ago
    assert _left(world) == _left(world, notice) == 0


async def test_a_hinted_newcomer_is_matched_or_created(world):
    world.add(world.a, {"first_name": "Nora", "email": "nora@example.com"})
    await tell(world, world.a, named(world.a, "Nora").id)
    await drain(world)
    assert has(world.b, "Nora")
    assert contents(world.a) == contents(world.b)


async def test_an_echo_of_our_own_write_moves_nothing(world):
    world.edit(world.a, "Equal", city="Gouda")
    await tell(world, world.a, named(world.a, "Equal").id)
    await drain(world)
    written = world.writes()
    await tell(world, world.b, named(world.b, "Equal").id)
    run = await drain(world)
    assert (run.kind, run.counts.get("changed_b", 0)) == ("webhook", 0)
    assert world.writes() == written


async def test_webhooks_before_and_after_the_poll_lead_to_one_write(world):
    world.edit(world.a, "Equal", city="Gouda")
    equal = named(world.a, "Equal").id
    await tell(world, world.a, equal)
    await world.run()
    written = world.writes()
    await tell(world, world.a, equal)
    await drain(world)
    assert world.writes() == written
    assert named(world.b, "Equal").values["city"] == "Gouda"


async def test_the_poll_keeps_its_time_whatever_webhooks_say(world):
    with world.database.read() as tx:
        poll_at = tx.execute(sa.select(sync.c.poll_at)).scalar_one()
    for city in ("Gouda", "Hoorn"):
        world.edit(world.a, "Equal", city=city)
        await tell(world, world.a, named(world.a, "Equal").id)
        assert (await drain(world)).kind == "webhook"
    with world.database.read() as tx:
        assert tx.execute(sa.select(sync.c.due_at)).scalar_one() == poll_at
    world.edit(world.a, "Fills", city="Edam")  # nobody tells
    world.clock.move(301)
    assert (await drain(world)).kind == "poll"
    assert named(world.b, "Fills").values["city"] == "Edam"


async def test_a_hint_that_comes_during_a_run_is_followed_before_long(world):
    async with services_of(world) as syncs:
        made = await syncs.request_run(world.sync)
    with world.database.write() as tx:
        run = runs.start(tx, made, "poll", "done", 0)  # about to end, with nothing left to decide
    world.edit(world.a, "Equal", city="Hoorn")
    assert not await tell(world, world.a, named(world.a, "Equal").id)
    await drain(world)
    await drain(world)
    assert named(world.b, "Equal").values["city"] == "Hoorn"
    with world.database.read() as tx:
        assert runs.get(tx, run.id).state == "done"
    assert _left(world) == 0


async def test_a_hinted_delete_is_believed_when_the_app_says_gone(world):
    equal = named(world.a, "Equal").id
    world.a.remove(equal)
    await tell(world, world.a, equal, deleted=True)
    written = world.writes()
    await drain(world)
    assert has(world.b, "Equal")
    assert world.writes() == written
    with world.database.read() as tx:
        states = tx.execute(
            sa.select(record.c.side, record.c.state, record.c.sentence).where(
                record.c.label == "Equal Doe"
            )
        ).all()
    assert ("a", "gone") in {(row.side, row.state) for row in states}
    assert any("gone on side A" in (row.sentence or "") for row in states if row.side == "b")


async def test_a_hinted_delete_is_not_believed_while_the_record_is_there(world):
    equal = named(world.a, "Equal").id
    await tell(world, world.a, equal, deleted=True)
    await drain(world)
    with world.database.read() as tx:
        states = tx.execute(sa.select(record.c.state).distinct()).scalars().all()
    assert states == ["known"]


async def test_a_record_that_is_not_found_after_an_edit_is_left_to_a_scan(world):
    equal = named(world.a, "Equal").id
    world.a.remove(equal)
    await tell(world, world.a, equal)
    await drain(world)
    assert _left(world) == 0
    with world.database.read() as tx:
        states = tx.execute(sa.select(record.c.state).distinct()).scalars().all()
    assert states == ["known"]


async def test_a_newcomer_that_is_gone_already_is_not_created_on_the_other_side(world):
    world.a.add({"first_name": "Brief", "email": "brief@example.com"})
    brief = named(world.a, "Brief").id
    seen = Seen(brief, "{}", "print", keys=_keys())
    with world.database.write() as tx:
        sync_id = tx.execute(sa.select(sync.c.id)).scalar_one()
        scope = Scope(DEFAULT_WORKSPACE, sync_id, "run_x", 0)
        take(tx, scope, "a", [seen], source="poll", trusted_since=0)
    world.a.remove(brief)
    await tell(world, world.a, brief, deleted=True)
    await drain(world)
    assert not has(world.b, "Brief")
    assert _left(world, notice) == 0


def _keys():
    return Keys("brief@example.com", None, "Brief")


async def test_a_list_that_lags_does_not_undo_what_a_webhook_brought(world):
    world.edit(world.a, "Equal", city="Gouda")
    equal = named(world.a, "Equal").id
    await tell(world, world.a, equal)
    await drain(world)
    with world.database.read() as tx:
        row = tx.execute(
            sa.select(record).where(record.c.side == "a", record.c.record_id == equal)
        ).one()
    stale = Seen(equal, '{"city":"Leiden"}', "stale", _keys(), changed_at=row.changed_at - 1000)
    with world.database.write() as tx:
        scope = Scope(DEFAULT_WORKSPACE, row.sync_id, "run_x", row.read_at)
        taken = take(tx, scope, "a", [stale], source="poll", trusted_since=row.read_at + 1)
    assert (taken.moved, taken.doubtful) == ((), (equal,))


async def test_an_app_that_asks_for_patience_keeps_its_hints_for_later(world):
    world.edit(world.a, "Equal", city="Gouda")
    equal = named(world.a, "Equal").id
    await tell(world, world.a, equal)
    world.a.rate_limit(50, 30)
    run = await drain(world)
    assert (run.state, _left(world)) == ("running", 1)
    assert not await tell(world, world.a, equal)  # more webhooks do not make it impatient
    world.a.clear()
    world.clock.move(60)
    assert (await drain(world)).state == "done"
    assert named(world.b, "Equal").values["city"] == "Gouda"


async def test_a_mass_change_by_webhooks_pulls_the_brake_though_it_comes_in_pieces(world):
    async with services_of(world) as syncs:
        await syncs.set_brakes(world.sync, Brakes(min_changes=2, max_share=0.1))
    for name in ("Equal", "Fills", "Tagged"):
        world.clock.move(1)
        world.a.edit(named(world.a, name).id, Write(set={"city": "Moved"}))
        await tell(world, world.a, named(world.a, name).id)
        run = await drain(world)
    assert run.state == "halted"
    assert "the brake allows 2" in run.sentence
    assert named(world.b, "Fills").values["city"] == "Moved"
    assert named(world.b, "Tagged").values.get("city") != "Moved"
