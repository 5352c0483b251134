"""What counts as trouble, found in the tables of both databases; and what does not."""

from __future__ import annotations

import json
import os

import pytest
import sqlalchemy as sa

from instep.core.alerting.rules import USUAL, Kind
from instep.sdk.kept.outbox import NewPosting
from instep.store import connections, postings
from instep.store.alert_findings import find_all
from instep.store.alert_findings.sought import Sought
from instep.store.schema.connections import connection, pace
from instep.store.schema.syncs import effect, notice, run
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.engine.towers import Tower

MINUTE = 60_000


@pytest.fixture
async def tower(database):
    made = Tower(database, Vault(os.urandom(32)))
    yield made
    await made.close()


def found(tower, workspace=DEFAULT_WORKSPACE):
    with tower.database.read() as tx:
        return find_all(tx, Sought(workspace, tower.now, USUAL))


def kinds(tower):
    return sorted((each.kind.value, each.subject.name) for each in found(tower))


async def test_nothing_is_in_trouble_where_all_is_well(tower):
    await tower.sync()
    assert found(tower) == []


async def test_a_stopped_sync_is_a_brake_or_a_failure(tower):
    await tower.halt(await tower.sync("one"), "mass_delete", "It would delete 9 of 10.")
    await tower.halt(await tower.sync("two"), "refused", "The mapping names no field.")
    assert kinds(tower) == [("brake", "one"), ("failure", "two")]
    told = {each.subject.name: each for each in found(tower)}
    assert told["one"].sentence == "It would delete 9 of 10."
    assert told["one"].advice == "instep sync status one"


async def test_a_broken_connection_is_told_once_with_how_many_syncs_it_stops(tower):
    sync = await tower.sync()
    await tower.halt(sync, "connection_broken", "refused")
    assert kinds(tower) == [("failure", "people")], "the connection works again; the sync does not"
    await tower.database.run(lambda tx: connections.mark(tx, sync.a_connection, "It says 401."))
    [told] = found(tower)
    assert (told.kind, told.subject.name) == (Kind.CONNECTION, "people-a")
    assert told.sentence == "It says 401. It is used by 1 sync."
    assert told.advice == "instep connect memory --name people-a --renew"


async def test_a_record_that_waits_too_long_is_a_delay_unless_the_sync_is_stopped(tower):
    sync = await tower.sync()
    await tower.insert(
        notice,
        sync_id=sync.id,
        side="a",
        record_id="1",
        source="poll",
        noticed_at=tower.now - 31 * MINUTE,
    )
    [told] = found(tower)
    assert (told.kind, told.since) == (Kind.DELAY, tower.now - 31 * MINUTE)
    await tower.halt(sync)
    assert kinds(tower) == [("brake", "people")]


@pytest.mark.parametrize(
    ("age", "source", "is_late"),
    [(31, "webhook", True), (29, "webhook", False), (99, "backfill", False)],
)
async def test_what_is_young_or_of_the_first_run_is_not_late(tower, age, source, is_late):
    sync = await tower.sync()
    at = tower.now - age * MINUTE
    mine = {"sync_id": sync.id, "side": "a", "record_id": "1", "source": source}
    await tower.insert(notice, **mine, noticed_at=at)
    assert bool(found(tower)) is is_late


async def put_effect(tower, sync, state, kind="poll", age=31):
    at = tower.now - age * MINUTE
    await tower.insert(
        run,
        id=f"run_{kind}",
        sync_id=sync.id,
        kind=kind,
        phase="deliver",
        state="done",
        counts="{}",
        started_at=at,
    )
    texts = ("write", "basis", "source", "after", "moved", "why")
    await tower.insert(
        effect,
        key=f"eff_{kind}",
        sync_id=sync.id,
        run_id=f"run_{kind}",
        side="a",
        action="update",
        source_id="1",
        label="Ann Doe",
        state=state,
        attempts=1,
        due_at=at,
        created_at=at,
        sentence="ann@example.com is no address",
        **dict.fromkeys(texts, "{}"),
    )


@pytest.mark.parametrize("state", ["ready", "sending", "unknown"])
async def test_a_write_that_waits_too_long_is_a_delay(tower, state):
    await put_effect(tower, await tower.sync(), state)
    assert kinds(tower) == [("delay", "people")]


async def test_writes_of_the_first_run_may_take_their_time(tower):
    await put_effect(tower, await tower.sync(), "ready", kind="backfill")
    assert found(tower) == []


async def test_a_write_given_up_on_is_a_dead_letter_and_tells_nothing_of_the_person(tower):
    await put_effect(tower, await tower.sync(), "failed", age=1)
    [told] = found(tower)
    assert (told.kind, told.sentence) == (
        Kind.DEAD_LETTER,
        "1 write refused by an app and given up on.",
    )
    assert "ann" not in str(told).lower()


async def test_a_run_that_waits_for_an_app_is_a_delay_once_it_takes_too_long(tower):
    sync = await tower.sync()
    row = {"id": "run_1", "sync_id": sync.id, "kind": "poll", "phase": "read_a", "counts": "{}"}
    await tower.insert(run, **row, state="running", started_at=tower.now, sentence="It said 503.")
    assert found(tower) == []
    tower.clock.move(31 * 60)
    assert kinds(tower) == [("delay", "people")]


@pytest.mark.parametrize(
    ("state", "is_short"),
    [
        ({"daily": 1000, "used_today": 901}, True),
        ({"daily": 1000, "used_today": 900}, False),
        ({"daily": None, "used_today": 999_999}, False),
        ({"daily": 1000, "used_today": 1000, "resets_at": 0.0}, False),
    ],
)
async def test_a_quota_is_low_below_its_share_of_the_day(tower, state, is_short):
    made = await tower.connect("ghl")
    budget = sa.select(connection.c.budget).where(connection.c.id == made.id)
    usual = {"per_second": 10.0, "burst": 4, "resets_at": tower.now / 1000 + 60}
    await tower.insert(pace, key=budget.scalar_subquery(), state=json.dumps({**usual, **state}))
    told = found(tower)
    assert bool(told) is is_short
    if is_short:
        assert told[0].sentence == "Less than 10 % of today's 1,000 calls are left."


async def test_webhooks_out_are_stopped_late_or_dead(tower):
    bridge = await tower.connect("bridge")
    place = (bridge.workspace_id, bridge.id)
    new = [NewPosting("contact", "c1", "contact.updated", {"first_name": "Ann"})]
    at = tower.now - 31 * MINUTE
    await tower.database.run(lambda tx: postings.put(tx, *place, new, at))
    assert kinds(tower) == [("delay", "bridge")]
    await tower.database.run(lambda tx: postings.stop(tx, *place, "It answered 410.", at))
    [told] = found(tower)
    assert (told.kind, told.sentence) == (Kind.FAILURE, "No webhook goes out: It answered 410.")
    with tower.database.write() as tx:
        postings.lift(tx, bridge.id)
        [row] = postings.page(tx, bridge.id, None, 1, None)
        postings.store(tx, [postings.Tried(row, "dead", at, at, 1, 404, "answered 404.")])
    [told] = found(tower)
    assert (told.kind, told.sentence, told.since) == (
        Kind.DEAD_LETTER,
        "1 webhook given up on.",
        at,
    )
    assert told.advice == "instep bridge posts bridge --dead"


async def test_another_workspaces_trouble_is_not_found(tower):
    await tower.halt(await tower.sync())
    assert found(tower, "wsp_other") == []


async def test_a_name_is_quoted_where_a_shell_would_take_it_apart(tower):
    await tower.halt(await tower.sync("my people; ls"))
    assert found(tower)[0].advice == "instep sync status 'my people; ls'"
