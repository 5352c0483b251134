"""`instep token …`: API tokens for programs."""

from __future__ import annotations

from typing import Annotated

import typer

from instep.bootstrap import Instep
from instep.cli.options import AsJson
from instep.cli.output import console, print_json, print_lines, print_records
from instep.cli.person import who
from instep.cli.session import use
from instep.core.people.lasting import TOKEN_DAYS
from instep.core.people.roles import read_role
from instep.engine.access.tokens import TokenTold, TokenWanted

app = typer.Typer(help="API tokens for programs.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="TOKEN", help="The token's name.")]


@app.command("create")
def create(
    name: Name,
    *,
    role: Annotated[str, typer.Option(help="viewer, operator or admin.")] = "viewer",
    read_only: Annotated[
        bool, typer.Option("--read-only", help="It changes nothing, whatever its role.")
    ] = False,
    days: Annotated[int, typer.Option(help="How long it is good.")] = TOKEN_DAYS,
    for_ever: Annotated[
        bool, typer.Option("--for-ever", help="It does not end by itself.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a token and show it, this once."""
    wanted = TokenWanted(name, read_role(role), read_only, None if for_ever else days)

    async def work(instep: Instep) -> TokenTold:
        return await instep.people.tokens.create(wanted, who(instep.settings))

    made = use(work).as_json()
    if as_json:
        print_json(made)
        return
    print_lines(
        [
            f"The token {made['name']}, {made['role']}, is good until {made['ends_at'] or 'revoked'}.",
            "It is not shown again. Send it as Authorization: Bearer.",
            made["secret"],
        ]
    )


@app.command("list")
def list_tokens(*, as_json: AsJson = False) -> None:
    """List the tokens, when they end, and when they were last used."""
    found = [each.as_json() for each in use(lambda instep: instep.people.tokens.list())]
    if as_json:
        print_json(found)
    elif not found:
        console.print("There is no API token.")
    else:
        columns = ("name", "role", "read_only", "made_by", "ends_at", "used_at", "used_from")
        print_records("API tokens", columns, found)


@app.command("revoke")
def revoke(name: Name, *, as_json: AsJson = False) -> None:
    """Revoke a token: it is refused from now on."""
    use(lambda instep: instep.people.tokens.revoke(name))
    if as_json:
        print_json({"revoked": name})
    else:
        print_lines([f"The token {name} is refused from now on."])
