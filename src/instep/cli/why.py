"""`instep why`: how one record stands, in plain words."""

from __future__ import annotations

from typing import Annotated

import typer

from instep.cli.conflicts import OfSync
from instep.cli.options import AsJson
from instep.cli.output import console, print_json
from instep.cli.session import use


def why(
    record: Annotated[str, typer.Argument(help="Its id in an app, its e-mail, or its link's id.")],
    *,
    sync: OfSync = None,
    as_json: AsJson = False,
) -> None:
    """Say how a record stands, and why."""
    answers = use(lambda instep: instep.reviews.why(record, sync))
    if as_json:
        print_json([each.as_json() for each in answers])
        return
    for each in answers:
        if each.facts is not None:
            heading = f"{each.facts.label} in {each.facts.sync}: {each.stand.replace('_', ' ')}"
            console.print(f"{heading} ({each.id})", highlight=False, markup=False, soft_wrap=True)
        for sentence in each.explanation.sentences:
            console.print(f"  {sentence}", highlight=False, markup=False, soft_wrap=True)
