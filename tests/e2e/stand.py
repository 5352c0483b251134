"""A sandbox in which one fault is on, switched on by a flag or by the control API."""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass, field

import aiohttp

from instep.sandbox import invent
from instep.sandbox.gohighlevel import GoHighLevel
from instep.sdk.auth import Credential
from tests.e2e.processes import sandbox
from tests.e2e.reaching import ONCE, connected
from tests.sandbox.ghl_caller import serving

CREATES = {"method": "POST", "path": "/*s/"}
"""The calls that make a contact or an opportunity, and no others."""

_COUNT = itertools.count(1)
_PEOPLE = 16


@dataclass(frozen=True)
class Product:
    """Where its records are, what tells of a new one, and when that was made."""

    kind: str
    path: str
    event: str
    added: str


CONTACTS = Product("contact", "/contacts/", "ContactCreate", "dateAdded")
OPPORTUNITIES = Product("opportunity", "/opportunities/", "OpportunityCreate", "createdAt")


@dataclass
class Stand:
    """What a test sees of it: HTTP only. `client` gives up at the first error."""

    told: dict
    session: aiohttp.ClientSession
    line: object = None
    people: list = field(default_factory=list)
    pipeline: str = ""

    async def call(self, method, path, **kwargs):
        token = self.told["private_integration_token"]
        headers = {"Authorization": f"Bearer {token}", "Version": "2021-07-28"}
        async with self.session.request(method, path, headers=headers, **kwargs) as reply:
            assert reply.status < 300, await reply.text()
            return await reply.json()

    async def prepare(self):
        """Learn who is there; none of these calls is one that the fault concerns."""
        location = self.told["location_id"]
        body = {"locationId": location, "pageLimit": 50}
        found = await self.call("POST", "/contacts/search", json=body)
        self.people = [each["id"] for each in found["contacts"]]
        found = await self.call("GET", "/opportunities/pipelines", params={"locationId": location})
        self.pipeline = found["pipelines"][0]["id"]

    def values(self, product):
        """The values of one more record, unlike all before."""
        number = next(_COUNT)
        if product is CONTACTS:
            return {"first_name": f"Person{number}", "email": f"person{number}@example.com"}
        person = self.people.pop()
        return {"name": f"Loan{number}", "pipeline_id": self.pipeline, "contact_id": person}

    async def total(self, product):
        """How many there are, by the app's own count."""
        location = self.told["location_id"]
        if product is CONTACTS:
            body = {"locationId": location, "pageLimit": 1}
            return (await self.call("POST", "/contacts/search", json=body))["total"]
        query = {"location_id": location, "status": "all"}
        return (await self.call("GET", "/opportunities/search", params=query))["meta"]["total"]

    async def renew_token(self):
        """Do what a person does about a refused token: make another, and give it to Instep."""
        made = await self.call("POST", "/_sandbox/tokens", json={"level": "Location"})
        self.told["private_integration_token"] = made["token"]
        credential = Credential("private_integration", {"token": made["token"]})
        await self.line.client.tokens.save(credential)

    async def calm(self):
        """Switch every fault off."""
        await self.call("DELETE", "/_sandbox/faults")


@contextlib.asynccontextmanager
async def by_flag(tmp_path, receiver, name, parameters):
    """`instep sandbox --fault NAME=…`, as somebody types it."""
    text = ",".join(f"{key}:{value}" for key, value in parameters.items())
    fault = f"{name}={text}" if text else name
    args = ("--contacts", str(_PEOPLE), "--webhook-url", receiver.url, "--fault", fault)
    async with sandbox(*args, INSTEP_DATA_DIR=str(tmp_path)) as told, _standing(told) as stand:
        yield stand


@contextlib.asynccontextmanager
async def by_control(tmp_path, receiver, name, parameters):
    """`PUT /_sandbox/faults` while it runs; chaos has a call of its own."""
    app = GoHighLevel(pace=1_000)
    app.load(invent(_PEOPLE, seed=1, country="US"))
    async with serving(app) as ghl, _standing(ghl.told) as stand:
        await stand.call("PUT", "/_sandbox/app", json={"webhook_url": receiver.url})
        await switch_on(stand, name, parameters)
        yield stand


async def switch_on(stand, name, parameters):
    """Switch a fault on by the control API."""
    if name == "chaos":
        wanted = {**parameters, "faults": parameters["faults"].split("+")}
        told = await stand.call("POST", "/_sandbox/chaos", json=wanted)
    else:
        told = await stand.call("PUT", "/_sandbox/faults", json={name: parameters})
    assert [each["name"] for each in told["faults"]] == [name]


@contextlib.asynccontextmanager
async def _standing(told):
    async with aiohttp.ClientSession(told["url"]) as session, connected(told, policy=ONCE) as line:
        stand = Stand(told, session, line)
        await stand.prepare()
        yield stand
