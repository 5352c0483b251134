"""Flows as people read them: how one stands, what is the matter with its trigger, its steps in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from instep.core.flow.model import (
    Action,
    Branch,
    Bridge,
    Delay,
    Event,
    Filter,
    Flow,
    ForEach,
    Manual,
    Poll,
    Schedule,
    SetValues,
    Step,
    SyncNow,
    Trigger,
)
from instep.core.flow.problems import Problem
from instep.core.flow.reading import read_flow
from instep.core.flow.spoken import FlowLanguage
from instep.core.times import iso_seconds
from instep.engine.flows.services import Standing
from instep.store.flows.triggers import TriggerRow
from instep.store.flows.versions import Published


def listed(standing: Standing) -> dict[str, Any]:
    """Return a flow as a list shows it. `why` says why it is paused."""
    flow, trigger = standing.flow, standing.trigger
    return {
        "name": flow.name,
        "title": flow.title,
        "state": flow.state,
        "why": flow.sentence,
        "version": flow.version,
        "has_draft": flow.draft is not None,
        "recipe": flow.recipe,
        "trigger": None if trigger is None else _health(trigger),
        "runs": dict(standing.runs),
        "changed_at": iso_seconds(flow.changed_at),
    }


def shown(standing: Standing) -> dict[str, Any]:
    """Return a flow in full: how it stands, and its trigger and steps in words."""
    draft = standing.flow.draft
    document = standing.document if draft is None else draft
    flow = read_flow(document, FlowLanguage()).flow
    return {
        **listed(standing),
        "starts": None if flow is None else trigger_in_words(flow.trigger),
        "steps": [] if flow is None else steps_in_words(flow),
    }


def published(version: Published) -> dict[str, Any]:
    """Return one published version, without its document."""
    return {
        "version": version.number,
        "person": version.person,
        "published_at": iso_seconds(version.published_at),
    }


def problem(found: Problem) -> dict[str, Any]:
    """Return one thing that is wrong, with its place for an editor."""
    return {
        "place": found.place,
        "step": found.step,
        "what": found.what,
        "fix": found.fix,
        "warning": found.is_warning,
        "sentence": found.sentence,
    }


def _health(trigger: TriggerRow) -> dict[str, Any]:
    return {
        "kind": trigger.kind,
        "ok_at": iso_seconds(trigger.ok_at),
        "item_at": iso_seconds(trigger.item_at),
        "failures": trigger.failures,
        "wrong": trigger.sentence,
    }


def trigger_in_words(trigger: Trigger) -> str:
    """Say in a few words what starts a flow."""
    match trigger:
        case Event():
            said = f"{trigger.connection} tells {trigger.event}"
        case Poll():
            said = f"{trigger.operation} of {trigger.connection} brings something new"
            said += " or changed" if trigger.changed else ""
            said += f", looked at every {trigger.minutes} minutes"
        case Schedule():
            said = f"by the clock: {trigger.cron} in {trigger.zone}"
        case Manual():
            said = "by hand"
        case Bridge():
            said = "something is posted to its own address"
    return said


def steps_in_words(flow: Flow) -> list[str]:
    """Say in a line each what a flow's steps do; those inside others are indented."""
    return list(_lines(flow.steps, 0))


def _lines(steps: Sequence[Step], depth: int) -> Iterator[str]:
    for step in steps:
        title = f" ({step.title})" if step.title else ""
        yield f"{'  ' * depth}{step.id}{title}: {_in_words(step)}"
        if isinstance(step, ForEach):
            yield from _lines(step.steps, depth + 1)
        if isinstance(step, Branch):
            yield from _ways(step, depth + 1)


def _ways(step: Branch, depth: int) -> Iterator[str]:
    for number, way in enumerate(step.ways, start=1):
        yield f"{'  ' * depth}way {number}{f' ({way.title})' if way.title else ''}:"
        yield from _lines(way.steps, depth + 1)
    if step.otherwise:
        yield f"{'  ' * depth}otherwise:"
        yield from _lines(step.otherwise, depth + 1)


_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def _spelt(seconds: int) -> str:
    """Return a length of time in the largest unit that it is whole in."""
    unit, word = next(each for each in _UNITS if seconds % each[0] == 0)
    many = seconds // unit
    return f"{many:,} {word}{'' if many == 1 else 's'}"


def _in_words(step: Step) -> str:
    match step:
        case Filter():
            said = "goes on only where its conditions hold"
        case Branch():
            said = "takes one way"
        case Action():
            said = f"calls {step.operation} of {step.connection}"
        case ForEach():
            said = f"for each of {step.items.raw}"
        case Delay(seconds=int() as seconds):
            said = f"waits {_spelt(seconds)}"
        case Delay(until=until):
            said = f"waits until {'' if until is None else until.raw}"
        case SyncNow():
            said = f"runs the sync {step.sync}"
        case SetValues():
            said = f"sets {', '.join(step.values)}"
    return said
