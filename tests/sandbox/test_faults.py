from __future__ import annotations

import aiohttp
import pytest

from instep.core.errors import UserError
from instep.sandbox import Sandbox
from instep.sandbox.faults import HARMLESS, LASTING, NAMES, WEBHOOK, Fault, Faults, parse_fault
from tests.sandbox.toy import Toy


@pytest.fixture
async def toy():
    app = Toy()
    async with Sandbox([app]) as sandbox, aiohttp.ClientSession(sandbox.url("toy")) as client:
        app.client = client
        yield app


async def put(toy, number=1, size=1):
    # POST, because the client itself repeats a PUT whose connection breaks
    async with toy.client.post(f"/things/{number}", json={"size": size}) as reply:
        return reply.status, await reply.text()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("server_error", Fault("server_error")),
        ("server_error=0.25", Fault("server_error", probability=0.25)),
        ("slow=2.5", Fault("slow", seconds=2.5)),
        ("slow", Fault("slow", seconds=1.0)),
        ("clock_skew=-300", Fault("clock_skew", seconds=-300.0)),
        (
            "connection_reset=count:3,method:put,path:/contacts/*",
            Fault("connection_reset", count=3, method="PUT", path="/contacts/*"),
        ),
        ("slow=2,probability:0.5", Fault("slow", probability=0.5, seconds=2.0)),
        ("late_webhook=3", Fault("late_webhook", seconds=3.0)),
        ("lost_webhook=0.1,event:Task*", Fault("lost_webhook", probability=0.1, event="Task*")),
        (
            "chaos=seed:7,rate:0.1,faults:slow+server_error",
            Fault("chaos", probability=0.1, seed=7, faults=("slow", "server_error")),
        ),
        ("chaos", Fault("chaos", probability=0.05, faults=HARMLESS)),
    ],
)
def test_a_fault_is_written_in_short(text, fault):
    assert parse_fault(text) == fault


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("sluggish", "There is no fault 'sluggish'; there are rate_limit_burst"),
        ("slow=soon", "not understood"),
        ("slow=pace:3", "no parameter 'pace'"),
        ("chaos=faults:slow+odd", "cannot strike with 'odd'"),
        ("chaos=faults:chaos", "cannot strike with 'chaos'"),
        ("slow=seed:3", "no parameter 'seed'"),
        ("slow=-1", "cannot be negative"),
        ("server_error=3", "between 0 and 1; for calls use count:N"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(UserError, match=sentence):
        parse_fault(text)


def test_a_seed_repeats_which_calls_are_hit():
    def hits(seed):
        faults = Faults(seed)
        faults.switch_on("server_error=0.3")
        return [bool(faults.strikes("server_error", "GET", "/")) for _ in range(200)]

    assert hits(1) == hits(1)
    assert hits(1) != hits(2)
    assert 20 < sum(hits(1)) < 100


def test_a_count_switches_the_fault_off_by_itself():
    faults = Faults()
    faults.switch_on("server_error=count:2")
    hits = [bool(faults.strikes("server_error", "GET", "/")) for _ in range(4)]
    assert hits == [True, True, False, False]
    assert list(faults) == []


def test_a_fault_strikes_only_the_calls_it_names():
    faults = Faults()
    faults.switch_on("server_error=method:PUT,path:/contacts/*")
    assert not faults.strikes("server_error", "GET", "/contacts/1")
    assert not faults.strikes("server_error", "PUT", "/locations/1")
    assert faults.strikes("server_error", "PUT", "/contacts/1")


def test_a_fault_of_webhooks_strikes_only_the_events_it_names():
    faults = Faults()
    faults.switch_on("lost_webhook=event:Task*")
    assert not faults.strikes_webhook("lost_webhook", "NoteCreate")
    assert faults.strikes_webhook("lost_webhook", "TaskCreate")


CALLS = [name for name in NAMES if name not in {*WEBHOOK, "chaos"}]


def struck(seed, text="chaos=0.5", calls=400):
    """Which faults each of so many calls would meet, as the layers ask one after the other."""
    faults = Faults(seed)
    faults.switch_on(text)
    return [tuple(name for name in CALLS if faults.strikes(name, "GET", "/")) for _ in range(calls)]


def test_chaos_strikes_with_everything_a_patient_client_gets_over():
    met = struck(1)
    assert {name for names in met for name in names} == set(HARMLESS) - set(WEBHOOK)
    assert 120 < sum(map(len, met)) < 280


def test_chaos_is_the_same_for_a_seed_and_another_for_another():
    assert struck(1) == struck(1) == struck(2, "chaos=0.5,seed:1")
    assert struck(1) != struck(2)


def test_webhooks_do_not_disturb_what_calls_meet():
    faults = Faults(1)
    faults.switch_on("chaos=0.5")
    met = []
    for _ in range(400):
        faults.strikes_webhook("lost_webhook", "TaskCreate")
        met += [name for name in CALLS if faults.strikes(name, "GET", "/")]
    assert met == [name for names in struck(1) for name in names]


def test_chaos_counts_what_it_hits():
    assert sum(map(len, struck(1, "chaos=0.5,count:3"))) == 3


def test_a_fault_that_lasts_is_drawn_once():
    faults = Faults(3)
    assert faults.seconds("clock_skew") == 0
    faults.switch_on(f"chaos=faults:{'+'.join(LASTING)}")
    assert 0 < faults.seconds("index_lag") < 5
    assert 0 < abs(faults.seconds("clock_skew")) < 300
    assert faults.seconds("clock_skew") == faults.seconds("clock_skew")
    faults.switch_off("chaos")
    assert faults.seconds("clock_skew") == 0


@pytest.mark.parametrize("name", ["rate_limit_burst", "rate_limit_daily", "server_error"])
async def test_a_refused_call_does_nothing(toy, name):
    toy.faults.switch_on(name)
    status, text = await put(toy)
    assert (status, text) == (500 if name == "server_error" else 429, name)
    assert toy.things.count() == 0


async def test_a_reset_connection_does_nothing(toy):
    toy.faults.switch_on("connection_reset")
    with pytest.raises((aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)):
        await put(toy)
    assert toy.things.count() == 0


async def test_a_time_out_after_success_did_the_work(toy):
    toy.faults.switch_on("timeout_after_success=count:1")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await put(toy, size=7)
    assert toy.things.get(1) == {"size": 7}
    assert (await put(toy, size=8))[0] == 200


async def test_a_truncated_reply_did_the_work_and_cannot_be_mistaken_for_a_whole_one(toy):
    toy.faults.switch_on("truncated_reply")
    with pytest.raises(aiohttp.ClientPayloadError):
        await put(toy, size=7)
    assert toy.things.get(1) == {"size": 7}


async def test_a_slow_reply_arrives(toy):
    toy.faults.switch_on("slow=0.05")
    started = toy.clock.now()
    assert (await put(toy))[0] == 200
    assert (toy.clock.now() - started).total_seconds() >= 0.05


def test_a_skewed_clock_is_ahead():
    toy = Toy()
    before = toy.clock.milliseconds()
    toy.faults.switch_on("clock_skew=300")
    assert 300_000 <= toy.clock.milliseconds() - before < 301_000


async def test_faults_are_switched_over_http(toy):
    body = {"slow": {"seconds": 0, "path": "/x/*"}, "server_error": None}
    async with toy.client.put("/_sandbox/faults", json=body) as reply:
        assert (await reply.json())["faults"] == [
            {"name": "slow", "probability": 1.0, "seconds": 0.0, "path": "/x/*"},
            {"name": "server_error", "probability": 1.0, "seconds": 0.0},
        ]
    assert (await put(toy))[0] == 500
    async with toy.client.delete("/_sandbox/faults/server_error") as reply:
        assert [fault["name"] for fault in (await reply.json())["faults"]] == ["slow"]
    assert (await put(toy))[0] == 200
    async with toy.client.delete("/_sandbox/faults") as reply:
        assert (await reply.json()) == {"faults": []}


async def test_a_wrong_switch_changes_nothing_and_says_why(toy):
    async with toy.client.put("/_sandbox/faults", json={"slow": {}, "odd": {}}) as reply:
        assert reply.status == 400
        assert "no fault 'odd'" in (await reply.json())["error"]
    assert list(toy.faults) == []
    async with toy.client.put("/_sandbox/faults", data=b"[") as reply:
        assert (reply.status, await reply.json()) == (
            400,
            {"error": "The body must be a JSON object."},
        )


async def test_calls_are_counted_by_path_template(toy):
    await put(toy, number=1)
    await put(toy, number=2)
    toy.faults.switch_on("server_error=count:1")
    await put(toy, number=3)
    async with toy.client.get("/nowhere"):
        pass
    async with toy.client.get("/_sandbox/calls") as reply:
        assert await reply.json() == {
            "total": 4,
            "calls": {"GET /nowhere": 1, "POST /things/3": 1, "POST /things/{number}": 2},
        }
    async with toy.client.delete("/_sandbox/calls") as reply:
        assert await reply.json() == {"total": 0, "calls": {}}


def test_every_fault_can_be_switched_on_by_its_name_alone():
    assert [parse_fault(name).name for name in NAMES] == list(NAMES)
