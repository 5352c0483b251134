"""Whether an update whose answer nobody heard has arrived, seen by what the record holds now."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from instep.core.fingerprint import load
from instep.core.records import Values
from instep.engine.work import Side, Work
from instep.store.effects import write_of


def how_arrived(work: Work, side: Side, row: sa.Row[Any], fields: Values) -> str | None:
    """Say by what it is seen that an effect's update is there; None if it is not.

    `look-up`: the record is as the write wants it. `edited since`: it holds something of the write,
    and somebody has changed the rest.
    """
    if _holds(work, side, row, fields):
        return "look-up"
    is_as_before = all(fields.get(key) == value for key, value in load(row.basis).items())
    return "edited since" if not is_as_before and _arrived(row, fields) else None


def _arrived(row: sa.Row[Any], fields: Values) -> bool:
    """Whether a field holds what only our write can have put there: then all of it arrived."""
    basis, words = load(row.basis), json.loads(row.moved)
    return any(
        key in fields and fields[key] == value and basis.get(key) != value
        for key, value in load(row.after).items()
        if key not in words
    )


def _holds(work: Work, side: Side, row: sa.Row[Any], fields: Values) -> bool:
    """Whether the record is already as the write wants it.

    A field the mapping leaves out is not known; such a write may be sent twice without harm.
    """
    if any(key not in work.mapping.by_key for key in load(row.basis)):
        return False
    outward = work.mapping.outward(fields, side.name)
    wanted = work.seen_values(side, row.record_id, write_of(row).applied_to(outward))
    return load(wanted.fields) == dict(fields)
