"""The command `instep`: its commands by group, and the one place errors end."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import typer

from instep.cli.called import note_commands, noted
from instep.cli.output import report
from instep.core.errors import InstepError

_COMMANDS = {
    "demo": ("demo", "demo"),
    "up": ("serve", "up"),
    "worker": ("serve", "worker"),
    "sandbox": ("sandbox", "sandbox"),
    "connect": ("connections", "connect"),
    "connections": ("connections", "list_connections"),
    "overview": ("overview", "overview"),
    "person": ("people", "person"),
    "why": ("why", "why"),
    "doctor": ("doctor", "doctor"),
}
"""The module of each command beside this one, and its function there."""

_GROUPS = {
    "sync": ("syncs", "sync_setup", "suggestions"),
    "conflicts": ("conflicts",),
    "alerts": ("alerts", "alert_channels", "alert_rules"),
    "op": ("operations",),
    "connection": ("connection_care",),
    "connector": ("connector", "describing"),
    "recipe": ("recipes",),
    "run": ("flow_runs", "flow_replays"),
    "flow": ("flows", "flow_documents", "flow_tests", "flow_offer"),
    "user": ("users",),
    "token": ("tokens",),
    "audit": ("audit",),
    "key": ("keys",),
    "retention": ("retention",),
    "bridge": ("bridge",),
    "csv": ("csv_files",),
}
"""The modules of each group: the first one's `app`, to which the others add theirs."""

_STAYING = frozenset({"demo", "up", "worker", "sandbox"})
"""What these do as they run is not one person's act."""

_WITH = {"describing": "instep.connectors.custom", "csv_files": "instep.connectors.csv"}
"""Modules that come and go with the package they are about."""


@cache
def build(only: str | None = None) -> typer.Typer:
    """Return the command line; with only one command or group of it where that is enough.

    Each module brings what it works with: the sandbox, the API, the engine. Loading all of it
    takes longer than most commands do.
    """
    app = typer.Typer(
        name="instep",
        help="Keep GoHighLevel in step with the other apps a business runs on.",
        no_args_is_help=True,
        add_completion=True,
        pretty_exceptions_enable=False,
    )
    app.callback()(_instep)
    for name, (module, function) in _COMMANDS.items():
        if only in {None, name}:
            command = getattr(_module(module), function)
            app.command(name)(command if name in _STAYING else noted(command, name))
    for name in _GROUPS:
        if only in {None, name} and _is_there(_GROUPS[name][0]):
            app.add_typer(_group(name), name=name)
    return app


def _instep() -> None:
    """Let a single command be called by its name, too."""


@cache
def _group(name: str) -> typer.Typer:
    first, *others = _GROUPS[name]
    group: typer.Typer = _module(first).app
    for each in filter(_is_there, others):
        _module(each).add_to(group)
    note_commands(group, name)
    return group


def _is_there(module: str) -> bool:
    return module not in _WITH or find_spec(_WITH[module]) is not None


def _module(name: str) -> Any:
    return import_module(f"instep.cli.{name}")


@cache
def _program(only: str | None) -> Callable[..., Any]:
    """Return what carries out a command line, ready to be called."""
    return typer.main.get_command(build(only))


def main() -> None:
    """Run the command line; every known error ends as one sentence and an exit code."""
    named = sys.argv[1] if len(sys.argv) > 1 else None
    try:
        _program(named if named in _COMMANDS or named in _GROUPS else None)(standalone_mode=True)
    except InstepError as error:
        sys.exit(report(error, as_json="--json" in sys.argv))
    except KeyboardInterrupt:
        sys.exit(130)
