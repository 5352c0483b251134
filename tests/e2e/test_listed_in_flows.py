"""Every listed trigger and action inside a flow, published and run against the sandbox."""

from __future__ import annotations

import shutil
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from instep import catalogue
from instep.engine.work import to_ms
from instep.store.schema.flows import flow_item
from tests.conformance.outcome import Verdict
from tests.e2e.flow_workshop import workshop
from tests.e2e.sink import post, sink_connector, sinking
from tests.e2e.stories_in_flows import FlowSteps, at_account
from tests.engine.flows.happenings import HAPPENINGS, UNCHANGING
from tests.engine.flows.highlevel import Happening
from tests.engine.flows.stories_by_step import ACTIONS, told_by
from tests.sandbox.ghl_caller import serving


@pytest.fixture(scope="module")
def told(sqlite_template, tmp_path_factory):
    """All stories, told by flows once."""
    path = tmp_path_factory.mktemp("flows") / "instep.db"
    url = f"sqlite:///{shutil.copy(sqlite_template, path)}"
    steps, outcomes = told_by(FlowSteps, partial(at_account, url))
    steps.close()
    return steps, outcomes


@pytest.mark.parametrize("action", ACTIONS)
def test_a_listed_action_does_in_a_flow_what_its_story_asks_for(told, action):
    steps, outcomes = told
    assert (outcomes[action].verdict, outcomes[action].note) == (Verdict.PASSED, "")
    assert steps.done[action]
    assert {ran.state for ran in steps.refused[action]} <= {"dead"}


TRIGGERS = [
    each.id
    for each in catalogue.all_operations()
    if each.listed is not None and each.listed.kind == "trigger"
]
MINUTES = 5
FLOWS = {"all": "new_and_changed", "only_new": "new"}


@pytest.fixture
async def sink():
    async with sinking() as opened:
        yield opened


@pytest.fixture
async def flows(sqlite_url, sink):
    async with workshop(sqlite_url, sink_connector()) as opened:
        await sink.connect(opened)
        yield opened


@pytest.mark.parametrize("trigger", TRIGGERS)
async def test_a_listed_trigger_starts_a_run_with_exactly_what_happened(trigger, flows, sink):
    async with serving() as ghl:
        await flows.connect_ghl(ghl.told)
        story = HAPPENINGS[trigger](Happening(ghl))
        await watch(flows, trigger, await anext(story))
        assert await poll(flows, sink) == []
        assert trigger not in UNCHANGING or await remembered(flows)

        happened = 0
        async for expected in story:
            assert spoken_of(await poll(flows, sink), expected) == expected
            happened += 1

        assert (happened == 0) == (trigger in UNCHANGING)
        assert await poll(flows, sink) == []
        for flow in FLOWS:
            assert set((await flows.services.get(flow)).runs) <= {"done"}
        offered = (await flows.offers.current()).polls(connection_of(trigger))[trigger]
        for body in sink.bodies:
            assert set(body["item"]) <= set(offered.item.fields), "a step could not name it"


def connection_of(trigger):
    # a location's token finds no other locations
    agency = catalogue.get(trigger).address().token == "agency" or trigger == "locations.search"
    return "agency" if agency else "ghl"


async def watch(flows, trigger, inputs):
    """Publish a flow that sends on all that the trigger emits, and one that takes but new items."""
    watched = {"kind": "poll", "connection": connection_of(trigger), "operation": trigger}
    watched |= {"inputs": inputs, "minutes": MINUTES}
    for flow, emits in FLOWS.items():
        steps = [post({"flow": flow, "item": "{{trigger}}"})]
        document = {"id": flow, "trigger": {**watched, "emits": emits}, "steps": steps}
        await flows.publish(document)


async def poll(flows, sink):
    """What the sink is sent once it is time to poll: (kind, item).

    It is new if the flow that takes but new items sends it as well.
    """
    before = len(sink.bodies)
    flows.clock.ahead += timedelta(minutes=MINUTES, seconds=1)
    now = to_ms(flows.clock.now())
    await flows.drain()
    for flow in FLOWS:
        trigger = (await flows.services.get(flow)).trigger
        assert (trigger.sentence, trigger.failures) == (None, 0)
        assert trigger.ok_at >= now
    sent = {flow: [] for flow in FLOWS}
    for body in sink.bodies[before:]:
        sent[body["flow"]].append(body["item"])
    new = sent["only_new"]
    assert [each for each in sent["all"] if each in new] == new
    return [("new" if each in new else "changed", each) for each in sent["all"]]


async def remembered(flows):
    """How many items the flows know of."""
    count = sa.select(sa.func.count()).select_from(flow_item)
    return await flows.db.run_read(lambda tx: tx.execute(count).scalar_one())


def spoken_of(emitted, expected):
    """What was emitted, as far as what is expected speaks of it."""
    return [
        (kind, {name: item.get(name) for name in wanted})
        for (kind, item), (_, wanted) in zip(emitted, expected, strict=True)
    ]


def test_there_are_55_triggers_and_69_actions_and_each_trigger_has_its_happening():
    assert (len(TRIGGERS), len(ACTIONS)) == (55, 69)
    assert set(TRIGGERS) == HAPPENINGS.keys()
