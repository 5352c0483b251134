"""`instep alerts rule …`: which trouble is told, from what size on, when, and to whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from instep.cli.options import AsJson
from instep.cli.output import print_json, print_table
from instep.cli.session import use
from instep.core.alerting.rules import Deliver, Kind
from instep.core.errors import UserError
from instep.engine.alert_services import RuleChange, RuleTold

rules = typer.Typer(help="Which trouble is told, when and to whom.", no_args_is_help=True)

_ALL = "all"


def add_to(app: typer.Typer) -> None:
    """Add the commands about rules."""
    app.add_typer(rules, name="rule")


@rules.command("list")
def list_rules(*, as_json: AsJson = False) -> None:
    """List the rules: one for each kind of trouble."""
    _print(use(lambda instep: instep.alerts.rules()), as_json=as_json)


@rules.command("set")
def set_rule(
    kinds: Annotated[
        list[str], typer.Argument(metavar="KIND...", help="Kinds from the list, or all.")
    ],
    *,
    on: Annotated[bool, typer.Option("--on", help="Tell it.")] = False,
    off: Annotated[
        bool, typer.Option("--off", help="Tell nobody; it is listed all the same.")
    ] = False,
    threshold: Annotated[
        int | None, typer.Option(help="From what size on; the list shows what it counts.")
    ] = None,
    deliver: Annotated[
        Deliver | None, typer.Option(help="At once, or as an hourly or daily digest.")
    ] = None,
    at: Annotated[str | None, typer.Option(help="When a daily digest is told: 08:00.")] = None,
    zone: Annotated[
        str | None, typer.Option(help="The zone of that time, such as Europe/Amsterdam.")
    ] = None,
    remind_hours: Annotated[
        int | None, typer.Option(help="Tell it again so often while it lasts; 0: never.")
    ] = None,
    channels: Annotated[
        list[str] | None, typer.Option("--channel", help="Tell this channel only; repeated.")
    ] = None,
    every_channel: Annotated[
        bool, typer.Option("--every-channel", help="Tell every channel there is.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Change rules; what is left out stays as it is."""
    if channels and every_channel:
        raise UserError("Either name channels or say --every-channel, not both.")
    if on and off:
        raise UserError("Either --on or --off, not both.")
    to = () if every_channel else channels or None
    told = on if on or off else None
    change = RuleChange(told, threshold, deliver, at, zone, remind_hours, to)
    chosen = _kinds(kinds)
    _print(use(lambda instep: instep.alerts.set_rules(chosen, change)), as_json=as_json)


def _kinds(words: Sequence[str]) -> list[Kind]:
    known = [kind.value for kind in Kind]
    if unknown := [each for each in words if each not in {_ALL, *known}]:
        raise UserError(
            f"There is no kind of trouble called {', '.join(unknown)}. There are: "
            f"{', '.join(known)}; or all."
        )
    return [*Kind] if _ALL in words else [Kind(each) for each in dict.fromkeys(words)]


def _print(told: Sequence[RuleTold], *, as_json: bool) -> None:
    said = [each.as_json() for each in told]
    if as_json:
        print_json(said)
        return
    columns = ("kind", "told", "from", "when", "again after", "channels")
    print_table("Alert rules", columns, [_row(each) for each in said])


def _row(rule: dict[str, Any]) -> tuple[Any, ...]:
    size = None if rule["unit"] is None else f"{rule['threshold']} {rule['unit']}"
    when = rule["deliver"].replace("_", " ")
    if rule["deliver"] == Deliver.DAILY:
        when = f"daily at {rule['at']} {rule['zone']}"
    again = f"{rule['remind_hours']} hours" if rule["remind_hours"] else "never"
    told = "yes" if rule["on"] else "no"
    return (rule["kind"], told, size, when, again, ", ".join(rule["channels"]) or "all")
