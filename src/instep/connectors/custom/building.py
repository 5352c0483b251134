"""A manifest becomes a connector: the same declaration as one written in Python. Nothing of it is run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from instep.connectors.custom.allowances import Allowances
from instep.connectors.custom.connecting import Asked, BasicAuth, BearerAuth, HeaderAuth, OAuth2Auth
from instep.connectors.custom.describing import OneResource
from instep.connectors.custom.document import ManifestRefused, told
from instep.connectors.custom.form import Form
from instep.connectors.custom.hooks import DescribedWebhooks
from instep.connectors.custom.loading import blank_told, load
from instep.connectors.custom.manifest import Manifest
from instep.connectors.custom.placeholders import filled, format_of, names_in, path_of
from instep.connectors.custom.refusals import Refusals
from instep.connectors.custom.resources import DescribedResource, ReadDescribed
from instep.core.errors import UserError
from instep.sdk.auth import Auth, Basic, Bearer, Header, OAuth2
from instep.sdk.connector import Connector, Setting, Transport, incomplete
from instep.sdk.limits import Limits
from instep.sdk.request import Request
from instep.sdk.resource import EVERYTHING, Account, Cursor, Lookup, Parent, Required, Resource

_URL = r"https?://\S+"
_PART_OF_ADDRESS = r"[A-Za-z0-9._-]+"
_PATTERNS = {"url": _URL, "number": r"-?\d+(\.\d+)?"}


def connector_of(manifest: Manifest) -> Connector:
    """Return the connector that a manifest describes."""
    http = manifest.http
    own_address = "base_url" not in manifest.config
    base_url = "{base_url}" if own_address else format_of(http.base_url)
    allowances = Allowances(http.limits)
    webhooks = _webhooks(manifest)
    return Connector(
        name=manifest.app,
        title=manifest.title,
        base_url=base_url,
        auth={http.auth.type: _auth(http.auth)},
        settings=tuple(_settings(manifest, own_address=own_address)),
        account_setting=None,
        limits=allowances.limits,
        resources=tuple(
            _resource(manifest, name, part, base_url) for name, part in manifest.resources.items()
        ),
        verify=_Verify(manifest),
        observed=allowances.observed,
        meaning=Refusals(manifest),
        open_requests=_Headers(manifest),
        idempotency_header=http.idempotency_header,
        webhooks=webhooks,
        events={} if webhooks is None else webhooks.events(),
        status=manifest.status,
    )


def connector_at(path: Path) -> Connector:
    """Return the connector of a manifest's file. One that cannot be used yet says so when it is.

    Raises UserError if the file cannot be read.
    """
    try:
        found = load(path)
    except ManifestRefused as error:
        return unusable(
            path.stem, path.stem, "broken", [told(error.file, each) for each in error.problems]
        )
    if isinstance(found, Manifest):
        return connector_of(found)
    missing = [told(found.file, blank_told(each)) for each in found.blanks]
    return unusable(found.app, found.title, "template", missing)


def unusable(name: str, title: str, status: str, missing: Sequence[str]) -> Connector:
    """Return a connector that refuses everything, and says what is missing."""
    refusal = _Refusal(title, tuple(missing))
    return Connector(
        name=name,
        title=title,
        base_url="",
        auth={"none": Bearer()},
        settings=(),
        account_setting=None,
        limits=lambda _kind, _config: Limits(1, 1, 1),
        resources=(),
        verify=refusal.verify,
        transport=refusal.transport,
        status=status,
        missing=refusal.missing,
    )


class _Refusal:
    """The end of every way to an app that is not described yet."""

    def __init__(self, title: str, missing: tuple[str, ...]) -> None:
        self._title = title
        self.missing = missing

    def verify(self, _account: Account) -> Request:
        """Refuse. Raises UserError."""
        self._refuse()

    def transport(self, _config: Mapping[str, str]) -> Transport:
        """Refuse to open anything. Raises UserError."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise UserError(incomplete(self._title, self.missing))


class _Verify:
    """The read-only call that proves a connection."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest

    def __call__(self, account: Account) -> Request:
        """Return the call."""
        http, values = self._manifest.http, _config_of(self._manifest, account)
        headers = {**http.headers, **http.verify.headers}
        return Request(
            http.verify.method,
            path_of(http.verify.path, values),
            filled(http.verify.params, values),
            json=filled(http.verify.body, values) if http.verify.body is not None else None,
            headers=filled(headers, values),
            repeatable=True,
        )


class _Headers:
    """The headers that every call of the app has, its sign-in aside."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest

    def __call__(self, account: Account) -> Mapping[str, str]:
        """Return the headers."""
        headers: Mapping[str, str] = filled(
            self._manifest.http.headers, _config_of(self._manifest, account)
        )
        return headers


def _config_of(manifest: Manifest, account: Account) -> dict[str, Any]:
    """Return what stands for each setting in the texts of a manifest."""
    return {f"config.{name}": _given(account.config, name) for name in manifest.config}


def _given(config: Mapping[str, str], name: str) -> Any:
    return lambda: config.get(name, "")


def _auth(part: HeaderAuth | BasicAuth | BearerAuth | OAuth2Auth) -> Auth:
    match part:
        case HeaderAuth():
            return Header(part.name, part.secret, part.prefix)
        case BasicAuth():
            return Basic(part.username, part.password)
        case BearerAuth():
            return Bearer(part.secret)
        case OAuth2Auth():
            return OAuth2(
                "{authorize_url}",
                "{token_url}",
                part.scopes,
                part.token_fields,
                grant=part.grant,
            )


def _settings(manifest: Manifest, *, own_address: bool) -> list[Setting]:
    """Return what people type, the addresses last: those may be made of the others.

    An address is a setting even where the manifest knows it, so that it is checked like any other
    (no private network unless allowed), and so that the sandbox can stand in for the app.
    """
    in_address = {*names_in(manifest.http.base_url)}
    settings = [
        _setting(name, asked, in_address=f"config.{name}" in in_address)
        for name, asked in manifest.config.items()
    ]
    if isinstance(manifest.http.auth, OAuth2Auth):
        settings.append(Setting("client_id", "Client id", secret=True))
        settings.append(Setting("client_secret", "Client secret", secret=True))
        for name in ("token_url", "authorize_url"):
            url = getattr(manifest.http.auth, name) or ""
            if name not in manifest.config:
                settings.append(_address(name, f"OAuth 2.0: {name}", url))
    if own_address:
        settings.append(_address("base_url", "Address of the API", manifest.http.base_url))
    return settings


def _address(name: str, title: str, template: str) -> Setting:
    return Setting(
        name,
        title,
        required=False,
        default=format_of(template) or None,
        pattern=_URL,
        help="Change it only to reach the sandbox.",
    )


def _setting(name: str, asked: Asked, *, in_address: bool) -> Setting:
    pattern = asked.pattern or _PATTERNS.get(asked.type)
    if asked.type == "enum":
        pattern = "|".join(re.escape(word) for word in asked.of)
    if pattern is None and in_address:
        pattern = _PART_OF_ADDRESS
    words = f"One of {', '.join(asked.of)}." if asked.of else ""
    default = None if asked.default is None else asked.default.replace("{", "{{").replace("}", "}}")
    return Setting(
        name,
        asked.title or name.replace("_", " ").capitalize(),
        secret=asked.type == "secret",
        required=asked.required,
        default=default,
        pattern=pattern,
        help=" ".join(filter(None, (asked.help, words))),
    )


def _webhooks(manifest: Manifest) -> DescribedWebhooks | None:
    if manifest.webhooks is None:
        return None
    kinds = {name: part.kind for name, part in manifest.resources.items()}
    return DescribedWebhooks(manifest.webhooks.inbound, kinds)


def _resource(manifest: Manifest, name: str, part: OneResource, base_url: str) -> type[Resource]:
    form = Form(part, manifest.title)
    reads = part.create is None and part.update is None
    cursor = part.cursor
    tells = part.changes is not None and cursor is not None
    declared = {
        "app": manifest,
        "part": part,
        "form": form,
        "base_url": base_url,
        "name": name,
        "canonical": part.kind,
        "fields": form.fields,
        "cursor": Cursor(cursor.overlap, cursor.ordered) if tells and cursor else EVERYTHING,
        "lookup": Lookup(part.lookup.settle, part.lookup.by, part.lookup.made, part.lookup.within),
        "read_scopes": part.read_scopes,
        "write_scopes": part.write_scopes,
        "parent": _parent(part),
        "required": tuple(
            Required(field, each.default, each.why) for field, each in part.required.items()
        ),
        "archived": dict(part.archived),
        "creates": part.create is not None,
        "updates": part.update is not None
        or any(each.add or each.remove for each in part.fields.values()),
        "__doc__": f"The {name} of {manifest.title}, as its manifest describes them.",
        "__module__": __name__,
    }
    return type(name.title(), (ReadDescribed if reads else DescribedResource,), declared)


def _parent(part: OneResource) -> Parent | None:
    belongs = part.parent
    if belongs is None:
        return None
    return Parent(belongs.kind, belongs.field, belongs.listed_together, belongs.required)
