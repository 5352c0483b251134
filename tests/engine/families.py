"""What tests of children look at and do beside their apps: tables, hints, a run with nothing to do."""

from __future__ import annotations

from itertools import count

import sqlalchemy as sa

from instep.sdk.webhooks import Hint
from instep.store import events
from instep.store.events import Arrival
from instep.store.schema.syncs import link, record, sync
from instep.store.workspaces import DEFAULT_WORKSPACE

DUE = "2026-02-01T09:00:00.000Z"
LATER = "2026-03-01T09:00:00.000Z"

_numbers = count(1)


def rows(family, table, *where):
    with family.database.read() as tx:
        return tx.execute(sa.select(table).where(*where)).all()


def sentence_of(family, record_id):
    (row,) = rows(family, record, record.c.record_id == record_id)
    return row.state, row.sentence


def links(family, kind):
    with family.database.read() as tx:
        query = sa.select(sa.func.count()).select_from(link.join(sync, link.c.sync_id == sync.c.id))
        return tx.execute(query.where(sync.c.canonical == kind)).scalar_one()


async def assert_a_second_run_writes_nothing(family, *kinds):
    written = family.writes()
    family.clock.move(120)
    await family.run(*kinds)
    await family.run(*kinds)
    assert family.writes() == written, "a run with nothing to do wrote something"


async def tell(family, app, kind, record_id, *, parent_id=None, deleted=False):
    """Store what a webhook about a child comes to; return the connections' syncs it made due."""
    told = Hint(f"k{next(_numbers)}", "Told", kind, record_id, parent_id, None, deleted=deleted)
    with family.database.read() as tx:
        connection = tx.execute(
            sa.text("SELECT id FROM connection WHERE name = :name"), {"name": app.name}
        ).scalar_one()
    now = int(family.clock.now().timestamp() * 1000)
    arrival = Arrival(DEFAULT_WORKSPACE, connection, told, ours=True, received_at=now)
    return await family.database.run(lambda tx: events.store(tx, [arrival], now))
