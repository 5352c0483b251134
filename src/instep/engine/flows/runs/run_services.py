"""What people see of runs of flows, and what they do to them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.flow.keeping import keep
from instep.core.flow.model import Action, Event, Flow, Poll
from instep.core.flow.reading import read_flow
from instep.core.flow.spoken import FlowLanguage
from instep.core.times import iso_of
from instep.engine.flows.runs.draining import SecretsOf
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store.database import Database
from instep.store.flows import interventions, listing, runs, versions
from instep.store.flows.interventions import Change
from instep.store.flows.listing import Chosen, Listed, ShownStep
from instep.store.flows.runs import STATES

_NOT_YET = "It is to be done again and has not begun."
_COPIED = "It is done again from the start, by a run of its own."


@dataclass(frozen=True, slots=True)
class Meant:
    """Which runs a person means: as `Chosen`, with the flow's name in place of its id."""

    flow: str | None = None
    states: tuple[str, ...] = ()
    origin: str | None = None
    since: int | None = None
    until: int | None = None
    record: str | None = None
    text: str | None = None
    replay: str | None = None
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunTold:
    """A run of a flow as people and programs read it."""

    run: Listed

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        run = self.run
        return {
            "id": run.key,
            "flow": run.flow,
            "version": run.version,
            "origin": run.origin,
            "state": run.state,
            "step": run.place,
            "said": _sentence(run),
            "waits_for": run.held_by,
            "record": run.record_id,
            "person": run.person,
            "replay": run.replay_id,
            "replayed": run.replayed,
            "copy_of": run.copy_of,
            "created_at": iso_of(run.created_at),
            "started_at": iso_of(run.started_at),
            "ended_at": iso_of(run.ended_at),
        }


@dataclass(frozen=True, slots=True)
class RunPage:
    """A page of runs, newest first. `next` is the `before` of the following page."""

    runs: Sequence[RunTold]
    next: int | None

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {"runs": [each.as_json() for each in self.runs], "next": self.next}


@dataclass(frozen=True, slots=True)
class Shown:
    """One run with the item that started it, masked and cut, and its steps."""

    run: RunTold
    item: Any
    cut: str | None
    steps: Sequence[ShownStep]

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        steps = [_step(each) for each in self.steps]
        return {**self.run.as_json(), "item": self.item, "cut": self.cut, "steps": steps}


class Runs:
    """The runs of the flows of one workspace."""

    def __init__(
        self, db: Database, clock: Clock, secrets_of: SecretsOf, workspace_id: str
    ) -> None:
        self._db = db
        self._clock = clock
        self._secrets_of = secrets_of
        self._workspace_id = workspace_id

    async def list(self, meant: Meant, limit: int = 50, before: int | None = None) -> RunPage:
        """Return a page of runs. It may be short and have a next one all the same.

        Raises UserError for a flow or a state there is not.
        """

        def read(tx: sa.Connection) -> listing.Page:
            chosen = choose(tx, self._workspace_id, meant)
            return listing.page(tx, self._workspace_id, chosen, limit, before)

        found = await self._db.run_read(read)
        return RunPage([RunTold(each) for each in found.runs], found.next)

    async def show(self, key: str) -> Shown:
        """Return one run with its steps. Raises UserError if there is none of this name."""

        def read(tx: sa.Connection) -> tuple[Listed, Any, Sequence[ShownStep], Any]:
            run, item = listing.find(tx, self._workspace_id, key)
            document = versions.version_of(tx, run.flow_id, run.version).document
            return run, item, listing.steps_of(tx, run.id), document

        run, item, steps, document = await self._db.run_read(read)
        flow = read_flow(document, FlowLanguage()).flow
        secrets = await self._secrets_of(sorted(_connections(flow)))
        kept = keep(item, secrets)
        return Shown(RunTold(run), kept.value, kept.cut, steps)

    async def counts(self, flow: str | None = None) -> Mapping[str, int]:
        """Count the runs, or those of one flow, by state. Raises UserError for an unknown flow."""

        def read(tx: sa.Connection) -> Mapping[str, int]:
            found = None if flow is None else versions.get(tx, self._workspace_id, flow).id
            by_flow = runs.counts(tx, self._workspace_id, found, most=None).values()
            return {state: sum(each.get(state, 0) for each in by_flow) for state in STATES}

        return await self._db.run_read(read)

    async def cancel(self, meant: Meant, person: str) -> int:
        """End the open runs that are meant, and return how many that were.

        A step that has begun is finished; none begins after this. Raises UserError for what there
        is not, and if nothing says which.
        """
        if meant == Meant():
            raise UserError("Say which runs are to end: a flow, states or runs.")
        sentence = f"{person} cancelled it."
        now = to_ms(self._clock.now())
        return await self._each(
            meant, runs.OPEN, lambda tx, found: interventions.cancel(tx, found, sentence, now)
        )

    async def release(self, meant: Meant) -> int:
        """Let runs go on that wait for a connection to be renewed; return how many."""
        now = to_ms(self._clock.now())
        return await self._each(
            meant, ("held",), lambda tx, found: interventions.let_go(tx, found, now)
        )

    async def answer(self, key: str, person: str, *, happened: bool) -> RunTold:
        """Say whether the step in doubt of a run was carried out; the run goes on.

        Raises UserError unless the run is unknown.
        """

        def store(tx: sa.Connection) -> Listed:
            now = self._clock.now()
            interventions.answer(tx, self._workspace_id, key, now, happened=happened, person=person)
            return listing.find(tx, self._workspace_id, key)[0]

        return RunTold(await self._db.run(store))

    async def _each(self, meant: Meant, states: Sequence[str], change: Change) -> int:
        """Change the runs that are meant and in one of these states, some at a time."""
        chosen = await self._db.run_read(lambda tx: choose(tx, self._workspace_id, meant))
        wanted = [each for each in states if not chosen.states or each in chosen.states]
        if not wanted:
            raise UserError(f"Only runs that are {' or '.join(states)} can be meant.")
        chosen = Chosen(**{**asdict(chosen), "states": tuple(wanted)})
        changed, cursor = 0, 0
        while True:
            number, following = await self._db.run(
                lambda tx, after=cursor: interventions.change_some(  # type: ignore[misc] # a lambda's default has no type
                    tx, self._workspace_id, chosen, after, change
                )
            )
            changed += number
            if following is None:
                return changed
            cursor = following


def choose(tx: sa.Connection, workspace_id: str, meant: Meant) -> Chosen:
    """Return which runs are meant. Raises UserError for what there is not."""
    for each in meant.states:
        if each not in STATES:
            raise UserError(f"{each!r} is no state of a run. There are: {', '.join(STATES)}.")
    for key in meant.keys:
        listing.find(tx, workspace_id, key)
    named = asdict(meant)
    flow = named.pop("flow")
    flow_id = None if flow is None else versions.get(tx, workspace_id, flow).id
    return Chosen(flow_id=flow_id, **named)


def _connections(flow: Flow | None) -> set[str]:
    if flow is None:
        return set()
    names = {each.connection for each in flow.all_steps() if isinstance(each, Action)}
    trigger = flow.trigger
    return names | ({trigger.connection} if isinstance(trigger, (Event, Poll)) else set())


def _sentence(run: Listed) -> str | None:
    if run.was_state is None:
        return run.sentence
    return _NOT_YET if run.state in runs.OPEN else _COPIED


def _step(step: ShownStep) -> dict[str, Any]:
    told = {**asdict(step), "attempts": _attempts(step)}
    return {**told, "begun_at": iso_of(step.begun_at), "ended_at": iso_of(step.ended_at)}


def _attempts(step: ShownStep) -> list[dict[str, Any]]:
    """Return a step's attempts, each with what it took and, the last one, with what it gave."""
    told: list[dict[str, Any]] = []
    taken, given = step.input, step.output
    for each in reversed(step.attempts):
        if each.get("input") is not None:
            taken = json.loads(each["input"])
        times = {name: iso_of(each[name]) for name in ("began_at", "ended_at")}
        told.insert(0, {**each, **times, "input": taken, "output": given})
        given = None
    return told
