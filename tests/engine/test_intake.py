"""The intake: proven, durable, once; and refused so that the app sends it again."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from instep.connectors import gohighlevel, memory
from instep.core.errors import UserError
from instep.engine.intake import Intake, NoSuchDoor
from instep.engine.waiting_room import IntakeBusy
from instep.sdk.auth import Credential
from instep.sdk.clock import ManualClock
from instep.sdk.webhooks import WebhookRefused
from instep.store.connections import Connections, NewConnection
from instep.store.schema.events import event
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.engine.signed import connect, incoming

NOW = datetime(2026, 1, 1, tzinfo=UTC)
APPS = {"gohighlevel": gohighlevel.connector, "memory": memory.connector}


@pytest.fixture
def clock():
    return ManualClock(NOW)


@pytest.fixture
async def connections(database):
    made = Connections(database, Vault(os.urandom(32)), DEFAULT_WORKSPACE)
    await connect(made)
    return made


@pytest.fixture
def intake(database, connections, clock):
    return Intake(database, connections, APPS, clock)


def _sendings(database):
    with database.read() as tx:
        return (
            tx.execute(sa.select(event.c.sending_id).order_by(event.c.sending_id)).scalars().all()
        )


class _Faulty:
    """The database of somebody whose writes wait, or fail, as a test says."""

    def __init__(self, database):
        self._database = database
        self.gate = asyncio.Event()
        self.fails = False
        self.writes = 0

    async def run(self, work):
        self.writes += 1
        await self.gate.wait()
        if self.fails:
            raise OperationalError("INSERT", {}, Exception("database is locked"))
        return await self._database.run(work)


async def test_a_proven_webhook_is_durable_when_taking_ends(database, intake):
    await intake.take("ghl", incoming(now=NOW, webhookId="w1"))
    assert _sendings(database) == ["w1"]


async def test_a_repeated_one_is_taken_and_stored_once(database, intake):
    for _ in range(2):
        await intake.take("ghl", incoming(now=NOW, webhookId="w1"))
    assert _sendings(database) == ["w1"]


async def test_a_connection_is_found_by_its_id_as_well(database, intake, connections):
    await intake.take((await connections.get("ghl")).id, incoming(now=NOW))
    assert len(_sendings(database)) == 1


async def test_what_is_not_proven_is_refused_and_nothing_stored(database, intake):
    forged = incoming(now=NOW)
    forged = type(forged)(forged.headers, forged.body + b" ", NOW)
    for wrong in (forged, incoming(now=NOW - timedelta(minutes=6))):
        with pytest.raises(WebhookRefused):
            await intake.take("ghl", wrong)
    assert _sendings(database) == []


async def test_a_key_of_its_own_can_be_wrong_and_says_so(database, connections, clock):
    await connect(connections, "other", webhook_public_key="bm9uZQ==")
    with pytest.raises(UserError, match="no Ed25519 public key"):
        await Intake(database, connections, APPS, clock).take("other", incoming(now=NOW))


async def test_an_unknown_connection_names_no_others(intake):
    with pytest.raises(NoSuchDoor) as refused:
        await intake.take("nobody", incoming(now=NOW))
    assert "ghl" not in str(refused.value)


async def test_an_app_without_webhooks_has_no_door(intake, connections):
    new = NewConnection("mem", "memory", "token", "mem", "US", {"name": "mem"})
    await connections.create(new, Credential("token", {"token": "secret-token"}))
    with pytest.raises(NoSuchDoor, match="sends no webhooks"):
        await intake.take("mem", incoming(now=NOW))


@pytest.mark.parametrize("wrong", ["a\x00b", "\ud800", "x" * 501])
async def test_an_id_no_database_keeps_is_refused_before_others_wait_with_it(
    database, intake, wrong
):
    with pytest.raises(UserError, match="cannot be one"):
        await intake.take("ghl", incoming(now=NOW, id=wrong))
    assert _sendings(database) == []


async def test_what_comes_while_one_is_written_shares_a_transaction(database, connections, clock):
    slow = _Faulty(database)
    intake = Intake(slow, connections, APPS, clock)
    first = asyncio.create_task(intake.take("ghl", incoming(now=NOW)))
    await _until(lambda: slow.writes == 1)
    rest = [asyncio.create_task(intake.take("ghl", incoming(now=NOW))) for _ in range(50)]
    await _until(lambda: intake.waiting == 50)
    slow.gate.set()
    await asyncio.gather(first, *rest)
    assert len(_sendings(database)) == 51
    assert slow.writes == 3  # the first, the sweep of old ones after it, the other fifty


async def test_a_full_intake_sends_webhooks_away_and_takes_them_later(database, connections, clock):
    slow = _Faulty(database)
    intake = Intake(slow, connections, APPS, clock, capacity=1)
    first = asyncio.create_task(intake.take("ghl", incoming(now=NOW)))
    await _until(lambda: slow.writes == 1)
    second = asyncio.create_task(intake.take("ghl", incoming(now=NOW)))
    await _until(lambda: intake.waiting == 1)
    again = incoming(now=NOW, webhookId="again")
    with pytest.raises(IntakeBusy, match="send this one again"):
        await intake.take("ghl", again)
    slow.gate.set()
    await asyncio.gather(first, second)
    await intake.take("ghl", again)
    assert "again" in _sendings(database)


async def test_a_store_that_stays_locked_is_not_waited_for(database, connections, clock):
    slow = _Faulty(database)
    intake = Intake(slow, connections, APPS, clock, patience=0.01)
    told = incoming(now=NOW, webhookId="w1")
    with pytest.raises(IntakeBusy, match="in time"):
        await intake.take("ghl", told)
    slow.gate.set()
    await Intake(database, connections, APPS, clock).take("ghl", told)
    assert _sendings(database) == ["w1"]


async def test_a_store_that_refuses_is_told_as_busy_and_the_next_goes_through(
    database, connections, clock
):
    slow = _Faulty(database)
    slow.gate.set()
    slow.fails = True
    intake = Intake(slow, connections, APPS, clock)
    told = incoming(now=NOW, webhookId="w1")
    with pytest.raises(IntakeBusy, match="OperationalError"):
        await intake.take("ghl", told)
    slow.fails = False
    await intake.take("ghl", told)
    assert _sendings(database) == ["w1"]


async def test_events_are_forgotten_after_some_days(database, intake, clock):
    await intake.take("ghl", incoming(now=NOW, webhookId="old"))
    clock.move(timedelta(days=4).total_seconds())
    await intake.take("ghl", incoming(now=clock.now(), webhookId="new"))
    assert _sendings(database) == ["new"]


async def _until(is_so):
    async with asyncio.timeout(60):
        while True:
            if is_so():
                return
            await asyncio.sleep(0)
