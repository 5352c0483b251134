"""Replays, cancels, answers, kills and drains in any order: no step is ever carried out twice."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instep.core.errors import OutcomeUnknown, RecordRejected, UserError
from instep.engine.flows.runs.run_services import Meant
from tests.core.flow.documents import document
from tests.engine.flows.again import ALL, Hands, send
from tests.engine.flows.ground import FakeApp

STEPS = ("one", "two", "three")
RUNS = 4

OPERATIONS = st.one_of(
    st.tuples(st.just("replay"), st.booleans()),
    st.tuples(st.just("take_back"), st.none()),
    st.tuples(st.just("cancel"), st.integers(0, RUNS - 1)),
    st.tuples(st.just("answer"), st.integers(0, RUNS - 1)),
    st.tuples(st.just("drain"), st.integers(1, 60)),
    st.tuples(st.just("kill"), st.none()),
    st.tuples(st.just("mood"), st.sampled_from(["fine", "refuse", "lose", "doubt"])),
)
BOUNDED = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=12,
)


class MoodyApp(FakeApp):
    """Counts what it carried out by key; its mood says what else it does."""

    def __init__(self):
        super().__init__()
        self.done = Counter()
        self.mood = "fine"

    async def call(self, call):
        await asyncio.sleep(0)
        if self.mood == "refuse" and call.inputs["to"] != "one":
            raise RecordRejected("No.")
        self.done[call.key] += 1
        if self.mood in {"lose", "doubt"} and call.inputs["to"] == "two":
            self.carried_out[call.key] = {"ok": True}
            raise OutcomeUnknown("No answer.")
        return await super().call(call)

    async def find_out(self, call):
        if self.mood == "doubt":
            raise OutcomeUnknown("It may have been carried out.")
        return await super().find_out(call)


class Story:
    """One random story, with a drain that may be under way."""

    def __init__(self, hands, keys):
        self.hands, self.keys = hands, keys
        self.app = hands.ground.app
        self.draining = None
        self.replay = None

    async def replay_some(self, from_start):
        meant = Meant(flow="thanks", states=("dead", "stopped", "unknown", "ready", "done"))
        begun = await self.hands.replays.start(
            meant if not from_start else ALL, from_start=from_start
        )
        self.replay = begun.replay.id

    async def take_back(self, _):
        if self.replay is not None:
            await self.hands.replays.cancel(self.replay)

    async def cancel(self, number):
        with contextlib.suppress(UserError):
            await self.hands.runs.cancel(Meant(keys=(self.keys[number],)), "Ann")

    async def answer(self, number):
        """Say what is true of the step in doubt."""
        told = await self.hands.one(self.keys[number])
        happened = self.app.done[f"{told['id']}:{told['step']}"] > 0
        with contextlib.suppress(UserError):
            await self.hands.runs.answer(told["id"], "Ann", happened=happened)

    async def drain(self, steps):
        """Let a drain work for a while, and on beside what comes next."""
        if self.draining is None or self.draining.done():
            await self.end()
            self.draining = asyncio.create_task(self.hands.ground.drain())
        for _ in range(steps):
            await asyncio.sleep(0.0002)

    async def kill(self, _):
        if self.draining is not None:
            self.draining.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.draining
            self.draining = None

    async def mood(self, mood):
        self.app.mood = mood

    async def end(self):
        if self.draining is not None:
            await self.draining
            self.draining = None


@pytest.fixture
def hands(ground):
    return Hands(ground)


# what it draws is long to write down, and that is not wrong
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@BOUNDED
@given(operations=st.lists(OPERATIONS, min_size=4, max_size=16))
async def test_no_step_is_carried_out_twice_whatever_happens_in_whatever_order(hands, operations):
    app = hands.ground.app = hands.ground.flows.caller = MoodyApp()
    with contextlib.suppress(UserError):
        await hands.ground.services.delete("thanks")
    await hands.ground.publish(document(*(send(each) for each in STEPS)))
    keys = [await hands.ground.services.start("thanks", {"n": n}) for n in range(RUNS)]
    story = Story(hands, keys)
    for name, argument in operations:
        await getattr(story, {"replay": "replay_some"}.get(name, name))(argument)
    await story.end()
    app.mood = "fine"
    await hands.settle()
    for number in range(RUNS):
        await story.answer(number)
    await hands.settle()

    assert set(app.done.values()) <= {1}
    for each in (await hands.runs.list(ALL, 1000)).runs:
        if each.run.state == "done":
            assert all(app.done[f"{each.run.key}:{step}"] == 1 for step in STEPS)
    assert not {"ready", "held"} & set(await hands.ground.states("thanks"))
