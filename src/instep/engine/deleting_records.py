"""Delete one record: only as we know it, and only while its partner is still gone."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import sqlalchemy as sa

from instep.core.errors import Gone
from instep.core.fingerprint import load
from instep.core.merge import Reason
from instep.core.pairs import other_side
from instep.core.records import Values
from instep.engine.work import Side, Work
from instep.sdk.limits import Purpose
from instep.store import records
from instep.store.outcomes import Deleted, Failed, Later, Moved, Outcome
from instep.store.records import Seen

FRESH_MS = 5_000
"""A target read longer ago is read again before it is written: most apps cannot refuse a write
that stands on an old state (facts: apps 7, rule 9)."""

GONE_ALREADY = "it was gone already"


async def delete(work: Work, side: Side, row: sa.Row[Any], target: sa.Row[Any] | None) -> Outcome:
    """Carry out one effect that deletes. The target being gone already is success.

    Raises RetryLater, RecordRejected and ConnectionBroken as any write does.
    """
    try:
        fields, seen = await _as_it_is(work, side, row, target)
        if has_moved(fields, load(row.basis)):
            return Moved(row, seen, "it changed there before we deleted it; decided again")
        back = await _come_back(work, side, row)
        if back is not None:
            return Moved(row, seen, "its partner came back; decided again", partner=back)
        request = side.below(_parent_id(row, target)).delete(row.record_id)
        if request is None:
            return Failed(row, f"The {side.resource.name} of {side.app} cannot be deleted.")
    except Gone:
        # after an earlier attempt it is probably our own delete that had arrived
        return Deleted(row, None if row.attempts else GONE_ALREADY)
    # gone by now: the client repeats a delete whose answer got lost
    with contextlib.suppress(Gone):
        await side.send(request, Purpose.WRITE)
    return Deleted(row)


async def look_up_delete(work: Work, side: Side, row: sa.Row[Any]) -> Outcome:
    """Find out whether a delete arrived whose answer did not. Raises RetryLater."""
    try:
        seen = await work.read_again(side, row.record_id, row.parent_id)
    except Gone:
        return Deleted(row)
    if has_moved(load(seen.fields), load(row.basis)):
        return Moved(row, seen, "it changed there meanwhile; decided again")
    return Later(row, work.now(), "it had not arrived; sent again", counted=False)


def is_fresh(work: Work, side: Side, target: sa.Row[Any]) -> bool:
    """Whether what we know of a record may be written over without reading it again.

    A list that comes from an index behind the records may have shown it as it was before. One that
    tells no versions leaves out what would guard the write, however short ago it was.
    """
    resource = side.resource
    is_guarded = target.version is not None or not resource.guarded
    in_time = target.read_at >= work.now() - FRESH_MS
    return is_guarded and in_time and not resource.cursor.late


def has_moved(fields: Values, basis: Values) -> bool:
    """Whether a record differs from the one that was decided about."""
    return any(key in fields and fields[key] != value for key, value in basis.items())


async def _as_it_is(
    work: Work, side: Side, row: sa.Row[Any], target: sa.Row[Any] | None
) -> tuple[Values, Seen | None]:
    """Return the target's values, read again unless that was a moment ago. Raises Gone."""
    if target is not None and is_fresh(work, side, target):
        return load(target.fields), None
    seen = await work.read_again(side, row.record_id, _parent_id(row, target))
    return load(seen.fields), seen


async def _come_back(work: Work, side: Side, row: sa.Row[Any]) -> Seen | None:
    """Return the partner if it is there after all: what a person asked for needs none to be gone."""
    if Reason.PARTNER_GONE.value not in json.loads(row.why).values():
        return None
    there = work.side(other_side(side.name))
    known = await work.read(lambda tx: records.get(tx, work.sync.id, there.name, row.source_id))
    try:
        return await work.read_again(there, row.source_id, known.parent_id if known else None)
    except Gone:
        return None


def _parent_id(row: sa.Row[Any], target: sa.Row[Any] | None) -> str | None:
    if row.parent_id is not None or target is None:
        known: str | None = row.parent_id
        return known
    return target.parent_id  # type: ignore[no-any-return] # a row of text columns
