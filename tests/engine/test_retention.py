"""What an admin says about retention is heeded in place of what the environment says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from instep.core.retention import What
from instep.engine import alerts, outlets
from instep.store import retention
from instep.store.schema.alerts import alert
from instep.store.schema.postings import posting
from instep.store.workspaces import DEFAULT_WORKSPACE

NOW = datetime(2026, 11, 22, tzinfo=UTC)
USUAL = timedelta(days=30)


def ago(days):
    return int((NOW - timedelta(days=days)).timestamp() * 1000)


def of(table, **known):
    """A row that says as little as its table lets it."""
    row = {
        each.name: 1 if isinstance(each.type, sa.Integer) else "[]"
        for each in table.c
        if not each.nullable and each.autoincrement is not True
    }
    return {**row, "workspace_id": DEFAULT_WORKSPACE, **known}


async def test_what_was_sent_goes_after_as_many_days_as_somebody_has_set(database):
    with database.write() as tx:
        for key, days in (("old", 20), ("new", 3)):
            tx.execute(
                sa.insert(alert).values(of(alert, key=key, over_at=ago(days), subject_id=key))
            )
            sent = of(posting, key=key, state="sent", ended_at=ago(days))
            tx.execute(sa.insert(posting).values(sent))

    def sweep(tx):
        alerts._forget(tx, DEFAULT_WORKSPACE, NOW, USUAL)
        outlets._forget(tx, NOW, USUAL)

    def left(tx):
        return [sorted(tx.execute(sa.select(each.c.key)).scalars()) for each in (alert, posting)]

    await database.run(sweep)
    assert await database.run_read(left) == [["new", "old"]] * 2
    await database.run(lambda tx: retention.set_days(tx, DEFAULT_WORKSPACE, What.SENT, 7))
    await database.run(sweep)
    assert await database.run_read(left) == [["new"]] * 2


async def test_each_of_them_has_days_of_its_own(database):
    await database.run(lambda tx: retention.set_days(tx, DEFAULT_WORKSPACE, What.SENT, 7))

    def keep(what):
        return database.run_read(lambda tx: retention.keep(tx, DEFAULT_WORKSPACE, what, USUAL))

    assert (await keep(What.SENT), await keep(What.RUNS)) == (timedelta(days=7), USUAL)
    await database.run(lambda tx: retention.set_days(tx, DEFAULT_WORKSPACE, What.SENT, None))
    assert await keep(What.SENT) == USUAL
