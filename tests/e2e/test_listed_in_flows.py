"""Every listed trigger and action inside a flow, published and run against the sandbox."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest

from instep import catalogue
from instep.store.schema.flows import flow_run
from tests.conformance.outcome import Verdict
from tests.e2e.flow_workshop import workshop
from tests.e2e.sink import post, sink_connector, sinking
from tests.e2e.stories_in_flows import FlowSteps, in_flows
from tests.engine.flows.happenings import HAPPENINGS, UNCHANGING
from tests.engine.flows.highlevel import Happening
from tests.engine.flows.stories_by_step import ACTIONS, told_by
from tests.sandbox.ghl_caller import serving


@pytest.fixture(scope="module")
def told(sqlite_template, tmp_path_factory):
    """All stories, told by flows once."""
    path = tmp_path_factory.mktemp("flows") / "instep.db"
    return told_by(FlowSteps, in_flows(f"sqlite:///{shutil.copy(sqlite_template, path)}"))


@pytest.mark.parametrize("action", ACTIONS)
def test_a_listed_action_does_in_a_flow_what_its_story_asks_for(told, action):
    steps, outcomes = told
    assert (outcomes[action].verdict, outcomes[action].note) == (Verdict.PASSED, "")
    assert steps.ran[action]


TRIGGERS = [
    each.id
    for each in catalogue.all_operations()
    if each.listed is not None and each.listed.kind == "trigger"
]
MINUTES = 5


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
        await flows.publish(
            {"id": "watch", "trigger": watch(trigger, await anext(story)), "steps": [SEND_ON]}
        )
        assert await poll(flows, sink) == []

        happened = 0
        async for expected in story:
            sent = await poll(flows, sink)
            wanted = [item for _, item in expected]
            assert told(sent, wanted) == wanted
            happened += 1

        assert (happened == 0) == (trigger in UNCHANGING)
        assert await poll(flows, sink) == []
        assert sink.bodies == [ran.item for ran in await flows.ran(flow_run.c.state == "done")]
        assert len(sink.bodies) == sum((await flows.services.get("watch")).runs.values())


def watch(trigger, inputs):
    # a location's token finds no other locations
    agency = catalogue.get(trigger).address().token == "agency" or trigger == "locations.search"
    watched = {"kind": "poll", "connection": "agency" if agency else "ghl", "operation": trigger}
    return {**watched, "inputs": inputs, "minutes": MINUTES}


SEND_ON = post("{{trigger}}")


async def poll(flows, sink):
    """What the sink is sent once the trigger's time has come."""
    before = len(sink.bodies)
    flows.clock.ahead += timedelta(minutes=MINUTES, seconds=1)
    await flows.drain()
    trigger = (await flows.services.get("watch")).trigger
    assert (trigger.sentence, trigger.failures) == (None, 0)
    return sink.bodies[before:]


def told(sent, expected):
    """What was sent, as far as what is expected speaks of it."""
    return [
        {name: item.get(name) for name in wanted}
        for item, wanted in zip(sent, expected, strict=True)
    ]


def test_there_are_55_triggers_and_69_actions_and_each_trigger_has_its_happening():
    assert (len(TRIGGERS), len(ACTIONS)) == (55, 69)
    assert set(TRIGGERS) == HAPPENINGS.keys()
