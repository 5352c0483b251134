"""Delete one record: only while it still holds what it held when that was decided."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from instep.core.errors import Gone
from instep.core.fingerprint import load
from instep.core.records import Values
from instep.engine.work import Side, Work
from instep.sdk.limits import Purpose
from instep.store.outcomes import Deleted, Failed, Later, Moved, Outcome
from instep.store.records import Seen

GONE_ALREADY = "it was gone already"


async def delete(work: Work, side: Side, row: sa.Row[Any]) -> Outcome:
    """Carry out one effect that deletes. The target being gone already is success.

    It is always read again first: nothing is as grave. Raises RetryLater, RecordRejected and
    ConnectionBroken as any write does.
    """
    try:
        seen = await _read(work, side, row)
    except Gone:
        # after an earlier attempt it is probably our own delete that arrived
        return Deleted(row, None if row.attempts else GONE_ALREADY)
    if has_moved(load(seen.fields), load(row.basis)):
        return Moved(row, seen, "it changed there before we deleted it; decided again")
    request = side.below(row.parent_id).delete(row.record_id)
    if request is None:
        return Failed(row, f"The {side.resource.name} of {side.app} cannot be deleted.")
    try:
        await side.send(request, Purpose.WRITE)
    except Gone:
        return Deleted(row, GONE_ALREADY)
    return Deleted(row)


async def look_up_delete(work: Work, side: Side, row: sa.Row[Any]) -> Outcome:
    """Find out whether a delete arrived whose answer did not. Raises RetryLater."""
    try:
        seen = await _read(work, side, row)
    except Gone:
        return Deleted(row)
    if has_moved(load(seen.fields), load(row.basis)):
        return Moved(row, seen, "it changed there meanwhile; decided again")
    return Later(row, work.now(), "it had not arrived; sent again", counted=False)


def has_moved(fields: Values, basis: Values) -> bool:
    """Whether a record differs from the one that was decided about."""
    return any(key in fields and fields[key] != value for key, value in basis.items())


async def _read(work: Work, side: Side, row: sa.Row[Any]) -> Seen:
    resource = side.below(row.parent_id)
    reply = await side.send(resource.get(row.record_id), Purpose.READ)
    return work.seen(side, resource.record(reply))
