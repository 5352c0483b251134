"""Flows over HTTP on a real port: documents, standing, tests, what is offered, addresses."""

from __future__ import annotations

import asyncio
import io

import aiohttp
import pytest

from instep.api.hooks import LARGEST
from instep.bootstrap import assemble
from instep.connectors import memory
from instep.engine.host import running
from instep.engine.typed import Typed
from instep.settings import Settings
from tests.api.signed_in import signed_in
from tests.api.test_hooks import served

WAIT = 60  # seconds; a test that waits this long has failed
FLOW = {
    "id": "welcome",
    "title": "Welcome",
    "trigger": {"kind": "bridge", "order_by": "email"},
    "steps": [
        {
            "id": "make",
            "kind": "action",
            "connection": "desk",
            "operation": "contact.create",
            "inputs": {"email": "{{trigger.email}}", "first_name": "{{trigger.name}}"},
        }
    ],
}


@pytest.fixture
async def api(database_url, tmp_path):
    """A client of a served API with an engine, and one app in memory."""
    settings = Settings(data_dir=tmp_path, database_url=database_url, port=0)
    app = memory.install(memory.MemoryApp(f"desk-{tmp_path.name}"))
    async with assemble(settings, available={"memory": memory.connector}) as instep:
        typed = Typed("memory", "desk", settings={"name": app.name})
        await instep.connections.connect(typed)
        async with (
            running(instep.engine, "test") as jobs,
            served(instep, jobs.wake) as url,
            signed_in(instep, url) as client,
        ):
            yield Api(client, app)


class Api:
    def __init__(self, client, app):
        self.client = client
        self.app = app

    def people(self):
        return [each.values for each in self.app.records().values()]

    async def until(self, number):
        for _ in range(WAIT * 50):
            if len(self.people()) == number:
                return
            await asyncio.sleep(0.02)
        assert len(self.people()) == number

    async def ask(self, method, path, json=None, expect=200, **given):
        async with self.client.request(method, path, json=json, **given) as reply:
            is_json = reply.content_type == "application/json"
            body = await reply.json() if is_json else await reply.read()
            assert reply.status == expect, body
            return body

    async def save(self, document=FLOW):
        return await self.ask("PUT", f"/api/flows/{document['id']}", {"document": document})

    async def publish(self):
        await self.save()
        return await self.ask("POST", "/api/flows/welcome/publish")


async def test_a_flow_is_saved_published_and_shown(api):
    saved = await api.save()
    assert (saved["publishable"], saved["problems"]) == (True, [])
    assert (saved["flow"]["state"], saved["flow"]["steps"]) == (
        "draft",
        ["make: calls contact.create of desk"],
    )
    shown = await api.ask("POST", "/api/flows/welcome/publish")
    assert (shown["state"], shown["version"], shown["trigger"]["kind"]) == ("active", 1, "bridge")
    assert await api.ask("GET", "/api/flows/welcome/document") == {"document": FLOW}
    (version,) = await api.ask("GET", "/api/flows/welcome/versions")
    assert (version["version"], version["person"]) == (1, "api")
    assert [each["name"] for each in await api.ask("GET", "/api/flows")] == ["welcome"]
    await api.ask("DELETE", "/api/flows/welcome", expect=204)
    assert await api.ask("GET", "/api/flows") == []


async def test_every_problem_comes_with_its_place(api):
    wrong = {**FLOW, "steps": [{**FLOW["steps"][0], "inputs": {"emial": "x"}}]}
    told = await api.ask("POST", "/api/flows/check", {"document": wrong})
    assert not told["publishable"]
    (problem,) = [each for each in told["problems"] if not each["warning"]]
    assert (problem["place"], problem["step"]) == ("steps[1].inputs.emial", "make")
    assert "Did you mean email?" in problem["sentence"]
    # it may be stored, and is not published
    await api.save(wrong)
    refused = await api.ask("POST", "/api/flows/welcome/publish", expect=400)
    assert "steps[1].inputs.emial" in refused["error"]
    assert (
        "id has to be"
        in (await api.ask("PUT", "/api/flows/other", {"document": FLOW}, expect=400))["error"]
    )


async def test_an_editor_is_told_what_there_is(api):
    offered = await api.ask("GET", "/api/flow-offer")
    assert [(each["name"], each["app"]) for each in offered] == [
        ("desk", "memory"),
        ("instep", None),
    ]
    found = await api.ask("GET", "/api/flow-offer/desk/operations?words=contact create")
    assert [(each["name"], each["how"]) for each in found] == [("contact.create", "write")]
    told = await api.ask("GET", "/api/flow-offer/desk/operations/contact.create")
    inputs = {each["name"]: each for each in told["inputs"]}
    assert inputs["email"]["shape"] == {"kind": "text"}
    assert told["output"]["fields"]["id"] == {"kind": "text"}
    triggers = await api.ask("GET", "/api/flow-offer/desk/triggers?words=contact")
    assert {"name": "contact.changed", "title": "contact changed", "how": "poll"} in triggers
    polled = await api.ask("GET", "/api/flow-offer/desk/triggers/poll/contact.changed")
    assert polled["item"]["fields"]["email"] == {"kind": "text"}
    choices = {"operation": "contact.create", "input": "email"}
    assert await api.ask("POST", "/api/flow-offer/desk/choices", choices) == []
    refused = await api.ask("GET", "/api/flow-offer/dsk/operations", expect=400)
    assert "Did you mean desk?" in refused["error"]
    refused = await api.ask("GET", "/api/flow-offer/desk/operations/contact.creat", expect=400)
    assert "Did you mean contact.create?" in refused["error"]


async def test_a_test_is_dry_until_it_is_said_otherwise_and_confirmed(api):
    await api.save()
    wanted = {"flow": "welcome", "item": {"email": "a@x.org", "name": "Ann"}}
    dry = await api.ask("POST", "/api/flow-tests", wanted)
    assert (dry["sent"], dry["failed"], dry["steps"][0]["state"]) == ("nothing", False, "shown")
    assert dry["steps"][0]["made_up"]
    wanted["send"] = "everything"
    refused = await api.ask("POST", "/api/flow-tests", wanted, expect=409)
    assert "make calls contact.create of desk" in refused["error"]
    assert len(api.people()) == 0
    real = await api.ask("POST", "/api/flow-tests", {**wanted, "confirmed": True})
    assert real["steps"][0]["state"] == "done"
    assert len(api.people()) == 1
    # a test is no run
    assert (await api.ask("GET", "/api/flows/welcome"))["runs"] == {}
    neither = await api.ask("POST", "/api/flow-tests", {}, expect=422)
    assert "name a flow or give a document" in neither["error"]


async def test_what_is_posted_to_the_address_is_kept_and_done(api):
    await api.publish()
    address = await api.ask("GET", "/api/flows/welcome/address")
    assert address["takes"]
    person = {"email": "a@x.org", "name": "Ann"}
    await api.ask("POST", address["path"], person)
    await api.ask("POST", address["path"], person)  # the same minute: the same posting
    form = aiohttp.FormData({"email": "b@x.org", "name": "Bob"})
    await api.ask("POST", address["path"], data=form)
    await api.until(2)
    assert {each["first_name"] for each in api.people()} == {"Ann", "Bob"}


@pytest.mark.parametrize(
    ("data", "status"), [(b"[1]", 400), (b"{", 400), (b"{" + b" " * LARGEST, 413)]
)
async def test_what_no_flow_can_read_is_refused_in_the_one_form(api, data, status):
    await api.publish()
    path = (await api.ask("GET", "/api/flows/welcome/address"))["path"]
    async with api.client.post(path, data=io.BytesIO(data)) as reply:
        assert (reply.status, (await reply.json()).keys()) == (status, {"error", "kind"})


async def test_a_wrong_token_and_one_of_before_lead_nowhere(api):
    await api.publish()
    path = (await api.ask("GET", "/api/flows/welcome/address"))["path"]
    renewed = await api.ask("POST", "/api/flows/welcome/address/renew")
    for wrong in (path, f"{path}0", "/hooks/flows/nobody/x"):
        told = await api.ask("POST", wrong, {"n": 1}, expect=404)
        assert told["error"] == "There is no flow at this address."
    await api.ask("POST", renewed["path"], {"email": "a@x.org"})


async def test_a_run_is_started_by_hand_and_a_paused_flow_waits(api):
    await api.publish()
    paused = await api.ask("POST", "/api/flows/welcome/pause")
    assert (paused["state"], paused["why"]) == ("paused", "api paused it.")
    item = {"item": {"email": "a@x.org", "name": "Ann"}}
    started = await api.ask("POST", "/api/flows/welcome/start", item, expect=202)
    assert started["run"].startswith("frn_")
    assert (await api.ask("GET", "/api/flows/welcome"))["runs"] == {"ready": 1}
    await api.ask("POST", "/api/flows/welcome/resume")
    await api.until(1)
