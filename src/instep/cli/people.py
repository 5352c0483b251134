"""`instep person`: find somebody, and show them as every linked app knows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from instep.bootstrap import Instep
from instep.cli.options import AsJson
from instep.cli.output import console, print_json, print_lines, print_table
from instep.cli.session import use
from instep.engine.people.shown import FoundPage, Whole

_NEWEST = 10


def person(
    search: Annotated[str, typer.Argument(help="A part of the name, e-mail or phone, or an id.")],
    *,
    limit: Annotated[int, typer.Option(min=1, max=200, help="List so many.")] = 50,
    after: Annotated[
        str | None, typer.Option(help="Those after this one: `next` of the page before.")
    ] = None,
    stored: Annotated[
        bool, typer.Option("--stored", help="Ask no app: show what syncs have read.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show somebody as every linked app knows them; of several, list who is meant."""

    async def work(instep: Instep) -> FoundPage | Whole:
        if search.startswith("per_"):
            return await instep.screens.people.get(search, ask=not stored)
        page = await instep.screens.people.search(search, limit, after)
        if len(page.people) == 1 and after is None:
            return await instep.screens.people.get(page.people[0].id, ask=not stored)
        return page

    found = use(work)
    if as_json:
        print_json(found.as_json())
    elif isinstance(found, Whole):
        _show(found.as_json())
    else:
        _list(found)


def _list(page: FoundPage) -> None:
    if not page.people:
        console.print("Nobody is called so in any sync of contacts.")
        return
    rows = [
        (
            each.name,
            each.email,
            each.phone,
            ", ".join(each.connections),
            each.stands.replace("_", " "),
        )
        for each in page.people
    ]
    print_table("People", ("name", "e-mail", "phone", "known to", "stands"), rows)
    print_lines(["Name one more closely to see everything."])
    if page.next is not None:
        print_lines([f"More: --after {page.next}"])


def _show(told: dict[str, Any]) -> None:
    health = told["health"]
    score = "?" if health["score"] is None else health["score"]
    print_lines([f"{told['name']}  {told['email'] or ''}  {told['phone'] or ''}  ({told['id']})"])
    print_lines(f"  {link['stands'].replace('_', ' ')}: {link['why'][0]}" for link in told["links"])
    print_lines([f"Health {score} of 100"])
    print_lines(
        f"  {'?' if part['points'] is None else part['points']:>2} of {part['most']}  "
        f"{part['sentence']}"
        for part in health["parts"]
    )
    rows = [
        (each["field"], _said(each), each["authority"], "" if each["same"] else "differs")
        for each in told["fields"]
    ]
    print_table("Fields", ("field", "who says what", "whose word counts", ""), rows)
    print_lines(_happenings(told))
    print_lines(
        f"{each['connection']} could not tell of {each['what']}: {each['sentence']}"
        for each in told["troubles"]
    )


def _said(field: dict[str, Any]) -> str:
    values = [each for each in field["values"] if each["known"]]
    if field["same"]:
        return _value(values[0]["value"])
    return "; ".join(f"{each['connection']}: {_value(each['value'])}" for each in values)


def _value(value: Any) -> str:
    if value is None:
        return "(empty)"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _happenings(told: dict[str, Any]) -> Iterator[str]:
    for kind in ("tasks", "notes", "appointments", "opportunities", "conversations", "messages"):
        if not told[kind]:
            continue
        yield f"{kind.capitalize()} ({len(told[kind])})"
        for each in told[kind][:_NEWEST]:
            state = "done" if each["done"] else each["status"] or each["direction"] or ""
            yield f"  {each['at'] or '':<20}  {each['title']}  {state}".rstrip()
