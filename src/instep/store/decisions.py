"""Store what the core decided about a batch, in the caller's one transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa

from instep.core.deleting import OVER
from instep.core.fingerprint import dump, load
from instep.core.mapping import SideName
from instep.core.match import Keys
from instep.core.merge import Merge
from instep.core.pairs import SIDES
from instep.core.plan import Action, Intent, Item, Kind
from instep.core.records import Value
from instep.store import bulk, effects, kin, records
from instep.store.batches import RecordKey
from instep.store.history import Entry, write
from instep.store.ids import new_id
from instep.store.kin import Awaits
from instep.store.records import Scope
from instep.store.schema.syncs import effect, link, record


@dataclass(frozen=True, slots=True)
class Decided:
    """One planned item with the rows it stands on.

    `link_id` is None for a pair not linked yet and for single records. `bases` are the link's
    bases as loaded. `noticed` is whose notices this answers. `unsettled` says that a record was
    under review or failed before, so that its state has to be put right. `parents` are whose
    children the records are, by side; `awaits` whom they name that has no link yet.
    """

    item: Item
    intents: Sequence[Intent]
    noticed: Sequence[RecordKey]
    keys: Keys
    link_id: str | None = None
    bases: tuple[Mapping[str, Value], Mapping[str, Value]] = ({}, {})
    unsettled: bool = False
    parents: Mapping[SideName, str] = field(default_factory=dict)
    awaits: Sequence[Awaits] = ()


def store(
    tx: sa.Connection, scope: Scope, decided: Sequence[Decided], *, names: bool = True
) -> None:
    """Write links, effects, states and history for these items and clear their notices.

    `names` says whether such records name others at all.
    """
    linked = _link(tx, scope, decided)
    _agree(tx, decided)
    hold(tx, [each.link_id for each in decided if each.item.over], OVER)
    _intend(tx, scope, decided, linked)
    _settle_states(tx, scope, decided)
    noticed = [key for each in decided for key in each.noticed]
    records.clear_notices(tx, scope, noticed)
    if names:
        kin.note(tx, scope, noticed, [every for each in decided for every in each.awaits])


def _link(
    tx: sa.Connection, scope: Scope, decided: Sequence[Decided]
) -> dict[tuple[str, str], str]:
    """Link the pairs that were matched just now; return their new link ids by (a, b)."""
    fresh = [
        each
        for each in decided
        if each.link_id is None and each.item.a_id is not None and each.item.b_id is not None
    ]
    rows = [
        {
            "a_id": each.item.a_id,
            "b_id": each.item.b_id,
            **_first_bases(each.item.merge),
            "linked_by": each.item.matched_by,
        }
        for each in fresh
    ]
    return insert_links(tx, scope, rows)


def _first_bases(merged: Merge) -> dict[str, str]:
    """Return both bases of a fresh link, dumped; mostly they are the same."""
    base_a = dump(merged.base_a)
    same = merged.base_a == merged.base_b
    return {"base_a": base_a, "base_b": base_a if same else dump(merged.base_b)}


def insert_links(
    tx: sa.Connection, scope: Scope, rows: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, str], str]:
    """Insert links (a_id, b_id, base_a, base_b, linked_by) and let both records point to theirs.

    Returns the new link ids by (a, b).
    """
    if not rows:
        return {}
    shared = {
        "workspace_id": scope.workspace_id,
        "sync_id": scope.sync_id,
        "linked_at": scope.now,
    }
    links = [{**row, **shared, "id": new_id("lnk")} for row in rows]
    bulk.insert(tx, link, links)
    bulk.update(tx, record, [_pointer(each, side) for side in SIDES for each in links], _KEY)
    kin.hurry(tx, scope, [each[end] for each in links for end in ("a_id", "b_id")])
    return {(str(each["a_id"]), str(each["b_id"])): str(each["id"]) for each in links}


_KEY = ("sync_id", "side", "record_id")


def _pointer(made: Mapping[str, Any], side: SideName) -> dict[str, Any]:
    """Return how the record at one end of a new link is changed by it."""
    return {
        "sync_id": made["sync_id"],
        "side": side,
        "record_id": made[f"{side}_id"],
        "link_id": made["id"],
        "state": "known",
        "sentence": None,
    }


def _agree(tx: sa.Connection, decided: Sequence[Decided]) -> None:
    """Move the bases of linked pairs whose sides agree by themselves."""
    moved = [
        {
            "of_link": each.link_id,
            "to_a": dump({**each.bases[0], **each.item.merge.base_a}),
            "to_b": dump({**each.bases[1], **each.item.merge.base_b}),
        }
        for each in decided
        if each.link_id is not None and (each.item.merge.base_a or each.item.merge.base_b)
    ]
    set_bases(tx, moved)


def set_bases(tx: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Set the bases of links: rows of of_link, to_a, to_b (dumped)."""
    bases = [{"id": row["of_link"], "base_a": row["to_a"], "base_b": row["to_b"]} for row in rows]
    bulk.update(tx, link, bases, ("id",))


def hold(tx: sa.Connection, link_ids: Sequence[str | None], why: str) -> None:
    """Let these pairs be left alone from here on; what a person said about one before stays."""
    ids = [each for each in link_ids if each is not None]
    if ids:
        tx.execute(
            sa.update(link).where(link.c.id.in_(ids), link.c.held.is_(None)).values(held=why)
        )


def _intend(
    tx: sa.Connection,
    scope: Scope,
    decided: Sequence[Decided],
    linked: Mapping[tuple[str, str], str],
) -> None:
    """Write the effects: each intended write is durable before anything is sent."""
    rows = []
    for each in decided:
        pair = (str(each.item.a_id), str(each.item.b_id))
        link_id = each.link_id or linked.get(pair)
        rows += [_effect(scope, each, intent, link_id) for intent in each.intents]
    bulk.insert(tx, effect, rows)


def _effect(scope: Scope, decided: Decided, intent: Intent, link_id: str | None) -> dict[str, Any]:
    item = decided.item
    target, source = (item.a_id, item.b_id) if intent.side == "a" else (item.b_id, item.a_id)
    return {
        "workspace_id": scope.workspace_id,
        "key": new_id("eff"),
        "sync_id": scope.sync_id,
        "run_id": scope.run_id,
        "link_id": link_id,
        "side": intent.side,
        "action": intent.action.value,
        "record_id": None if intent.action is Action.CREATE else target,
        "parent_id": decided.parents.get(intent.side),
        "source_id": source,
        "label": item.label,
        "write": effects.dump_write(intent.write),
        "basis": dump(intent.basis),
        "source": dump(intent.source),
        "after": dump(intent.after),
        "moved": json.dumps({key: asdict(each) for key, each in intent.moved.items()}),
        "why": json.dumps(intent.why, ensure_ascii=False),
        "person": scope.person,
        "held": intent.held,
        "strong": decided.keys.strong,
        "weak": decided.keys.weak,
        "state": "ready",
        "attempts": 0,
        "due_at": scope.now,
        "created_at": scope.now,
    }


_STATES = {Kind.REVIEW: "review", Kind.EXCLUDED: "excluded", Kind.WAITING: "waiting"}


def _settle_states(tx: sa.Connection, scope: Scope, decided: Sequence[Decided]) -> None:
    """Say of each record how it stands, where that differs from before; reviews are history."""
    states: list[tuple[SideName, str, str, str | None]] = []
    entries: list[Entry] = []
    for each in decided:
        state = "review" if each.item.merge.conflicts else _STATES.get(each.item.kind, "known")
        if state == "known" and not each.unsettled:
            continue
        states += [(side, record_id, state, each.item.why) for side, record_id in each.noticed]
        if state == "review":
            entries.append(_review_entry(each))
    records.set_states(tx, scope, states)
    write(tx, scope, entries)


def _review_entry(decided: Decided) -> Entry:
    item = decided.item
    side: SideName = "a" if item.a_id else "b"
    conflicts = item.merge.conflicts
    return Entry(
        what="conflict" if conflicts else "review",
        side=side,
        record_id=item.a_id or item.b_id,
        label=item.label,
        link_id=decided.link_id,
        before=dump({each.key: each.a for each in conflicts}) if conflicts else None,
        after=dump({each.key: each.b for each in conflicts}) if conflicts else None,
        why=item.why,
    )


def bases_of(row: sa.Row[Any]) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return a link row's bases, loaded."""
    return load(row.base_a), load(row.base_b)
