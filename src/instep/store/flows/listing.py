"""Which runs are meant, and what is shown of them: by flow, state, time, record and text.

A page costs the same however many runs there are: it is put together from one short stretch of an
index for each state. Text has no index, so a page looks through a bounded number of runs for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.store import bulk
from instep.store.flows.runs import STATES
from instep.store.schema.flows import flow, flow_run, flow_step

LOOKED_THROUGH = 500
"""How many runs one page looks through for a text, or for where they came from."""

_SLACK_MS = 60_000
"""Clocks of workers may differ so far, so that a later run can tell an earlier time."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which runs are meant; what is left out chooses all. Times are epoch milliseconds.

    `text` is looked for in what started a run, why it is where it is, and what its steps kept.
    """

    flow_id: str | None = None
    states: tuple[str, ...] = ()
    origin: str | None = None
    since: int | None = None
    until: int | None = None
    record: str | None = None
    text: str | None = None
    replay: str | None = None
    keys: tuple[str, ...] = ()

    @property
    def is_sifted(self) -> bool:
        """Whether runs have to be looked at one by one."""
        return self.text is not None or self.origin is not None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of runs by their numbers: above one, below one, the newest or the oldest first."""

    above: int = 0
    below: int | None = None
    newest_first: bool = True


@dataclass(frozen=True, slots=True)
class Listed:
    """A run as lists show it."""

    id: int
    key: str
    flow_id: str
    flow: str
    version: int
    origin: str
    state: str
    place: str | None
    sentence: str | None
    held_by: str | None
    record_id: str | None
    person: str | None
    replay_id: str | None
    replayed: int
    copy_of: str | None
    was_state: str | None
    due_at: int
    created_at: int
    started_at: int | None
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of runs, newest first. `next` is where the following one begins; None: no more."""

    runs: Sequence[Listed]
    next: int | None


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step of a run as it is shown, with all its attempts."""

    place: str
    number: int
    kind: str
    title: str | None
    state: str
    input: Any
    output: Any
    cut: str | None
    attempts: Sequence[Mapping[str, Any]]
    error: str | None
    begun_at: int | None
    ended_at: int | None


def page(
    tx: sa.Connection, workspace_id: str, chosen: Chosen, limit: int, before: int | None = None
) -> Page:
    """Return a page of runs. It may be short, or empty, and still have a next one."""
    size = LOOKED_THROUGH if chosen.is_sifted else limit
    looked = numbers(tx, workspace_id, chosen, Span(below=before), size)
    found = _listed(tx, looked, chosen, limit)
    if len(found) == limit:
        return Page(found, found[-1].id)
    return Page(found, looked[-1] if len(looked) == size else None)


def numbers(
    tx: sa.Connection, workspace_id: str, chosen: Chosen, span: Span, size: int
) -> list[int]:
    """Return the numbers of the runs of a span that may be meant, at most `size`, in its order.

    Text and origin are not looked at: see `matching`.
    """
    order = flow_run.c.id.desc() if span.newest_first else flow_run.c.id
    meant = [flow_run.c.workspace_id == workspace_id, *_narrowed(tx, chosen, span)]
    parts = [
        sa.select(flow_run.c.id).where(*meant, *each).order_by(order).limit(size).subquery()
        for each in _stretches(chosen)
    ]
    if len(parts) == 1:
        each = sa.select(parts[0].c.id)
        return list(tx.execute(each).scalars())
    together = sa.union_all(*(sa.select(part.c.id) for part in parts)).subquery()
    first = together.c.id.desc() if span.newest_first else together.c.id
    return list(tx.execute(sa.select(together.c.id).order_by(first).limit(size)).scalars())


def matching(chosen: Chosen) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that each run has to be looked at for."""
    held: list[sa.ColumnElement[bool]] = []
    if chosen.origin is not None:
        held.append(flow_run.c.origin == chosen.origin)
    if chosen.text is not None:
        held.append(_says(chosen.text))
    return held


def newest(tx: sa.Connection, workspace_id: str) -> int:
    """Return the number of the newest run; 0 if there is none."""
    query = sa.select(sa.func.max(flow_run.c.id)).where(flow_run.c.workspace_id == workspace_id)
    return tx.execute(query).scalar() or 0


def find(tx: sa.Connection, workspace_id: str, key: str) -> tuple[Listed, Any]:
    """Return one run and what started it. Raises UserError if there is none of this name."""
    query = _rows().add_columns(flow_run.c.item)
    row = tx.execute(
        query.where(flow_run.c.workspace_id == workspace_id, flow_run.c.key == key)
    ).first()
    if row is None:
        raise UserError(f"There is no run {key!r} of a flow; `instep run list` lists them.")
    return _read(row), json.loads(row.item)


def steps_of(tx: sa.Connection, run_id: int) -> list[ShownStep]:
    """Return a run's steps, in the order in which it came to them."""
    query = sa.select(flow_step).where(flow_step.c.run_id == run_id)
    return [
        ShownStep(
            place=row.place,
            number=row.number,
            kind=row.kind,
            title=row.title,
            state=row.state,
            input=None if row.input is None else json.loads(row.input),
            output=None if row.output is None else json.loads(row.output),
            cut=row.cut,
            attempts=json.loads(row.attempts),
            error=row.error,
            begun_at=row.begun_at,
            ended_at=row.ended_at,
        )
        for row in tx.execute(query.order_by(flow_step.c.number, flow_step.c.place))
    ]


def _listed(tx: sa.Connection, ids: Sequence[int], chosen: Chosen, limit: int) -> list[Listed]:
    if not ids:
        return []
    query = _rows().where(flow_run.c.id.in_(ids), *matching(chosen))
    return [_read(row) for row in tx.execute(query.order_by(flow_run.c.id.desc()).limit(limit))]


def _rows() -> sa.Select[Any]:
    named = [flow_run.c[name] for name in Listed.__dataclass_fields__ if name != "flow"]
    of = sa.join(flow_run, flow, flow.c.id == flow_run.c.flow_id)
    return sa.select(*named, flow.c.name.label("flow")).select_from(of)


def _read(row: Any) -> Listed:
    return Listed(**{name: getattr(row, name) for name in Listed.__dataclass_fields__})


def _stretches(chosen: Chosen) -> list[list[sa.ColumnElement[bool]]]:
    """Return the conditions of each stretch of an index that holds some of the runs, in order."""
    if chosen.keys or chosen.record is not None:
        return [[flow_run.c.state.in_(chosen.states)] if chosen.states else []]
    return [[flow_run.c.state == state] for state in chosen.states or STATES]


def _narrowed(tx: sa.Connection, chosen: Chosen, span: Span) -> list[sa.ColumnElement[bool]]:
    column = flow_run.c
    held = [column.id > span.above]
    if span.below is not None:
        held.append(column.id < span.below)
    if chosen.keys:
        held.append(bulk.among(tx, column.key, chosen.keys))
    for wanted, own in (
        (chosen.flow_id, column.flow_id),
        (chosen.replay, column.replay_id),
        (chosen.record, column.record_id),
    ):
        if wanted is not None:
            held.append(own == wanted)
    return [*held, *_in_time(tx, chosen)]


def _in_time(tx: sa.Connection, chosen: Chosen) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of time: told by number, too, since that is how runs are ordered."""
    held: list[sa.ColumnElement[bool]] = []
    at = flow_run.c.created_at
    told = at + 0  # keeps the index of time from being used where that of states is better
    if chosen.since is not None:
        held.append(told >= chosen.since)
        first = sa.select(flow_run.c.id).where(at >= chosen.since - _SLACK_MS)
        number = tx.execute(first.order_by(at, flow_run.c.id).limit(1)).scalar()
        held.append(flow_run.c.id >= number if number is not None else sa.false())
    if chosen.until is not None:
        held.append(told < chosen.until)
        last = sa.select(flow_run.c.id).where(at < chosen.until + _SLACK_MS)
        number = tx.execute(last.order_by(at.desc(), flow_run.c.id.desc()).limit(1)).scalar()
        held.append(flow_run.c.id <= number if number is not None else sa.false())
    return held


def _says(text: str) -> sa.ColumnElement[bool]:
    within = json.dumps(text, ensure_ascii=False)[1:-1]  # as JSON spells it
    kept = sa.exists().where(
        flow_step.c.run_id == flow_run.c.id,
        sa.or_(
            flow_step.c.input.icontains(within, autoescape=True),
            flow_step.c.output.icontains(within, autoescape=True),
            flow_step.c.error.icontains(text, autoescape=True),
        ),
    )
    return sa.or_(
        flow_run.c.sentence.icontains(text, autoescape=True),
        flow_run.c.item.icontains(within, autoescape=True),
        kept,
    )
