"""`instep key …`: the keys that seal secrets. No key itself is ever shown."""

from __future__ import annotations

import typer

from instep.cli.options import AsJson
from instep.cli.output import print_json, print_lines, print_table
from instep.cli.session import use
from instep.engine.keys import KeysTold
from instep.store.workspaces import DEFAULT_WORKSPACE

app = typer.Typer(help="The keys that seal secrets.", no_args_is_help=True)


@app.command("list")
def list_keys(*, as_json: AsJson = False) -> None:
    """List the keys by their ids, the one that seals first, and how much each has sealed."""
    told = use(lambda instep: instep.keys.show())
    if as_json:
        print_json(told.as_json())
        return
    rows = [
        (each.id, each.since, each.secrets, "yes" if each.at_hand else "no")
        for each in (told.current, *told.older)
    ]
    print_table("Keys, the newest first", ("key", "newest since", "secrets", "at hand"), rows)


@app.command("rotate")
def rotate(*, as_json: AsJson = False) -> None:
    """Make a new key and seal every secret with it; the older ones stay for now."""
    _tell(use(lambda instep: instep.keys.rotate(DEFAULT_WORKSPACE)), as_json=as_json)


@app.command("reseal")
def reseal(*, as_json: AsJson = False) -> None:
    """Seal with the newest key what is not; what was broken off goes on where it was."""
    _tell(use(lambda instep: instep.keys.reseal()), as_json=as_json)


@app.command("forget")
def forget(*, as_json: AsJson = False) -> None:
    """Take older keys away, once nothing is sealed with them."""
    _tell(use(lambda instep: instep.keys.forget()), as_json=as_json)


def _tell(told: KeysTold, *, as_json: bool) -> None:
    if as_json:
        print_json(told.as_json())
        return
    lines = [f"The key {told.current.id} seals {told.current.secrets} secrets."]
    if told.older:
        names = ", ".join(each.id for each in told.older)
        lines.append(f"Older keys, with which {told.left} are sealed still: {names}.")
    print_lines(lines)
