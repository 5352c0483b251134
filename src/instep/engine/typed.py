"""What a person typed to connect an app, checked before anybody is asked anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import phonenumbers

from instep.core.errors import UserError
from instep.sdk.auth import Bearer, Credential, Header, NoProof, OAuth2
from instep.sdk.connector import Connector, Setting, offered
from instep.sdk.resource import Account
from instep.sdk.targets import check_target

CLIENT_SECRETS = ("client_id", "client_secret")
"""What an app knows Instep by, where people grant access on its own page."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person typed to connect an app. `settings` holds secrets too: it never shows."""

    connector: str
    name: str
    auth_kind: str | None = None
    country: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Checked:
    """The same, checked: whose account it is, and the secrets apart from the rest."""

    connector: Connector
    account: Account
    credential: Credential


def nowhere(name: str) -> str:
    """Refuse a file: where nobody says which ones may be read, none may."""
    raise UserError(f"The file {name} cannot be used here.")


def check(
    typed: Typed,
    connectors: Mapping[str, Connector],
    allows_address: Callable[[str], bool],
    locate: Callable[[str], str] = nowhere,
) -> Checked:
    """Check what was typed. Raises UserError that names the app, the setting and what it takes.

    `locate` returns the whole path of a file that was named, or refuses it. An account that people
    choose on the app's own page need not be typed: its id is empty until it is told.
    """
    connector = named(typed.connector, connectors)
    auth_kind = _auth_kind(connector, typed.auth_kind)
    asked = _without_told(connector, auth_kind)
    settings = _settings(asked, secrets_of(connector, auth_kind), typed.settings)
    secrets = _secret_names(connector)
    kept = {name: value for name, value in settings.items() if name in secrets}
    settings |= _located(connector, settings, locate)
    account = _account(connector, typed, settings, allows_address)
    return Checked(connector, account, Credential(auth_kind, kept))


def tells_account(connector: Connector, auth_kind: str) -> bool:
    """Whether people choose the account on the app's own page, which then says which it is."""
    auth = connector.auth[auth_kind]
    return isinstance(auth, OAuth2) and bool(auth.account_in and connector.account_setting)


def _without_told(connector: Connector, auth_kind: str) -> Connector:
    """Return the connector as it asks by this way to sign in: not for what its page tells."""
    if not tells_account(connector, auth_kind):
        return connector
    told = connector.account_setting
    settings = (
        replace(each, required=False) if each.name == told else each for each in connector.settings
    )
    return replace(connector, settings=tuple(settings))


def _located(
    connector: Connector, settings: Mapping[str, str], locate: Callable[[str], str]
) -> dict[str, str]:
    named = {each.name for each in connector.settings if each.file}
    return {name: locate(value) for name, value in settings.items() if name in named}


def check_settings(
    typed: Typed,
    connectors: Mapping[str, Connector],
    allows_address: Callable[[str], bool],
    locate: Callable[[str], str] = nowhere,
) -> tuple[Connector, Account]:
    """Check the settings alone, of a connection that keeps its credential. Raises UserError."""
    connector = named(typed.connector, connectors)
    open_ones = replace(
        connector, settings=tuple(each for each in connector.settings if not each.secret)
    )
    settings = _settings(open_ones, set(), typed.settings)
    settings |= _located(connector, settings, locate)
    return connector, _account(connector, typed, settings, allows_address)


def has_secrets(typed: Typed, connectors: Mapping[str, Connector]) -> bool:
    """Whether a secret of the app was typed. Raises UserError for an unknown app."""
    return not _secret_names(named(typed.connector, connectors)).isdisjoint(typed.settings)


def _account(
    connector: Connector,
    typed: Typed,
    settings: Mapping[str, str],
    allows_address: Callable[[str], bool],
) -> Account:
    for value in settings.values():
        if value.startswith(("http://", "https://")):
            check_target(value, allows_address)
    secrets = _secret_names(connector)
    config = {name: value for name, value in settings.items() if name not in secrets}
    said = connector.account_setting
    account_id = config.get(said, "") if said else typed.name
    return Account(account_id, _country(typed.country), config)


def _secret_names(connector: Connector) -> set[str]:
    return {each.name for each in connector.settings if each.secret}


def missing_secrets(typed: Typed, connectors: Mapping[str, Connector]) -> Sequence[Setting]:
    """Return the secrets that still have to be typed. Raises UserError for an unknown app."""
    app = named(typed.connector, connectors)
    needed = secrets_of(app, _auth_kind(app, typed.auth_kind))
    return [
        each
        for each in app.settings
        if each.name in needed and each.name not in typed.settings and each.made is None
    ]


def made_secrets(
    typed: Typed, connectors: Mapping[str, Connector], *, renew: bool = False
) -> dict[str, str]:
    """Return new secrets for those that Instep makes itself where nobody typed one, by name.

    To renew, only those that were typed empty. Raises UserError for an unknown app.
    """
    left_out = "as it is" if renew else ""
    return {
        each.name: each.made()
        for each in named(typed.connector, connectors).settings
        if each.made is not None and not typed.settings.get(each.name, left_out)
    }


def names_of_made(connector: Connector) -> set[str]:
    """Return the secrets of an app that Instep makes itself where nobody types one."""
    return {each.name for each in connector.settings if each.made is not None}


def auth_kind_of(typed: Typed, connectors: Mapping[str, Connector]) -> str:
    """Return the way to sign in that was typed, or the app's first one. Raises UserError."""
    return _auth_kind(named(typed.connector, connectors), typed.auth_kind)


def named(name: str, connectors: Mapping[str, Connector]) -> Connector:
    """Return the connector of this name. Raises UserError with the names there are.

    One that is not described completely is refused, with what is missing.
    """
    if name not in connectors:
        there = ", ".join(sorted(offered(connectors)))
        raise UserError(f"There is no connector called {name!r}. There are: {there}.")
    connectors[name].check_complete()
    return connectors[name]


def _auth_kind(connector: Connector, wanted: str | None) -> str:
    if wanted is None:
        return next(iter(connector.auth))
    if wanted not in connector.auth:
        kinds = ", ".join(connector.auth)
        raise UserError(f"{connector.title} cannot be reached by {wanted!r}; it takes: {kinds}.")
    return wanted


def secrets_of(connector: Connector, auth_kind: str) -> set[str]:
    """Return the names of the secrets that this way to prove who one is needs."""
    auth = connector.auth[auth_kind]
    if isinstance(auth, OAuth2):
        return {*CLIENT_SECRETS}
    if isinstance(auth, NoProof):
        return set()
    if isinstance(auth, (Bearer, Header)):
        return {auth.secret}
    return {name for name in (auth.username, auth.password) if name}


def _settings(connector: Connector, needed: set[str], given: Mapping[str, str]) -> dict[str, str]:
    known = {each.name: each for each in connector.settings}
    for name in given:
        if name not in known:
            raise UserError(
                f"{connector.title} has no setting called {name!r}. There are: {', '.join(known)}."
            )
    checked: dict[str, str] = {}
    for each in known.values():
        # a default may be made of the settings before it: https://api.{pod}.insightly.com
        default = None if each.default is None else each.default.format_map(checked)
        value = given.get(each.name) or default
        if value is not None:
            checked[each.name] = _fitting(connector, each, value.strip())
        elif each.required or each.name in needed:
            raise UserError(
                f"{connector.title} needs the setting {each.name} ({each.title}). {each.help}"
            )
    return checked


def _fitting(connector: Connector, setting: Setting, value: str) -> str:
    if setting.pattern is not None and not re.fullmatch(setting.pattern, value):
        shown = "" if setting.secret else f" {value!r}"
        raise UserError(
            f"{connector.title} cannot use the value{shown} for {setting.name}. {setting.help}"
        )
    return value


def _country(text: str | None) -> str | None:
    if text is None:
        return None
    code = text.strip().upper()
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise UserError(f"{text!r} is no country code; use two letters such as US, GB or AU.")
    return code
