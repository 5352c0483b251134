"""What became of a step of a run, and what follows from an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from instep.core.errors import (
    ConnectionBroken,
    DailyLimit,
    InstepError,
    OutcomeUnknown,
    RetryLater,
)
from instep.core.flow.model import OnError
from instep.core.retry import backoff_seconds


class State(StrEnum):
    """How far a step has come."""

    STARTED = (
        "started"  # it was, or was about to be, carried out; nobody wrote down what came of it
    )
    DONE = "done"
    LATER = "later"  # not before `at`
    FAILED = "failed"  # for good, as far as the step goes
    UNKNOWN = "unknown"  # sent, no answer, and looking up did not tell
    BROKEN = "broken"  # its connection waits for a person; the step itself is sound


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one step at one place.

    `output` is what later steps read. `error` is a sentence. `at` (UTC, aware) is when a step that
    is to be done later may be. `inputs` are those of the first attempt: every further one has the
    same. `attempt` counts from 1.
    """

    state: State
    output: Any = None
    error: str | None = None
    at: datetime | None = None
    attempt: int = 1
    inputs: Mapping[str, Any] | None = None


def done(output: Any, inputs: Mapping[str, Any] | None = None, attempt: int = 1) -> Outcome:
    """Return the outcome of a step that was carried out."""
    return Outcome(State.DONE, output, attempt=attempt, inputs=inputs)


def started(inputs: Mapping[str, Any], attempt: int = 1) -> Outcome:
    """Return what has to be stored before a step is carried out."""
    return Outcome(State.STARTED, inputs=inputs, attempt=attempt)


def after_error(
    begun: Outcome, error: InstepError, policy: OnError, now: datetime, chance: float
) -> Outcome:
    """Return what became of an attempt that raised `error`.

    `begun` is the step's outcome while it was carried out. An unknown outcome has to be looked up
    before this is asked. A daily limit is waited for and uses up no attempt: nothing was tried.
    """
    told = replace(begun, error=str(error))
    if isinstance(error, OutcomeUnknown):
        # where a flow says that it is to be repeated, not before then
        at = _again_at(begun, error, policy, now, chance)
        return replace(told, state=State.UNKNOWN, at=at)
    if isinstance(error, ConnectionBroken):
        return replace(told, state=State.BROKEN)
    if not isinstance(error, RetryLater):
        return replace(told, state=State.FAILED)
    is_quota = isinstance(error, DailyLimit)
    if begun.attempt >= policy.attempts and not is_quota:
        return replace(told, state=State.FAILED)
    # the next attempt counts one more than this
    attempt = begun.attempt - 1 if is_quota else begun.attempt
    at = _again_at(begun, error, policy, now, chance)
    return replace(told, state=State.LATER, at=at, attempt=attempt)


def after_loss(
    begun: Outcome, lost: OutcomeUnknown | None, policy: OnError, now: datetime, chance: float
) -> Outcome:
    """Return what became of an attempt whose answer was lost, and that turned out to do nothing.

    It is made again after a wait, and not for ever: an app may fail each time that it is called.
    `lost` is None where nobody knows why, as after a kill: then it is made again at once.
    """
    if lost is not None:
        return after_error(begun, RetryLater(str(lost), lost.at), policy, now, chance)
    if begun.attempt < max(policy.attempts, _AFTER_KILL):
        return replace(begun, state=State.LATER, at=now)
    return replace(begun, state=State.FAILED, error=_LOST_AGAIN)


_AFTER_KILL = 2
"""Attempts there may be at least: one that a kill ended was perhaps never sent."""

_LOST_AGAIN = "Its answer was lost each time, and it was not carried out."


def _again_at(
    begun: Outcome, error: RetryLater, policy: OnError, now: datetime, chance: float
) -> datetime:
    """Return when the next attempt is due. The app's own word comes before ours."""
    # never less than half of it: all attempts together have to outlast what is away for a while
    wait = min(backoff_seconds(begun.attempt, (1 + chance) / 2), policy.longest_wait)
    return max(now, error.at or now) + timedelta(seconds=wait)


def answered(unknown: Outcome, now: datetime, *, happened: bool) -> Outcome:
    """Return the outcome after a person said whether a step in doubt was carried out."""
    if happened:
        return replace(unknown, state=State.DONE, error=None)
    return replace(unknown, state=State.LATER, at=now)


def stored(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as JSON; what is not told is left out."""
    # not asdict, which would copy every output all the way down
    told = ((name, getattr(outcome, name)) for name in Outcome.__dataclass_fields__)
    raw = {name: value for name, value in told if value is not None}
    return {**raw, "at": outcome.at.isoformat()} if outcome.at is not None else raw


def load(raw: Mapping[str, Any]) -> Outcome:
    """Read back what `stored` gave."""
    at = raw.get("at")
    return Outcome(
        **{
            **raw,
            "state": State(raw["state"]),
            "at": None if at is None else datetime.fromisoformat(at),
        }
    )
