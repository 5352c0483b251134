"""The journal tells who did what and what became of it; people's own way in meets no fault."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import pytest

from instep.sandbox import Sandbox
from instep.sandbox.quota import Allowance, Quota
from tests.sandbox.toy import Toy


@pytest.fixture
async def toy():
    toy = Toy()
    async with Sandbox([toy]) as sandbox:
        toy.url = sandbox.url("toy")
        toy.journal.switch(on=True)
        yield toy


async def call(toy, method, path, **given):
    async with (
        aiohttp.ClientSession(toy.url) as client,
        client.request(method, path, **given) as reply,
    ):
        return reply.status, reply.headers, await reply.read()


async def journal(toy, query=""):
    _, _, raw = await call(toy, "GET", f"/_sandbox/journal{query}")
    return json.loads(raw)


async def test_a_call_is_written_down_with_what_was_sent_and_answered(toy):
    await call(toy, "PUT", "/things/1?quick=yes", json={"size": 3})
    (entry,) = (await journal(toy))["calls"]
    assert entry["number"] == 1
    assert (entry["method"], entry["path"], entry["query"]) == ("PUT", "/things/1", "quick=yes")
    assert (entry["sent"], entry["status"], entry["got"]) == ({"size": 3}, 200, {"done": True})
    assert (entry["by"], entry["fault"]) == ("app", None)
    assert entry["at"] <= entry["answered_at"]


@pytest.mark.parametrize(
    ("fault", "status"),
    [("connection_reset", None), ("server_error", None), ("timeout_after_success", 200)],
)
async def test_it_tells_whether_a_call_that_a_fault_struck_got_to_the_app(toy, fault, status):
    toy.faults.switch_on(f"{fault}=count:1")
    try:
        await call(toy, "POST", "/things/1", json={"size": 3})  # a PUT the client would repeat
    except aiohttp.ClientError:
        assert fault != "server_error"
    (entry,) = (await journal(toy))["calls"]
    assert (entry["fault"], entry["status"]) == (fault, status)
    assert (toy.things.get(1) is not None) == (status is not None)


async def test_what_people_do_by_hand_meets_no_fault_and_is_not_counted(toy):
    toy.faults.switch_on("server_error")
    status, _, _ = await call(toy, "PUT", "/_sandbox/by-hand/things/1", json={"size": 3})
    assert (status, toy.things.get(1)) == (200, {"size": 3})
    (entry,) = (await journal(toy))["calls"]
    assert (entry["by"], entry["path"]) == ("hand", "/things/1")
    assert toy.calls.describe()["total"] == 0


async def test_it_is_read_in_pieces_and_begun_anew(toy):
    for number in range(3):
        await call(toy, "GET", f"/things/{number}")
    told = await journal(toy, "?after=1&limit=1")
    assert [entry["path"] for entry in told["calls"]] == ["/things/1"]
    await call(toy, "PUT", "/_sandbox/journal", json={"on": False})
    await call(toy, "GET", "/things/1")
    assert await journal(toy) == {"on": False, "calls": []}
    status, _, _ = await call(toy, "GET", "/_sandbox/journal?after=soon")
    assert status == 400


async def test_the_date_of_a_reply_is_by_the_apps_own_clock(toy):
    toy.faults.switch_on("clock_skew=-200")
    _, headers, _ = await call(toy, "GET", "/things/1")
    assert len(headers.getall("date")) == 1
    behind = datetime.now(UTC) - parsedate_to_datetime(headers["date"])
    assert timedelta(seconds=195) < behind < timedelta(seconds=210)


def test_a_clock_that_is_put_back_leaves_no_calls_in_the_window():
    quota = Quota(Allowance(2, 1, 100))
    assert [quota.take(at) for at in (500.0, 500.1, 500.2)] == [True, True, False]
    assert [quota.take(at) for at in (250.0, 250.1, 250.2)] == [True, True, False]
