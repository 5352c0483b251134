"""Authorise on an app's own page: send a person there, and take the answer they come back with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from instep.core.errors import UserError
from instep.engine.connection_services import ConnectionServices, Grant
from instep.engine.scopes import Scopes
from instep.engine.typed import Typed
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.sdk.oauth import new_state
from instep.store.authorisations import Authorisations, Begun
from instep.store.connections import Connection

MINUTES = 10
"""How long a person may take on the app's page. A code itself lives about as long."""

_UNANSWERED = (
    "This answers nothing that was begun in this browser in the last ten minutes, or it was "
    "answered already. Begin again; what was begun with instep connect takes this page's address."
)


@dataclass(frozen=True, slots=True)
class Way:
    """How an authorisation is asked: where the app sends the person back, and who may answer."""

    redirect_uri: str
    asked_by: str
    scopes: Sequence[str] = ()
    recipe: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where the browser goes now, and what is asked for there."""

    url: str
    redirect_uri: str
    scopes: Sequence[str]


class Authorising:
    """Begins and finishes authorisations of one workspace."""

    def __init__(
        self,
        open_ones: Authorisations,
        connections: ConnectionServices,
        scopes: Scopes,
        clock: Clock,
    ) -> None:
        self._open = open_ones
        self._connections = connections
        self._scopes = scopes
        self._clock = clock

    async def begin(self, typed: Typed, way: Way) -> Leaving:
        """Return the page on which a new connection is granted. Raises UserError."""
        await self._connections.check_free(typed.name)
        return await self._begin(typed, way, renews=False)

    async def begin_again(self, typed: Typed, way: Way) -> Leaving:
        """Return the page on which the connection of this name is granted anew. Raises UserError.

        It is the same app and account, at the same addresses; a client's id and secret that are
        not typed are those it has.
        """
        return await self._begin(await self._connections.known_client(typed), way, renews=True)

    async def finish(self, state: str, code: str, asked_by: str) -> Connection:
        """Take the answer: exchange the code, test the credential, and keep it.

        Raises UserError for an answer to nothing, and as `ConnectionServices.connect` does.
        """
        kept = await self._open.take(state, asked_by, to_ms(self._clock.now()))
        if kept is None:
            raise UserError(_UNANSWERED)
        typed, grant = Typed(**kept["typed"]), Grant(code, kept["redirect_uri"])
        if kept["renews"]:
            return await self._connections.renew(typed, grant)
        return await self._connections.connect(typed, grant)

    async def _begin(self, typed: Typed, way: Way, *, renews: bool) -> Leaving:
        kind = self._connections.auth_kind(typed)
        typed = replace(typed, auth_kind=kind)
        scopes = await self._scopes.to_ask(
            typed.connector, kind, typed.name, way.scopes, way.recipe
        )
        state = new_state()
        url = self._connections.authorize_url(typed, way.redirect_uri, state, scopes)
        if url is None:
            raise UserError(f"{typed.connector} is not authorised on a page by {kind!r}.")
        if not url.startswith(("https://", "http://")):
            raise UserError(f"The page of {typed.connector} where access is granted is no address.")
        ends_at = to_ms(self._clock.now() + timedelta(minutes=MINUTES))
        kept: Mapping[str, Any] = {
            "typed": {**asdict(typed), "settings": dict(typed.settings)},
            "redirect_uri": way.redirect_uri,
            "renews": renews,
        }
        await self._open.add(state, Begun(way.asked_by, ends_at, kept), to_ms(self._clock.now()))
        return Leaving(url, way.redirect_uri, scopes)
