"""Connections over REST: no secret in a reply, but one that Instep has made just now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Self

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from instep.api.access import ADMIN, OPERATOR, VIEWER
from instep.api.posts import PostingsStandingView
from instep.bootstrap import Instep
from instep.core.errors import UserError
from instep.core.scopes import Needs
from instep.engine.call_log import Noted
from instep.engine.posting_services import Standing
from instep.engine.typed import Typed
from instep.store.connections import Connection, GoingOn


class NewConnection(BaseModel):
    """What is needed to connect an app. Settings hold secrets: they are write-only."""

    model_config = ConfigDict(extra="forbid")

    connector: str
    name: str = Field(min_length=1, max_length=100)
    auth: str | None = None
    country: str | None = None
    settings: dict[str, SecretStr] = {}


class ConnectionChange(BaseModel):
    """What is to be different about a connection. Without a secret, it keeps its credential.

    What is left out stays; an empty value takes a setting back. A new name goes by itself.
    """

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, min_length=1, max_length=100)

    auth: str | None = None
    country: str | None = None
    settings: dict[str, SecretStr] = Field(default_factory=dict)


class GoingOnView(BaseModel):
    """What went on again with this: the syncs it had stopped, by name, and how many runs of flows."""

    syncs: list[str]
    flow_runs: int

    @classmethod
    def of(cls, each: GoingOn) -> Self | None:
        """Return the view of what goes on; None if nothing had stopped."""
        if not each.syncs and not each.flow_runs:
            return None
        return cls(syncs=[*each.syncs], flow_runs=each.flow_runs)


class ConnectionTestView(BaseModel):
    """What came of a test: whether the app said yes, its words if not, and what goes on with that."""

    works: bool
    said: str | None
    milliseconds: int
    going_on: GoingOnView | None = None


class CallView(BaseModel):
    """One call as this process made it; `status` is null if there was no answer."""

    at: str
    method: str
    path: str
    status: int | None
    milliseconds: int

    @classmethod
    def of(cls, each: Noted) -> Self:
        """Return the view of a call."""
        return cls(
            at=f"{each.at:%Y-%m-%dT%H:%M:%SZ}",
            method=each.call.method,
            path=each.call.path,
            status=each.call.status,
            milliseconds=round(each.call.seconds * 1000),
        )


class ScopesView(BaseModel):
    """The scopes its syncs need, each with their names; what it has (null: nobody tells); the rest."""

    needed: dict[str, list[str]]
    granted: list[str] | None
    missing: dict[str, list[str]]

    @classmethod
    def of(cls, known: Needs) -> Self:
        """Return the view of what a connection needs and has."""
        return cls(
            needed={scope: [*syncs] for scope, syncs in known.needed.items()},
            granted=None if known.granted is None else [*known.granted],
            missing={scope: [*syncs] for scope, syncs in known.missing.items()},
        )


class ConnectionView(BaseModel):
    """A connection as it is shown."""

    id: str
    name: str
    connector: str
    auth: str
    account: str
    country: str | None
    status: str
    problem: str | None
    posts: PostingsStandingView | None = None
    """How the webhooks stand that go out to it; null if there are none. Told in the list only."""

    write_only: list[str] = []
    """The kinds of records that are written to it but cannot be read back. Told in the list only."""
    made: dict[str, str] | None = None
    """Secrets that Instep has just made: shown this once, to whoever connected. Else null."""

    going_on: GoingOnView | None = None
    """What goes on again with the renewing that this answers. Else null."""

    @classmethod
    def of(
        cls,
        each: Connection,
        posts: Standing | None = None,
        write_only: Sequence[str] = (),
        made: Mapping[str, str] | None = None,
    ) -> Self:
        """Return the view of a stored connection."""
        return cls(
            id=each.id,
            name=each.name,
            connector=each.connector,
            auth=each.auth_kind,
            account=each.account_id,
            country=each.country,
            status=each.status,
            problem=each.problem,
            posts=None if posts is None else PostingsStandingView(**posts.as_json()),
            write_only=[*write_only],
            made=dict(made) if made else None,
            going_on=GoingOnView.of(each.going_on),
        )


def router(instep: Instep, wake: Callable[[], None]) -> APIRouter:
    """Return the routes of connections."""
    routes = APIRouter(prefix="/api/connections", tags=["connections"])

    @routes.get("", dependencies=[VIEWER])
    async def list_connections() -> list[ConnectionView]:
        """List the connections."""
        standings = await instep.postings.standings()
        listed = await instep.connections.list()
        return [
            ConnectionView.of(
                each, standings.get(each.id), instep.clients.write_only(each.connector)
            )
            for each in listed
        ]

    @routes.get("/{name}/scopes", dependencies=[VIEWER])
    async def scopes(name: str) -> ScopesView:
        """Say which scopes a connection's syncs need, and which it lacks."""
        known = await instep.connections.get(name)
        return ScopesView.of((await instep.scopes.all()).get(known.id, Needs({})))

    @routes.post("", status_code=status.HTTP_201_CREATED, dependencies=[ADMIN])
    async def connect(new: NewConnection) -> ConnectionView:
        """Connect an app: verified by one read-only call before anything is stored."""
        typed = Typed(
            new.connector,
            new.name,
            new.auth,
            new.country,
            {name: value.get_secret_value() for name, value in new.settings.items()},
        )
        typed, made = instep.connections.with_made_secrets(typed)
        return ConnectionView.of(await instep.connections.connect(typed), made=made)

    @routes.patch("/{name}", dependencies=[ADMIN])
    async def change(name: str, wanted: ConnectionChange) -> ConnectionView:
        """Give a connection other settings, or a new credential, which is verified first."""
        known = await instep.connections.get(name)
        if wanted.name is not None:
            if wanted.model_fields_set != {"name"}:
                raise UserError("A new name is given by itself; change the rest apart from it.")
            return ConnectionView.of(await instep.connections.rename(known.name, wanted.name))
        settings = {each: value.get_secret_value() for each, value in wanted.settings.items()}
        typed = Typed(known.connector, known.name, wanted.auth, wanted.country, settings)
        typed, made = instep.connections.with_made_secrets(typed, renew=True)
        changed = await instep.connections.update(typed)
        wake()  # what goes on again with it does so at once
        return ConnectionView.of(changed, made=made)

    _add_health(routes, instep, wake)
    return routes


def _add_health(routes: APIRouter, instep: Instep, wake: Callable[[], None]) -> None:
    @routes.post("/{name}/test", dependencies=[OPERATOR])
    async def test_connection(name: str) -> ConnectionTestView:
        """Ask the app one harmless question, and keep whether the connection works."""
        tested = await instep.health.test(name)
        wake()
        return ConnectionTestView(
            works=tested.works,
            said=tested.said,
            milliseconds=tested.milliseconds,
            going_on=GoingOnView.of(tested.going_on),
        )

    @routes.get("/{name}/calls", dependencies=[VIEWER])
    async def list_calls(name: str) -> list[CallView]:
        """List the last 50 calls that this process made since it began, the newest first."""
        return [CallView.of(each) for each in await instep.health.calls(name)]

    @routes.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[ADMIN])
    async def remove(name: str) -> None:
        """Forget a connection and its secrets; refused while a sync or a flow uses it."""
        await instep.connections.remove(name)
