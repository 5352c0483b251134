"""Runs of all syncs over HTTP, on both databases: looked for, shown, and what an undo would do."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from instep.core.records import Write
from instep.store.schema.plans import plan
from instep.store.schema.syncs import run
from tests.api.served import served
from tests.api.signed_in import signed_in

PEOPLE = [{"first_name": name, "email": f"{name}@example.com"} for name in ("Ann", "Bob", "Cleo")]


class Stage:
    def __init__(self, made, client):
        self.made, self.client = made, client

    async def get(self, path="", status=200):
        async with self.client.get(f"/api/runs{path}") as reply:
            assert reply.status == status, await reply.text()
            return await reply.json()

    async def undo(self, of):
        async with self.client.post(f"/api/runs/{of}/undo") as reply:
            assert reply.status == 200, await reply.text()
            return await reply.json()

    async def change(self, run_id, **values):
        change = sa.update(run).where(run.c.id == run_id).values(**values)
        await self.made.instep.db.run(lambda tx: tx.execute(change))


@pytest.fixture
async def stage(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, (PEOPLE, [])) as made,
        signed_in(made.instep, made.url) as client,
    ):
        yield Stage(made, client)


async def test_runs_are_found_by_sync_state_and_time_page_by_page(stage):
    for _ in range(3):
        await stage.made.run()
    whole = (await stage.get())["runs"]
    assert len(whole) == 4
    assert {each["sync"] for each in whole} == {"people"}
    paged, before = [], ""
    while before is not None:
        page = await stage.get(f"?limit=3&sync=people{before}")
        paged += page["runs"]
        before = f"&before={page['next']}" if page["next"] else None
    assert paged == whole
    await stage.change(whole[1]["id"], state="failed")
    await stage.change(whole[3]["id"], state="halted", started_at=1_000)
    found = (await stage.get("?states=failed&states=halted"))["runs"]
    assert [each["id"] for each in found] == [whole[1]["id"], whole[3]["id"]]
    old = (await stage.get("?until=2000-01-01T00:00:00Z"))["runs"]
    assert [each["id"] for each in old] == [whole[3]["id"]]
    assert whole[3]["id"] not in [r["id"] for r in (await stage.get("?since=2000-01-01"))["runs"]]
    assert (await stage.get("?states=failed&until=2000-01-01T00:00:00Z"))["runs"] == []


async def test_a_look_at_an_undo_says_what_its_plan_would_and_stores_nothing(stage):
    ran = (await stage.get())["runs"][-1]["id"]
    look = await stage.get(f"/{ran}/undo?limit=2")
    assert (look["is_whole"], look["looked_at"], len(look["items"])) == (True, 3, 2)
    rest = await stage.get(f"/{ran}/undo?limit=2&after={look['next']}")
    assert (rest["counts"], len(rest["items"]), rest["next"]) == (None, 1, None)
    with stage.made.instep.db.read() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(plan)).scalar() == 0
    planned = await stage.undo(ran)
    assert planned["counts"] == look["counts"]
    both = [*look["items"], *rest["items"]]
    assert [each["record"] for each in planned["items"]] == [each["record"] for each in both]
    assert {each["what"] for each in both} == {"delete"}


async def test_what_an_undo_would_leave_is_told_with_its_reason(stage):
    ran = (await stage.get())["runs"][-1]["id"]
    a, b = stage.made.apps
    anna = next(key for key, each in b.records().items() if each.values["first_name"] == "Ann")
    b.edit(anna, Write(set={"first_name": "Anna"}))
    await stage.made.run()
    look = await stage.get(f"/{ran}/undo")
    assert look["counts"]["refused"] == 1
    [left] = [each for each in look["items"] if each["state"] == "refused"]
    assert "changed since" in left["sentence"]
    assert left["refused"][0]["why"] == left["sentence"]
    assert a.records()


async def test_a_run_is_shown_with_its_brakes_and_what_took_it_back(stage):
    ran = (await stage.get())["runs"][-1]["id"]
    before = await stage.get(f"/{ran}")
    assert before["sync"] == "people"
    assert (before["undoes"], before["undone_by"]) == (None, [])
    assert before["brakes"]["min_changes"] > 0
    planned = await stage.undo(ran)
    await stage.made.instep.plans.approve(planned["plan"], "ann")
    await stage.made.run()
    undo = next(each for each in (await stage.get())["runs"] if each["kind"] == "undo")
    assert (await stage.get(f"/{undo['id']}"))["undoes"] == ran
    assert (await stage.get(f"/{ran}"))["undone_by"] == [undo["id"]]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/run_x", 400, "There is no run 'run_x'"),
        ("/run_x/undo", 400, "There is no run 'run_x'"),
        ("?before=run_x", 400, "There is no run 'run_x'"),
        ("?sync=nobody", 400, "There is no sync called 'nobody'"),
        ("?states=broken", 422, "states"),
        ("?limit=0", 422, "limit"),
    ],
)
async def test_what_there_is_not_is_said(stage, path, status, said):
    assert said in (await stage.get(path, status))["error"]


async def test_a_place_that_is_none_is_refused(stage):
    ran = (await stage.get())["runs"][-1]["id"]
    assert "no place" in (await stage.get(f"/{ran}/undo?after=c:1", 400))["error"]
