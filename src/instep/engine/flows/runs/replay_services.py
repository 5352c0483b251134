"""Doing runs again: how many that would be, the command, its progress, and taking it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.times import iso_of
from instep.engine.flows.runs.replaying import BATCH, cost, sort_out
from instep.engine.flows.runs.run_services import Meant, choose
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store.database import Database
from instep.store.flows import listing, replays, runs
from instep.store.flows.listing import Span
from instep.store.flows.replays import Replay, Wanted

USUAL = ("dead", "stopped")
"""What is done again if nobody says which: runs at a step that failed."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a replay would do: how many runs it takes, and why how many of them cannot be taken.

    `actions` are those that the runs have before them, by connection: see `core.flow.replays.ahead`.
    """

    runs: int
    refused: Mapping[str, int]
    actions: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        refused = [{"runs": number, "why": why} for why, number in self.refused.items()]
        return {"runs": self.runs, "refused": refused, "actions": dict(self.actions)}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a replay is. `states` counts its runs; `state` is making, going, done, cancelled."""

    replay: Replay
    states: Mapping[str, int]

    @property
    def state(self) -> str:
        """Whether it takes runs, does them again, is done, or was cancelled."""
        if self.replay.state != "made":
            return self.replay.state
        return "going" if self.open else "done"

    @property
    def open(self) -> int:
        """How many of its runs are not at their end."""
        return sum(self.states.get(each, 0) for each in runs.OPEN)

    @property
    def is_moving(self) -> bool:
        """Whether runs are being taken, or go on soon: not those in a delay or held."""
        return self.replay.state == "making" or "ready" in self.states

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.replay.state != "making" and not self.open

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        told, wanted = self.replay, self.replay.wanted
        return {
            "id": told.id,
            "state": self.state,
            "from": "start" if wanted.from_start else "failed",
            "version": "newest" if wanted.newest else "original",
            "taken": told.taken,
            "refused": told.refused,
            "why": told.sentence,
            "runs": dict(self.states),
            "person": told.person,
            "made_at": iso_of(told.made_at),
        }


class Replays:
    """The replays of one workspace."""

    def __init__(self, db: Database, clock: Clock, workspace_id: str) -> None:
        self._db = db
        self._clock = clock
        self._workspace_id = workspace_id

    async def preview(
        self, meant: Meant, *, from_start: bool = False, newest: bool = False
    ) -> Preview:
        """Say what a replay of these runs would do; nothing is changed. Raises UserError."""
        wanted = await self._wanted(meant, from_start=from_start, newest=newest)
        last = await self._db.run_read(lambda tx: listing.newest(tx, self._workspace_id))
        taken, refused, actions, cursor = 0, Counter[str](), Counter[str](), 0
        while True:
            number, told, more, following = await self._db.run_read(
                lambda tx, after=cursor: self._look(tx, wanted, after, last)  # type: ignore[misc] # a lambda's default has no type
            )
            taken += number
            refused.update(told)
            actions += more
            if following is None:
                return Preview(taken, dict(refused.most_common()), dict(actions.most_common()))
            cursor = following

    def _look(
        self, tx: sa.Connection, wanted: Wanted, after: int, last: int
    ) -> tuple[int, Sequence[str], Counter[str], int | None]:
        span = Span(above=after, below=last + 1, newest_first=False)
        found, following = replays.candidates(tx, self._workspace_id, wanted.chosen, span, BATCH)
        taken, refused = sort_out(tx, wanted, found, self._clock.now())
        return len(taken), [each.why for each in refused], cost(tx, wanted, taken), following

    async def start(
        self,
        meant: Meant,
        *,
        from_start: bool = False,
        newest: bool = False,
        person: str | None = None,
    ) -> Progress:
        """Let these runs be done again: the engine takes them, and then they go.

        From the step that failed a run stays the same one, with its idempotency keys: what was
        done stays done. `from_start` makes a run of its own of each. `newest` does them on their
        flow's newest version. Raises UserError for what there is not.
        """
        wanted = await self._wanted(meant, from_start=from_start, newest=newest)

        def store(tx: sa.Connection) -> Replay:
            now = to_ms(self._clock.now())
            return replays.create(tx, self._workspace_id, wanted, person, now)

        return Progress(await self._db.run(store), {})

    async def progress(self, replay_id: str) -> Progress:
        """Return how far a replay is. Raises UserError if there is none of this id."""

        def read(tx: sa.Connection) -> Progress:
            found = replays.get(tx, self._workspace_id, replay_id)
            return Progress(found, replays.counts(tx, [found.id])[found.id])

        return await self._db.run_read(read)

    async def list(self, limit: int = 20) -> Sequence[Progress]:
        """Return the latest replays, newest first."""

        def read(tx: sa.Connection) -> Sequence[Progress]:
            found = replays.newest_first(tx, self._workspace_id, limit)
            counted = replays.counts(tx, [each.id for each in found])
            return [Progress(each, counted[each.id]) for each in found]

        return await self._db.run_read(read)

    async def cancel(self, replay_id: str) -> int:
        """Give back the runs of a replay that have not begun again; return how many those were.

        What has begun goes on to its end. Raises UserError if there is none of this id.
        """

        def store(tx: sa.Connection) -> int:
            found = replays.get(tx, self._workspace_id, replay_id, lock=True)
            return replays.cancel(tx, found, to_ms(self._clock.now()))

        return await self._db.run(store)

    async def _wanted(self, meant: Meant, *, from_start: bool, newest: bool) -> Wanted:
        """Return which runs are wanted: those that failed, unless states or runs are named."""
        if meant == Meant():
            raise UserError("Say which runs are to be done again: a flow, states or runs.")
        if not meant.states and not meant.keys:
            meant = replace(meant, states=USUAL)
        chosen = await self._db.run_read(lambda tx: choose(tx, self._workspace_id, meant))
        return Wanted(chosen, from_start=from_start, newest=newest)
