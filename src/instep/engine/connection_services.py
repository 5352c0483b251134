"""Connect an app: check what was typed, prove it by a read-only call, then keep it sealed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

import phonenumbers

from instep.core.errors import UserError
from instep.sdk.auth import Bearer, Credential, Header, OAuth2
from instep.sdk.client import Client
from instep.sdk.clock import Clock
from instep.sdk.connector import Connector, Setting
from instep.sdk.limits import Purpose
from instep.sdk.pacing import LocalLimiter
from instep.sdk.resource import Account
from instep.store.connections import Connection, Connections, NewConnection


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed to connect an app. `settings` holds secrets too: never log it."""

    connector: str
    name: str
    auth_kind: str | None = None
    country: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)


class ConnectionServices:
    """The services around connections of one workspace."""

    def __init__(
        self,
        stored: Connections,
        connectors: Mapping[str, Connector],
        clock: Clock,
        allows_address: Callable[[str], bool],
    ) -> None:
        self._stored = stored
        self._connectors = connectors
        self._clock = clock
        self._allows_address = allows_address

    async def connect(self, typed: Typed) -> Connection:
        """Check, verify and store a connection. Nothing is stored unless the app says yes.

        Raises UserError for what was typed wrong, and whatever the app answers to the read-only
        call: ConnectionBroken for a refused credential, AccountDenied, ScopeMissing, RetryLater.
        """
        connector = self._connector(typed.connector)
        auth_kind = _auth_kind(connector, typed.auth_kind)
        settings = self._checked(connector, auth_kind, typed)
        secrets = {each.name for each in connector.settings if each.secret}
        config = {name: value for name, value in settings.items() if name not in secrets}
        credential = Credential(
            auth_kind, {name: value for name, value in settings.items() if name in secrets}
        )
        account_id = config[connector.account_setting] if connector.account_setting else typed.name
        account = Account(account_id, _country(typed.country), config)
        await self._verify(connector, account, credential)
        return await self._stored.create(
            NewConnection(
                typed.name, connector.name, auth_kind, account_id, account.country, config
            ),
            credential,
        )

    def missing_secrets(
        self, connector: str, auth_kind: str | None, given: Mapping[str, str]
    ) -> Sequence[Setting]:
        """Return the secrets that still have to be typed. Raises UserError for an unknown app."""
        app = self._connector(connector)
        needed = _secrets_of(app, _auth_kind(app, auth_kind))
        return [each for each in app.settings if each.name in needed and each.name not in given]

    async def list(self) -> list[Connection]:
        """Return every connection, without secrets."""
        return await self._stored.list()

    def _connector(self, name: str) -> Connector:
        if name not in self._connectors:
            there = ", ".join(sorted(self._connectors))
            raise UserError(f"There is no connector called {name!r}. There are: {there}.")
        return self._connectors[name]

    def _checked(self, connector: Connector, auth_kind: str, typed: Typed) -> dict[str, str]:
        known = {each.name: each for each in connector.settings}
        for name in typed.settings:
            if name not in known:
                raise UserError(
                    f"{connector.title} has no setting called {name!r}. "
                    f"There are: {', '.join(known)}."
                )
        needed = _secrets_of(connector, auth_kind)
        checked: dict[str, str] = {}
        for each in known.values():
            # a default may be made of the settings before it: https://api.{pod}.insightly.com
            default = None if each.default is None else each.default.format_map(checked)
            value = typed.settings.get(each.name) or default
            if value is not None:
                checked[each.name] = self._fitting(connector, each, value)
            elif each.required or each.name in needed:
                raise UserError(
                    f"{connector.title} needs the setting {each.name} ({each.title}). {each.help}"
                )
        return checked

    def _fitting(self, connector: Connector, setting: Setting, value: str) -> str:
        value = value.strip()
        if setting.pattern is not None and not re.fullmatch(setting.pattern, value):
            shown = "" if setting.secret else f" {value!r}"
            raise UserError(
                f"{connector.title} cannot use the value{shown} for {setting.name}. {setting.help}"
            )
        if value.startswith(("http://", "https://")):
            self._check_address(value)
        return value

    def _check_address(self, url: str) -> None:
        """Refuse addresses inside the network the server stands in (SSRF), unless allowed."""
        host = urlsplit(url).hostname or ""
        try:
            public = ip_address(host).is_global
        except ValueError:
            public = host != "localhost" and not host.endswith((".local", ".internal"))
        if not public and not self._allows_address(host):
            raise UserError(
                f"The address {host} is inside a private network. If you mean it, allow it with "
                "INSTEP_ALLOW_PRIVATE_TARGETS=true."
            )

    async def _verify(self, connector: Connector, account: Account, credential: Credential) -> None:
        limits = connector.limits(credential.kind, account.config)
        client = Client(
            connector=connector,
            account=account,
            tokens=_Typed(credential),
            limiter=LocalLimiter(limits, self._clock),
            clock=self._clock,
        )
        try:
            await client.send(connector.verify(account), Purpose.PERSON)
        finally:
            await client.close()


class _Typed:
    """A TokenStore for a credential that is not stored yet: it can be tried, not renewed."""

    def __init__(self, credential: Credential) -> None:
        self._credential = credential

    async def load(self) -> Credential:
        return self._credential

    async def save(self, credential: Credential) -> None:
        self._credential = credential

    @asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        yield


def _auth_kind(connector: Connector, wanted: str | None) -> str:
    if wanted is None:
        return next(iter(connector.auth))
    if wanted not in connector.auth:
        kinds = ", ".join(connector.auth)
        raise UserError(f"{connector.title} cannot be reached by {wanted!r}; it takes: {kinds}.")
    return wanted


def _secrets_of(connector: Connector, auth_kind: str) -> set[str]:
    auth = connector.auth[auth_kind]
    if isinstance(auth, OAuth2):
        return {"client_id", "client_secret"}
    if isinstance(auth, (Bearer, Header)):
        return {auth.secret}
    return {name for name in (auth.username, auth.password) if name}


def _country(text: str | None) -> str | None:
    if text is None:
        return None
    code = text.strip().upper()
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise UserError(f"{text!r} is no country code; use two letters such as US, GB or AU.")
    return code
