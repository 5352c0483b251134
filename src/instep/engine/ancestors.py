"""Whom a waiting record waits for, with all that is known about that one in its own sync."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from instep.core.why import Awaited, Facts
from instep.engine.evidence import gather
from instep.store import kin, reviews, syncs
from instep.store.batches import RecordKey
from instep.store.syncs import Sync


def awaited_by(
    tx: sa.Connection, sync: Sync, keys: Sequence[RecordKey]
) -> dict[RecordKey, Awaited]:
    """Return, by waiting record, the record it belongs to and what is known about that one.

    What that one itself belongs to is not followed: the kinds that others name stand by themselves.
    """
    waits = kin.awaited_parents(tx, sync.id, keys)
    kinds = {each.kind for each in waits}
    family = kin.family_of(tx, sync.a_connection, sync.b_connection, kinds)
    found: dict[tuple[str, RecordKey], Facts] = {}
    for kind, relative in family.relatives.items():
        named = {(relative.side(each.side), each.named_id) for each in waits if each.kind == kind}
        found.update({(kind, key): facts for key, facts in _facts(tx, relative.sync_id, named)})
    return {
        (each.side, each.record_id): Awaited(
            each.kind, each.named_id, _found(found, family.relatives, each)
        )
        for each in waits
    }


def _found(
    found: Mapping[tuple[str, RecordKey], Facts],
    relatives: Mapping[str, kin.Relative],
    each: kin.Awaits,
) -> Facts | None:
    relative = relatives.get(each.kind)
    return found.get((each.kind, (relative.side(each.side), each.named_id))) if relative else None


def _facts(
    tx: sa.Connection, sync_id: str, keys: set[RecordKey]
) -> Sequence[tuple[RecordKey, Facts]]:
    sync, names = syncs.by_id(tx, sync_id), reviews.names(tx, [sync_id])[sync_id]
    told = gather(tx, sync, names, sorted(keys))
    return [(key, each.facts) for each in told for key in each.keys]
