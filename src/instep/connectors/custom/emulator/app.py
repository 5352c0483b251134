"""An emulator that serves any manifest: its paths, sign-in, pages, limits. It proves our code only."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from instep.connectors.custom.building import connector_of
from instep.connectors.custom.connecting import OAuth2Auth
from instep.connectors.custom.emulator.granting import CLIENT, Granting
from instep.connectors.custom.emulator.hooks import Sender
from instep.connectors.custom.emulator.serving import Calls
from instep.connectors.custom.emulator.shelf import Shelf
from instep.connectors.custom.form import Form
from instep.connectors.custom.loading import complete
from instep.connectors.custom.manifest import Manifest
from instep.sandbox.app import SandboxApp
from instep.sandbox.control import PREFIX, answering, read_object
from instep.sandbox.journal import BY_HAND
from instep.sandbox.people import Person
from instep.sandbox.quota import Allowance, Quota
from instep.sandbox.state import Document
from instep.sdk.auth import Credential
from instep.sdk.signing import sign

_NO_DAILY = 10**9
_SAMPLES = {"string": "main", "number": "1", "url": "http://127.0.0.1"}


class ManifestApp(SandboxApp):
    """One account at an app that a manifest describes.

    `/_sandbox/webhooks` sets where its webhooks go: `PUT {"url": "http://…"}`.
    """

    def __init__(
        self,
        manifest: Manifest,
        data: Path | None = None,
        *,
        name: str | None = None,
        pace: int = 1,
        country: str = "US",
        seed: int | None = None,
    ) -> None:
        # each app of the sandbox has its own file and its own door, so its own name
        self.name = name or manifest.app  # type: ignore[misc]  # here the name is the manifest's
        super().__init__(data, pace=pace, country=country, seed=seed)
        self.manifest = manifest
        self.connector = connector_of(manifest)
        self.config = {name: _sample(name, manifest) for name in _open_settings(manifest)}
        self.secrets: dict[str, str] = self.state.kept("secrets", self._new_secrets)
        self.shelves = {
            name: Shelf(self.state, self.clock, name, part)
            for name, part in manifest.resources.items()
        }
        self._calls = Calls(manifest, self.shelves, self.config, self._tell)
        self._quota = Quota(self._allowance())
        self._sender = self._new_sender()
        self._granting = self._new_granting()
        self._prefix = _prefix(manifest, self.config)

    def asgi(self) -> ASGIApp:
        """Return the calls behind the door."""

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive)
            response = await self._answer(request)
            await response(scope, receive, send)

        return serve

    def describe(self, url: str) -> dict[str, Any]:
        """Return the address, and what a person would type to connect."""
        told = {
            "url": url,
            "base_url": f"{url}{self._prefix}",
            **{name: value for name, value in self.config.items() if name != "base_url"},
            **self.secrets,
            "proves": "our code, not the vendor",
        }
        return told if self._granting is None else told | self._granting.addresses(url)

    def typed(self, url: str) -> dict[str, str]:
        """Return the settings of a connection to this emulator, secrets included."""
        return {
            name: str(value)
            for name, value in self.describe(url).items()
            if name not in ("url", "proves")
        }

    def load(self, people: Iterable[Person]) -> int:
        """Add people to the resource of contacts."""
        for name, part in self.manifest.resources.items():
            if part.kind == "contact":
                form = Form(part, self.manifest.title)
                several = [_values(person, part.fields) for person in people]
                return self.shelves[name].add_many(
                    form.body(values, form.by_name) for values in several
                )
        return 0

    def refuse(self, fault: str, request: Request) -> Response:  # noqa: ARG002 - all calls alike
        """Answer as the manifest says the app refuses; else as most apps do."""
        if fault == "server_error":
            return JSONResponse({"message": "Something went wrong."}, 500)
        if fault == "rate_limit_daily":
            return self._used_up()
        return JSONResponse({"message": "Too many requests."}, 429, {"Retry-After": "1"})

    def controls(self) -> Sequence[Route]:
        """Return the switch of the webhooks, and the count of what there is."""

        async def webhooks(request: Request) -> Response:
            if self._sender is not None and request.method == "PUT":
                self._sender.url = (await read_object(request)).get("url")
            return JSONResponse({"url": self._sender.url if self._sender else None})

        async def census(_request: Request) -> Response:
            return JSONResponse({name: shelf.count() for name, shelf in self.shelves.items()})

        return [
            Route(f"{PREFIX}/webhooks", answering(webhooks), methods=["GET", "PUT"]),
            Route(f"{PREFIX}/census", answering(census)),
        ]

    async def stop(self) -> None:
        """Give up on webhooks that are on their way."""
        if self._sender is not None:
            await self._sender.stop()

    # The door

    async def _answer(self, request: Request) -> Response:
        try:
            if self._granting is not None and self._granting.takes(request):
                return await self._granting.answer(request)
            refusal = self._admit(request)
            if refusal is not None:
                return refusal
            path = request.scope["app_path"] = self._below(request.url.path)
            response = await self._calls.answer(request, path)
        except HTTPException as error:
            response = JSONResponse({"message": error.detail}, error.status_code)
        for header, value in self._limit_headers().items():
            response.headers[header] = value
        return response

    def _below(self, path: str) -> str:
        if not path.startswith(self._prefix):
            raise HTTPException(404, f"There is no {path}.")
        return path.removeprefix(self._prefix) or "/"

    def _admit(self, request: Request) -> Response | None:
        if not self._knows(request):
            return JSONResponse({"message": "The credential is not valid."}, 401)
        by_hand = request.scope.get(BY_HAND, False)
        if not by_hand and not self._quota.take(self.clock.now().timestamp()):
            if not self._quota.daily_left:
                return self._used_up()
            return JSONResponse({"message": "Too many requests."}, 429, {"Retry-After": "1"})
        return None

    def _knows(self, request: Request) -> bool:
        """Compare with what our own signing makes of the secrets."""
        kind, auth = next(iter(self.connector.auth.items()))
        held = dict(self.secrets)
        if self._granting is not None:
            held["access_token"] = self._granting.access_token
        expected = sign(auth, Credential(kind, held))
        return all(
            secrets.compare_digest(request.headers.get(name, "").encode(), value.encode())
            for name, value in expected.items()
        )

    def _used_up(self) -> Response:
        for rule in self.manifest.http.errors:
            if rule.means == "daily_limit":
                text = rule.match.text if rule.match else "The daily limit is reached."
                place = rule.match.path if rule.match else ()
                body: Any = text
                for step in reversed(place or ("message",)):
                    body = {str(step): body}
                return JSONResponse(body, rule.statuses[0])
        return JSONResponse({"message": "The daily limit is reached."}, 429)

    def _limit_headers(self) -> Mapping[str, str]:
        names = self.manifest.http.limits.headers
        told = {
            names.rate: self._quota.allowance.calls,
            names.left: self._quota.left,
            names.daily: self._quota.allowance.daily,
            names.daily_left: self._quota.daily_left,
        }
        return {name: str(value) for name, value in told.items() if name is not None}

    def _allowance(self) -> Allowance:
        part = self.manifest.http.limits
        calls = max(1, int(part.rate))
        return Allowance(calls, part.per, part.daily or _NO_DAILY).times(self.pace)

    # What it stands on

    def _new_secrets(self) -> dict[str, str]:
        names = [name for name, asked in self.manifest.config.items() if asked.type == "secret"]
        if isinstance(self.manifest.http.auth, OAuth2Auth):
            names += CLIENT
        return {name: _new_secret() for name in names}

    def _new_granting(self) -> Granting | None:
        part = self.manifest.http.auth
        if not isinstance(part, OAuth2Auth):
            return None
        return Granting(part, self.secrets, self.state, self.clock)

    def _new_sender(self) -> Sender | None:
        if self.manifest.webhooks is None:
            return None
        part = self.manifest.webhooks.inbound
        return Sender(part, self.secrets[part.auth.secret], self.faults)

    def _tell(self, resource: str, act: str, record: Document) -> None:
        if self._sender is not None:
            self._sender.tell(resource, act, record)


def serving(path: Path, data: Path | None = None, **given: Any) -> ManifestApp:
    """Return the emulator of the manifest in a file. Raises ManifestRefused."""
    return ManifestApp(complete(path), data, **given)


def _new_secret() -> str:
    return secrets.token_hex(16)


def _open_settings(manifest: Manifest) -> list[str]:
    return [name for name, asked in manifest.config.items() if asked.type != "secret"]


def _sample(name: str, manifest: Manifest) -> str:
    asked = manifest.config[name]
    return asked.default or next(iter(asked.of), None) or _SAMPLES.get(asked.type, "main")


def _prefix(manifest: Manifest, config: Mapping[str, str]) -> str:
    """Return the path of the base URL; one that people type is served at the root."""
    template = manifest.http.base_url
    for name, value in config.items():
        template = template.replace(f"{{config.{name}}}", "" if name == "base_url" else value)
    return urlsplit(template).path.rstrip("/")


def _values(person: Person, names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(person, name, None))}
