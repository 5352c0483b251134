"""Doing a run again: from the step that failed, on the version it had or on a newer one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from instep.core.flow.model import Action, Branch, Flow, Step
from instep.core.flow.outcomes import Outcome, State
from instep.core.flow.walk import Walk

_ITEMS = re.compile(r"\[\d+\]")
_OPEN = frozenset({"ready", "waiting", "held"})


def without_stop(outcomes: Mapping[str, Outcome], place: str) -> dict[str, Outcome]:
    """Return the outcomes from which the step at `place`, where the run stopped, is done again.

    Everything before it stays done. Nothing lies after it: the run stopped there. A step of which
    nobody knows whether it was carried out is looked up before it is done again.
    """
    left = {each: outcome for each, outcome in outcomes.items() if each != place}
    stopped = outcomes.get(place)
    if stopped is not None and stopped.state in {State.UNKNOWN, State.STARTED}:
        left[place] = replace(stopped, state=State.STARTED, attempt=1, error=None)
    return left


def refusal(state: str, *, from_start: bool, has_copy: bool) -> str | None:
    """Say why a run in this state cannot be done again; None if it can.

    `has_copy` says that another run does it again from the start already.
    """
    if state in _OPEN:
        return "It is under way, or about to be."
    if has_copy:
        return "Another run does it again from the start already; replay that one."
    if state == "unknown":
        return "Nobody knows whether its step was carried out: answer that first (run answer)."
    if from_start or state in {"dead", "stopped"}:
        return None
    return f"It is {state}, so no step of it failed: it can be done again from the start."


def ahead(flow: Flow, done: Collection[str] = ()) -> Counter[str]:
    """Count by connection the actions that a run of a flow has before it.

    `done` are the places of those that stay done. That is at most what there is to do where no
    for-each is about: its actions count once, and those of a branch in all its ways.
    """
    over = {_ITEMS.sub("", place).rpartition(".")[2] for place in done}
    actions = (step for step in flow.all_steps() if isinstance(step, Action))
    return Counter(step.connection for step in actions if step.id not in over)


def obstacle(
    old: Flow, new: Flow, item: Any, outcomes: Mapping[str, Outcome], now: datetime
) -> str | None:
    """Say why what was done in version `old` cannot be gone on with in `new`; None if it can.

    `outcomes` are those that are kept. All of them have to lie on the way of the new version,
    before anything that would be done anew.
    """
    before = {step.id: step for step in old.all_steps()}
    after = {step.id: step for step in new.all_steps()}
    for place in outcomes:
        own = _ITEMS.sub("", place).rpartition(".")[2]
        if own not in after:
            return f"The step {own} was done, and the newer version does not have it."
        if own in before and not _is_alike(before[own], after[own]):
            return f"The step {own} was done, and it is another in the newer version."
    walk = Walk(new, item, outcomes)
    walk.next(now)
    if walk.unmet:
        ahead = min(walk.unmet)
        return f"The step at {ahead} was done, and the newer version does other steps before it."
    return None


def _is_alike(old: Step, new: Step) -> bool:
    """Whether what a step came to still means the same."""
    if isinstance(old, Branch) and isinstance(new, Branch):
        return [way.where.raw for way in old.ways] == [way.where.raw for way in new.ways]
    if isinstance(old, Action) and isinstance(new, Action):
        return (old.connection, old.operation) == (new.connection, new.operation)
    return type(old) is type(new)
