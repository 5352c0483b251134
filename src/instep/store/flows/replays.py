"""Replays: one command that lets many runs be done again, made batch by batch.

A run that goes on from the step that failed stays the same run; from the start it is done by a copy
of its own. Until it has begun again, what it was before is kept beside it, so that it can be given
back.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.store.flows import listing, runs
from instep.store.flows.listing import Chosen, Span
from instep.store.flows.runs import NewRun
from instep.store.ids import new_id
from instep.store.schema.flows import flow, flow_replay, flow_run
from instep.store.syncs import NEVER


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs are to be done again, from where, and on which version."""

    chosen: Chosen
    from_start: bool = False
    newest: bool = False

    def dump(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> Wanted:
        """Read back what `dump` gave."""
        raw = json.loads(text)
        chosen = raw.pop("chosen")
        chosen.update({name: tuple(chosen[name]) for name in ("states", "keys")})
        return cls(Chosen(**chosen), **raw)


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay as it is stored. `state` is making, made or cancelled; times are milliseconds.

    `sentence` says why the first of those that were refused was.
    """

    id: str
    workspace_id: str
    wanted: Wanted
    state: str
    cursor: int
    last: int
    taken: int
    refused: int
    sentence: str | None
    person: str | None
    made_at: int
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A run that a replay looks at, with its flow's newest version."""

    id: int
    key: str
    flow_id: str
    flow: str
    shard: int
    version: int
    newest: int
    state: str
    place: str | None
    was_state: str | None
    order_key: str
    ordered_at: int
    record_id: str | None
    item: Any


def create(
    tx: sa.Connection, workspace_id: str, wanted: Wanted, person: str | None, now: int
) -> Replay:
    """Store a replay; it takes runs that are there now, and no newer ones."""
    replay_id = new_id("frp")
    tx.execute(
        sa.insert(flow_replay).values(
            id=replay_id,
            workspace_id=workspace_id,
            wanted=wanted.dump(),
            state="making",
            cursor=0,
            last=listing.newest(tx, workspace_id),
            taken=0,
            refused=0,
            person=person,
            made_at=now,
        )
    )
    return get(tx, workspace_id, replay_id)


def get(tx: sa.Connection, workspace_id: str, replay_id: str, *, lock: bool = False) -> Replay:
    """Return a replay. Raises UserError if there is none of this id."""
    query = sa.select(flow_replay).where(
        flow_replay.c.workspace_id == workspace_id, flow_replay.c.id == replay_id
    )
    row = tx.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise UserError(f"There is no replay {replay_id!r}; `instep run replays` lists them.")
    return _read(row)


def newest_first(tx: sa.Connection, workspace_id: str, limit: int) -> list[Replay]:
    """Return the latest replays."""
    query = sa.select(flow_replay).where(flow_replay.c.workspace_id == workspace_id)
    order = (flow_replay.c.made_at.desc(), flow_replay.c.id.desc())
    return [_read(row) for row in tx.execute(query.order_by(*order).limit(limit))]


def in_the_making(tx: sa.Connection) -> list[Replay]:
    """Return the replays that have runs to look at still, the oldest first."""
    query = sa.select(flow_replay).where(flow_replay.c.state == "making")
    order = (flow_replay.c.made_at, flow_replay.c.id)
    return [_read(row) for row in tx.execute(query.order_by(*order))]


def counts(tx: sa.Connection, replay_ids: Collection[str]) -> Mapping[str, Mapping[str, int]]:
    """Count the runs of each replay by state."""
    query = (
        sa.select(flow_run.c.replay_id, flow_run.c.state, sa.func.count().label("number"))
        .where(flow_run.c.replay_id.in_(sorted(replay_ids)))
        .group_by(flow_run.c.replay_id, flow_run.c.state)
    )
    counted: dict[str, dict[str, int]] = {each: {} for each in replay_ids}
    for row in tx.execute(query):
        counted[row.replay_id][row.state] = row.number
    return counted


def candidates(
    tx: sa.Connection, workspace_id: str, chosen: Chosen, span: Span, size: int
) -> tuple[list[Candidate], int | None]:
    """Return the runs of a span that are meant, and where to go on; None: that was all.

    They are locked: nobody changes them before the transaction ends.
    """
    looked = listing.numbers(tx, workspace_id, chosen, span, size)
    following = looked[-1] if len(looked) == size else None
    if not looked:
        return [], None
    query = (
        sa.select(
            *(flow_run.c[name] for name in _OF_RUN),
            flow.c.name.label("flow"),
            sa.func.coalesce(flow.c.version, flow_run.c.version).label("newest"),
        )
        .join(flow, flow.c.id == flow_run.c.flow_id)
        .where(flow_run.c.id.in_(looked), *listing.matching(chosen))
        .order_by(flow_run.c.id)
        .with_for_update(of=flow_run)
    )
    return [_candidate(row) for row in tx.execute(query)], following


def take(tx: sa.Connection, replay: Replay, found: Sequence[Candidate], now: int) -> None:
    """Let these runs be done again, once the whole replay is made."""
    if replay.wanted.from_start:
        _copy(tx, replay, found, now)
    elif found:
        again = {
            "state": "ready",
            "due_at": NEVER,
            "ended_at": None,
            "held_by": None,
            "replay_id": replay.id,
            "replayed": flow_run.c.replayed + 1,
            **_KEPT,
        }
        if replay.wanted.newest:
            newest = sa.select(sa.func.coalesce(flow.c.version, flow_run.c.version))
            of_flow = newest.where(flow.c.id == flow_run.c.flow_id)
            again["version"] = of_flow.correlate(flow_run).scalar_subquery()
        tx.execute(sa.update(flow_run).where(_these(found)).values(**again))


def go_on(tx: sa.Connection, replay: Replay, cursor: int, taken: int, told: Sequence[str]) -> None:
    """Note how far a replay has been made, and why those that it refused were."""
    first = told[0] if told else None
    mine = sa.update(flow_replay).where(flow_replay.c.id == replay.id)
    tx.execute(
        mine.values(
            cursor=cursor,
            taken=flow_replay.c.taken + taken,
            refused=flow_replay.c.refused + len(told),
            sentence=sa.func.coalesce(flow_replay.c.sentence, first),
        )
    )


def begin(tx: sa.Connection, replay: Replay, now: int) -> None:
    """Let the runs of a replay go: all were taken, so those of one record go in order."""
    waiting = sa.and_(flow_run.c.replay_id == replay.id, flow_run.c.due_at == NEVER)
    tx.execute(sa.update(flow_run).where(waiting, _is_ready()).values(due_at=now))
    mine = sa.update(flow_replay).where(flow_replay.c.id == replay.id)
    tx.execute(mine.values(state="made", ended_at=now))


def cancel(tx: sa.Connection, replay: Replay, now: int) -> int:
    """Give back what has not begun again, and take no more; return how many runs that was.

    One all of whose runs have begun stays what it is.
    """
    left = _not_begun(replay)
    given_back = tx.execute(
        sa.update(flow_run)
        .where(flow_run.c.id.in_(left.where(flow_run.c.was_state.is_not(None))))
        .values(state=flow_run.c.was_state, **_GIVEN_BACK)
    ).rowcount
    given_back += _cancel_copies(tx, left, now)
    if given_back or replay.state == "making":
        mine = sa.update(flow_replay).where(flow_replay.c.id == replay.id)
        tx.execute(mine.values(state="cancelled", ended_at=now))
    return given_back


def forget(tx: sa.Connection, before: int) -> None:
    """Forget replays that were made, or cancelled, before then."""
    tx.execute(sa.delete(flow_replay).where(flow_replay.c.ended_at < before))


def _cancel_copies(tx: sa.Connection, left: sa.Select[tuple[int]], now: int) -> int:
    # only a run that has not begun again says what it was: what is left are copies
    copies = sa.select(flow_run.c.id, flow_run.c.copy_of).where(flow_run.c.id.in_(left))
    found = tx.execute(copies.where(flow_run.c.copy_of.is_not(None))).all()
    for part in range(0, len(found), _AT_ONCE):
        some = found[part : part + _AT_ONCE]
        ended = {"state": "cancelled", "ended_at": now, "sentence": _NOT_BEGUN}
        mine = flow_run.c.id.in_([row.id for row in some])
        tx.execute(sa.update(flow_run).where(mine).values(**ended))
        of = flow_run.c.key.in_([row.copy_of for row in some])
        back = {"state": flow_run.c.was_state, **_GIVEN_BACK}
        tx.execute(sa.update(flow_run).where(of, flow_run.c.was_state.is_not(None)).values(**back))
    return len(found)


_AT_ONCE = 500
_NOT_BEGUN = "Its replay was cancelled before it began."
_KEPT = {
    "was_state": flow_run.c.state,
    "was_version": flow_run.c.version,
    "was_ended_at": flow_run.c.ended_at,
}
_GIVEN_BACK = {
    "version": flow_run.c.was_version,
    "ended_at": flow_run.c.was_ended_at,
    "was_state": None,
    "was_version": None,
    "was_ended_at": None,
}
_OF_RUN = tuple(name for name in Candidate.__dataclass_fields__ if name not in {"flow", "newest"})


def _not_begun(replay: Replay) -> sa.Select[tuple[int]]:
    """Choose the runs of a replay that have not begun, locked in the order everybody locks them."""
    fresh = sa.or_(
        flow_run.c.was_state.is_not(None),
        sa.and_(flow_run.c.copy_of.is_not(None), flow_run.c.started_at.is_(None)),
    )
    query = sa.select(flow_run.c.id).where(flow_run.c.replay_id == replay.id, _is_ready(), fresh)
    return query.order_by(flow_run.c.id).with_for_update()


def _is_ready() -> sa.ColumnElement[bool]:
    return flow_run.c.state == "ready"


def _copy(tx: sa.Connection, replay: Replay, found: Sequence[Candidate], now: int) -> None:
    """Put runs in that do these again; a letter that was dead is one no more."""
    runs.put(tx, [_copy_of(replay, each, now) for each in found])
    over = sa.case((flow_run.c.state == "done", "done"), else_="cancelled")
    if found:
        tx.execute(sa.update(flow_run).where(_these(found)).values(state=over, **_KEPT))


def _copy_of(replay: Replay, each: Candidate, now: int) -> NewRun:
    return NewRun(
        flow_id=each.flow_id,
        workspace_id=replay.workspace_id,
        version=each.newest if replay.wanted.newest else each.version,
        shard=each.shard,
        origin="replay",
        item=each.item,
        at=now,
        order_key=None if each.order_key == each.key else each.order_key,
        record_id=each.record_id,
        ordered_at=each.ordered_at,
        due_at=NEVER,
        person=replay.person,
        copy_of=each.key,
        replay_id=replay.id,
    )


def _these(found: Sequence[Candidate]) -> sa.ColumnElement[bool]:
    return flow_run.c.id.in_([each.id for each in found])


def _candidate(row: Any) -> Candidate:
    told = {name: getattr(row, name) for name in Candidate.__dataclass_fields__}
    return Candidate(**{**told, "item": json.loads(row.item)})


def _read(row: Any) -> Replay:
    told = {name: getattr(row, name) for name in Replay.__dataclass_fields__}
    return Replay(**{**told, "wanted": Wanted.load(row.wanted)})
