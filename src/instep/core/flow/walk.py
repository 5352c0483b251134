"""The way of one run through its flow: from what was done to what is next.

A walk is fed with stored outcomes and asked for the next move; it never acts itself. Whatever it
decides on the way (which way of a branch, which items of a list, until when) is handed out to be
stored, and stored decisions are kept. So a walk that is made anew from what was stored goes on just
as the old one would have: that is what makes a kill harmless.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from instep.core.errors import InstepError
from instep.core.flow.filling import filled_in
from instep.core.flow.model import (
    Action,
    Branch,
    Delay,
    Doubt,
    Filter,
    Flow,
    ForEach,
    OnError,
    SetValues,
    Step,
    SyncNow,
    Then,
)
from instep.core.flow.moves import Advance, Do, FindOut, Finish, Move, Reason, Stop, Wait
from instep.core.flow.outcomes import Outcome, State
from instep.core.flow.settling import settle

MOST_OUTCOMES = 50_000
"""How many steps one run may have, those of each item counted: more is a mistake in the flow."""


@dataclass(slots=True)
class _Frame:
    """A list of steps on its way. With `loop`, it is gone through for the first `turns` of `items`.

    `place` is that of the for-each; `values` are the values its steps read, by root.
    """

    steps: tuple[Step, ...]
    prefix: str
    values: dict[str, Any]
    position: int = 0
    loop: ForEach | None = None
    place: str = ""
    items: list[Any] = field(default_factory=list)
    turns: int = 0
    index: int = 0
    outer: Mapping[str, Any] = field(default_factory=dict)


class Walk:
    """One run on its way. `item` is the trigger's; `outcomes` are those stored so far, by place.

    `before` is what the item was before it changed, None if that is not known. A test looks at no
    more than the first `turns` items of a for-each.
    """

    def __init__(
        self,
        flow: Flow,
        item: Any,
        outcomes: Mapping[str, Outcome],
        before: Any = None,
        turns: int | None = None,
    ) -> None:
        self._outcomes = dict(outcomes)
        self._inputs: Mapping[str, Any] = {}
        self._met: set[str] = set()
        self._ended_by: str | None = None
        self._turns = turns
        self.refusal: InstepError | None = None
        """Why the inputs of the step that was last filled in could not be; None if they could."""

        values: dict[str, Any] = {
            "trigger": item,
            "before": before,
            "steps": {},
            "values": {},
        }
        self._frames = [_Frame(flow.steps, "", values)]

    def record(self, place: str, outcome: Outcome) -> None:
        """Take note of what became of the step that was the last move."""
        self._outcomes[place] = outcome

    @property
    def unmet(self) -> frozenset[str]:
        """The places that have outcomes, and that the walk has not come by."""
        return frozenset(self._outcomes.keys() - self._met)

    def next(self, now: datetime) -> Advance:
        """Return what is next at `now` (UTC, aware). Asked again, it says the same."""
        settled: dict[str, Outcome] = {}
        while (frame := self._top()) is not None:
            step = frame.steps[frame.position]
            place = frame.prefix + step.id
            if place not in self._outcomes and len(self._outcomes) >= MOST_OUTCOMES:
                return Advance(settled, _too_many(place))
            frame.values["now"] = now.isoformat()
            fresh = self._decide(step, place, frame, now)
            if fresh is not None:
                settled[place] = self._outcomes[place] = fresh
            move = self._pass(step, place, frame, now)
            if move is not None:
                return Advance(settled, move)
        return Advance(settled, Finish(self._ended_by))

    def _top(self) -> _Frame | None:
        """Return the list of steps to go on with; those at their end are left."""
        while self._frames:
            frame = self._frames[-1]
            if frame.position < len(frame.steps):
                return frame
            if frame.loop is not None and frame.index + 1 < frame.turns:
                _begin_item(frame, frame.loop, frame.index + 1)
            else:
                self._frames.pop()
        return None

    def _decide(self, step: Step, place: str, frame: _Frame, now: datetime) -> Outcome | None:
        """Return what is settled here and now about a step; None if nothing is new."""
        self._met.add(place)
        outcome = self._outcomes.get(place)
        if outcome is None and isinstance(step, (Action, SyncNow)):
            return self._fill_in(step, frame.values)
        if outcome is None:
            return settle(step, frame.values, now)
        if isinstance(step, Delay) and outcome.state is State.LATER and _is_due(outcome, now):
            return replace(outcome, state=State.DONE, error=None)
        return None

    def _fill_in(self, step: Action | SyncNow, values: Mapping[str, Any]) -> Outcome | None:
        """Work out the inputs of a step that is next; return its failure if that cannot be."""
        inputs = step.inputs if isinstance(step, Action) else {}
        self.refusal = None
        try:
            self._inputs = filled_in(inputs, values)
        except InstepError as error:
            self.refusal = error
            return Outcome(State.FAILED, error=str(error))
        return None

    def _pass(self, step: Step, place: str, frame: _Frame, now: datetime) -> Move | None:
        """Return the move a step asks for; None if it lies behind, and the walk is past it."""
        outcome = self._outcomes.get(place)
        if isinstance(step, (Action, SyncNow)):
            begun = outcome or Outcome(State.LATER, inputs=self._inputs, attempt=0)
            move = _move(step, place, begun, now)
        else:
            move = _inner_move(place, outcome)
        if move is None and outcome is not None:
            self._go_past(step, place, outcome, frame)
        return move

    def _go_past(self, step: Step, place: str, outcome: Outcome, frame: _Frame) -> None:
        frame.position += 1
        output = outcome.output
        match step:
            case Filter() if not output["held"]:
                frame.position = len(frame.steps)
                if len(self._frames) == 1:
                    self._ended_by = output["why"]
            case Branch():
                taken = step.lists[output["way"] - 1]
                self._frames.append(_Frame(taken, frame.prefix, frame.values))
            case ForEach():
                self._enter_loop(step, place, output["items"], frame)
                output = {"count": output["count"]}
            case SetValues():
                frame.values["values"].update(output)
        if outcome.state is not State.DONE:
            output = {"error": outcome.error}
        frame.values["steps"][step.id] = output

    def _enter_loop(self, step: ForEach, place: str, items: list[Any], frame: _Frame) -> None:
        if not items:
            return
        inner = _Frame(step.steps, "", {}, loop=step, place=place, items=items, outer=frame.values)
        inner.turns = len(items) if self._turns is None else min(self._turns, len(items))
        _begin_item(inner, step, 0)
        self._frames.append(inner)


def _begin_item(frame: _Frame, loop: ForEach, index: int) -> None:
    """Set a frame to an item: what its steps gave for the one before is not seen any more."""
    about = {"item": frame.items[index], "index": index + 1, "count": len(frame.items)}
    frame.index, frame.position = index, 0
    frame.prefix = f"{frame.place}[{index + 1}]."
    frame.values = {
        **frame.outer,
        "item": about["item"],
        "index": about["index"],
        "steps": {**frame.outer["steps"], loop.id: about},
        "values": dict(frame.outer["values"]),
    }


def _is_due(outcome: Outcome, now: datetime) -> bool:
    return outcome.at is None or outcome.at <= now


def _inner_move(place: str, outcome: Outcome | None) -> Move | None:
    """Return the move of a step that reaches no app, once it is settled."""
    match outcome:
        case Outcome(state=State.LATER, at=datetime() as at):
            return Wait(place, at, outcome.error or "")
        case Outcome(state=State.DONE):
            return None
        case _:
            return _failed(place, outcome, OnError().then)


def _move(step: Action | SyncNow, place: str, outcome: Outcome, now: datetime) -> Move | None:
    """Return the move of a step that reaches an app."""
    move: Move | None = None
    match outcome.state:
        case State.STARTED:
            move = FindOut(place, step, outcome.inputs or {}, outcome.attempt)
        case State.LATER if outcome.at is not None and outcome.at > now:
            move = Wait(place, outcome.at, outcome.error or "")
        case State.LATER:
            move = Do(place, step, outcome.inputs or {}, outcome.attempt + 1)
        case State.FAILED:
            move = _failed(place, outcome, step.on_error.then)
        case State.UNKNOWN:
            move = _doubtful(step, place, outcome, now)
        case State.BROKEN:
            move = Stop(place, Reason.BROKEN, outcome.error or "")
    return move


def _failed(place: str, outcome: Outcome | None, then: Then) -> Move | None:
    why = (outcome.error if outcome is not None else None) or "It failed."
    match then:
        case Then.GO_ON:
            return None
        case Then.STOP:
            return Stop(place, Reason.FAILED, why)
        case Then.DEAD_LETTER:
            return Stop(place, Reason.DEAD_LETTER, why)


def _doubtful(step: Action | SyncNow, place: str, outcome: Outcome, now: datetime) -> Move | None:
    """Return what follows when nobody can tell whether a step was carried out."""
    # running a sync once more does no harm
    policy = step.on_unknown if isinstance(step, Action) else Doubt.REPEAT
    match policy:
        case Doubt.ASK:
            return Stop(place, Reason.UNKNOWN, outcome.error or "")
        case Doubt.GO_ON:
            return None
        case Doubt.REPEAT if outcome.attempt < step.on_error.attempts:
            if outcome.at is not None and outcome.at > now:
                return Wait(place, outcome.at, outcome.error or "")
            return Do(place, step, outcome.inputs or {}, outcome.attempt + 1)
        case Doubt.REPEAT:
            return _failed(place, outcome, step.on_error.then)


def _too_many(place: str) -> Stop:
    why = f"The run has more than {MOST_OUTCOMES:,} steps; part the flow, or filter its lists."
    return Stop(place, Reason.FAILED, why)
