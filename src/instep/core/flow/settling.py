"""The steps that reach no app: filters, branches, lists, values and delays are settled here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from instep.core.errors import InstepError, RecordRejected
from instep.core.flow.form import LONGEST_DELAY
from instep.core.flow.model import (
    Action,
    Branch,
    Delay,
    Filter,
    ForEach,
    SetValues,
    Step,
    SyncNow,
)
from instep.core.flow.outcomes import Outcome, State, done
from instep.core.flow.problems import shown


def settle(step: Step, values: Mapping[str, Any], now: datetime) -> Outcome | None:
    """Return what becomes of a step that reaches no app; None for one that does.

    A step that cannot be worked out with these values has failed, with the reason.
    """
    try:
        return _settled(step, values, now)
    except InstepError as error:
        return Outcome(State.FAILED, error=str(error))


def _settled(step: Step, values: Mapping[str, Any], now: datetime) -> Outcome | None:
    match step:
        case Filter():
            held, why = step.where.conditions.verdict(values, now)
            return done({"held": held, "why": why})
        case Branch():
            return done(_way(step, values, now))
        case ForEach():
            items = _items(step, values)
            return done({"count": len(items), "items": items})
        case SetValues():
            return done({name: each.render(values) for name, each in step.values.items()})
        case Delay():
            until = _until(step, values, now)
            return Outcome(State.LATER, at=until, error=f"It waits until {until.isoformat()}.")
        case Action() | SyncNow():
            return None


def _way(step: Branch, values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the number of the way that is taken, from 1, and why; 0 is otherwise."""
    why = "no way's conditions held"
    for number, way in enumerate(step.ways, start=1):
        held, why = way.where.conditions.verdict(values, now)
        if held:
            return {"way": number, "title": way.title, "why": why}
    return {"way": 0, "title": None, "why": why}


def _items(step: ForEach, values: Mapping[str, Any]) -> list[Any]:
    items = step.items.render(values)
    if items is None:
        return []
    if not isinstance(items, (list, tuple)):
        raise RecordRejected(f"Its items are {shown(items)}, which is no list.")
    if len(items) > step.at_most:
        raise RecordRejected(
            f"Its list has {len(items):,} items, and at_most is {step.at_most:,}. Nothing was done."
        )
    return list(items)


def _until(step: Delay, values: Mapping[str, Any], now: datetime) -> datetime:
    if step.until is None:
        return now + timedelta(seconds=step.seconds or 0)
    given = step.until.render(values)
    until = _moment(given)
    if until is None:
        raise RecordRejected(f"Its until is {shown(given)}, which is no moment.")
    if until - now > timedelta(seconds=LONGEST_DELAY):
        raise RecordRejected(f"Its until is {shown(given)}, which is too far away.")
    return until


def _moment(given: Any) -> datetime | None:
    """Return the moment a value tells; one without an offset is meant in UTC."""
    if not isinstance(given, (str, datetime)):
        return None
    try:
        moment = given if isinstance(given, datetime) else datetime.fromisoformat(given)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
