"""`instep sync suggest`: which fields could be mapped besides, and take up what a person accepts."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from instep.bootstrap import Instep
from instep.cli.options import AsJson
from instep.cli.output import console, print_json, print_table
from instep.cli.session import use
from instep.core.errors import UserError
from instep.core.suggesting import Suggestion
from instep.engine.suggestions import Offer


def add_to(app: typer.Typer) -> None:
    """Add this command to the group of syncs."""
    app.command("suggest")(suggest)


def suggest(
    name: Annotated[str | None, typer.Argument(help="The sync's name or id.")] = None,
    *,
    a: Annotated[str | None, typer.Option(help="Without a sync: the first connection.")] = None,
    b: Annotated[str | None, typer.Option(help="Without a sync: the second connection.")] = None,
    records: Annotated[
        str | None, typer.Option(help="Without a sync: the kind of record; contact if left out.")
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(help="Map this field, by side A's name, as suggested; repeatable."),
    ] = None,
    accept_all: Annotated[
        bool, typer.Option("--accept-all", help="Map everything that is suggested.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Suggest fields to map besides those that are. Nothing is changed unless you accept."""
    fields = None if accept_all else accept
    if name is None:
        if a is None or b is None or accept or accept_all:
            raise UserError(
                "Name a sync, or two connections with --a and --b. Only a sync can accept."
            )
        ends = a, b, records or "contact"
        offer = use(lambda instep: instep.suggestions.between(*ends))
        _print(offer, [], as_json=as_json)
        return
    if a is not None or b is not None or records is not None:
        raise UserError("A sync has its connections and its kind of record: leave --a, --b away.")
    if accept and accept_all:
        raise UserError("Say --accept FIELD or --accept-all, not both.")

    async def work(instep: Instep) -> tuple[Offer, list[str]]:
        offer = await instep.suggestions.of_sync(name)
        if not accept and not accept_all:
            return offer, []
        await instep.suggestions.accept(name, fields)
        taken = [each.a.name for each in offer.suggestions] if fields is None else fields
        return offer, taken

    offer, taken = use(work)
    _print(offer, taken, as_json=as_json)


def _print(offer: Offer, accepted: list[str], *, as_json: bool) -> None:
    if as_json:
        told = {"a": offer.a, "b": offer.b, "records": offer.records}
        shown = [as_json_of(each, accepted=each.a.name in accepted) for each in offer.suggestions]
        print_json({**told, "suggestions": shown})
        return
    if not offer.suggestions:
        console.print("There is nothing to suggest.", highlight=False, markup=False)
        return
    print_table(
        "Suggestions",
        (f"A: {offer.a}", f"B: {offer.b}", "score", "reason", "accepted"),
        [
            (*_ends(each), each.score, each.reason, "yes" if each.a.name in accepted else "")
            for each in offer.suggestions
        ],
    )


def _ends(each: Suggestion) -> tuple[str, str]:
    return each.a.name, each.b.name


def as_json_of(each: Suggestion, *, accepted: bool) -> dict[str, Any]:
    """Return one suggestion as JSON."""
    return {
        "a": each.a.name,
        "b": each.b.name,
        "type": each.a.type.canonical.value,
        "score": each.score,
        "reason": each.reason,
        "accepted": accepted,
    }
