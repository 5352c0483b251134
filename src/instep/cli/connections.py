"""`instep connect` and `instep connections`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import typer

from instep.bootstrap import Instep
from instep.cli.options import AsJson
from instep.cli.output import print_json, print_lines, print_pairs, print_table
from instep.cli.session import use
from instep.core.errors import UserError
from instep.core.scopes import Needs
from instep.core.write_only import of_connection
from instep.engine.connection_services import Grant
from instep.engine.posting_services import Standing
from instep.engine.typed import Typed
from instep.sdk.oauth import new_state
from instep.store.connections import Connection


def connect(
    connector: Annotated[str, typer.Argument(help="The app: gohighlevel, insightly …")],
    *,
    name: Annotated[
        str | None, typer.Option(help="What to call it; the app's name if left out.")
    ] = None,
    auth: Annotated[
        str | None, typer.Option(help="How to sign in, where the app has several ways.")
    ] = None,
    country: Annotated[
        str | None, typer.Option(help="Two letters (US, GB, AU): completes local phone numbers.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="A setting of the app, name=value; repeatable."),
    ] = None,
    redirect_uri: Annotated[
        str, typer.Option(help="Where the app's page sends people back (OAuth 2.0 only).")
    ] = "http://127.0.0.1:8750/oauth/callback",
    scope: Annotated[
        list[str] | None,
        typer.Option(help="Ask for this scope as well (OAuth 2.0 only); repeatable."),
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(help="Ask for the scopes that this recipe needs (OAuth 2.0 only)."),
    ] = None,
    renew: Annotated[
        bool,
        typer.Option("--renew", help="Give a connection other settings, or a new credential."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Connect an app: check what you typed by one read-only call, then keep it sealed.

    A secret left out is asked for without showing it, or made where the app leaves it to Instep.
    """
    given = _pairs(settings or [])

    async def work(instep: Instep) -> tuple[Connection, Mapping[str, str]]:
        typed = Typed(connector, name or connector, auth, country, given)
        if renew and auth is None and instep.connections.keeps_credential(typed):
            return await instep.connections.change(typed), {}
        for each in instep.connections.missing_secrets(typed):
            given[each.name] = typer.prompt(each.title, hide_input=True)
        typed, secrets = instep.connections.with_made_secrets(typed, renew=renew)
        if renew:
            typed = await instep.connections.completed(typed)
        do = instep.connections.renew if renew else instep.connections.connect
        kind = instep.connections.auth_kind(typed)
        planned = instep.recipes.planned(recipe, connector) if recipe is not None else ()
        scopes = await instep.scopes.to_ask(connector, kind, typed.name, scope or [], planned)
        return await do(typed, _granted(instep, typed, redirect_uri, scopes)), secrets

    _tell(*use(work), as_json=as_json)


def _tell(made: Connection, secrets: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        going_on = asdict(made.going_on)
        print_json({**_as_json(made), "made": dict(secrets), "going_on": going_on})
        return
    pairs = {"connected": made.name, "app": made.connector, "account": made.account_id}
    if made.going_on.syncs:
        pairs["goes on"] = ", ".join(made.going_on.syncs)
    if made.going_on.flow_runs:
        pairs["runs of flows that go on"] = str(made.going_on.flow_runs)
    print_pairs(pairs)
    if secrets:
        typer.echo("Made for you and shown only now:")
        # never broken over lines
        print_lines(f"{name}  {secret}" for name, secret in secrets.items())


def _granted(
    instep: Instep, typed: Typed, redirect_uri: str, scopes: Sequence[str]
) -> Grant | None:
    """Have the person grant access on the app's own page, where the chosen way needs it."""
    state = new_state()
    url = instep.connections.authorize_url(typed, redirect_uri, state, scopes)
    if url is None:
        return None
    typer.echo(
        f"Open this page, grant access, and copy the address it sends you to:\n{url}", err=True
    )
    answer = typer.prompt("The address (or the code in it)", err=True)
    parts = urlsplit(answer.strip())
    query = parse_qs(parts.query or parts.fragment)  # Instep's own page has it behind the #
    # not every app's page brings the state back (facts: ghl 3.1); a wrong one is no answer to us
    if query.get("state", [state]) != [state]:
        raise UserError("That address does not answer this request; open the page above again.")
    return Grant(query["code"][0] if "code" in query else answer.strip(), redirect_uri)


def _pairs(texts: list[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UserError(f"--set takes name=value; {name!r} has no value.")
        pairs[name.strip()] = value
    return pairs


@dataclass(frozen=True, slots=True)
class _Listed:
    """A connection as it is listed, with all that is known of it."""

    connection: Connection
    needs: Needs
    posts: Standing | None
    write_only: Sequence[str]

    @property
    def problem(self) -> str | None:
        """What is wrong with it, the worst first."""
        posts = self.posts.sentence if self.posts is not None else None
        return self.connection.problem or self.needs.sentence or posts


def list_connections(*, as_json: AsJson = False) -> None:
    """List the connections, whether they work, and which scopes their syncs need."""

    async def work(instep: Instep) -> list[_Listed]:
        needed, posts = await instep.scopes.all(), await instep.postings.standings()
        return [
            _Listed(
                each,
                needed.get(each.id, Needs({})),
                posts.get(each.id),
                instep.clients.write_only(each.connector),
            )
            for each in await instep.connections.list()
        ]

    found = use(work)
    if as_json:
        print_json(
            [
                {
                    **_as_json(each.connection),
                    "scopes": _scopes(each.needs),
                    "posts": None if each.posts is None else each.posts.as_json(),
                    "write_only": [*each.write_only],
                }
                for each in found
            ]
        )
        return
    rows = [
        (
            each.connection.name,
            each.connection.connector,
            each.connection.account_id,
            each.connection.country,
            each.connection.status,
            each.problem,
        )
        for each in found
    ]
    print_table("Connections", ("name", "app", "account", "country", "status", "problem"), rows)
    unread = [each for each in found if each.write_only]
    print_lines([of_connection(each.connection.name, each.write_only) for each in unread])


def _scopes(known: Needs) -> dict[str, Any]:
    return {
        "needed": {scope: [*syncs] for scope, syncs in known.needed.items()},
        "granted": None if known.granted is None else [*known.granted],
        "missing": {scope: [*syncs] for scope, syncs in known.missing.items()},
    }


def _as_json(each: Connection) -> dict[str, str | int | None]:
    return {
        "id": each.id,
        "name": each.name,
        "connector": each.connector,
        "auth": each.auth_kind,
        "account": each.account_id,
        "country": each.country,
        "status": each.status,
        "problem": each.problem,
    }
