"""`instep sync undo`: take back what a run did, once a person has seen how."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from instep.bootstrap import Instep
from instep.cli.options import AsJson
from instep.cli.output import print_json, print_pairs, print_table
from instep.cli.runs import run_now
from instep.cli.session import use
from instep.core.errors import NeedsPerson
from instep.core.why import show
from instep.engine.plan_services import Preview


def undo(
    run: Annotated[str, typer.Argument(help="The run, as sync runs lists it.")],
    *,
    preview: Annotated[
        bool, typer.Option("--preview", help="Only show what would be done.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    items: Annotated[int, typer.Option(min=0, help="Show so many records.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Take back what a run did, field by field, where nobody changed it since."""
    planned: Preview = use(lambda instep: instep.plans.undo(run, items))
    if preview:
        _show(planned, as_json=as_json)
        return
    if not yes:
        _ask(planned, as_json=as_json)

    async def work(instep: Instep) -> dict[str, Any]:
        plan = await instep.plans.get(planned.plan)
        return await run_now(instep, plan.sync_id, quiet=as_json, plan=plan.id)

    result = {**use(work), "plan": planned.plan, "of_run": run}
    result["refused"] = planned.counts.get("refused", 0)
    result["refused_fields"] = planned.counts.get("refused_fields", 0)
    if as_json:
        print_json(result)
    else:
        print_pairs(result)


def _show(planned: Preview, *, as_json: bool) -> None:
    if as_json:
        print_json(planned.as_json())
        return
    print_pairs({"plan": planned.plan, **planned.counts})
    rows = [
        (item["record"], item["what"], item["side"], _changes(item), _refused(item))
        for item in planned.items
    ]
    print_table("What an undo would do", ("record", "what", "side", "changes", "left"), rows)


def _ask(planned: Preview, *, as_json: bool) -> None:
    if not sys.stdin.isatty():
        raise NeedsPerson(
            "An undo writes to the apps: look at it with --preview, then add --yes to do it."
        )
    _show(planned, as_json=False)
    if as_json or not typer.confirm("Do this?", err=True):
        raise NeedsPerson("Nothing was undone.")


def _changes(item: Any) -> str:
    if item["what"] == "delete":
        return "the whole record"
    return "\n".join(
        f"{each['field']}: {_value(each['before'])} → {_value(each['after'])}"
        for each in item["changes"]
    )


def _refused(item: Any) -> str:
    return "\n".join(
        f"{each['field']}: {each['why']}" if each["field"] else each["why"]
        for each in item["refused"]
    )


def _value(value: Any) -> str:
    return show(tuple(value) if isinstance(value, list) else value)
