"""Try a manifest on the app itself, and look at an app to propose one. Both only read, and not for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instep.connectors.custom.places import told
from instep.connectors.custom.probing import Sample, base_of, proposed, sample
from instep.connectors.custom.verifying import Finding, verify
from instep.core.errors import UserError
from instep.engine.trying import trying
from instep.engine.typed import Checked, Typed, check, nowhere
from instep.sdk.auth import Auth, Basic, Bearer, Header, OAuth2
from instep.sdk.client import Client
from instep.sdk.clock import Clock
from instep.sdk.connector import Connector, Setting
from instep.sdk.limits import Limits
from instep.sdk.request import Request
from instep.sdk.resource import Account

SECONDS = 60.0
"""How long one trial may take: a slow app is looked at as far as that goes."""

MOST_LISTS = 10


@dataclass(frozen=True, slots=True)
class Trial:
    """What was found; `whole` says whether everything was tried in the time there was."""

    findings: Sequence[Finding]
    whole: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """One key of an app's records, what it is taken for, and why. `field` None: for nothing."""

    resource: str
    place: str
    field: str | None
    type: str
    why: str
    observed: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """A manifest for a person to confirm, with what was seen field by field."""

    manifest: str
    seen: Sequence[Seen]


@dataclass(frozen=True, slots=True)
class Probing:
    """What to look at: addresses of lists, and how to sign in there. `key` never shows."""

    name: str
    urls: Sequence[str]
    auth: str
    key: str

    def __repr__(self) -> str:
        return f"Probing({self.name!r}, {self.urls!r}, {self.auth!r})"


class ManifestTrials:
    """Tries what is not connected yet; addresses are judged as those of any connection."""

    def __init__(
        self,
        clock: Clock,
        allows_address: Callable[[str], bool],
        locate: Callable[[str], str] = nowhere,
    ) -> None:
        self._clock = clock
        self._allows_address = allows_address
        self._locate = locate

    async def verify(self, connector: Connector, typed: Typed) -> Trial:
        """Ask an app whether what a manifest says of it holds, by what a person typed.

        Raises UserError for what was typed wrong, and for an app that is granted on its own page.
        """
        checked = check(typed, {connector.name: connector}, self._allows_address, self._locate)
        if isinstance(connector.auth[checked.credential.kind], OAuth2):
            raise UserError(
                f"{connector.title} is granted on its own page: save the manifest, connect the app, "
                "and verify the connection."
            )
        async with trying(checked, self._clock) as client:
            return await verified(connector, checked.account, client)

    async def probe(self, wanted: Probing) -> Proposal:
        """Read samples of an app's lists and propose a manifest. Raises UserError, ConnectionBroken."""
        if not 1 <= len(wanted.urls) <= MOST_LISTS:
            raise UserError(f"Probe between one and {MOST_LISTS} addresses of lists at a time.")
        base_url, below = base_of(wanted.urls)
        part, way = sign_in(wanted.auth)
        checked = self._checked(wanted, base_url, way)
        try:
            async with asyncio.timeout(SECONDS), trying(checked, self._clock) as client:
                samples = [await sample(client, path, query) for path, query in below]
        except TimeoutError:
            raise UserError(
                f"The app did not answer everything within {SECONDS:.0f} seconds. Probe fewer lists."
            ) from None
        text = proposed(wanted.name, base_url, part, samples)
        return Proposal(text, [each for one in samples for each in _seen(one)])

    def _checked(self, wanted: Probing, base_url: str, way: Auth) -> Checked:
        """Return the app as it is probed; its address is checked like any connection's."""
        user, _, password = wanted.key.partition(":")
        given = {"api_key": wanted.key}
        if isinstance(way, Basic):
            given = {"api_key": user, "password": password}
            way = way if password else Basic("api_key")
        typed = Typed(wanted.name, wanted.name, settings={"base_url": base_url, **given})
        app = _probed(wanted.name, way)
        return check(typed, {wanted.name: app}, self._allows_address)


async def verified(connector: Connector, account: Account, client: Client) -> Trial:
    """Try everything that reading can show, as far as the time goes."""
    findings: list[Finding] = []
    try:
        async with asyncio.timeout(SECONDS):
            async for each in verify(connector, account, client):
                findings.append(each)  # noqa: PERF401 - what was found before the time is up stays
    except TimeoutError:
        return Trial(findings, whole=False)
    return Trial(findings, whole=True)


def sign_in(said: str) -> tuple[Mapping[str, Any], Auth]:
    """Return the sign-in as a manifest says it, and as it is sent.

    `said` is bearer, basic or header:NAME. Raises UserError for anything else.
    """
    kind, _, header = said.partition(":")
    if kind == "bearer":
        return {"type": "bearer", "secret": "api_key"}, Bearer("api_key")
    if kind == "basic":
        part = {"type": "basic", "username": "api_key", "password": "password"}
        return part, Basic("api_key", "password")
    if kind == "header" and header:
        part = {"type": "header", "name": header, "secret": "api_key"}
        return part, Header(header, "api_key")
    raise UserError(f"The sign-in is bearer, basic or header:NAME, not {said!r}.")


def _probed(name: str, way: Auth) -> Connector:
    return Connector(
        name=name,
        title=name,
        base_url="{base_url}",
        auth={"key": way},
        settings=(
            Setting("base_url", "Address"),
            Setting("api_key", "Key", secret=True),
            Setting("password", "Password", secret=True, required=False),
        ),
        account_setting=None,
        limits=lambda _kind, _config: Limits(per_second=2, burst=2, concurrency=1),
        resources=(),
        verify=lambda _account: Request("GET", "/"),
    )


def _seen(of: Sample) -> list[Seen]:
    return [
        Seen(of.path, told(each.path), each.name, each.type.value, each.why, each.seen)
        for each in of.fields
    ]
