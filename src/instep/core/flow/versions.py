"""Draft and published versions of a flow: what may be published, and what goes on as it was."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from instep.core.errors import UserError
from instep.core.fingerprint import fingerprint
from instep.core.flow.model import Bridge, Event, Flow, Manual, Poll, Schedule, Trigger
from instep.core.flow.problems import Problem


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person is working on. It may be anything; nothing runs of it but tests."""

    document: Any


@dataclass(frozen=True, slots=True)
class Version:
    """A published flow. It never changes; a run belongs to the version that started it."""

    number: int
    document: Mapping[str, Any]


def publish(flow: Flow, problems: Iterable[Problem], newest: Version | None) -> Version:
    """Return the version to store; `newest` itself if it says the same.

    `problems` are those of reading and checking. Raises UserError while there is an error, or if
    the flow's id changed: runs and addresses go by it.
    """
    errors = [each for each in problems if not each.is_warning]
    if errors:
        more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
        raise UserError(f"The flow cannot be published: {errors[0].sentence}{more}")
    if newest is None:
        return Version(1, flow.document)
    if newest.document["id"] != flow.id:
        raise UserError(
            f"The flow is called {newest.document['id']} and cannot become {flow.id}. Keep the id "
            "and change the title, or make a flow of its own."
        )
    if _same(newest.document) == _same(flow.document):
        return newest
    return Version(newest.number + 1, flow.document)


def watched(trigger: Trigger) -> str:
    """Return what a trigger watches, as a short text: equal text, equal items and cursor.

    How often it looks and what it emits are no part of it.
    """
    match trigger:
        case Event():
            parts = ["event", trigger.connection, trigger.event]
        case Poll():
            inputs = fingerprint(_same(trigger.inputs))
            parts = ["poll", trigger.connection, trigger.operation, inputs]
        case Schedule():
            parts = ["schedule", trigger.cron, trigger.zone]
        case Manual() | Bridge():
            parts = [type(trigger).__name__.lower()]
    return json.dumps(parts, ensure_ascii=False)


def keeps_cursor(old: Trigger, new: Trigger) -> bool:
    """Whether a newly published trigger goes on where the old one was.

    If so nothing is emitted again and nothing is skipped. If not, it begins with a baseline.
    """
    return watched(old) == watched(new)


def _same(document: Any) -> str:
    return json.dumps(document, sort_keys=True, ensure_ascii=False)
