"""Signing in and out over REST, one-time links, one's own password and sessions."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response, status
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from instep.api.access import (
    ANYBODY,
    VIEWER,
    address_of,
    caller_of,
    csrf_here,
    let_in,
    let_out,
    whence,
)
from instep.api.problems import BUSY
from instep.bootstrap import Instep
from instep.core.errors import UserError
from instep.core.people.roles import Caller, Role
from instep.engine.access.door import SignedIn

_LONGEST = 1024


class Welcome(BaseModel):
    """Whether anybody can sign in yet; if not, a one-time link makes the first user."""

    set_up: bool


class SignIn(BaseModel):
    """A user's name and password."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=_LONGEST)
    password: SecretStr = Field(max_length=_LONGEST)


class LinkLook(BaseModel):
    """The secret at the end of a one-time link."""

    model_config = ConfigDict(extra="forbid")

    link: SecretStr = Field(max_length=_LONGEST)


class LinkEnter(LinkLook):
    """What to use a link with: the first user says a name, whoever is new a password."""

    name: str | None = Field(default=None, max_length=_LONGEST)
    password: SecretStr | None = Field(default=None, max_length=_LONGEST)


class LinkView(BaseModel):
    """What a link is for, and for whom; the first user has no name yet."""

    kind: Literal["setup", "invitation", "sign_in"]
    name: str | None


class SessionState(BaseModel):
    """Who asks, and what they may do.

    `csrf` goes into the header X-Instep-CSRF of each change; null without a session.
    """

    name: str
    kind: Literal["user", "token", "local"]
    role: Role
    read_only: bool
    session: str | None
    csrf: str | None


class PasswordChange(BaseModel):
    """The password that was, and the one to be."""

    model_config = ConfigDict(extra="forbid")

    old: SecretStr = Field(max_length=_LONGEST)
    new: SecretStr = Field(max_length=_LONGEST)


class SessionView(BaseModel):
    """A session; `here` is the one that asks."""

    id: str
    user: str
    address: str
    browser: str | None
    began_at: str
    used_at: str
    ends_at: str
    here: bool


def router(instep: Instep) -> APIRouter:
    """Return the routes of sessions and links."""
    routes = APIRouter(prefix="/api", tags=["session"])
    _add_doors(routes, instep)
    _add_own(routes, instep)
    return routes


def _add_doors(routes: APIRouter, instep: Instep) -> None:
    @routes.get("/welcome", dependencies=[ANYBODY])
    async def welcome() -> Welcome:
        """Say whether anybody can sign in yet."""
        return Welcome(set_up=await instep.people.users.are_there())

    @routes.post("/session", dependencies=[ANYBODY], responses=BUSY)
    async def sign_in(said: SignIn, request: Request, response: Response) -> SessionState:
        """Sign in: the answer sets a cookie."""
        password = said.password.get_secret_value()
        made = await instep.people.door.sign_in(said.name, password, whence(request))
        let_in(request, response, made)
        return _begun(made)

    @routes.post("/links/look", dependencies=[ANYBODY])
    async def look_at_link(said: LinkLook) -> LinkView:
        """Say what a one-time link is for, without using it."""
        leads = await instep.people.door.look(said.link.get_secret_value())
        return LinkView(kind=leads.kind.value, name=leads.name)

    @routes.post("/links/enter", dependencies=[ANYBODY])
    async def enter_by_link(said: LinkEnter, request: Request, response: Response) -> SessionState:
        """Use a one-time link, and be signed in."""
        password = None if said.password is None else said.password.get_secret_value()
        made = await instep.people.door.enter(
            said.link.get_secret_value(), whence(request), said.name, password
        )
        let_in(request, response, made)
        return _begun(made)


def _add_own(routes: APIRouter, instep: Instep) -> None:
    @routes.get("/session", dependencies=[VIEWER])
    async def show_session(request: Request) -> SessionState:
        """Say who asks."""
        return _state(caller_of(request), csrf_here(request))

    @routes.delete("/session", status_code=status.HTTP_204_NO_CONTENT, dependencies=[VIEWER])
    async def sign_out(request: Request, response: Response) -> None:
        """Sign out: the session is over at once."""
        session_id = caller_of(request).session_id
        if session_id is not None:
            await instep.people.door.sign_out(session_id)
        let_out(request, response)

    @routes.put(
        "/session/password",
        status_code=status.HTTP_204_NO_CONTENT,
        dependencies=[VIEWER],
        responses=BUSY,
    )
    async def change_password(said: PasswordChange, request: Request, response: Response) -> None:
        """Change one's own password; every session ends, and this browser gets a new one."""
        actor = caller_of(request).actor
        if actor.kind != "user" or actor.id is None:
            raise UserError("Only a user who is signed in has a password to change.")
        old, new = said.old.get_secret_value(), said.new.get_secret_value()
        await instep.people.door.prove(actor.name, old, address_of(request))
        await instep.people.users.set_password(actor.id, new)
        let_in(
            request, response, await instep.people.door.sign_in(actor.name, new, whence(request))
        )

    @routes.get("/sessions", dependencies=[VIEWER])
    async def list_sessions(request: Request, everybody: bool = False) -> list[SessionView]:  # noqa: FBT001, FBT002 - a query's parameter is given by name
        """List one's own sessions; those of everybody for an admin."""
        caller = caller_of(request)
        whose = None if everybody and caller.role is Role.ADMIN else caller.actor.id or "nobody"
        found = await instep.people.users.sessions(whose)
        told = (each.as_json() for each in found)
        return [SessionView(**each, here=each["id"] == caller.session_id) for each in told]

    @routes.delete(
        "/sessions/{session}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[VIEWER]
    )
    async def end_session(session: str, request: Request) -> None:
        """End one of one's own sessions; anybody's for an admin."""
        caller = caller_of(request)
        whose = None if caller.role is Role.ADMIN else caller.actor.id or "nobody"
        await instep.people.users.end_session(session, whose)


def _begun(made: SignedIn) -> SessionState:
    return SessionState(
        name=made.user.name,
        kind="user",
        role=made.user.role,
        read_only=False,
        session=made.session_id,
        csrf=made.csrf,
    )


def _state(caller: Caller, csrf: str | None) -> SessionState:
    return SessionState.model_validate(
        {
            "name": caller.actor.name,
            "kind": caller.actor.kind,
            "role": caller.role,
            "read_only": caller.read_only,
            "session": caller.session_id,
            "csrf": csrf,
        }
    )
