from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from instep.connectors.backnine.emulator import BackNineApp
from instep.connectors.backnine.emulator.app import HEADER
from instep.core.errors import UserError
from instep.sandbox import Sandbox, invent
from instep.sandbox.app import SandboxApp


class Receiver(SandboxApp):
    """Takes down what is posted to it."""

    name = "receiver"

    def __init__(self):
        super().__init__()
        self.received = []
        self.came = asyncio.Condition()

    def asgi(self):
        async def take(request):
            self.received.append((request.headers.get(HEADER), json.loads(await request.body())))
            async with self.came:
                self.came.notify_all()
            return Response()

        return Starlette(routes=[Route("/hook", take, methods=["POST"])])

    def describe(self, url):
        return {"url": url}

    def load(self, people):
        return 0

    def refuse(self, fault, request):
        return Response(status_code=500)

    async def wait(self, count):
        async with asyncio.timeout(60), self.came:
            await self.came.wait_for(lambda: len(self.received) >= count)
        return self.received


@pytest.fixture
def app():
    return BackNineApp()


@pytest.fixture
def receiver():
    return Receiver()


@pytest.fixture
async def caller(app, receiver):
    """A client with the key, and webhooks that go to the receiver."""
    async with (
        Sandbox([app, receiver]) as sandbox,
        aiohttp.ClientSession(sandbox.url("backnine"), headers={HEADER: app.api_key}) as client,
    ):
        url = f"{sandbox.url('receiver')}/hook"
        await asked(client, "PUT", "/_sandbox/webhooks", {"url": url})
        yield client


async def asked(client, method, path, body=None):
    async with client.request(method, path, json=body) as reply:
        return reply.status, await reply.json()


async def test_a_saved_application_is_listed_and_told(app, caller, receiver):
    _, saved = await asked(caller, "POST", "/_sandbox/applications", {"insured": {"name": "Ann"}})
    status, listed = await asked(caller, "GET", "/api/v1/electronic_applications")

    assert (status, listed["meta"]) == (200, {"total": 1, "page": 1})
    assert listed["electronic_applications"] == [saved]
    assert await receiver.wait(1) == [(app.webhook_secret, {"electronic_application": saved})]


async def test_a_further_save_changes_what_is_given_and_is_later(caller):
    _, first = await asked(
        caller,
        "POST",
        "/_sandbox/applications",
        {"insured": {"name": "Ann", "email": "a@b.example"}},
    )
    change = {"id": first["id"], "status": "done", "insured": {"name": "Bea"}}
    _, second = await asked(caller, "POST", "/_sandbox/applications", change)

    assert second["insured"] == {**first["insured"], "name": "Bea"}
    assert (second["id"], second["status"]) == (first["id"], "done")
    assert second["created_at"] == first["created_at"]
    assert second["updated_at"] > first["updated_at"]


async def test_a_case_is_told_and_in_no_list(caller, receiver):
    _, saved = await asked(caller, "POST", "/_sandbox/cases", {"status": "Approved"})
    _, listed = await asked(caller, "GET", "/api/v1/electronic_applications")

    assert listed["electronic_applications"] == []
    assert (await receiver.wait(1))[0][1] == {"case": saved}


async def test_the_list_comes_in_pages_as_far_as_it_is_told_to(app, caller):
    app.load(invent(5))
    app.switch({"page_size": 2})

    def ids(listed):
        return [each["id"] for each in listed["electronic_applications"]]

    pages = [
        (await asked(caller, "GET", f"/api/v1/electronic_applications?page={number}"))[1]
        for number in (1, 2, 3, 4)
    ]
    assert [len(ids(each)) for each in pages] == [2, 2, 1, 0]
    assert len({number for each in pages for number in ids(each)}) == 5

    app.switch({"turns_pages": False})
    _, again = await asked(caller, "GET", "/api/v1/electronic_applications?page=2")
    assert (ids(again), again["meta"]["page"]) == (ids(pages[0]), 1)


@pytest.mark.parametrize(("fault", "count"), [("doubled_webhook", 2), ("late_webhook=0.1", 1)])
async def test_the_faults_of_webhooks_strike(app, caller, receiver, fault, count):
    app.faults.switch_on(fault)
    await asked(caller, "POST", "/_sandbox/applications", {})

    assert len(await receiver.wait(count)) == count


async def test_a_lost_webhook_is_not_sent(app, caller, receiver):
    app.faults.switch_on("lost_webhook=count:1")
    await asked(caller, "POST", "/_sandbox/cases", {"status": "Lost"})
    await asked(caller, "POST", "/_sandbox/cases", {"status": "Found"})

    assert [body["case"]["status"] for _, body in await receiver.wait(1)] == ["Found"]


async def test_nobody_comes_in_without_the_key(caller):
    status, _ = await asked(caller, "GET", "/api/v1/electronic_applications")
    assert status == 200
    async with caller.get("/api/v1/electronic_applications", headers={HEADER: "é"}) as reply:
        assert reply.status == 401


async def test_an_sms_is_counted(app, caller):
    await asked(caller, "POST", "/api/v1/text", {})
    _, census = await asked(caller, "GET", "/_sandbox/census")
    assert census == {"applications": 0, "cases": 0, "texts": 1}


@pytest.mark.parametrize(
    "wanted", [{"page_size": 0}, {"page_size": True}, {"wraps": 1}, {"colour": "red"}]
)
def test_settings_there_are_not_are_refused(app, wanted):
    with pytest.raises(UserError, match="Settings are"):
        app.switch(wanted)
    app.close()


def test_what_was_saved_is_there_after_a_restart(tmp_path):
    app = BackNineApp(tmp_path)
    saved, key = app.save_application({"status": "kept"}), app.api_key
    app.switch({"page_size": 3})
    app.close()

    again = BackNineApp(tmp_path)
    assert again.office.page(1, 5) == [saved]
    assert (again.api_key, again.settings["page_size"]) == (key, 3)
    assert again.save_application({})["id"] != saved["id"]
    again.close()
