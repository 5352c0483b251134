"""Kill the process at every step of posting: nothing is lost, and what comes twice has one id."""

from __future__ import annotations

import asyncio
import json
import os
from base64 import b64encode
from itertools import groupby

import pytest
import sqlalchemy as sa

from instep.engine.turns import LEASE
from instep.sdk.clock import SystemClock
from instep.store.schema.connections import lease
from instep.store.schema.postings import posting
from instep.store.vault import Vault
from tests.crash.engine_process import EngineProcess
from tests.crash.fuse import Fuse, FusedDatabase, FusedTransport, Killed
from tests.crash.steps import steps
from tests.engine.listening import Office, listening, proven, updated

FEWEST_STEPS = 10
RECORDS = ("c1", "c2", "c3")
TOLD = [
    updated(record, "contact.created" if number == 1 else "contact.updated", v=str(number))
    for number in (1, 2)
    for record in RECORDS
]


async def _work(office, fuse):
    """Be a process that posts until nothing is left; time passes while it does."""
    database = FusedDatabase(office.database, fuse)
    outlets = office.outlets(database, lambda transport: FusedTransport(transport, fuse))
    while any(row.state == "waiting" for row in office.rows()):
        await outlets.post_due()
        fuse._stop_the_dead()
        office.clock.move(5)


@pytest.mark.crash
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_kill_anywhere_in_posting_loses_nothing_and_keeps_the_ids(database, after):
    for at in steps(database, after=after):
        office = Office(database, Vault(os.urandom(32)))
        async with listening() as listener:
            listener.answers = [(200, {}), (500, {}), (200, {}), (200, {}), (503, {})]
            bridge = await office.connect(listener.url)
            await office.put(bridge, *TOLD)
            fuse = Fuse(at, after)
            try:
                await _work(office, fuse)
            except Killed:
                office.clock.move(LEASE.total_seconds())
                await _work(office, Fuse())
            _check(office, listener, at)
        await office.close()
        with database.write() as tx:  # the next story's clock begins where this one's began
            tx.execute(sa.delete(posting))
            tx.execute(sa.delete(lease))
        if not fuse.blown:
            assert at > FEWEST_STEPS
            return


def _check(office, listener, at):
    rows = office.rows()
    assert {row.state for row in rows} == {"sent"}, f"killed at {at}"
    told = {each.id: each.raw for each in listener.heard}
    assert all(each.raw == told[each.id] for each in listener.heard), "one id, two contents"
    assert {row.key for row in rows} == told.keys()
    for record in RECORDS:
        versions = [
            each.body["data"]["record"]["v"]
            for each in listener.heard
            if each.body["data"]["id"] == record
        ]
        assert [version for version, _ in groupby(versions)] == ["1", "2"], f"killed at {at}"


@pytest.mark.crash
async def test_a_real_kill_between_a_post_and_its_outcome_repeats_it_under_its_id(
    database, database_url, tmp_path
):
    key = os.urandom(32)
    office = Office(database, Vault(key), clock=SystemClock())
    environment = {
        "INSTEP_DATA_DIR": str(tmp_path),
        "INSTEP_DATABASE_URL": database_url,
        "INSTEP_KEY": b64encode(key).decode(),
    }
    async with listening() as listener:
        bridge = await office.connect(listener.url)
        await office.put(bridge, updated("c1"))
        listener.gate.clear()
        first = EngineProcess(environment, tmp_path / "log", database)
        second = EngineProcess(environment, tmp_path / "log", database)
        await asyncio.to_thread(first.start, "one")
        await listener.until(1)
        first.kill()
        listener.gate.set()
        await asyncio.to_thread(second.start, "two")
        await listener.until(2)
        await asyncio.to_thread(second.wait, lambda: _is_sent(office), "store what came of it")
        second.kill()
    [row] = office.rows()
    assert [each.id for each in listener.heard] == [row.key] * 2
    assert len({each.raw for each in listener.heard}) == 1
    assert proven(listener.heard[1], office.clock.now()) == row.key
    assert [each["status"] for each in json.loads(row.tries)] == [200]


def _is_sent(office):
    return [row.state for row in office.rows()] == ["sent"]
