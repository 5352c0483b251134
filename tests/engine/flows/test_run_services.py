"""What people see of runs and do to them, on a real database."""

from __future__ import annotations

import asyncio

import pytest

from instep.core.errors import ConnectionBroken, RetryLater, UserError
from instep.engine.flows.runs.run_services import Meant
from tests.core.flow.documents import document
from tests.engine.flows.again import Hands, refuse, send
from tests.engine.flows.ground import FakeApp


@pytest.fixture
def hands(ground):
    return Hands(ground)


async def ids(hands, **meant):
    return [each.run.key for each in (await hands.runs.list(Meant(**meant))).runs]


async def test_runs_are_chosen_by_flow_state_origin_record_replay_time_and_text(hands):
    dead = await hands.fail(many=2)
    hands.ground.clock.move(3_600)
    later = int(hands.ground.clock.now().timestamp() * 1000)
    fine = await hands.ground.services.start("thanks", {"n": 7, "name": 'Zoe "Z" 100%'})
    await hands.ground.drain()
    other = {**document(send()), "id": "other"}
    await hands.ground.publish(other)
    stray = await hands.ground.services.start("other", {"n": 8})

    assert await ids(hands) == [stray, fine, *reversed(dead)]
    assert await ids(hands, flow="thanks") == [fine, *reversed(dead)]
    assert await ids(hands, flow="thanks", states=("dead", "ready")) == [*reversed(dead)]
    assert await ids(hands, states=("done",)) == [fine]
    assert await ids(hands, origin="event") == []
    assert await ids(hands, origin="manual", states=("done",)) == [fine]
    assert await ids(hands, since=later) == [stray, fine]
    assert await ids(hands, until=later) == [*reversed(dead)]
    assert await ids(hands, record="c9") == []
    assert await ids(hands, keys=(stray, dead[0])) == [stray, dead[0]]


@pytest.mark.parametrize(
    ("text", "found"), [('zoe "z"', [2]), ("100%", [2]), ("1_0%", []), ("no send.", [1, 0])]
)
async def test_text_is_looked_for_in_items_steps_and_reasons_as_it_stands(hands, text, found):
    keys = await hands.fail(many=2)
    keys.append(await hands.ground.services.start("thanks", {"n": 7, "name": 'Zoe "Z" 100%'}))
    assert await ids(hands, text=text) == [keys[n] for n in found]


async def test_pages_follow_each_other_and_miss_nothing(hands, monkeypatch):
    monkeypatch.setattr("instep.store.flows.listing.LOOKED_THROUGH", 3)
    keys = await hands.fail(many=7)
    for meant in (Meant(), Meant(flow="thanks"), Meant(text="no send"), Meant(origin="manual")):
        seen, before = [], None
        while True:
            page = await hands.runs.list(meant, 2, before)
            seen += [each.run.key for each in page.runs]
            before = page.next
            if before is None:
                break
        assert seen == [*reversed(keys)]


async def test_a_run_is_shown_with_its_steps_in_order_and_without_secrets(hands):
    await hands.ground.publish(document(send("first"), send("second")))
    hands.ground.app.answer = lambda call: (
        RetryLater("Busy.") if len(hands.ground.app.calls) == 2 else {"echo": "is top-secret"}
    )
    item = {"n": 1, "token": "hush", "note": "it is top-secret"}
    key = await hands.ground.services.start("thanks", item)
    await hands.ground.drain()
    hands.ground.clock.move(600)
    await hands.ground.drain()

    told = await hands.one(key)

    assert told["item"] == {"n": 1, "token": "•••", "note": "it is •••"}
    assert [(each["place"], each["state"]) for each in told["steps"]] == [
        ("first", "done"),
        ("second", "done"),
    ]
    assert told["steps"][0]["output"] == {"echo": "is •••"}
    tries = [(each["number"], each["error"]) for each in told["steps"][1]["attempts"]]
    assert tries == [(1, "Busy."), (2, None)]


class SlowApp(FakeApp):
    """Answers once it is let."""

    def __init__(self):
        super().__init__()
        self.asked, self.may = asyncio.Event(), asyncio.Event()

    async def call(self, call):
        self.asked.set()
        await self.may.wait()
        return await super().call(call)


async def test_a_run_that_is_cancelled_finishes_its_step_and_begins_no_other(hands):
    app = hands.ground.flows.caller = hands.ground.app = SlowApp()
    await hands.ground.publish(document(send("first"), send("second")))
    key = await hands.ground.services.start("thanks", {"n": 1})
    draining = asyncio.create_task(hands.ground.drain())
    await app.asked.wait()

    assert await hands.runs.cancel(Meant(keys=(key,)), "Ann") == 1
    app.may.set()
    await draining
    await hands.settle()

    assert hands.sent() == [("first", 1)]
    told = await hands.one(key)
    assert (told["state"], told["said"]) == ("cancelled", "Ann cancelled it.")
    assert [(each["place"], each["state"]) for each in told["steps"]] == [("first", "done")]
    assert (await hands.ground.services.get("thanks")).flow.failures == 0


async def test_only_open_runs_are_cancelled(hands):
    await hands.fail(many=2)
    await hands.ground.services.start("thanks", {"n": 5})
    assert await hands.runs.cancel(Meant(flow="thanks"), "Ann") == 1
    assert await hands.ground.states("thanks") == {"dead": 2, "cancelled": 1}
    assert (await hands.runs.counts("thanks"))["dead"] == 2
    with pytest.raises(UserError, match="Only runs that are ready or waiting or held"):
        await hands.runs.cancel(Meant(states=("dead",)), "Ann")
    with pytest.raises(UserError, match="Say which runs"):
        await hands.runs.cancel(Meant(), "Ann")


async def test_a_flow_that_is_deleted_while_a_step_is_under_way_leaves_nothing_behind(hands):
    app = hands.ground.flows.caller = hands.ground.app = SlowApp()
    await hands.ground.publish(document(send("first"), send("second")))
    await hands.ground.services.start("thanks", {"n": 1})
    draining = asyncio.create_task(hands.ground.drain())
    await app.asked.wait()
    await hands.ground.services.delete("thanks")
    app.may.set()
    await draining
    assert hands.sent() == [("first", 1)]
    assert await hands.rows() == []


async def test_held_runs_go_on_by_hand(hands):
    await hands.ground.publish(document(send()))
    hands.ground.app.answer = lambda _call: ConnectionBroken("Revoked.")
    await hands.ground.services.start("thanks", {"n": 1})
    await hands.ground.drain()
    hands.ground.app.answer = refuse()
    assert await hands.runs.release(Meant(flow="thanks")) == 1
    await hands.ground.drain()
    assert await hands.ground.states("thanks") == {"done": 1}
