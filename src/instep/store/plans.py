"""Stored plans: made by a preview or an undo, approved by a person, carried out item by item."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.pairs import SIDES
from instep.core.plan_rows import looked_for
from instep.store.batches import RecordKey
from instep.store.ids import new_id
from instep.store.schema.plans import plan, plan_item
from instep.store.schema.syncs import record
from instep.store.syncs import Sync

RUNS: Mapping[str, str] = {"preview": "approved", "undo": "undo"}
"""The kind of run that carries out each kind of plan."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One stored plan. `of_run` is the run an undo takes back. Times: epoch milliseconds."""

    id: str
    workspace_id: str
    sync_id: str
    kind: str  # preview, undo
    of_run: str | None
    state: str  # making, open, approved, ended
    counts: Mapping[str, int]
    person: str | None
    made_at: int


@dataclass(frozen=True, slots=True)
class NewItem:
    """One item as it is stored: whose plan it is, the JSON of it, and the prints it stands on.

    `words` are those it is found by, as plan_rows.looked_for spells them. `state` is planned or
    refused; a refused one says why in `sentence`.
    """

    what: str
    item: str
    words: str
    a_id: str | None
    b_id: str | None
    label: str | None
    link_id: str | None = None
    print_a: str | None = None
    print_b: str | None = None
    state: str = "planned"
    sentence: str | None = None


def make(tx: sa.Connection, sync: Sync, kind: str, now: int, of_run: str | None = None) -> str:
    """Begin a plan and drop what it supersedes: earlier ones that nobody approved."""
    old = sa.select(plan.c.id).where(
        plan.c.sync_id == sync.id,
        plan.c.kind == kind,
        plan.c.of_run == of_run if of_run is not None else plan.c.of_run.is_(None),
        # of an ended preview the history keeps what was done; an undo stays, to be looked at
        plan.c.state.in_(("making", "open", "ended") if kind == "preview" else ("making", "open")),
    )
    tx.execute(sa.delete(plan_item).where(plan_item.c.plan_id.in_(old)))
    tx.execute(sa.delete(plan).where(plan.c.id.in_(old)))
    plan_id = new_id("pln")
    tx.execute(
        sa.insert(plan).values(
            id=plan_id,
            workspace_id=sync.workspace_id,
            sync_id=sync.id,
            kind=kind,
            of_run=of_run,
            state="making",
            counts="{}",
            made_at=now,
        )
    )
    return plan_id


def add(tx: sa.Connection, sync: Sync, plan_id: str, items: Sequence[NewItem]) -> None:
    """Append these items."""
    shared = {"workspace_id": sync.workspace_id, "plan_id": plan_id}
    if items:
        tx.execute(sa.insert(plan_item), [{**shared, **asdict(each)} for each in items])


def open_up(tx: sa.Connection, plan_id: str, counts: Mapping[str, int]) -> Plan:
    """Say that all of a plan is there: from now on it can be approved."""
    tx.execute(
        sa.update(plan)
        .where(plan.c.id == plan_id)
        .values(state="open", counts=json.dumps(dict(counts)))
    )
    return _read(tx.execute(sa.select(plan).where(plan.c.id == plan_id)).one())


def get(tx: sa.Connection, workspace_id: str, plan_id: str) -> Plan:
    """Return a plan. Raises UserError if there is none, or none any more."""
    row = tx.execute(
        sa.select(plan).where(plan.c.workspace_id == workspace_id, plan.c.id == plan_id)
    ).first()
    if row is None or row.state == "making":
        raise UserError(
            f"There is no plan {plan_id!r} (any more): a later preview takes its place. "
            "Preview again and take the plan it names."
        )
    return _read(row)


def approve(tx: sa.Connection, plan_id: str, person: str | None) -> None:
    """Note that a person wants an open plan carried out."""
    tx.execute(
        sa.update(plan)
        .where(plan.c.id == plan_id, plan.c.state == "open")
        .values(state="approved", person=person)
    )


def approved(tx: sa.Connection, sync_id: str) -> Plan | None:
    """Return the plan that this sync is to carry out next: the oldest approved one."""
    query = sa.select(plan).where(plan.c.sync_id == sync_id, plan.c.state == "approved")
    row = tx.execute(query.order_by(plan.c.made_at, plan.c.id).limit(1)).first()
    return None if row is None else _read(row)


def end(tx: sa.Connection, plan_id: str) -> None:
    """Note that a plan has been carried out, as far as it could be."""
    tx.execute(sa.update(plan).where(plan.c.id == plan_id).values(state="ended"))


def leave(tx: sa.Connection, plan_id: str, what: str, sentence: str) -> int:
    """Leave out of an open plan all items that do this; return how many those are."""
    return tx.execute(
        sa.update(plan_item)
        .where(plan_item.c.plan_id == plan_id, plan_item.c.what == what)
        .where(plan_item.c.state == "planned")
        .values(state="refused", sentence=sentence)
    ).rowcount


def planned(tx: sa.Connection, plan_id: str, limit: int) -> Sequence[sa.Row[Any]]:
    """Return the next items that have not been carried out, in the order of planning."""
    query = sa.select(plan_item).where(
        plan_item.c.plan_id == plan_id, plan_item.c.state == "planned"
    )
    return tx.execute(query.order_by(plan_item.c.id).limit(limit)).all()


def settle(tx: sa.Connection, states: Mapping[int, tuple[str, str | None]]) -> None:
    """Say what became of items: state and sentence by item id."""
    if states:
        tx.execute(
            sa.update(plan_item)
            .where(plan_item.c.id == sa.bindparam("of_item"))
            .values(state=sa.bindparam("to_state"), sentence=sa.bindparam("to_sentence")),
            [
                {"of_item": item_id, "to_state": state, "to_sentence": sentence}
                for item_id, (state, sentence) in states.items()
            ],
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items to show: after an item's number, so many, of one kind, in one state, with a text.

    The text is looked for in an item's record, fields, values and reasons, whatever its case.
    """

    after: int = 0
    limit: int = 50
    what: str | None = None
    state: str | None = None
    text: str | None = None


def page(tx: sa.Connection, plan_id: str, wanted: Wanted) -> Sequence[sa.Row[Any]]:
    """Return a plan's items in the order of planning.

    A text is looked for by walking the items of this one plan in their order, until the page is
    full: no index holds what stands within words, and a plan is the most that is walked.
    """
    query = sa.select(plan_item).where(
        plan_item.c.plan_id == plan_id, plan_item.c.id > wanted.after
    )
    if wanted.what is not None:
        query = query.where(plan_item.c.what == wanted.what)
    if wanted.state is not None:
        query = query.where(plan_item.c.state == wanted.state)
    if wanted.text is not None:
        words = plan_item.c.words.contains(looked_for(wanted.text), autoescape=True)
        query = query.where(words)
    return tx.execute(query.order_by(plan_item.c.id).limit(wanted.limit)).all()


def count_by_state(tx: sa.Connection, plan_id: str) -> dict[str, int]:
    """Count a plan's items by state."""
    rows = tx.execute(
        sa.select(plan_item.c.state, sa.func.count())
        .where(plan_item.c.plan_id == plan_id)
        .group_by(plan_item.c.state)
    )
    return {row.state: row[1] for row in rows}


def prints(tx: sa.Connection, sync_id: str, keys: Sequence[RecordKey]) -> dict[RecordKey, str]:
    """Return the fingerprints of these records as they were last read."""
    found: dict[RecordKey, str] = {}
    for side in SIDES:
        ids = [each for of, each in keys if of == side]
        query = sa.select(record.c.side, record.c.record_id, record.c.print).where(
            record.c.sync_id == sync_id, record.c.side == side, record.c.record_id.in_(ids)
        )
        if ids:
            found.update({(row.side, row.record_id): row.print for row in tx.execute(query)})
    return found


def _read(row: sa.Row[Any]) -> Plan:
    fields = {name: getattr(row, name) for name in Plan.__dataclass_fields__}
    fields["counts"] = json.loads(row.counts)
    return Plan(**fields)
