"""Kill the process at every step of telling: nothing is lost, and what comes twice has one id."""

from __future__ import annotations

import os

import pytest
import sqlalchemy as sa

from instep.engine.turns import LEASE
from instep.store.schema.alerts import alert, alert_channel, alert_message, alert_telling
from instep.store.schema.connections import connection, credential, lease
from instep.store.schema.syncs import sync as sync_table
from instep.store.vault import Vault
from tests.crash.fuse import Fuse, FusedDatabase, FusedTransport, Killed
from tests.crash.steps import EVERY
from tests.engine.listening import listening
from tests.engine.towers import SETTLED, Tower, title

FEWEST_STEPS = 8
STRIDE = 3  # on PostgreSQL, which is slower and tells the same story
TABLES = (
    alert_message,
    alert_telling,
    alert,
    alert_channel,
    sync_table,
    credential,
    connection,
    lease,
)


async def _work(tower, sync, fuse):
    """Be a process that watches: the sync is stopped, told, goes on, and that is told, too."""
    watch = tower.process(
        FusedDatabase(tower.database, fuse), lambda transport: FusedTransport(transport, fuse)
    )
    await _tell(tower, watch, fuse)
    await tower.release(sync)
    for seconds in (1, SETTLED):
        tower.clock.move(seconds)
        await _tell(tower, watch, fuse)


async def _tell(tower, watch, fuse):
    assert await watch.look()
    while any(row.state == "waiting" for row in tower.rows()):
        assert await watch.send_due()
        fuse._stop_the_dead()
        tower.clock.move(5)


@pytest.mark.crash
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_kill_anywhere_in_telling_loses_nothing_and_repeats_at_most_one(database, after):
    at = 1
    while True:
        tower = Tower(database, Vault(os.urandom(32)))
        async with listening() as listener:
            listener.answers = [(500, {})]
            await tower.hook(listener)
            stopped = await tower.sync()
            await tower.halt(stopped)
            fuse = Fuse(at, after)
            try:
                await _work(tower, stopped, fuse)
            except Killed:
                tower.clock.move(LEASE.total_seconds())
                await _work(tower, stopped, Fuse())
            _check(tower, listener, at, was_killed=fuse.blown)
        await tower.close()
        with database.write() as tx:
            for table in TABLES:
                tx.execute(sa.delete(table))
        if not fuse.blown:
            assert at > FEWEST_STEPS
            return
        at += 1 if database.is_sqlite or os.environ.get(EVERY) else STRIDE


def _check(tower, listener, at, *, was_killed):
    rows = tower.rows()
    assert {row.state for row in rows} == {"sent"}, f"killed at {at}"
    heard = {each.id: title(each) for each in listener.heard}
    assert heard.keys() == {row.key for row in rows}
    assert list(heard.values()) == [
        "The sync people was stopped by a brake.",
        "Over: the sync people was stopped by a brake.",
    ], f"killed at {at}"
    # the first answer was a no; beyond that, only what a kill left in doubt comes twice
    assert len(listener.heard) - len(heard) - 1 <= (1 if was_killed else 0), f"killed at {at}"
