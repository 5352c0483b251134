"""Calls the sandbox's GoHighLevel over HTTP, as any client would."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

import aiohttp

from instep.sandbox import Sandbox
from instep.sandbox.gohighlevel import GoHighLevel

V2 = "2021-07-28"
V3 = "v3"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Any

    @property
    def message(self):
        return self.body["message"]


class Ghl:
    """One client. `app` is the server's inside, `told` what it says is needed to call it."""

    def __init__(self, app, told, session):
        self.app = app
        self.told = told
        self.location = told["location_id"]
        self.other_location = told["location_ids"][1]
        self._session = session

    async def call(self, method, path, *, version=V2, token=None, **kwargs):
        headers = {"Authorization": f"Bearer {token or self.told['private_integration_token']}"}
        headers |= {"Version": version} if version else {}
        headers |= kwargs.pop("headers", {})
        async with self._session.request(method, path, headers=headers, **kwargs) as reply:
            is_json = reply.content_type == "application/json"
            body = await reply.json() if is_json else await reply.text()
            return Answer(reply.status, body, reply.headers)

    async def create(self, **values):
        answer = await self.call("POST", "/contacts/", json={"locationId": self.location, **values})
        assert answer.status == 201, answer
        return answer.body["contact"]

    async def business(self, **values):
        """The id of a new business."""
        body = {"locationId": self.location, **values}
        answer = await self.call("POST", "/businesses/", json=body)
        assert answer.status == 201, answer
        return answer.body["buiseness"]["id"]

    async def get(self, contact_id, **kwargs):
        answer = await self.call("GET", f"/contacts/{contact_id}", **kwargs)
        assert answer.status == 200, answer
        return answer.body["contact"]

    async def put(self, contact_id, version=V2, **values):
        return await self.call("PUT", f"/contacts/{contact_id}", version=version, json=values)

    async def search(self, page_limit=100, **body):
        whole = {"locationId": self.location, "pageLimit": page_limit, **body}
        return await self.call("POST", "/contacts/search", json=whole)

    async def field(self, name):
        """The id of a custom field."""
        answer = await self.call("GET", f"/locations/{self.location}/customFields")
        return next(f["id"] for f in answer.body["customFields"] if f["name"] == name)


@contextlib.contextmanager
def listening(ghl):
    """Collect (event, record) of all that is fired in this block."""
    events, told = ghl.app.services.events, []
    fire = events.fire

    def hear(kind, location_id, record):
        told.append((kind, {"locationId": location_id, **record}))
        fire(kind, location_id, record)

    events.fire = hear
    try:
        yield told
    finally:
        events.fire = fire


@contextlib.asynccontextmanager
async def serving(app=None):
    app = app or GoHighLevel(pace=1_000)
    async with Sandbox([app]) as sandbox, aiohttp.ClientSession(sandbox.url(app.name)) as session:
        yield Ghl(app, sandbox.describe()[app.name], session)
