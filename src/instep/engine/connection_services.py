"""Connect an app: check what was typed, prove it by a read-only call, then keep it sealed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from instep.core.errors import UserError
from instep.engine.trying import trying
from instep.engine.typed import (
    CLIENT_SECRETS,
    Checked,
    Typed,
    auth_kind_of,
    check,
    check_settings,
    has_secrets,
    made_secrets,
    missing_secrets,
    names_of_made,
    nowhere,
    tells_account,
)
from instep.sdk.auth import Credential, OAuth2
from instep.sdk.clock import Clock
from instep.sdk.connector import Connector, Setting
from instep.sdk.limits import Purpose
from instep.sdk.oauth import Granted, TokenEndpoint, authorize_url
from instep.sdk.request import Reply, Request
from instep.sdk.transport import HttpTransport
from instep.store.connections import Connection, Connections, NewConnection


@dataclass(frozen=True, slots=True)
class Grant:
    """What the app's own page handed back when a person granted access (OAuth 2.0)."""

    code: str
    redirect_uri: str


class ConnectionServices:
    """The services around connections of one workspace."""

    def __init__(
        self,
        stored: Connections,
        connectors: Mapping[str, Connector],
        clock: Clock,
        allows_address: Callable[[str], bool],
        locate: Callable[[str], str] = nowhere,
    ) -> None:
        self._stored = stored
        self._connectors = connectors
        self._clock = clock
        self._allows_address = allows_address
        self._locate = locate

    async def connect(self, typed: Typed, grant: Grant | None = None) -> Connection:
        """Check, verify and store a connection. Nothing is stored unless the app says yes.

        Raises UserError for what was typed wrong, and whatever the app answers to the read-only
        call: ConnectionBroken for a refused credential, AccountDenied, ScopeMissing, RetryLater.
        """
        checked, credential = await self._proven(typed, grant)
        account = checked.account
        new = NewConnection(
            name=typed.name,
            connector=checked.connector.name,
            auth_kind=credential.kind,
            account_id=account.id,
            country=account.country,
            config=account.config,
        )
        return await self._stored.create(new, credential)

    async def completed(self, typed: Typed) -> Typed:
        """Return `typed` with what the connection of this name knows already, to renew it.

        A setting that only followed from the others (an address from its pod) follows anew. Secrets
        that Instep made once are still the same. Raises UserError if there is no such connection.
        """
        known = await self._stored.get(typed.name)
        return await self._with_kept_secrets(known, self._with_settings(known, typed))

    def _with_settings(self, known: Connection, typed: Typed) -> Typed:
        return replace(
            typed,
            auth_kind=typed.auth_kind or known.auth_kind,
            country=typed.country or known.country,
            settings={**self._chosen(known), **typed.settings},
        )

    def _chosen(self, known: Connection) -> dict[str, str]:
        connector = self._connectors.get(known.connector)
        defaults = {each.name: each.default for each in connector.settings} if connector else {}
        return {
            name: value
            for name, value in known.config.items()
            if (defaults.get(name) or "").format_map(known.config) != value
        }

    async def change(self, typed: Typed) -> Connection:
        """Store other settings of the connection of this name, which keeps its credential.

        What is not typed stays; an empty value takes a setting back. Raises UserError for what
        was typed wrong, and where the credential would go to another address than before.
        """
        known = await self._stored.get(typed.name)
        completed = self._with_settings(known, typed)
        connector, account = check_settings(
            completed, self._connectors, self._allows_address, self._locate
        )
        _check_same(known, connector, account.id)
        before, after = (
            _addresses(connector, known.auth_kind, config)
            for config in (known.config, account.config)
        )
        if before != after:
            raise UserError(
                f"That leads {known.name!r} to another address, and its credential is not sent "
                "there unasked: give the credential again, too."
            )
        return await self._stored.configure(known.name, account)

    async def update(self, typed: Typed) -> Connection:
        """Change the settings of a connection or, where a secret was typed, renew it with them.

        Raises as `change` and `renew` do.
        """
        if typed.auth_kind is None and self.keeps_credential(typed):
            return await self.change(typed)
        return await self.renew(await self.completed(typed))

    async def rename(self, name: str, to: str) -> Connection:
        """Give a connection another name; what uses it goes on by that. Raises UserError."""
        return await self._stored.rename(name, to)

    async def removable(self, name: str) -> Connection:
        """Return a connection that nothing uses. Raises UserError while a sync or a flow uses it."""
        return await self._stored.unused(name)

    async def remove(self, name: str) -> None:
        """Forget a connection and its secrets. Raises UserError while a sync or a flow uses it."""
        await self._stored.delete(name)

    async def get(self, name: str) -> Connection:
        """Return a connection, without secrets. Raises UserError with the names there are."""
        return await self._stored.get(name)

    def keeps_credential(self, typed: Typed) -> bool:
        """Whether settings were typed and no secret. Raises UserError for an unknown app."""
        has_settings = bool(typed.settings) or typed.country is not None
        return has_settings and not has_secrets(typed, self._connectors)

    async def renew(self, typed: Typed, grant: Grant | None = None) -> Connection:
        """Verify and store a new credential for the connection of this name; syncs go on with it.

        The settings that were typed with it are stored as well. Raises as `connect` does, and UserError if the connection belongs to another app or
        account.
        """
        known = await self._stored.get(typed.name)
        checked = self._check(typed)
        _check_same(known, checked.connector, checked.account.id)
        checked, credential = await self._proven(typed, grant)
        return await self._stored.renew(known.name, credential, checked.account)

    async def _with_kept_secrets(self, known: Connection, typed: Typed) -> Typed:
        """Add the secrets that Instep made once and nobody typed anew."""
        connector = self._connectors.get(known.connector)
        names = names_of_made(connector) if connector is not None else set()
        if not names:
            return typed
        stored = await self._stored.secrets(known)
        kept = {name: each for name, each in stored.items() if name in names}
        return replace(typed, settings={**kept, **typed.settings})

    async def check_free(self, name: str) -> None:
        """Raise UserError if a connection cannot be called this, before anybody is asked anything."""
        if not name.strip():
            raise UserError("A connection needs a name.")
        if any(name in {each.name, each.id} for each in await self._stored.list()):
            raise UserError(f"There is a connection called {name!r} already; choose another name.")

    async def known_client(self, typed: Typed) -> Typed:
        """Return `typed` with what this connection knows, and its client's secrets where none is typed.

        They go nowhere else than before: no address can be typed. Raises UserError.
        """
        if not set(typed.settings) <= {*CLIENT_SECRETS}:
            raise UserError("Settings are changed by themselves, and then it is authorised again.")
        known = await self._stored.get(typed.name)
        stored = await self._stored.secrets(known)
        kept = {name: each for name, each in stored.items() if name in CLIENT_SECRETS}
        asked = replace(typed, name=known.name, connector=known.connector)
        whole = self._with_settings(known, asked)
        return replace(whole, settings={**kept, **whole.settings})

    def authorize_url(
        self, typed: Typed, redirect_uri: str, state: str, scopes: Sequence[str] | None = None
    ) -> str | None:
        """Return the page where a person grants access, or None if this way needs no page.

        It asks for `scopes`, or for the app's usual ones. Raises UserError for what was typed
        wrong.
        """
        checked = self._check(typed)
        auth = checked.connector.auth[checked.credential.kind]
        if not isinstance(auth, OAuth2) or auth.grant == "client_credentials":
            return None
        if scopes is not None:
            auth = replace(auth, scopes=tuple(scopes))
        client_id = checked.credential.secrets["client_id"]
        return authorize_url(auth, checked.account, client_id, redirect_uri, state)

    def auth_kind(self, typed: Typed) -> str:
        """Return the way to sign in that was typed, or the app's first one. Raises UserError."""
        return auth_kind_of(typed, self._connectors)

    def with_made_secrets(
        self, typed: Typed, *, renew: bool = False
    ) -> tuple[Typed, Mapping[str, str]]:
        """Add fresh secrets where Instep makes them and nobody typed one; return them apart, too.

        To renew, only where an empty one was typed. Whoever connects shows them: nobody can see
        them afterwards. Raises UserError for an unknown app.
        """
        made = made_secrets(typed, self._connectors, renew=renew)
        return replace(typed, settings={**typed.settings, **made}), made

    def missing_secrets(self, typed: Typed) -> Sequence[Setting]:
        """Return the secrets that still have to be typed. Raises UserError for an unknown app."""
        return missing_secrets(typed, self._connectors)

    async def list(self) -> list[Connection]:
        """Return every connection, without secrets."""
        return await self._stored.list()

    def _check(self, typed: Typed) -> Checked:
        return check(typed, self._connectors, self._allows_address, self._locate)

    async def _proven(self, typed: Typed, grant: Grant | None) -> tuple[Checked, Credential]:
        """Return what was typed, and the credential once the app has said yes to it."""
        checked = self._check(typed)
        credential = checked.credential
        if isinstance(checked.connector.auth[credential.kind], OAuth2):
            granted = await self._exchange(checked, grant)
            checked, credential = self._with_account(typed, checked, granted), granted.credential
        await self._verify(checked, credential)
        return checked, credential

    def _with_account(self, typed: Typed, checked: Checked, granted: Granted) -> Checked:
        """Add the account that a person chose on the app's page. Raises UserError for another one."""
        connector, setting = checked.connector, checked.connector.account_setting
        if setting is None or not tells_account(connector, checked.credential.kind):
            return checked
        told, meant = granted.account, checked.account.id
        if told is None and not meant:
            raise UserError(
                f"{connector.title} did not say which account was chosen. Begin again, and choose a "
                "single one on its page, not all of them."
            )
        if told is not None and meant and told != meant:
            raise UserError(
                f"On {connector.title}'s page the account {told} was chosen, and this is for {meant}. "
                "Begin again, and choose that one."
            )
        return self._check(replace(typed, settings={**typed.settings, setting: told or meant}))

    async def _exchange(self, checked: Checked, grant: Grant | None) -> Granted:
        """Exchange the code a person brought, or the client's own secret, for the first tokens."""
        auth = checked.connector.auth[checked.credential.kind]
        asks_nobody = isinstance(auth, OAuth2) and auth.grant == "client_credentials"
        if grant is None and not asks_nobody:
            raise UserError(
                f"{checked.connector.title} has to be authorised on its own page first; "
                "instep connect shows the address."
            )
        transport = HttpTransport(checked.connector.base_url.format_map(checked.account.config))

        async def send(request: Request) -> Reply:
            return await transport.send(request, {})

        endpoint = TokenEndpoint(checked.connector, checked.account, self._clock, send)
        try:
            if grant is None:
                return Granted(await endpoint.refresh(checked.credential), None)
            return await endpoint.granted(checked.credential, grant.code, grant.redirect_uri)
        finally:
            await transport.close()

    async def _verify(self, checked: Checked, credential: Credential) -> None:
        async with trying(replace(checked, credential=credential), self._clock) as client:
            await client.send(checked.connector.verify(checked.account), Purpose.PERSON)


def _check_same(known: Connection, connector: Connector, account_id: str) -> None:
    # where nothing names the account it is called what the connection was called first
    is_named = connector.account_setting is not None
    is_other = is_named and account_id != known.account_id
    if connector.name != known.connector or is_other:
        raise UserError(
            f"The connection {known.name!r} reaches {known.connector} {known.account_id}; what "
            "reaches something else belongs into a new connection."
        )


def _addresses(connector: Connector, kind: str, config: Mapping[str, str]) -> tuple[str, ...]:
    """Return where a connection's secrets are sent."""
    auth = connector.auth[kind]
    token_url = auth.token_url if isinstance(auth, OAuth2) else ""
    return tuple(each.format_map(config) for each in (connector.base_url, token_url))
