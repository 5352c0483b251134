"""Who asks, and whether they may: each route names the role it needs."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response

from instep.bootstrap import Instep
from instep.core.errors import NotAllowed, NotSignedIn
from instep.core.people.lasting import SESSION_MOST_MS
from instep.core.people.roles import Actor, Caller, Role
from instep.engine.access.door import SignedIn, is_same
from instep.engine.access.local_token import local_token
from instep.engine.access.secrets import csrf_of
from instep.store.access.sessions import Whence
from instep.store.audit.acting import Act, begin, present

CSRF_HEADER: Final = "X-Instep-CSRF"
_LOCAL = "api"
"""What histories call whoever has the token of this machine."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FOREIGN_SITES = frozenset({"cross-site", "same-site"})
_SIGN_IN = "Sign in first, or send an API token: Authorization: Bearer."
_FOREIGN = "This came from a page of another site, or without the session's CSRF token."


class Access:
    """Finds out who asks."""

    def __init__(self, instep: Instep) -> None:
        self._instep = instep

    async def caller(self, request: Request) -> Caller:
        """Return who asks. Raises NotSignedIn, or NotAllowed for a change from a foreign page."""
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        if bearer:
            found = await self._by_bearer(scheme, bearer.strip(), address_of(request))
        else:
            found = await self._by_cookie(request)
        if found is None:
            raise NotSignedIn(_SIGN_IN)
        return found

    async def _by_bearer(self, scheme: str, secret: str, address: str) -> Caller | None:
        if scheme.lower() != "bearer":
            return None
        if _is_here(address) and is_same(secret, local_token(self._instep.settings)):
            return Caller(Actor("local", None, _LOCAL, address), Role.ADMIN)
        return await self._instep.people.door.by_token(secret, address)

    async def _by_cookie(self, request: Request) -> Caller | None:
        secret = request.cookies.get(_cookie(request))
        if not secret:
            return None
        found = await self._instep.people.door.by_session(secret, address_of(request))
        if found is not None and request.method not in _SAFE:
            refuse_foreign(request)
            if not is_same(request.headers.get(CSRF_HEADER, ""), csrf_of(secret)):
                raise NotAllowed(_FOREIGN)
        return found


class Needs:
    """What a route needs: a role, or (None) nobody signed in, but a page of ours."""

    def __init__(self, role: Role | None) -> None:
        self.role = role

    async def __call__(self, request: Request) -> None:
        """Let the request pass. Raises NotSignedIn or NotAllowed."""
        changes = request.method not in _SAFE
        if self.role is None:
            if changes:
                refuse_foreign(request)
            return
        caller = await request.app.state.access.caller(request)
        refusal = caller.refusal(self.role, changes=changes)
        if refusal is not None:
            raise NotAllowed(refusal)
        request.state.caller = caller
        if changes:
            begin(
                Act(caller.actor, _act_of(request), next(iter(request.path_params.values()), None))
            )


VIEWER, OPERATOR, ADMIN = (Depends(Needs(role)) for role in Role)
ANYBODY = Depends(Needs(None))
"""The doors themselves: signing in, and links."""


def watch_doors(api: FastAPI, instep: Instep) -> None:
    """Let the routes of an application find out who asks."""
    api.state.access = Access(instep)


def caller_of(request: Request) -> Caller:
    """Return who asks; of routes that need a role."""
    found: Caller = request.state.caller
    return found


def person(said: str | None = None) -> str:
    """Return who asks, as histories name them; for a program, whom it asks for if it says so."""
    act = present()
    if act is None:
        return said or _LOCAL
    return act.actor.name if act.actor.kind == "user" or not said else said


def address_of(request: Request) -> str:
    """Return from where somebody asks."""
    return request.client.host if request.client else "unknown"


def whence(request: Request) -> Whence:
    """Return from where, and with what browser."""
    return Whence(address_of(request), request.headers.get("user-agent"))


def refuse_foreign(request: Request) -> None:
    """Raise NotAllowed for what a page of another site sends, as far as browsers say so."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise NotAllowed(_FOREIGN)
    if request.headers.get("sec-fetch-site") in _FOREIGN_SITES:
        raise NotAllowed(_FOREIGN)


def let_in(request: Request, response: Response, made: SignedIn) -> None:
    """Give the browser its session: no script reads it, and no other site's form sends it."""
    response.set_cookie(
        _cookie(request),
        made.secret,
        max_age=SESSION_MOST_MS // 1000,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def let_out(request: Request, response: Response) -> None:
    """Take the browser's session away."""
    response.delete_cookie(_cookie(request), httponly=True, samesite="lax")


def csrf_here(request: Request) -> str | None:
    """Return what changes of this session have to send along; None without a session."""
    secret = request.cookies.get(_cookie(request))
    return csrf_of(secret) if secret and caller_of(request).session_id else None


def _cookie(request: Request) -> str:
    """Return the cookie's name: cookies know no ports, and several may run on one machine."""
    return f"instep_session_{request.url.port or request.url.scheme}"


def _act_of(request: Request) -> str:
    route = request.scope["route"]
    noun = route.tags[0] if getattr(route, "tags", None) else ""
    return f"{noun} {route.name.replace('_', ' ')}".strip()


def _is_here(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
