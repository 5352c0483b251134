"""Look before creating: somebody may have entered the same person on both sides meanwhile.

What was read longer than a few seconds ago is read again before it is written, and that nobody was
there was read, too. No app refuses a second record for us: Insightly never does, GoHighLevel only
where the location does not allow duplicates (facts: ghl 6.4, apps 1.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from instep.core.match import Keys, contradicts
from instep.engine.deleting_records import FRESH_MS
from instep.engine.work import Side, Work
from instep.sdk.limits import Purpose
from instep.store import records
from instep.store.records import Seen
from instep.store.runs import Run


async def newcomer(work: Work, run: Run, side: Side, row: sa.Row[Any]) -> Seen | None:
    """Return a record we did not know of that has the key of the one to be created, if there is one.

    It is looked for by the strongest key that its app can search by; without one it is not, nor
    if this is a first run that has listed its side a moment ago, from the records themselves: what
    follows is many creates, and nobody works with both apps by it yet. Children have no such key.
    """
    if work.mapping.parts or _is_just_listed(work, run, side):
        return None
    for pairs, key in ((work.mapping.strong, row.strong), (work.mapping.weak, row.weak)):
        request = side.resource.find(pairs[0].field(side.name).name, key) if key else None
        if request is None:
            continue
        reply = await side.send(request, Purpose.READ)
        found = [work.seen(side, record) for record in side.resource.records(reply)]
        same = [seen for seen in found if key in {seen.keys.strong, seen.keys.weak}]
        # families share phones: whom the match would not take for the same is no newcomer
        alike = [seen for seen in same if not contradicts(_keys(row), seen.keys)]
        return await _unknown(work, side, alike)
    return None


def _keys(row: sa.Row[Any]) -> Keys:
    """Return the keys of what is to be created; who has no name is called by one of the others."""
    named = row.label not in {row.strong, row.weak, row.source_id}
    return Keys(row.strong, row.weak, row.label if named else None)


def _is_just_listed(work: Work, run: Run, side: Side) -> bool:
    """Whether the run has read a list of this side a moment ago that shows what was there then."""
    lists = run.kind == "backfill" and not side.resource.cursor.late
    return lists and run.started_at >= work.now() - FRESH_MS


async def _unknown(work: Work, side: Side, found: Sequence[Seen]) -> Seen | None:
    ids = [seen.id for seen in found]
    known = await work.read(lambda tx: records.known(tx, work.sync.id, side.name, ids))
    return next((seen for seen in found if seen.id not in known), None)
