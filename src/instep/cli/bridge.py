"""`instep bridge …`: the webhooks that go out to apps that only listen."""

from __future__ import annotations

from typing import Annotated

import typer

from instep.bootstrap import Instep
from instep.cli.options import AsJson
from instep.cli.output import console, print_json, print_pairs, print_table
from instep.cli.session import use
from instep.engine.host import post_due
from instep.engine.posting_services import Replayed, Report, Wanted

app = typer.Typer(
    help="Bridges to apps without an API: what is posted to them.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(metavar="CONNECTION", help="The connection's name.")]


@app.command("posts")
def posts(
    name: Name,
    *,
    dead: Annotated[bool, typer.Option("--dead", help="Only those that were given up on.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Show so many, newest first.")] = 50,
    before: Annotated[
        int | None, typer.Option(min=1, help="Those before this place: `next` of the page before.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what was posted to a connection, what waits and what was given up on, and why."""
    wanted = Wanted("dead" if dead else None, limit, before)
    found: Report = use(lambda instep: instep.postings.report(name, wanted))
    standing = found.standing.as_json()
    listed = [each.as_json() for each in found.posts]
    if as_json:
        print_json({**standing, "posts": listed, "next": found.next})
        return
    print_pairs({word: each for word, each in standing.items() if each is not None})
    columns = ("id", "event", "record", "state", "attempts", "next_try", "status", "why")
    rows = [[each[column] for column in columns] for each in listed]
    print_table(f"Webhooks to {name}", ("webhook", *columns[1:5], "next try", *columns[6:]), rows)
    if found.next is not None:
        console.print(f"More: --before {found.next}", highlight=False)


@app.command("replay")
def replay(
    name: Name,
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Webhooks, by their ids.")
    ] = None,
    *,
    all_dead: Annotated[
        bool, typer.Option("--all-dead", help="All that were given up on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Send webhooks again, each under its own id; posting that was stopped goes on."""

    async def work(instep: Instep) -> Replayed:
        done = await instep.postings.replay(name, ids or (), all_dead=all_dead)
        await post_due(instep.engine, done.connection_id)
        return done

    done = use(work)
    if as_json:
        print_json(done.as_json())
    else:
        print_pairs(_in_words(done, all_dead=all_dead))


def _in_words(done: Replayed, *, all_dead: bool) -> dict[str, int | str]:
    said: dict[str, int | str] = {"sent again": done.replayed}
    if all_dead and done.left:
        said["left alone"] = f"{done.left}: a later one of the same record was sent; name them"
    if done.was_stopped:
        said["posting"] = "goes on"
    return said
