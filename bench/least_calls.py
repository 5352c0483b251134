"""How many calls a changed record costs, against the least it could.

Two ways of learning of a change: a poll, and webhooks. Of 2,000 linked contacts, 90 are changed in
GoHighLevel and 90 others in Insightly; afterwards 90 are changed in GoHighLevel and told by webhook.
Every call is counted by the apps themselves.

The least: one write for each changed record; for the poll, the pages that list what changed, for the
webhooks, one read of each record they name. Reads of a record just before it is written (because it
was last read some seconds ago) guard against overwriting what nobody has read yet; they are counted
apart, as `safety_rereads`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from bench.apps import Apps, Spent, serving
from bench.measuring import Bench, Figures
from bench.people import People, reaching
from bench.syncing import SYNC, Syncing, connected
from instep.core.brakes import Brakes
from instep.sdk.webhooks import Hint
from instep.store import events
from instep.store.events import Arrival
from instep.store.workspaces import DEFAULT_WORKSPACE

CONTACTS = 2_000
CHANGED = 90
"""Fewer than a page holds: what is changed on either side is listed by one call."""


async def measure() -> Figures:
    """Count both ways."""
    with serving(CONTACTS) as apps:
        async with connected(apps) as syncing, reaching(apps) as people:
            await syncing.run()
            brakes = Brakes(min_changes=100_000, per_record_per_hour=100_000)
            await syncing.instep.syncs.set_brakes(SYNC, brakes)
            pairs = await people.pairs(3 * CHANGED)
            polled = await _polled(syncing, apps, people, pairs[: 2 * CHANGED])
            told = await _told(syncing, apps, people, pairs[2 * CHANGED :])
    return _figures("poll", polled, 2 * CHANGED, 2 * CHANGED + 2) | _figures(
        "webhook", told, CHANGED, 2 * CHANGED
    )


def _figures(name: str, spent: Spent, changed: int, least: int) -> dict[str, float]:
    """Return calls by changed record. What a webhook made us read is no safety re-read."""
    wanted = least - changed if name == "webhook" else 0
    rereads = spent.rereads - wanted
    return {
        f"{name}_calls_per_changed_record": (spent.total - rereads) / changed,
        f"{name}_least_per_changed_record": least / changed,
        f"{name}_over_the_least": (spent.total - rereads) / least,
        f"{name}_safety_rereads_per_changed_record": rereads / changed,
    }


async def _polled(
    syncing: Syncing, apps: Apps, people: People, pairs: Sequence[tuple[str, str]]
) -> Spent:
    for number, (here, there) in enumerate(pairs):
        if number % 2:
            await people.edit_in_insightly(there, f"Shelbyville {number}")
        else:
            await people.edit_in_ghl(here, f"Springfield {number}")
    apps.forget()
    _check(await syncing.run(), len(pairs))
    return _all(apps)


async def _told(
    syncing: Syncing, apps: Apps, people: People, pairs: Sequence[tuple[str, str]]
) -> Spent:
    for number, (here, _) in enumerate(pairs):
        await people.edit_in_ghl(here, f"Ogdenville {number}")
    await _tell(syncing, [here for here, _ in pairs])
    apps.forget()
    _check(await syncing.go_on(), len(pairs))
    return _all(apps)


async def _tell(syncing: Syncing, ids: Sequence[str]) -> None:
    """Store what the webhooks of these contacts come to."""
    db = syncing.instep.db
    now = time.time_ns() // 1_000_000
    with db.read() as tx:
        query = sa.text("SELECT id FROM connection WHERE name = 'gohighlevel'")
        connection = tx.execute(query).scalar_one()
    arrivals = [
        Arrival(
            DEFAULT_WORKSPACE,
            connection,
            Hint(f"bench-{each}", "ContactUpdate", "contact", each, None, None),
            ours=True,
            received_at=now,
        )
        for each in ids
    ]
    await db.run(lambda tx: events.store(tx, arrivals, now))


def _all(apps: Apps) -> Spent:
    spent = [apps.spent(app) for app in apps.described]
    return Spent(
        pages=sum(each.pages for each in spent),
        rereads=sum(each.rereads for each in spent),
        writes=sum(each.writes for each in spent),
    )


def _check(counts: Mapping[str, int], changed: int) -> None:
    updated = counts.get("updated_a", 0) + counts.get("updated_b", 0)
    if updated != changed:
        raise AssertionError(f"{updated} records were updated, but it should have been {changed}")


BENCH = Bench("least_calls", "calls for each changed record, against the least possible", measure)
