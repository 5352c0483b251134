"""Plans, history, runs and undo over HTTP, on both databases."""

from __future__ import annotations

import asyncio
import csv
import io
from itertools import count
from urllib.parse import quote

import pytest

from instep.api.server import serve
from instep.bootstrap import assemble
from instep.connectors import memory
from instep.settings import Settings
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.api.signed_in import signed_in

_numbers = count(1)


@pytest.fixture
async def stage(database_url, tmp_path):
    """A client of a served API with a sync of two apps, the apps, and a way to work off what is due."""
    settings = Settings(data_dir=tmp_path, database_url=database_url, port=0)
    number = next(_numbers)
    apps = [memory.install(memory.MemoryApp(f"plans-{side}{number}")) for side in ("a", "b")]
    for name in ("Anna", "Bert", "Cleo"):
        apps[0].add({"first_name": name, "email": f"{name}@example.com"})
    async with assemble(settings, available={"memory": memory.connector}) as instep:
        listening = asyncio.get_running_loop().create_future()
        told = asyncio.Event()
        serving = asyncio.create_task(serve(instep, lambda: None, listening.set_result, told))
        async with signed_in(instep, await listening) as client:
            for app in apps:
                body = {"connector": "memory", "name": app.name, "settings": {"name": app.name}}
                assert (await client.post("/api/connections", json=body)).status == 201
            ends = {"a": apps[0].name, "b": apps[1].name}
            made = await client.post("/api/syncs", json={"name": "people", **ends})
            assert made.status == 201, await made.text()
            yield Stage(client, apps, instep)
        told.set()
        await serving


class Stage:
    def __init__(self, client, apps, instep):
        self.client, self.apps, self.instep = client, apps, instep

    async def get(self, path, status=200):
        reply = await self.client.get(path)
        assert reply.status == status, await reply.text()
        return await reply.json()

    async def post(self, path, status=200):
        reply = await self.client.post(path)
        assert reply.status == status, await reply.text()
        return await reply.json()

    async def work(self):
        sync = await self.instep.syncs.get("people")
        assert sync.workspace_id == DEFAULT_WORKSPACE
        while await self.instep.engine.advance(sync.shard):
            pass

    async def carry_out(self, plan):
        await self.post(f"/api/syncs/people/run?plan={plan}", 202)
        await self.work()


async def test_a_preview_is_paged_approved_and_seen_in_runs_and_history(stage):
    shown = await stage.post("/api/syncs/people/preview?items=2")
    assert (shown["counts"]["to_create_b"], len(shown["items"])) == (3, 2)
    rest = await stage.get(f"/api/plans/{shown['plan']}/items?after={shown['next']}")
    assert len(rest["items"]) == 1
    assert rest["next"] is None
    creates = await stage.get(f"/api/plans/{shown['plan']}/items?what=create&state=planned")
    assert len(creates["items"]) == 3
    await stage.carry_out(shown["plan"])
    assert len(stage.apps[1].records()) == 3
    plan = await stage.get(f"/api/plans/{shown['plan']}")
    assert (plan["state"], plan["person"], plan["kind"]) == ("ended", "api", "preview")
    first, *_ = (await stage.get("/api/syncs/people/runs"))["runs"]
    assert (first["kind"], first["person"], first["plan"]) == ("approved", "api", shown["plan"])
    page = await stage.get(f"/api/syncs/people/history?limit=2&run={first['id']}")
    assert [line["what"] for line in page["lines"]] == ["created", "created"]
    assert all(line["person"] == "api" and line["run"] == first["id"] for line in page["lines"])
    last = await stage.get(f"/api/syncs/people/history?limit=2&before={page['next']}")
    assert len(last["lines"]) == 1
    assert last["next"] is None
    (line,) = last["lines"]
    name = line["record"]
    said = f"{name} was created in {stage.apps[1].name}: new on the other side. Asked for by api."
    assert line["said"] == said


async def test_a_preview_is_a_file_in_which_no_cell_is_a_formula(stage):
    stage.apps[0].add({"first_name": "=1+1", "email": "dora@example.com"})
    shown = await stage.post("/api/syncs/people/preview")
    async with stage.client.get(f"/api/plans/{shown['plan']}/export?what=create") as reply:
        assert reply.headers["Content-Disposition"] == 'attachment; filename="people-preview.csv"'
        rows = [*csv.DictReader(io.StringIO(await reply.text()))]
    names = {row["record"]: row["after"] for row in rows if row["field"] == "first_name"}
    assert sorted(names.values()) == ["'=1+1", "Anna", "Bert", "Cleo"]
    assert {row["app"] for row in rows} == {stage.apps[1].name}
    async with stage.client.get(f"/api/plans/{shown['plan']}/export?what=delete") as reply:
        assert (await reply.text()).count("\n") == 1
    await stage.get("/api/plans/pln_x/export", 400)


async def test_items_are_found_by_a_text_page_after_page_and_in_the_file(stage):
    for name in ("Änne 100%", "Anna_Lou", "Zoë"):
        stage.apps[0].add({"first_name": name, "email": f"{len(name)}@example.org"})
    shown = await stage.post("/api/syncs/people/preview")
    items = f"/api/plans/{shown['plan']}/items"

    async def found(text, more=""):
        page = await stage.get(f"{items}?text={quote(text)}{more}")
        return [item["record"] for item in page["items"]], page["next"]

    assert await found("ANNA") == (["Anna", "Anna_Lou"], None)
    assert await found(" zoË ") == (["Zoë"], None)
    assert await found("0%") == (["Änne 100%"], None)
    assert await found("a_l") == (["Anna_Lou"], None)
    assert await found("first name", "&what=update") == ([], None)
    assert (await found("first name"))[0] == (await found(""))[0]
    assert len((await found(""))[0]) == 6
    one, following = await found("example.org", "&limit=2")
    rest, last = await found("example.org", f"&limit=2&after={following}")
    assert (sorted(one + rest), last) == (["Anna_Lou", "Zoë", "Änne 100%"], None)
    assert await found("nobody") == ([], None)
    await stage.get(f"{items}?text={'x' * 201}", 422)

    async with stage.client.get(f"/api/plans/{shown['plan']}/export?text=lou") as reply:
        rows = [*csv.DictReader(io.StringIO(await reply.text()))]
    assert {row["record"] for row in rows} == {"Anna_Lou"}


async def test_runs_come_in_pages(stage):
    for _ in range(3):
        await stage.post("/api/syncs/people/run", 202)
        await stage.work()
    whole = (await stage.get("/api/syncs/people/runs"))["runs"]
    paged, before = [], ""
    while before is not None:
        page = await stage.get(f"/api/syncs/people/runs?limit=1{before}")
        paged += page["runs"]
        before = f"&before={page['next']}" if page["next"] else None
    assert paged == whole
    assert len(whole) == 3


async def test_a_run_is_undone_by_its_id_and_one_record_tells_its_story(stage):
    await stage.post("/api/syncs/people/run", 202)
    await stage.work()
    ran = (await stage.get("/api/syncs/people/runs"))["runs"][0]["id"]
    shown = await stage.post(f"/api/runs/{ran}/undo")
    assert shown["of_run"] == ran
    assert {item["what"] for item in shown["items"]} == {"delete"}
    await stage.carry_out(shown["plan"])
    assert stage.apps[1].records() == {}
    (anna, *_) = stage.apps[0].records()
    lines = (await stage.get(f"/api/syncs/people/history?record={anna}"))["lines"]
    assert [line["what"] for line in lines] == ["deleted"]
    assert f"undone: run {ran}" in lines[0]["said"]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/api/runs/run_x/undo", "There is no run 'run_x'"),
        ("/api/syncs/people/run?plan=pln_x", "There is no plan 'pln_x'"),
        ("/api/syncs/nobody/preview", "There is no sync called 'nobody'"),
    ],
)
async def test_what_is_not_there_is_said_in_one_sentence(stage, path, sentence):
    assert sentence in (await stage.post(path, 400))["error"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/syncs/people/history?limit=0",
        "/api/plans/pln_x/items?after=-1",
        "/api/syncs/people/runs?limit=1001",
    ],
)
async def test_a_page_that_cannot_be_is_refused(stage, path):
    await stage.get(path, 422)
