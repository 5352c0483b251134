"""One test of a flow on its way: its walk with an item, where nothing is sent but what may be.

No step is tried twice and no delay is waited for. What a step that was not carried out gives later
ones is made up from the shape of its output, and marked so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from instep.core.errors import ConnectionBroken, InstepError, OutcomeUnknown, RetryLater
from instep.core.flow.filling import Filling
from instep.core.flow.keeping import keep, masked
from instep.core.flow.model import Action, Branch, Filter, Flow, ForEach, Step, SyncNow
from instep.core.flow.moves import Advance, Do, Finish, Stop, Wait
from instep.core.flow.offer import Offer, OfferedAction
from instep.core.flow.outcomes import Outcome, State, done
from instep.core.flow.samples import sample_of
from instep.core.flow.walk import Walk
from instep.core.template.mistakes import RenderRefused, TemplateError
from instep.engine.flows.actions.calling import Call, Caller
from instep.engine.flows.runs.carrying import SyncRunner
from instep.engine.flows.runs.journey import kind_of
from instep.engine.work import to_ms
from instep.sdk.clock import Clock

TURNS = 3
"""How many items of a for-each a test looks at."""

MOST_STEPS = 200
"""How many steps of a test are shown; more than anybody reads."""


class Sending(StrEnum):
    """What a test may send: nothing at all, what only reads, or everything, as a run does."""

    NOTHING = "nothing"
    READS = "reads"
    EVERYTHING = "everything"


@dataclass(slots=True)
class TrialStep:
    """What came of one step. `state` is done, shown (not sent), failed, unknown or broken.

    `requests` are what was, or would be, sent. `made_up` says that the output is a sample. `note`
    says what a test does otherwise than a run; `pointed` shows where in a template an error is;
    `cut` says what input, output and requests lack because they are too long.
    """

    place: str
    step: str
    kind: str
    title: str | None
    state: str
    input: Any = None
    output: Any = None
    made_up: bool = False
    requests: Sequence[Mapping[str, Any]] = ()
    error: str | None = None
    pointed: str | None = None
    note: str | None = None
    cut: str | None = None

    def kept(self, value: Any, secrets: Collection[str]) -> Any:
        """Return a value as it is shown; what it lacks then is noted."""
        kept = keep(value, secrets)
        self.cut = self.cut or kept.cut
        return kept.value

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {**asdict(self), "requests": [*self.requests]}


@dataclass(slots=True)
class TrialWalk:
    """A test with what it works with. `only` is the id of the one step that is tested.

    `key` is what its idempotency keys begin with: no run's.
    """

    flow: Flow
    caller: Caller
    run_sync: SyncRunner
    offer: Offer
    clock: Clock
    sending: Sending
    key: str
    only: str | None = None
    secrets: Collection[str] = ()
    steps: list[TrialStep] = field(default_factory=list)
    _steps: Mapping[str, Step] = field(init=False)
    _walk: Walk = field(init=False)

    def __post_init__(self) -> None:
        """Look the steps up by their ids."""
        self._steps = {each.id: each for each in self.flow.all_steps()}

    async def go(self, item: Any) -> str:
        """Walk the flow with an item; return in a sentence where that ended."""
        passed = _passed(self.flow, self.only) if self.only is not None else {}
        for place, outcome in passed.items():
            self._note(place, outcome, note="It is passed, to come to the step that is tested.")
        self._walk = Walk(self.flow, item, passed, turns=TURNS)
        while len(self.steps) < MOST_STEPS:
            advance = self._walk.next(self.clock.now())
            end = await self._follow(advance)
            if end is not None:
                return end
        return f"The test ends here, after {MOST_STEPS} steps."

    async def _follow(self, advance: Advance) -> str | None:
        """Note what was settled and make the move; return the sentence of the end, if it is."""
        for place, outcome in advance.settled.items():
            if outcome.state is State.LATER:
                continue  # a delay: it is told with the move
            self._settled(place, outcome)
            if _id(place) == self.only:
                return f"The step {self.only} was tested, and nothing after it."
        match advance.move:
            case Do() as move:
                self._walk.record(move.place, await self._do(move))
                if move.step.id == self.only:
                    return f"The step {self.only} was tested, and nothing after it."
            case Wait() as move:
                until = move.until.isoformat()
                note = f"A run waits here until {until}; a test does not."
                self._note(move.place, done(None), note=note)
                self._walk.record(move.place, done(None))
            case Stop(place=place, why=why):
                return f"It stops at {place}: {self._masked(why)}"
            case Finish(why=why):
                return self._finish(why)
            case move:
                raise TypeError(move)
        return None

    def _finish(self, why: str | None) -> str:
        if self.only is not None:
            return f"The step {self.only} is not come to with this item."
        return "It came to its end." if why is None else f"A filter ended it: {why}."

    def _settled(self, place: str, outcome: Outcome) -> None:
        """Note a step that reaches no app, or one whose inputs could not be worked out."""
        step, output, note = self._steps[_id(place)], outcome.output, None
        if isinstance(step, ForEach) and outcome.state is State.DONE:
            count = output["count"]
            output = {"count": count}
            if count > TURNS:
                note = f"Of {count:,} items a test looks at the first {TURNS}."
        self._note(place, replace(outcome, output=output), note=note)
        if outcome.state is State.FAILED and isinstance(step, Action):
            self._point(self.steps[-1], step)

    def _point(self, told: TrialStep, step: Action) -> None:
        """Show where in which input a template cannot do what it says."""
        refusal = self._walk.refusal
        if not isinstance(refusal, (TemplateError, RenderRefused)):
            return
        told.pointed = self._masked(refusal.pointed())
        for name, each in step.inputs.items():
            if any(refusal.source == text for text in _texts(each)):
                told.error = f"Its input {name}: {told.error}"
                return

    async def _do(self, move: Do) -> Outcome:
        """Carry a step out, or show what it would send; return what later steps are to read."""
        if isinstance(move.step, SyncNow):
            return await self._sync(move, move.step)
        step = move.step
        offered = self._offered(step)
        call = Call(
            step.connection,
            step.operation,
            move.inputs,
            f"{self.key}:{move.place}",
            to_ms(self.clock.now()),
        )
        told = self._note(move.place, done(None), given=move.inputs, state="shown")
        try:
            requests = await self.caller.describe(call)
            told.requests = [told.kept(each, self.secrets) for each in requests]
            if not self._is_sent(step, offered):
                output = {} if offered is None else sample_of(offered.output)
                told.made_up = True
            else:
                output = await self.caller.call(call)
                told.state = "done"
        except InstepError as error:
            return self._failed(told, error)
        told.output = told.kept(output, self.secrets)
        return done(output, move.inputs)

    def _failed(self, told: TrialStep, error: InstepError) -> Outcome:
        """Note an error. A test tries nothing again, whatever the error says of that."""
        told.error = self._masked(str(error))
        outcome = Outcome(State.FAILED, error=told.error)
        match error:
            case OutcomeUnknown():
                told.state = "unknown"
                told.note = "It may have been carried out: look there before you test it again."
            case ConnectionBroken():
                told.state = "broken"
                outcome = replace(outcome, state=State.BROKEN)
            case RetryLater():
                told.state = "failed"
                told.note = "A run would try it again by itself; a test does not."
            case _:
                told.state = "failed"
        return outcome

    async def _sync(self, move: Do, step: SyncNow) -> Outcome:
        told = self._note(move.place, done(None), state="shown")
        output: Mapping[str, Any] = {}
        if self._is_sent(step, None):
            try:
                output = await self.run_sync(step.sync)
            except InstepError as error:
                return self._failed(told, error)
            told.state, told.output = "done", told.kept(output, self.secrets)
        else:
            told.made_up, told.note = True, f"A run asks the sync {step.sync} for a run here."
        return done(output)

    def _is_sent(self, step: Action | SyncNow, offered: OfferedAction | None) -> bool:
        reads = offered is not None and offered.effect == "read"
        if self.sending is Sending.EVERYTHING:
            return reads or self.only in {None, step.id}
        return self.sending is Sending.READS and reads

    def _offered(self, step: Action) -> OfferedAction | None:
        return self.offer.actions(step.connection).get(step.operation)

    def _note(
        self,
        place: str,
        outcome: Outcome,
        *,
        given: Any = None,
        state: str | None = None,
        note: str | None = None,
    ) -> TrialStep:
        step = self._steps[_id(place)]
        told = TrialStep(
            place,
            step.id,
            kind_of(step),
            step.title,
            state or outcome.state.value,
            error=None if outcome.error is None else self._masked(outcome.error),
            note=note,
        )
        told.input = told.kept(given, self.secrets)
        told.output = told.kept(outcome.output, self.secrets)
        self.steps.append(told)
        return told

    def _masked(self, text: str) -> str:
        return masked(text, self.secrets)


def _id(place: str) -> str:
    return place.rpartition(".")[2]


def _texts(filling: Filling) -> list[str]:
    """Return every text in a value, as it was written."""
    if isinstance(filling.raw, str):
        return [filling.raw]
    return [text for _, each in filling.entries() for text in _texts(each)]


def _passed(flow: Flow, wanted: str) -> dict[str, Outcome]:
    """Return the outcomes that lead to a step: filters before it hold, its ways are taken."""
    return _way_to(flow.steps, wanted, "") or {}


def _way_to(steps: Sequence[Step], wanted: str, prefix: str) -> dict[str, Outcome] | None:
    """Return these outcomes in a list of steps; None if the step does not stand in it."""
    passed: dict[str, Outcome] = {}
    for step in steps:
        place = prefix + step.id
        if step.id == wanted:
            return passed
        inside = None
        if isinstance(step, ForEach):
            inside = _way_to(step.steps, wanted, f"{place}[1].")
        elif isinstance(step, Branch):
            for number, inner in enumerate(step.lists, start=1):
                found = _way_to(inner, wanted, prefix)
                if found is not None:
                    way = number if number <= len(step.ways) else 0
                    title = step.ways[number - 1].title if way else None
                    taken = {"way": way, "title": title, "why": "it is tested"}
                    inside = {place: done(taken), **found}
        elif isinstance(step, Filter):
            passed[place] = done({"held": True, "why": "a step after it is tested"})
        if inside is not None:
            return {**passed, **inside}
    return None
