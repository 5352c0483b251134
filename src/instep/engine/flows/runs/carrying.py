"""Carry one run on: ask its walk what is next, do that, and store what came of it.

Before a step is carried out it is stored that it begins; what was settled on the way goes into the
same transaction. So a kill at any moment leaves either a step that was not begun, or one that is
looked up first.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog

from instep.core.errors import ConnectionBroken, InstepError, OutcomeUnknown, RetryLater
from instep.core.flow.model import Action, SyncNow
from instep.core.flow.moves import Advance, Do, FindOut, Finish, Move, Reason, Stop, Wait
from instep.core.flow.outcomes import Outcome, State, after_error, after_loss, done
from instep.core.flow.outcomes import started as begun_with
from instep.engine.faults import AFTER_FAULT, FAULT
from instep.engine.flows.actions.calling import Call, Caller
from instep.engine.flows.runs.journey import Change, Journey, key_of
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store.flows.runs import Standing

_STATES = {
    Reason.FAILED: "stopped",
    Reason.DEAD_LETTER: "dead",
    Reason.UNKNOWN: "unknown",
    Reason.BROKEN: "held",
}
_AFTER_DOUBT = timedelta(seconds=5)
"""When a look-up is made again that could not be made, if nobody said when."""

_ROUNDED_UP = timedelta(microseconds=999)
"""A run is not taken up a part of a millisecond early: it would only wait again, and again."""


log = structlog.get_logger()

SyncRunner = Callable[[str], Awaitable[Mapping[str, Any]]]
"""Asks for a run of a sync, by its name; returns what later steps read of it."""


class _Pause(Exception):
    """What became of a step cannot be told now: the run stands still meanwhile."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing.sentence)
        self.standing = standing


class _Withdrawn(Exception):
    """A person cancelled the run, or its replay, before its next step began."""


@dataclass(slots=True)
class Carrier:
    """Carries runs on.

    `store` keeps a change, and returns once that is durable: whether the run may go on.
    """

    caller: Caller
    run_sync: SyncRunner
    clock: Clock
    store: Callable[[Change], Awaitable[bool]]
    chance: Callable[[], float] = random.random

    async def carry(self, journey: Journey) -> None:
        """Carry a run on until it waits, stops or ends. Raises DrainOvertaken."""
        try:
            standing = await self._go(journey)
        except _Pause as pause:
            standing = pause.standing
        except _Withdrawn:
            return
        await self.store(journey.change(replace(standing, started_at=journey.started_at)))

    async def _go(self, journey: Journey) -> Standing:
        while True:
            advance: Advance = journey.advance(self.clock.now())
            match advance.move:
                case Do() as move:
                    journey.begin(move, self.clock.now())
                    if not await self.store(journey.change()):
                        raise _Withdrawn
                    outcome = await self._attempt(journey, move)
                    journey.end(move.place, outcome, self.clock.now())
                case FindOut() as move:
                    outcome = await self._find_out(journey, move)
                    journey.end(move.place, outcome, self.clock.now())
                case _:
                    return self._standing(journey, advance.move)

    async def _attempt(self, journey: Journey, move: Do) -> Outcome:
        """Carry a step out. Raises _Pause where it is not known yet what became of it."""
        begun = begun_with(move.inputs, move.attempt)
        try:
            output = await self._act(journey, move)
        except OutcomeUnknown as lost:
            looked = FindOut(move.place, move.step, move.inputs, move.attempt)
            return await self._find_out(journey, looked, lost)
        except InstepError as error:
            return after_error(begun, error, move.step.on_error, self.clock.now(), self.chance())
        except Exception:  # a fault of ours: whether it arrived is looked up before it is repeated
            log.exception("step failed", run=journey.run.key, place=move.place)
            raise self._fault(move.place) from None
        return done(output, move.inputs, move.attempt)

    async def _act(self, journey: Journey, move: Do) -> Any:
        if isinstance(move.step, SyncNow):
            return await self.run_sync(move.step.sync)
        return await self.caller.call(_call(journey, move))

    async def _find_out(
        self, journey: Journey, move: FindOut, lost: OutcomeUnknown | None = None
    ) -> Outcome:
        """Look up what became of a step, whose answer was `lost` a moment ago. Raises _Pause."""
        begun = begun_with(move.inputs, move.attempt)
        policy = move.step.on_error
        if isinstance(move.step, SyncNow):  # running a sync once more does no harm
            return after_loss(begun, lost, policy, self.clock.now(), self.chance())
        try:
            found = await self.caller.find_out(_call(journey, move))
        except OutcomeUnknown as error:
            error.at = error.at or (lost.at if lost is not None else None)
            return after_error(begun, error, policy, self.clock.now(), self.chance())
        except RetryLater as error:
            at = error.at or self.clock.now() + _AFTER_DOUBT
            sentence = journey.masked(str(error))
            raise _Pause(Standing("ready", to_ms(at), move.place, sentence)) from error
        except ConnectionBroken as error:
            now, sentence = to_ms(self.clock.now()), journey.masked(str(error))
            holder = journey.connection_at(move.place)
            raise _Pause(Standing("held", now, move.place, sentence, holder)) from error
        except InstepError as error:
            return replace(begun, state=State.UNKNOWN, error=str(error))
        except Exception:
            log.exception("look-up failed", run=journey.run.key, place=move.place)
            raise self._fault(move.place) from None
        if found is not None:
            return done(found.output, move.inputs, move.attempt)
        return after_loss(begun, lost, policy, self.clock.now(), self.chance())

    def _standing(self, journey: Journey, move: Move) -> Standing:
        now = to_ms(self.clock.now())
        match move:
            case Wait():
                is_delay = not isinstance(journey.step_at(move.place), (Action, SyncNow))
                state = "waiting" if is_delay else "ready"
                due_at = to_ms(move.until + _ROUNDED_UP)
                return Standing(state, due_at, move.place, journey.masked(move.why))
            case Stop():
                state = _STATES[move.reason]
                holder = journey.connection_at(move.place) if state == "held" else None
                return Standing(state, now, move.place, journey.masked(move.why), holder)
            case Finish():
                return Standing("done", now, sentence=move.why)
            case Do() | FindOut():
                raise TypeError(move)

    def _fault(self, place: str) -> _Pause:
        at = to_ms(self.clock.now() + AFTER_FAULT)
        return _Pause(Standing("ready", at, place, FAULT))


def _call(journey: Journey, move: Do | FindOut) -> Call:
    step = move.step
    if not isinstance(step, Action):
        raise TypeError(step)
    return Call(
        step.connection,
        step.operation,
        move.inputs,
        key_of(journey.run, move.place),
        journey.begun_at(move.place),
    )
