"""Kill the process at every step of flows' runs: each effect once, and no doubt passed over."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from instep.core.errors import OutcomeUnknown
from instep.engine.flows.actions.calling import Arrived
from instep.engine.flows.runs.draining import Flows
from instep.engine.flows.triggers.starting import Starter
from instep.engine.work import to_ms
from instep.store import shards
from instep.store.flows import starts
from instep.store.flows.starts import Told
from instep.store.schema.connections import connection
from instep.store.schema.flows import flow_run
from tests.core.flow.documents import action, document, when
from tests.crash.fuse import Fuse, FusedDatabase, Killed
from tests.crash.steps import steps
from tests.engine.flows.ground import SEND, Offer, make_ground

FEWEST_STEPS = 10
EVENT = {"kind": "event", "connection": "ghl", "event": "ContactCreate"}


@dataclass
class Sinks:
    """Apps that take messages: one knows a key again, one can be looked into, one does neither."""

    keyed: dict[str, object] = field(default_factory=dict)
    found: list[tuple[str, object]] = field(default_factory=list)
    plain: list[object] = field(default_factory=list)
    fuse: Fuse = field(default_factory=Fuse)

    async def call(self, call):
        return await self.fuse.cross(f"call {call.operation}", lambda: self._carry_out(call))

    async def _carry_out(self, call):
        await asyncio.sleep(0)
        if call.operation == "keyed":
            self.keyed.setdefault(call.key, call.inputs["text"])
        elif call.operation == "found":
            self.found.append((call.key, call.inputs["text"]))
        else:
            self.plain.append(call.inputs["text"])
        return {"sent": call.inputs["text"]}

    async def find_out(self, call):
        self.fuse._stop_the_dead()
        if call.operation == "keyed":
            return None  # it knows the key again, so that repeating does no harm
        if call.operation == "found":
            said = [text for key, text in self.found if key == call.key]
            return Arrived({"sent": said[0]}) if said else None
        raise OutcomeUnknown("It cannot be looked up.")


class OfSinks:
    async def current(self, asking=()):
        return _OfSinks()


class _OfSinks(Offer):
    def actions(self, _connection):
        return dict.fromkeys(("keyed", "found", "plain"), SEND)


SIX_STEPS = document(
    {"id": "leads", "kind": "filter", "where": when(type="lead")},
    {"id": "words", "kind": "set_values", "values": {"hello": "Hello {{trigger.name}}"}},
    action("first", "keyed", inputs={"text": "{{values.hello}}"}),
    action("second", "found", inputs={"text": "{{steps.first.sent}}!"}),
    {"id": "pause", "kind": "delay", "seconds": 60},
    {
        "id": "each",
        "kind": "for_each",
        "items": "{{trigger.tags}}",
        "steps": [action("tag", "found", inputs={"text": "{{item}} {{index}}"})],
    },
    trigger=EVENT,
)


async def _ground(database, raw):
    ground = await make_ground(database)
    ground.services._offers = OfSinks()
    await ground.publish(raw)
    return ground


async def _tell(ground, records):
    at = to_ms(ground.clock.now())
    query = sa.select(connection.c.id)

    def tell(tx):
        ghl = tx.execute(query).scalar_one()
        told = [
            Told(
                ghl,
                "ContactCreate",
                f"w-{name}",
                {"type": "lead", "name": name, "tags": ["a", "b"]},
                name,
                at,
                None,
            )
            for name in records
        ]
        starts.start(tx, told, at)

    await ground.db.run(tell)


async def _work(ground, sinks, fuse):
    """Be a process that carries runs out until none is open; time passes while it does."""
    database = FusedDatabase(ground.db, fuse)
    sinks.fuse = fuse
    starter = Starter(database, ground.poller, ground.clock)
    flows = Flows(
        database, ground.clock, sinks, starter, ground.flows.run_sync, ground.flows.secrets_of
    )
    while await _open(ground):
        now = to_ms(ground.clock.now())
        for shard in await database.run_read(lambda tx, now=now: flows.due_shards(tx, now)):
            fence = await database.run(
                lambda tx, shard=shard, now=now: shards.take(tx, shard, "test", now)
            )
            await flows.drain(fence)
        ground.clock.move(61)


async def _open(ground):
    open_ones = sa.select(flow_run.c.id).where(flow_run.c.state.in_(("ready", "waiting")))
    return await ground.db.run_read(lambda tx: tx.execute(open_ones).all())


async def _rows(ground):
    return await ground.db.run_read(lambda tx: tx.execute(sa.select(flow_run)).all())


async def _story(ground, at, after, records):
    """Tell of these records, and be killed once on the way; return what the sinks have."""
    sinks, fuse = Sinks(), Fuse(at, after)
    await _tell(ground, records)
    try:
        await _work(ground, sinks, fuse)
    except Killed:
        await _work(ground, sinks, Fuse())
    return sinks, fuse.blown


@pytest.mark.crash
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_kill_anywhere_in_a_run_leaves_each_effect_once(database, after):
    ground = await _ground(database, SIX_STEPS)
    for at in steps(database, after=after, stride=(1, 3)):
        records = [f"r{at}-{number}" for number in range(3)]

        sinks, blown = await _story(ground, at, after, records)

        killed = f"killed {'after' if after else 'before'} {at}"
        assert sorted(sinks.keyed.values()) == [f"Hello {name}" for name in records], killed
        assert sorted(text for _, text in sinks.found) == sorted(
            text for name in records for text in (f"Hello {name}!", "a 1", "b 2")
        ), killed
        assert {row.state for row in await _rows(ground)} == {"done"}, killed
        if not blown:
            assert at > FEWEST_STEPS
            return


@pytest.mark.crash
@pytest.mark.parametrize(
    ("policy", "states"), [("ask", {"unknown"}), ("go_on", {"done"}), ("repeat", {"done"})]
)
async def test_what_cannot_be_looked_up_is_left_to_a_person_or_to_the_flows_own_policy(
    database, policy, states
):
    plain = action("send", "plain", inputs={"text": "{{trigger.name}}"}, on_unknown=policy)
    ground = await _ground(database, document(plain, trigger=EVENT))
    doubted = 0
    for after in (False, True):
        for at in range(1, 12):
            sinks, blown = await _story(ground, at, after, [f"r{at}{after}"])

            row = (await _rows(ground))[-1]
            in_doubt = blown and row.state in states and row.state != "done"
            if policy == "repeat":
                assert row.state == "done"
                assert 1 <= len(sinks.plain) <= 2
            elif row.state == "done" and policy == "ask":
                assert sinks.plain == [f"r{at}{after}"]
            else:
                assert row.state in states
                assert len(sinks.plain) <= 1, "it was repeated, and nobody had said so"
            doubted += in_doubt
            if not blown:
                break
    assert doubted if policy == "ask" else not doubted
