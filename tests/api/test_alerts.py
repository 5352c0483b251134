"""Alerts over HTTP: listed, left alone, their rules and channels; both databases."""

from __future__ import annotations

import asyncio

import pytest

from instep.api.server import serve
from instep.bootstrap import assemble
from instep.connectors import memory
from instep.engine.typed import Typed
from instep.settings import Settings
from instep.store import connections
from tests.api.signed_in import signed_in
from tests.engine.listening import listening


class Desk:
    def __init__(self, instep, client):
        self.instep, self.client = instep, client

    async def ask(self, method, path="", status=200, **body):
        given = {"json": body} if body else {}
        async with self.client.request(method, f"/api/alerts{path}", **given) as reply:
            assert reply.status == status, await reply.text()
            return await reply.json() if status != 204 else None


@pytest.fixture
async def desk(database_url, tmp_path):
    settings = Settings(data_dir=tmp_path, database_url=database_url, port=0)
    async with assemble(settings, available={"memory": memory.connector}) as instep:
        url, told = asyncio.get_running_loop().create_future(), asyncio.Event()
        serving = asyncio.create_task(serve(instep, lambda: None, url.set_result, told))
        async with signed_in(instep, await url) as client:
            yield Desk(instep, client)
        told.set()
        await serving


async def trouble(desk):
    memory.install(memory.MemoryApp("alerted"))
    settings = {"name": "alerted"}
    made = await desk.instep.connections.connect(Typed("memory", "crm", settings=settings))
    await desk.instep.db.run(lambda tx: connections.mark(tx, made.id, "It says 401."))
    assert await desk.instep.engine.watch.look()


async def test_an_alert_is_listed_snoozed_and_acknowledged(desk):
    assert (await desk.ask("GET"))["alerts"] == []
    await trouble(desk)
    page = await desk.ask("GET")
    [told] = page["alerts"]
    assert (page["open"], page["next"]) == (1, None)
    assert (told["kind"], told["subject"]["name"]) == ("connection", "crm")
    assert told["sentence"] == "It says 401."
    snoozed = await desk.ask("POST", f"/{told['id']}/snooze", until="2h")
    assert snoozed["snoozed_until"] is not None
    known = await desk.ask("POST", f"/{told['id']}/acknowledge")
    assert known["acknowledged_by"] == "api"
    assert (await desk.ask("GET", "?state=past"))["alerts"] == []


async def test_what_is_unknown_or_cannot_be_used_is_said(desk):
    wrong = await desk.ask("POST", "/alr_1/snooze", 400, until="2h")
    assert "There is no alert 'alr_1'" in wrong["error"]
    await desk.ask("GET", "?before=alr_1", 400)
    await desk.ask("PATCH", "/rules/noise", 422, on=False)
    wrong = await desk.ask("PATCH", "/rules/brake", 400, threshold=1)
    assert "brake has no threshold" in wrong["error"]
    wrong = await desk.ask("POST", "/channels", 400, name="x", kind="pigeon")
    assert "no kind of channel" in wrong["error"]


async def test_rules_are_shown_and_changed(desk):
    assert len(await desk.ask("GET", "/rules")) == 7
    changed = await desk.ask("PATCH", "/rules/delay", threshold=5, deliver="hourly")
    assert (changed["threshold"], changed["deliver"], changed["unit"]) == (5, "hourly", "minutes")
    assert changed in await desk.ask("GET", "/rules")


async def test_a_channel_is_added_tried_chosen_and_removed_and_its_secret_shown_once(desk):
    async with listening() as listener:
        settings = {"url": listener.url}
        made = await desk.ask(
            "POST", "/channels", 201, name="hook", kind="webhook", settings=settings
        )
        assert made["made"]["signing_secret"].startswith("whsec_")
        tried = await desk.ask("POST", "/channels/hook/test")
        assert (tried["arrived"], tried["status"]) == (True, 200)
        assert len(listener.heard) == 1
    [listed] = await desk.ask("GET", "/channels")
    assert listed["made"] == {}
    assert "3f9c" not in str(listed), "who knows the address of a hook can call it"
    changed = await desk.ask("PATCH", "/rules/delay", channels=["hook"])
    assert changed["channels"] == ["hook"]
    await desk.ask("DELETE", "/channels/hook", 204)
    assert await desk.ask("GET", "/channels") == []
    await desk.ask("DELETE", "/channels/hook", 400)


async def test_what_a_channel_takes_is_told_by_its_kind(desk):
    told = {each["kind"]: each for each in await desk.ask("GET", "/channels/kinds")}
    assert set(told) == {"email", "slack", "webhook", "apprise"}
    assert told["webhook"]["makes"] == ["signing_secret"]
    port = next(each for each in told["email"]["settings"] if each["name"] == "port")
    assert (port["default"], port["required"]) == ("587", True)
