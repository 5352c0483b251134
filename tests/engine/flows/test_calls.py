"""Calls go by the name of their connection, a few at a time for each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from instep.core.errors import ConnectionBroken, UserError
from instep.engine.flows.actions.calling import Arrived, Call
from instep.engine.flows.actions.calls import Calls
from instep.sdk.clock import ManualClock


@dataclass
class Reached:
    connection_id: str
    concurrency: int = 2


@dataclass
class Office:
    """Connections, and a way over them that notes how many are busy at once."""

    known: dict = field(default_factory=lambda: {"a": Reached("con_a"), "b": Reached("con_b")})
    busy: dict = field(default_factory=dict)
    most: dict = field(default_factory=dict)
    broken: bool = False
    looked_up: list = field(default_factory=list)

    async def named(self, name):
        self.looked_up.append(name)
        if name not in self.known:
            raise UserError(f"There is no connection {name!r}.")
        return self.known[name]

    async def call(self, reached, call):
        if self.broken:
            raise ConnectionBroken("Refused.")
        name = reached.connection_id
        self.busy[name] = self.busy.get(name, 0) + 1
        self.most[name] = max(self.most.get(name, 0), self.busy[name])
        await asyncio.sleep(0.01)
        self.busy[name] -= 1
        return {"did": call.operation}

    async def find_out(self, reached, call):
        return Arrived(reached.connection_id)

    async def describe(self, reached, call):
        return [{"url": reached.connection_id}]


class Instep:
    """A caller that needs no connection."""

    async def call(self, call):
        return {"told": call.inputs["text"]}

    async def find_out(self, call):
        return None

    async def describe(self, call):
        return []


def call_of(connection, operation="x.y", **inputs):
    return Call(connection, operation, inputs, "key", 0)


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def clock():
    return ManualClock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def calls(office, clock):
    return Calls(office, lambda _reached, _call: office, {"instep": Instep()}, clock)


async def test_no_more_go_out_at_once_than_a_connection_takes(office, calls):
    many = [call_of(name) for name in "ab" for _ in range(8)]
    assert await asyncio.gather(*map(calls.call, many)) == [{"did": "x.y"}] * 16
    assert office.most == {"con_a": 2, "con_b": 2}


async def test_a_connection_is_looked_up_once_in_a_while(office, calls, clock):
    for _ in range(5):
        await calls.call(call_of("a"))
    assert office.looked_up == ["a"]
    clock.move(3)
    await calls.call(call_of("a"))
    assert office.looked_up == ["a", "a"]


async def test_a_limit_that_was_changed_counts_from_then_on(office, calls, clock):
    await calls.call(call_of("a"))
    office.known["a"] = Reached("con_a", 5)
    clock.move(3)
    await asyncio.gather(*(calls.call(call_of("a")) for _ in range(9)))
    assert office.most["con_a"] == 5


async def test_each_question_goes_to_the_connection_of_its_name(calls):
    assert await calls.find_out(call_of("b")) == Arrived("con_b")
    assert await calls.describe(call_of("a")) == [{"url": "con_a"}]


async def test_a_broken_connection_says_which_it_is(office, calls):
    office.broken = True
    with pytest.raises(ConnectionBroken) as refused:
        await calls.call(call_of("a"))
    assert refused.value.connection_id == "con_a"


async def test_an_unknown_connection_is_said(calls):
    with pytest.raises(UserError, match="no connection 'c'"):
        await calls.call(call_of("c"))


async def test_what_needs_no_connection_goes_by_its_own_name(calls):
    call = call_of("instep", "notify", text="Hello")
    assert await calls.call(call) == {"told": "Hello"}
    assert await calls.find_out(call) is None
    assert await calls.describe(call) == []
