"""Runs of flows over HTTP, on both databases: seen, cancelled, answered and done again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from instep.store.schema.flows import flow_run
from tests.api.served import served
from tests.api.signed_in import signed_in

FLOW = {
    "id": "thanks",
    "trigger": {"kind": "manual"},
    "steps": [{"id": "name", "kind": "set_values", "values": {"n": "{{trigger.n}}"}}],
}


class Stage:
    def __init__(self, instep, client):
        self.instep, self.client = instep, client

    async def get(self, path="", status=200):
        async with self.client.get(f"/api/flow-runs{path}") as reply:
            assert reply.status == status, await reply.text()
            return await reply.json()

    async def post(self, path, body=None, status=200):
        async with self.client.post(f"/api/flow-runs{path}", json=body) as reply:
            assert reply.status == status, await reply.text()
            return await reply.json()

    async def change(self, **values):
        await self.instep.db.run(lambda tx: tx.execute(sa.update(flow_run).values(**values)))

    async def work(self):
        """Do what is due, as an engine would."""
        while due := await self.instep.engine.due_shards():
            for shard in due:
                await self.instep.engine.advance(shard)


@pytest.fixture
async def stage(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([], [])) as made,
        signed_in(made.instep, made.url) as client,
    ):
        flows = made.instep.flows
        await flows.save(FLOW)
        await flows.publish("thanks")
        for n in range(3):
            await flows.start("thanks", {"n": n, "token": "hush"})
        yield Stage(made.instep, client)


async def test_runs_are_listed_page_by_page_and_shown(stage):
    first = await stage.get("?flow=thanks&states=ready&states=dead&limit=2")
    rest = await stage.get(f"?flow=thanks&limit=2&before={first['next']}")
    assert len(first["runs"]) == 2
    assert (len(rest["runs"]), rest["next"]) == (1, None)
    await stage.work()
    shown = await stage.get(f"/{first['runs'][0]['id']}")
    assert (shown["state"], shown["item"]) == ("done", {"n": 2, "token": "•••"})
    assert [(each["place"], each["output"]) for each in shown["steps"]] == [("name", {"n": 2})]
    assert (await stage.get("/counts?flow=thanks"))["done"] == 3
    assert (await stage.get("?until=2020-01-01T00:00:00Z"))["runs"] == []


async def test_dead_letters_are_done_again_by_the_engine_that_runs(stage):
    await stage.change(state="dead", place="name", sentence="No.", ended_at=1)
    wanted = {"flow": "thanks", "states": ["dead"]}
    assert await stage.post("/replays/preview", wanted) == {
        "runs": 3,
        "refused": [],
        "actions": {},
    }
    begun = await stage.post("/replays", wanted)
    assert (begun["state"], begun["start"], begun["person"]) == ("making", "failed", "api")
    await stage.work()
    told = await stage.get(f"/replays/{begun['id']}")
    assert (told["state"], told["taken"], told["runs"]) == ("done", 3, {"done": 3})
    assert await stage.get("/replays") == [told]
    assert await stage.post(f"/replays/{begun['id']}/cancel") == {"runs": 0}
    assert (await stage.get(f"/replays/{begun['id']}"))["state"] == "done"


async def test_runs_are_cancelled_and_let_go(stage):
    await stage.change(state="held", held_by="ghl")
    assert await stage.post("/release", {"flow": "thanks"}) == {"runs": 3}
    [one, *_] = (await stage.get("?limit=1"))["runs"]
    assert await stage.post("/cancel", {"ids": [one["id"]]}) == {"runs": 1}
    assert (await stage.get(f"/{one['id']}"))["said"] == "api cancelled it."


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("/cancel", {}, 400, "Say which runs"),
        ("/replays", {}, 400, "Say which runs"),
        ("/replays", {"flow": "x"}, 400, "There is no flow called 'x'"),
        ("/replays", {"flow": "thanks", "states": ["broken"]}, 422, "states"),
        ("/replays/frp_x/cancel", None, 400, "There is no replay 'frp_x'"),
        ("/frn_x/answer", {"happened": True}, 400, "There is no run 'frn_x'"),
    ],
)
async def test_what_cannot_be_done_is_said(stage, path, body, status, said):
    assert said in (await stage.post(path, body, status))["error"]
