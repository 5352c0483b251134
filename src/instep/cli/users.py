"""`instep user …`: who may sign in, and as what."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from instep.bootstrap import Instep
from instep.cli.options import AsJson
from instep.cli.output import console, print_json, print_lines, print_table
from instep.cli.session import use
from instep.core.people.roles import read_role
from instep.settings import Settings

app = typer.Typer(help="Who may sign in: viewers, operators, admins.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="USER", help="The user's name.")]
Role = Annotated[str, typer.Option(help="viewer, operator or admin.")]
FromInput = Annotated[
    bool, typer.Option("--stdin", help="Read the password from standard input; else it is asked.")
]


@app.command("add")
def add(name: Name, *, role: Role, stdin: FromInput = False, as_json: AsJson = False) -> None:
    """Add a user with a password; invite lets people choose their own."""
    wanted, password = read_role(role), _password(from_input=stdin)
    made = use(lambda instep: instep.people.users.add(name, wanted, password)).as_json()
    if as_json:
        print_json(made)
    else:
        print_lines([f"{made['name']} can sign in as {made['role']}."])


@app.command("invite")
def invite(name: Name, *, role: Role, as_json: AsJson = False) -> None:
    """Make a link by which somebody sets their own password: once, within three days."""
    wanted = read_role(role)

    async def work(instep: Instep) -> str:
        return link_to(instep.settings, await instep.people.users.invite(name, wanted))

    link = use(work)
    if as_json:
        print_json({"name": name, "role": wanted.value, "link": link})
    else:
        print_lines([f"Give this link to {name}; it works once, for three days:", link])


@app.command("list")
def list_users(*, as_json: AsJson = False) -> None:
    """List the users, their roles, and when they last signed in."""
    found = [each.as_json() for each in use(lambda instep: instep.people.users.list())]
    if as_json:
        print_json(found)
    elif not found:
        console.print("There is no user yet: instep up shows a link that makes the first one.")
    else:
        rows = [
            (
                each["name"],
                each["role"],
                "yes" if each["invited"] else "",
                each["signed_in_at"],
                each["locked_at"],
            )
            for each in found
        ]
        print_table("Users", ("name", "role", "invited only", "signed in", "locked"), rows)


@app.command("role")
def set_role(
    name: Name,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="viewer, operator or admin.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Give a user another role, from their next request on."""
    wanted = read_role(role)
    changed = use(lambda instep: instep.people.users.set_role(name, wanted)).as_json()
    if as_json:
        print_json(changed)
    else:
        print_lines([f"{changed['name']} is {changed['role']} from now on."])


@app.command("password")
def set_password(name: Name, *, stdin: FromInput = False, as_json: AsJson = False) -> None:
    """Set a user's password anew; all their sessions end."""
    password = _password(from_input=stdin)
    use(lambda instep: instep.people.users.set_password(name, password))
    if as_json:
        print_json({"changed": name})
    else:
        print_lines([f"The password of {name} is changed, and their sessions are over."])


@app.command("lock")
def lock(name: Name, *, as_json: AsJson = False) -> None:
    """Keep a user and their tokens out until they are unlocked; their sessions end."""
    told = use(lambda instep: instep.people.users.lock(name)).as_json()
    if as_json:
        print_json(told)
    else:
        print_lines([f"{told['name']} is kept out until instep user unlock lets them in again."])


@app.command("unlock")
def unlock(name: Name, *, as_json: AsJson = False) -> None:
    """Let a user in again, by the password they had."""
    told = use(lambda instep: instep.people.users.unlock(name)).as_json()
    if as_json:
        print_json(told)
    else:
        print_lines([f"{told['name']} can sign in again."])


@app.command("remove")
def remove(name: Name, *, as_json: AsJson = False) -> None:
    """Remove a user, with their sessions and tokens."""
    use(lambda instep: instep.people.users.remove(name))
    if as_json:
        print_json({"removed": name})
    else:
        print_lines([f"{name} cannot sign in any more."])


def link_to(settings: Settings, secret: str, url: str | None = None) -> str:
    """Return the address of a one-time link; behind the # it is sent to nobody but the page."""
    return f"{url or f'http://{settings.host}:{settings.port}'}/ui/welcome#{secret}"


def _password(*, from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline().rstrip("\n")
    asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return asked
