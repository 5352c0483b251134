"""What people do with plans: preview a run, undo one, look at the items, have one carried out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from instep.core.errors import NeedsPerson, UserError
from instep.core.plan import Kind
from instep.core.plan_rows import words_of_item
from instep.core.undoing import LINES
from instep.engine import write_only
from instep.engine.deciding import BATCH, count, plan_batch
from instep.engine.draining import Engine
from instep.engine.reversals import Reversal, reverse
from instep.engine.running import go_on
from instep.engine.work import Work, to_ms
from instep.store import history, plans, runs, shards, syncs
from instep.store.batches import RecordKey
from instep.store.decisions import Decided
from instep.store.plans import NewItem, Plan, Wanted
from instep.store.runs import Run
from instep.store.syncs import Sync

_Result = TypeVar("_Result")

SHOWN = frozenset({Kind.CREATE, Kind.UPDATE, Kind.DELETE, Kind.LINK, Kind.REVIEW})
"""The kinds of items that a plan holds: those that do something."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What carrying out a plan would do: counts by word, and its first items.

    `plan` names it; `after` is where the next page of items begins, None: these are all.
    `write_only` says what the sync writes that cannot be read back.
    """

    counts: Mapping[str, int]
    items: Sequence[Mapping[str, Any]]
    plan: str
    after: int | None = None
    of_run: str | None = None
    write_only: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        told = {"plan": self.plan, "counts": dict(self.counts), "items": [*self.items]}
        undone = {} if self.of_run is None else {"of_run": self.of_run}
        return {**told, **undone, "next": self.after, "write_only": [*self.write_only]}


class Plans:
    """The services around stored plans of one workspace."""

    def __init__(self, engine: Engine, workspace_id: str) -> None:
        self._engine = engine
        self._workspace_id = workspace_id

    async def preview(self, name: str, items: int = 50) -> Preview:
        """Read both sides and store what a run would do. Writes nothing to any app.

        It takes the place of an earlier preview. Raises UserError while a run is under way.
        """
        sync = await self._read(lambda tx: syncs.get(tx, self._workspace_id, name))
        work = await self._open_and_read(sync)
        plan_id = await work.write(lambda tx: plans.make(tx, sync, "preview", work.now()))
        counts: Counter[str] = Counter()
        earlier: set[RecordKey] = set()
        after: RecordKey | None = None
        while True:
            step = _PreviewStep(work, plan_id, after, frozenset(earlier))
            decided, after = await work.write(step.store)
            counts += count(decided)
            earlier |= _answered_ahead(decided)
            if after is None:
                break
        plan = await work.write(lambda tx: plans.open_up(tx, plan_id, counts))
        return await self._shown(plan, items)

    async def undo(self, run_id: str, items: int = 50) -> Preview:
        """Read both sides and store what takes a run back. Writes nothing to any app.

        Raises UserError for a run that is not there, not over, or while another one is under way.
        """
        run = await self._read(lambda tx: runs.find(tx, self._workspace_id, run_id))
        if run.state == "running":
            raise UserError(f"The run {run.id} is under way; undo it when it has ended.")
        sync = await self._read(lambda tx: syncs.get(tx, self._workspace_id, run.sync_id))
        work = await self._open_and_read(sync)
        plan_id = await work.write(lambda tx: plans.make(tx, sync, "undo", work.now(), run.id))
        counts: Counter[str] = Counter()
        after: RecordKey | None = None
        while True:
            step = _UndoStep(work, plan_id, run.id, after)
            found, after = await work.write(step.store)
            counts += count_undone(found)
            if after is None:
                break
        plan = await work.write(lambda tx: plans.open_up(tx, plan_id, counts))
        return await self._shown(plan, items)

    async def get(self, plan_id: str) -> Plan:
        """Return a stored plan. Raises UserError if there is none."""
        return await self._read(lambda tx: plans.get(tx, self._workspace_id, plan_id))

    async def items(self, plan_id: str, wanted: Wanted) -> tuple[list[dict[str, Any]], int | None]:
        """Return a page of a plan's items, and where the next one begins. Raises UserError."""
        plan = await self.get(plan_id)
        rows = await self._read(lambda tx: plans.page(tx, plan.id, wanted))
        after = rows[-1].id if rows and len(rows) == wanted.limit else None
        return [_item(row) for row in rows], after

    async def approve(
        self, plan_id: str, person: str | None = None, sync_name: str | None = None
    ) -> Sync:
        """Have a plan carried out by the next run, exactly as it was shown.

        `sync_name` is whose plan a person takes it for. Raises UserError for a plan of another
        sync, or one that has been carried out; NeedsPerson for a sync that is held: then the plan
        is the first thing that is done once it is released.
        """

        def approve(tx: sa.Connection) -> tuple[Plan, Sync]:
            plan = plans.get(tx, self._workspace_id, plan_id)
            sync = syncs.get(tx, self._workspace_id, plan.sync_id)
            if sync_name is not None and sync_name not in {sync.name, sync.id}:
                raise UserError(f"The plan {plan.id} is one of the sync {sync.name!r}.")
            plans.approve(tx, plan.id, person)
            if sync.reason == syncs.RESTING and plan.state != "ended":
                syncs.set_state(tx, sync.id, "active")
                sync = syncs.get(tx, self._workspace_id, sync.id)
            syncs.set_due(tx, sync.id, to_ms(self._engine.clock.now()))
            return plan, sync

        plan, sync = await self._write(approve)
        if plan.state == "ended":
            raise UserError(f"The plan {plan.id} has been carried out already.")
        if sync.state != "active":
            raise NeedsPerson(
                f"The sync {sync.name!r} is {sync.state}: {sync.sentence or 'somebody paused it.'} "
                "The plan is kept, and is carried out before anything else once you release it: "
                f"instep sync release {sync.name}"
            )
        return sync

    async def leave(self, plan_id: str, what: Kind, sentence: str) -> int:
        """Leave out all items of one kind, for this reason; return how many those are.

        Raises UserError if there is no such plan.
        """
        plan = await self.get(plan_id)
        return await self._write(lambda tx: plans.leave(tx, plan.id, what.value, sentence))

    async def run_of(self, plan_id: str) -> Run | None:
        """Return the newest run that carries a plan out; None: none has begun."""
        return await self._read(lambda tx: runs.of_plan(tx, plan_id))

    async def left(self, plan_id: str, limit: int = 20) -> list[dict[str, Any]]:
        """Return the first items that changed since and were left alone, each with its sentence."""
        items, _ = await self.items(plan_id, Wanted(limit=limit, state="stale"))
        return items

    async def _shown(self, plan: Plan, items: int) -> Preview:
        shown, after = await self.items(plan.id, Wanted(limit=items)) if items else ([], 0)
        said = await self._read(lambda tx: self._write_only(tx, plan))
        return Preview(plan.counts, shown, plan.id, after, plan.of_run, said)

    def _write_only(self, tx: sa.Connection, plan: Plan) -> Sequence[str]:
        sync = syncs.get(tx, self._workspace_id, plan.sync_id)
        return write_only.sentences(tx, self._engine.clients, sync)

    async def _open_and_read(self, sync: Sync) -> Work:
        """Open a sync under a fence of our own, and read what changed in both apps."""
        now = to_ms(self._engine.clock.now())
        fence = await self._write(lambda tx: shards.take(tx, sync.shard, self._engine.owner, now))
        work = await self._engine.open(sync, fence)
        run = await self._engine.start(work, kind="preview")
        if run.kind != "preview":
            raise UserError(f"A run of {sync.name!r} is under way; preview it when that has ended.")
        stopped = await go_on(work, run, until=lambda: False)
        if stopped is not None and stopped.state != "done":
            raise UserError(f"The preview could not read both apps: {stopped.sentence}")
        return work

    async def _read(self, work: Callable[[sa.Connection], _Result]) -> _Result:
        return await self._engine.db.run_read(work)

    async def _write(self, work: Callable[[sa.Connection], _Result]) -> _Result:
        return await self._engine.db.run(work)


@dataclass(frozen=True, slots=True)
class _PreviewStep:
    """One batch of a preview: planned and stored in one transaction."""

    work: Work
    plan_id: str
    after: RecordKey | None
    earlier: frozenset[RecordKey]

    def store(self, tx: sa.Connection) -> tuple[list[Decided], RecordKey | None]:
        verdicts = plan_batch(self.work, tx, self.after, earlier=self.earlier)
        shown = [each for each in verdicts.decided if each.item.kind in SHOWN]
        keys = [key for each in shown for key in each.noticed]
        prints = plans.prints(tx, self.work.sync.id, keys)
        plans.add(tx, self.work.sync, self.plan_id, [_stored(each, prints) for each in shown])
        return verdicts.decided, verdicts.last


def _stored(decided: Decided, prints: Mapping[RecordKey, str]) -> NewItem:
    item = decided.item
    shown = item.as_json()
    stood = {side: prints.get((side, record_id)) for side, record_id in decided.noticed}
    return NewItem(
        what=item.kind.value,
        item=_dump(shown),
        words=words_of_item(shown),
        a_id=item.a_id,
        b_id=item.b_id,
        label=item.label,
        link_id=decided.link_id,
        print_a=stood.get("a"),
        print_b=stood.get("b"),
    )


def _answered_ahead(decided: Sequence[Decided]) -> set[RecordKey]:
    """Return the records that were answered with their partner and may come in a later batch.

    A single record never comes again. Those on side A come first, so they can only be matched.
    """
    pairs = [each for each in decided if len(each.noticed) > 1]
    return {key for each in pairs for key in each.noticed if key[0] == "b" or each.link_id is None}


@dataclass(frozen=True, slots=True)
class _UndoStep:
    """One batch of an undo: planned and stored in one transaction."""

    work: Work
    plan_id: str
    run_id: str
    after: RecordKey | None

    def store(self, tx: sa.Connection) -> tuple[list[Reversal], RecordKey | None]:
        keys = history.records_of(tx, self.run_id, LINES, BATCH, self.after)
        found = reverse(self.work, tx, self.run_id, keys)
        plans.add(tx, self.work.sync, self.plan_id, [_stored_reversal(each) for each in found])
        return found, keys[-1] if len(keys) == BATCH else None


def _stored_reversal(reversal: Reversal) -> NewItem:
    side, _ = reversal.key
    link_id = None if reversal.decided is None else reversal.decided.link_id
    return NewItem(
        what=reversal.what,
        item=_dump(reversal.shown),
        words=words_of_item({**reversal.shown, "sentence": reversal.why}),
        a_id=reversal.ends[0],
        b_id=reversal.ends[1],
        label=reversal.label,
        link_id=link_id,
        print_a=reversal.print if side == "a" else None,
        print_b=reversal.print if side == "b" else None,
        state="refused" if reversal.decided is None else "planned",
        sentence=reversal.why,
    )


def count_undone(found: Sequence[Reversal]) -> Counter[str]:
    """Count what an undo does, and the records and fields it leaves alone."""
    counts = count([each.decided for each in found if each.decided is not None])
    counts["records"] = counts.pop("decided", 0)
    counts["refused"] = sum(each.decided is None for each in found)
    counts["refused_fields"] = sum(
        len(each.shown["refused"]) for each in found if each.decided is not None
    )
    return +counts


def _item(row: sa.Row[Any]) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(row.item)
    return {"id": row.id, **shown, "state": row.state, "sentence": row.sentence}


def _dump(shown: Mapping[str, Any]) -> str:
    return json.dumps(shown, ensure_ascii=False)
