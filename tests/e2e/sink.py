"""An app that takes what flows post, and the connection by which they reach it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from instep.connectors.custom.building import connector_of
from instep.connectors.custom.loading import loads
from instep.sdk.auth import Credential

MANIFEST = """\
manifest_version: 1
app: %(name)s
title: A sink
status: documented
evidence: {docs: "It stands in tests/e2e/sink.py."}
config:
  base_url: {type: url, title: Address}
  token: {type: secret, title: Token}
http:
  base_url: "{config.base_url}"
  auth: {type: bearer, secret: token}
  verify: {path: /whoami}
  %(repeats)s
  limits: {rate: 10000, per: 1, burst: 1000, concurrency: 16}
resources:
  items: {kind: item, list: {path: /items}, get: {path: "/items/{id}"}, fields: {name: name}}
"""


KEYED = "idempotency_header: Idempotency-Key"
"""The app knows a write that is sent twice by its key."""

KEYLESS = "headers: {}"
"""The app knows nothing of keys."""


def manifest(name="sink", repeats=KEYED):
    """The manifest of a sink; `repeats` says whether what it is sent twice does harm."""
    return MANIFEST % {"name": name, "repeats": repeats}


@dataclass
class Sink:
    """Keeps the bodies that it accepts, with their idempotency keys, in their order.

    While `busy()` it answers 503 and keeps nothing.
    """

    url: str = ""
    bodies: list[Any] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    turned_away: int = 0
    busy: Any = lambda: False

    async def take(self, request):
        body = await request.json()
        if self.busy():
            self.turned_away += 1
            return web.json_response({}, status=503)
        self.bodies.append(body)
        self.keys.append(request.headers.get("Idempotency-Key"))
        return web.json_response({"taken": len(self.bodies)}, status=201)

    async def connect(self, workshop):
        """Connect it as `sink`."""
        credential = Credential("bearer", {"token": "sink-token"})
        await workshop.connect("sink", "sink", "main", credential, base_url=self.url)


async def _known(_request):
    return web.json_response({"id": "main"})


def sink_connector():
    return connector_of(loads(manifest()))


def post(body, connection="sink", **more):
    """The step that posts this to a sink."""
    inputs = {"method": "POST", "path": "/items", "body": body}
    step = {"id": "post", "kind": "action", "connection": connection, "operation": "http.request"}
    return {**step, "inputs": inputs, **more}


@contextlib.asynccontextmanager
async def sinking():
    sink = Sink()
    app = web.Application(client_max_size=10_000_000)
    app.router.add_post("/items", sink.take)
    app.router.add_get("/whoami", _known)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sink.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield sink
    finally:
        await runner.cleanup()
