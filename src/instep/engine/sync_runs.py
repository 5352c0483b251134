"""Runs of all syncs as people look for them, one run in full, and what taking it back would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.brakes import Brakes
from instep.core.errors import UserError
from instep.core.pairs import SIDES
from instep.core.undoing import LINES
from instep.engine.deciding import BATCH
from instep.engine.draining import Engine
from instep.engine.history_services import RunTold
from instep.engine.plan_services import count_undone
from instep.engine.reversals import Reversal, reverse
from instep.engine.work import Work
from instep.store import history, run_pages, runs, syncs
from instep.store.batches import RecordKey
from instep.store.run_pages import Chosen
from instep.store.runs import Run
from instep.store.shards import Fence
from instep.store.syncs import Sync

MOST_COUNTED = 5_000
"""So many records of a run are looked at to say what taking it back comes to."""


@dataclass(frozen=True, slots=True)
class Meant:
    """Which runs a person means: as `Chosen`, with the sync's name in place of its id."""

    sync: str | None = None
    states: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class SyncRunTold:
    """A run with the name of its sync."""

    run: Run
    sync: str

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {"sync": self.sync, **RunTold(self.run).as_json()}


@dataclass(frozen=True, slots=True)
class RunShown:
    """One run in full: what its sync's brakes allow, and which runs took it back, or it takes back."""

    told: SyncRunTold
    brakes: Brakes
    undoes: str | None
    undone_by: Sequence[str]


@dataclass(frozen=True, slots=True)
class UndoLook:
    """What taking a run back would do, as the records were last read.

    `counts` are of the first `looked_at` records, and None on later pages; `is_whole`: those are
    all. `next` is where the following page begins.
    """

    counts: Mapping[str, int] | None
    looked_at: int
    is_whole: bool
    items: Sequence[Mapping[str, Any]]
    next: str | None


class SyncRuns:
    """The services around the runs of the syncs of one workspace."""

    def __init__(self, engine: Engine, workspace_id: str) -> None:
        self._engine = engine
        self._workspace_id = workspace_id

    async def list(
        self, meant: Meant, limit: int = 50, before: str | None = None
    ) -> Sequence[SyncRunTold]:
        """Return runs, newest first; before one of them if that is named.

        Raises UserError for a sync or a run there is not.
        """

        def read(tx: sa.Connection) -> Sequence[SyncRunTold]:
            names = {each.id: each.name for each in syncs.list_all(tx, self._workspace_id)}
            sync_id = None
            if meant.sync is not None:
                sync_id = syncs.get(tx, self._workspace_id, meant.sync).id
            chosen = Chosen(sync_id, meant.states, meant.since, meant.until)
            found = run_pages.page(tx, self._workspace_id, chosen, limit, before)
            return [SyncRunTold(each, names[each.sync_id]) for each in found]

        return await self._engine.db.run_read(read)

    async def show(self, run_id: str) -> RunShown:
        """Return one run in full. Raises UserError if there is none of this id."""

        def read(tx: sa.Connection) -> RunShown:
            run = runs.find(tx, self._workspace_id, run_id)
            sync = syncs.get(tx, self._workspace_id, run.sync_id)
            told = SyncRunTold(run, sync.name)
            return RunShown(
                told, sync.brakes, run_pages.undoes(tx, run), run_pages.undone_by(tx, run)
            )

        return await self._engine.db.run_read(read)

    async def look_at_undo(
        self, run_id: str, limit: int = 50, after: str | None = None
    ) -> UndoLook:
        """Say what taking a run back would do, as far as is known: nothing is read or written.

        Raises UserError for a run that is not there or not over, or an `after` that is no place.
        """

        def find(tx: sa.Connection) -> tuple[Run, Sync]:
            run = runs.find(tx, self._workspace_id, run_id)
            return run, syncs.get(tx, self._workspace_id, run.sync_id)

        run, sync = await self._engine.db.run_read(find)
        if run.state == "running":
            raise UserError(f"The run {run.id} is under way; look again when it has ended.")
        # epochs begin at 1: with this one nothing can be written
        work = await self._engine.open(sync, Fence(sync.shard, epoch=0))
        items, following = await self._some(work, run, limit, _place(after))
        if after is not None:
            return UndoLook(None, 0, False, _told(items), following)
        counts, looked_at, is_whole = await self._count(work, run)
        return UndoLook(counts, looked_at, is_whole, _told(items), following)

    async def _count(self, work: Work, run: Run) -> tuple[Mapping[str, int], int, bool]:
        counts: Counter[str] = Counter()
        looked_at, after = 0, None
        while looked_at < MOST_COUNTED:
            found, following = await self._some(work, run, BATCH, after)
            counts += count_undone(found)
            looked_at += len(found)
            if following is None:
                return dict(counts), looked_at, True
            after = _place(following)
        return dict(counts), looked_at, False

    async def _some(
        self, work: Work, run: Run, limit: int, after: RecordKey | None
    ) -> tuple[Sequence[Reversal], str | None]:
        def read(tx: sa.Connection) -> tuple[Sequence[Reversal], str | None]:
            keys = history.records_of(tx, run.id, LINES, limit, after)
            following = ":".join(keys[-1]) if len(keys) == limit else None
            return reverse(work, tx, run.id, keys), following

        return await work.read(read)


def _place(text: str | None) -> RecordKey | None:
    if text is None:
        return None
    letter, _, record_id = text.partition(":")
    for side in SIDES:
        if letter == side and record_id:
            return side, record_id
    raise UserError(f"{text!r} is no place in an undo; take the `next` of the page before.")


def _told(found: Sequence[Reversal]) -> Sequence[Mapping[str, Any]]:
    return [
        {
            **each.shown,
            "id": ":".join(each.key),
            "state": "refused" if each.decided is None else "planned",
            "sentence": each.why,
        }
        for each in found
    ]
