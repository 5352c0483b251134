"""A thousand events, each webhook sent twice and many out of order: one run each, in order."""

from __future__ import annotations

import asyncio
import io
import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from instep.store.connections import Connections
from instep.store.vault import open_vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.e2e.serving_flows import connect_sink, publish, serving_flows, until_done
from tests.e2e.sink import manifest, post, sinking
from tests.engine.signed import body_of, connect, headers_of

RECORDS, EACH = 50, 20
EVENTS = RECORDS * EACH
FLOW = {
    "id": "tell",
    "trigger": {"kind": "event", "connection": "ghl", "event": "ContactUpdate"},
    "steps": [post({"id": "{{trigger.id}}", "n": "{{trigger.city}}"})],
}


@pytest.fixture
async def stage(database_url, tmp_path):
    """A running Instep whose flow posts each event to the sink."""
    async with (
        sinking() as sink,
        serving_flows(database_url, tmp_path, {"sink": manifest()}) as (instep, url),
        aiohttp.ClientSession(url) as sender,
    ):
        await connect(Connections(instep.db, open_vault(instep.settings), DEFAULT_WORKSPACE))
        await connect_sink(instep, "sink", sink)
        await publish(instep, FLOW)
        yield instep, sink, sender


def happened():
    """What happened, in its order: the contacts take turns, each change a while after the last."""
    began = datetime.now(UTC) - timedelta(minutes=3)
    turns = [(n, record) for n in range(EACH) for record in range(RECORDS)]
    return [
        body_of(id=f"c{record}", city=str(n), now=began + timedelta(milliseconds=100 * turn))
        for turn, (n, record) in enumerate(turns)
    ]


async def send(sender, bodies, at_once=20):
    """Post webhooks in this order, some at once."""
    gate = asyncio.Semaphore(at_once)

    async def one(body):
        sent = io.BytesIO(body)
        async with gate, sender.post("/hooks/ghl", data=sent, headers=headers_of(body)) as reply:
            assert reply.status == 200

    async with asyncio.TaskGroup() as group:
        for body in bodies:
            group.create_task(one(body))


def by_record(sink):
    """What the sink was told of each record, in its order."""
    told = defaultdict(list)
    for body in sink.bodies:
        told[body["id"]].append(int(body["n"]))
    return dict(told)


IN_ORDER = {f"c{record}": list(range(EACH)) for record in range(RECORDS)}


async def test_events_that_wait_are_done_once_each_in_the_order_of_what_happened(stage):
    instep, sink, sender = stage
    await instep.flows.pause("tell")
    bodies = happened() * 2
    random.Random(5).shuffle(bodies)
    await send(sender, bodies)
    assert sink.bodies == []

    await instep.flows.resume("tell")
    await until_done(instep, {"tell": EVENTS})

    assert by_record(sink) == IN_ORDER


async def test_events_that_come_twice_while_others_are_done_are_done_once_each_in_order(stage):
    instep, sink, sender = stage
    bodies = happened()
    for start in range(0, EVENTS, RECORDS):  # one of each record at a time
        turn = bodies[start : start + RECORDS]
        late = bodies[max(0, start - 3 * RECORDS) : start]
        await send(sender, [*turn, *late[:RECORDS]])
    await send(sender, bodies[-4 * RECORDS :])
    await until_done(instep, {"tell": EVENTS})

    assert by_record(sink) == IN_ORDER


async def test_events_in_any_order_are_done_once_each_while_they_come(stage):
    instep, sink, sender = stage
    bodies = happened() * 2
    random.Random(6).shuffle(bodies)
    await send(sender, bodies)
    await until_done(instep, {"tell": EVENTS})

    told = by_record(sink)
    assert {record: sorted(numbers) for record, numbers in told.items()} == IN_ORDER
