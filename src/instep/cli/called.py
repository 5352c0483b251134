"""Which command was called, for the audit log: its words, and the name of what it is about."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any

import typer

from instep.cli.person import who
from instep.core.people.roles import Actor
from instep.settings import Settings
from instep.store.audit.acting import Act


@dataclass(frozen=True, slots=True)
class _Called:
    words: str
    name: str | None


_CALLED: ContextVar[_Called | None] = ContextVar("instep_called", default=None)


def note_commands(group: typer.Typer, words: str) -> None:
    """Let every command of a group say that it was called."""
    for each in group.registered_commands:
        if each.callback is not None:
            each.callback = noted(each.callback, f"{words} {each.name or each.callback.__name__}")
    for below in group.registered_groups:
        if below.typer_instance is not None:
            note_commands(below.typer_instance, f"{words} {below.name}")


def noted(command: Callable[..., Any], words: str) -> Callable[..., Any]:
    """Return a command that says it was called.

    Of what was typed only the first argument is kept, which is a name: options may be secrets.
    """
    first = next(iter(inspect.signature(command).parameters.values()), None)

    @wraps(command)
    def call(*args: Any, **given: Any) -> Any:
        named = None
        if first is not None and first.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD:
            value = args[0] if args else given.get(first.name)
            named = value if isinstance(value, str) else None
        before = _CALLED.set(_Called(words, named))
        try:
            return command(*args, **given)
        finally:
            _CALLED.reset(before)

    return call


def act_here(settings: Settings) -> Act | None:
    """Return what the person at the command line does; None outside a command."""
    called = _CALLED.get()
    if called is None:
        return None
    return Act(Actor("cli", None, who(settings), "command line"), called.words, called.name)
