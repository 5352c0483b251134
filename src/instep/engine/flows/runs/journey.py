"""One run on its way: its walk, and what is to be stored of the steps it has come by."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from instep.core.flow.keeping import Kept, keep, masked
from instep.core.flow.model import Action, Flow, Step
from instep.core.flow.moves import Advance, Do
from instep.core.flow.outcomes import Outcome, State, started
from instep.core.flow.replays import without_stop
from instep.core.flow.walk import Walk
from instep.engine.work import to_ms
from instep.store.flows.runs import RunRow, Standing
from instep.store.flows.steps import StepRow, Try


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be stored of a run in one transaction. `standing` None: it is on its way still."""

    run: RunRow
    steps: tuple[StepRow, ...]
    standing: Standing | None = None

    @property
    def is_done(self) -> bool:
        """Whether the run has ended well."""
        return self.standing is not None and self.standing.state == "done"


@dataclass(slots=True)
class Journey:
    """A run with its walk. `secrets` are masked in all that is kept for people."""

    run: RunRow
    flow: Flow
    known: dict[str, StepRow]
    secrets: Collection[str] = ()
    _walk: Walk = field(init=False)
    _steps: Mapping[str, Step] = field(init=False)
    _changed: dict[str, StepRow] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Go on from what was stored. A connection that was broken has been renewed since."""
        if self.run.was_state is not None:
            self._begin_again(self.run.place or "")
        outcomes = {
            place: _released(each.outcome)
            for place, each in self.known.items()
            if each.outcome is not None
        }
        self._walk = Walk(self.flow, self.run.item, outcomes)
        self._steps = {step.id: step for step in self.flow.all_steps()}

    def _begin_again(self, place: str) -> None:
        """Take away what became of the step at which a run that is replayed stopped.

        That is stored with the first step that begins; until then the run can be given back.
        """
        step = self.known.get(place)
        if step is not None and step.outcome is not None:
            step.outcome = without_stop({place: step.outcome}, place).get(place)
            step.ended_at = None
            self._changed[place] = step

    def advance(self, now: datetime) -> Advance:
        """Return what is next; what was settled on the way is to be stored."""
        advance = self._walk.next(now)
        for place, outcome in advance.settled.items():
            step = self._step(place, outcome)
            self._show(step, outcome)
            step.begun_at = step.begun_at or to_ms(now)
            step.ended_at = None if outcome.state is State.LATER else to_ms(now)
        return advance

    def begin(self, move: Do, now: datetime) -> None:
        """Note that a step is about to be carried out; store it before."""
        step = self._step(move.place, started(move.inputs, move.attempt))
        step.begun_at = step.begun_at or to_ms(now)
        kept = keep(move.inputs, self.secrets)
        if step.tries and step.input != kept.text:  # a replay may fill in something else
            step.tries[-1] = replace(step.tries[-1], input=step.input)
        step.input, step.cut = kept.text, kept.cut
        step.tries.append(Try(move.attempt, to_ms(now)))

    def end(self, place: str, outcome: Outcome, now: datetime) -> None:
        """Note what became of a step, and go on from there."""
        step = self._step(place, outcome)
        self._show(step, outcome)
        step.ended_at = None if outcome.state is State.LATER else to_ms(now)
        if step.tries:
            error = outcome.error and self.masked(outcome.error)
            step.tries[-1] = replace(step.tries[-1], ended_at=to_ms(now), error=error)
        self._walk.record(place, outcome)

    def begun_at(self, place: str) -> int:
        """Return when a step's first attempt began, in epoch milliseconds."""
        return self.known[place].begun_at or 0

    def step_at(self, place: str) -> Step:
        """Return the flow's step at a place of the run."""
        return self._steps[place.rpartition(".")[2]]

    def connection_at(self, place: str) -> str | None:
        """Return the name of the connection that a step reaches; None where it reaches none."""
        step = self.step_at(place)
        return step.connection if isinstance(step, Action) else None

    def masked(self, sentence: str) -> str:
        """Return a sentence without the connections' secrets."""
        return masked(sentence, self.secrets)

    @property
    def started_at(self) -> int | None:
        """When the run began, in epoch milliseconds; None before it has come by a step."""
        if self.run.started_at is not None:
            return self.run.started_at
        return min((each.begun_at for each in self.known.values() if each.begun_at), default=None)

    def change(self, standing: Standing | None = None) -> Change:
        """Return what is to be stored since the last time."""
        steps, self._changed = tuple(self._changed.values()), {}
        return Change(self.run, steps, standing)

    def _step(self, place: str, outcome: Outcome) -> StepRow:
        """Return a step's row with this outcome, to be stored."""
        step = self.known.get(place)
        if step is None:
            of = self.step_at(place)
            step = StepRow(place, len(self.known) + 1, kind_of(of), of.title, outcome)
            self.known[place] = step
        step.outcome = outcome
        self._changed[place] = step
        return step

    def _show(self, step: StepRow, outcome: Outcome) -> None:
        kept: Kept = keep(_shown(outcome.output), self.secrets)
        step.output = kept.text
        step.cut = step.cut or kept.cut
        if outcome.error is not None:
            step.outcome = replace(outcome, error=self.masked(outcome.error))


def _shown(output: Any) -> Any:
    """Return an output as people read it: of a loop's items, they see the steps that took them."""
    if isinstance(output, Mapping) and output.keys() == {"count", "items"}:
        return {"count": output["count"]}
    return output


def _released(outcome: Outcome) -> Outcome:
    if outcome.state is not State.BROKEN:
        return outcome
    # nothing was sent: the next attempt is the first that counts
    return replace(outcome, state=State.LATER, at=datetime.fromtimestamp(0, UTC))


def kind_of(step: Step) -> str:
    """Return a step's kind as its document spells it."""
    return _spelt(type(step).__name__)


@cache
def _spelt(name: str) -> str:
    words = "".join(f"_{each.lower()}" if each.isupper() else each for each in name)
    return words.removeprefix("_")


def key_of(run: RunRow, place: str) -> str:
    """Return the idempotency key of a step: the same however often it is tried.

    A run that is replayed from the start is another one, with keys of its own.
    """
    return f"{run.key}:{place}"
