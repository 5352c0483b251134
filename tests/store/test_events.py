"""Events are stored once, and become hints of the syncs they concern, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from instep.core.brakes import Brakes
from instep.sdk.webhooks import Hint
from instep.store import events, hints, runs, syncs
from instep.store.connections import NewConnection
from instep.store.events import Arrival
from instep.store.schema.events import event, hint
from instep.store.schema.syncs import sync as sync_table
from instep.store.syncs import NewSync

NOW = 1_000_000
TOLD = Hint("s1", "ContactUpdate", "contact", "c1", None, "loc_1")


@pytest.fixture
async def arrival(connection):
    return Arrival(connection.workspace_id, connection.id, TOLD, ours=True, received_at=NOW)


@pytest.fixture
async def sync(database, connection, connections, credential):
    """A sync that has run once, and is due in five minutes."""
    other = await connections.create(_insightly(), credential)
    wanted = NewSync("people", "contact", connection.id, other.id, [], 300, Brakes())

    def make(tx):
        made = syncs.create(tx, connection.workspace_id, wanted, NOW)
        run = runs.start(tx, made, "backfill", "done", NOW)
        runs.finish(tx, run.id, "done", NOW)
        return made

    return await database.run(make)


def _insightly():
    return NewConnection("ins", "insightly", "api_key", "ins", "US", {})


def _told(arrival, **changed):
    return replace(arrival, hint=replace(arrival.hint, **changed))


def _rows(database, table):
    with database.read() as tx:
        return tx.execute(sa.select(table).order_by(table.c.record_id)).all()


async def _store(database, *arrivals, now=NOW):
    return await database.run(lambda tx: events.store(tx, arrivals, now))


async def test_a_new_event_is_stored_and_hints_at_its_record(database, sync, arrival):
    stored = await _store(database, arrival)
    assert (stored.new, stored.due) == (1, True)
    [kept] = _rows(database, event)
    assert (kept.sending_id, kept.record_id, kept.syncs) == ("s1", "c1", 1)
    [noted] = _rows(database, hint)
    assert (noted.sync_id, noted.side, noted.record_id) == (sync.id, "a", "c1")
    assert noted.event_id == kept.id


async def test_a_repetition_is_neither_stored_nor_hinted_at_again(database, sync, arrival):
    await _store(database, arrival)
    [noted] = _rows(database, hint)
    await database.run(lambda tx: hints.remove(tx, [noted]))
    again = await _store(database, arrival, arrival)
    assert (again.new, again.due) == (0, False)
    assert len(_rows(database, event)) == 1
    assert _rows(database, hint) == []


async def test_the_same_id_at_another_connection_is_another_event(database, arrival):
    await _store(database, arrival, replace(arrival, connection_id="con_other"))
    assert len(_rows(database, event)) == 2


async def test_many_events_of_one_record_are_one_hint(database, sync, arrival):
    gone = _told(arrival, id="s2", event="ContactDelete", deleted=True)
    late = _told(arrival, id="s3", parent_id="p1")
    await _store(database, arrival, gone)
    await _store(database, late)
    [noted] = _rows(database, hint)
    assert (noted.deleted, noted.parent_id) == (True, "p1")
    assert noted.event_id == max(each.id for each in _rows(database, event))


async def test_a_hint_that_was_renewed_meanwhile_stays(database, sync, arrival):
    await _store(database, arrival)
    [noted] = _rows(database, hint)
    await _store(database, _told(arrival, id="s2"))
    await database.run(lambda tx: hints.remove(tx, [noted]))
    [renewed] = _rows(database, hint)
    assert renewed.event_id > noted.event_id


@pytest.mark.parametrize(
    "changed",
    [
        {"resource": "task"},
        {"resource": None},
        {"record_id": None},
        {"event": "INSTALL", "resource": "x"},
    ],
)
async def test_what_no_sync_watches_is_kept_and_leads_to_nothing(database, sync, arrival, changed):
    stored = await _store(database, _told(arrival, **changed))
    assert (stored.new, stored.due) == (1, False)
    assert [each.syncs for each in _rows(database, event)] == [0]
    assert _rows(database, hint) == []


async def test_an_event_of_another_account_is_kept_and_leads_to_nothing(database, sync, arrival):
    stored = await _store(database, replace(arrival, ours=False))
    assert (stored.new, stored.due) == (1, False)
    assert _rows(database, hint) == []


async def test_a_sync_that_is_due_or_running_is_not_hurried(database, sync, arrival):
    run = await database.run(lambda tx: runs.start(tx, sync, "poll", "read_a", NOW))
    assert not (await _store(database, arrival)).due
    await database.run(lambda tx: runs.finish(tx, run.id, "done", NOW))
    assert (await _store(database, _told(arrival, id="s2"))).due
    assert not (await _store(database, _told(arrival, id="s3"))).due
    with database.read() as tx:
        assert tx.execute(sa.select(sync_table.c.due_at)).scalar_one() == NOW


async def test_a_sync_that_never_ran_is_left_to_its_first_run(database, sync, arrival):
    await database.run(lambda tx: tx.execute(sa.text("DELETE FROM run")))
    assert not (await _store(database, arrival)).due
    assert len(_rows(database, hint)) == 1


async def test_old_events_are_forgotten_and_young_ones_kept(database, arrival):
    await _store(database, arrival, replace(_told(arrival, id="s2"), received_at=NOW + 1))
    assert await database.run(lambda tx: events.forget(tx, NOW + 1)) == 1
    assert [each.sending_id for each in _rows(database, event)] == ["s2"]
