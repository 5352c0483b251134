"""Makes triggers and steps of entries that were read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from instep.core.flow.model import (
    Action,
    Branch,
    Bridge,
    Delay,
    Doubt,
    Event,
    Filter,
    ForEach,
    Manual,
    OnError,
    Poll,
    Schedule,
    SetValues,
    Step,
    SyncNow,
    Then,
    Trigger,
)


def build_trigger(kind: str, read: Mapping[str, Any]) -> Trigger:
    """Return the trigger of a kind that has these entries."""
    return _TRIGGERS[kind](**read)


def build_step(kind: str, read: Mapping[str, Any]) -> Step:
    """Return the step of a kind that has these entries."""
    return _STEPS[kind](**read)


def _poll(*, emits: str, first: str, **read: Any) -> Poll:
    return Poll(**read, changed=emits == "new_and_changed", everything=first == "everything")


def _action(*, on_error: Mapping[str, Any], on_unknown: str, **read: Any) -> Action:
    return Action(**read, on_error=_on_error(on_error), on_unknown=Doubt(on_unknown))


def _sync_now(*, on_error: Mapping[str, Any], **read: Any) -> SyncNow:
    return SyncNow(**read, on_error=_on_error(on_error))


def _on_error(read: Mapping[str, Any]) -> OnError:
    return OnError(read["attempts"], read["longest_wait"], Then(read["then"]))


_TRIGGERS: Mapping[str, Callable[..., Trigger]] = {
    "event": Event,
    "poll": _poll,
    "schedule": Schedule,
    "manual": Manual,
    "bridge": Bridge,
}
_STEPS: Mapping[str, Callable[..., Step]] = {
    "filter": Filter,
    "branch": Branch,
    "action": _action,
    "for_each": ForEach,
    "delay": Delay,
    "sync_now": _sync_now,
    "set_values": SetValues,
}
