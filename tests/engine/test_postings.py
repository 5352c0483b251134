"""Webhooks that go out: in order, signed, retried, stopped, replayed; on a real port, both databases."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from instep.core.errors import UserError
from instep.core.posting import ATTEMPTS, REFUSED_ATTEMPTS, SCHEDULE
from instep.engine.turns import LEASE
from instep.sdk.clock import SystemClock
from instep.sdk.resource import Account
from instep.sdk.standard_webhooks import new_secret
from instep.store import postings
from instep.store.vault import Vault
from tests.crash.fuse import Fuse
from tests.crash.small_world import make_world, start_process
from tests.engine.listening import SECRET, Office, listening, proven, updated

DOWN = "http://127.0.0.1:9/hook"  # the port of "discard", where nothing listens


@pytest.fixture
async def office(database):
    made = Office(database, Vault(os.urandom(32)))
    yield made
    await made.close()


@pytest.fixture
async def listener():
    async with listening() as made:
        yield made


@pytest.fixture
async def bridge(office, listener):
    return await office.connect(listener.url)


async def test_a_posting_arrives_signed_with_all_that_it_tells(office, listener, bridge):
    made_at = office.clock.now()
    await office.put(bridge, updated("c1", "contact.created", first_name="Zoë", tags=("a", "b")))
    office.clock.move(90)
    assert await office.outlets().post_due()
    [heard] = listener.heard
    assert heard.body == {
        "type": "contact.created",
        "timestamp": "2026-01-01T00:00:00.000Z",
        "data": {
            "id": "c1",
            "kind": "contact",
            "record": {"first_name": "Zoë", "tags": ["a", "b"]},
        },
    }
    assert made_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert heard.headers["content-type"] == "application/json"
    assert heard.headers["webhook-timestamp"] == str(int(office.clock.now().timestamp()))
    assert proven(heard, office.clock.now()) == office.rows()[0].key
    standing, [told] = await office.report(bridge)
    assert standing.as_json() == {"waiting": 0, "sent": 1, "dead": 0, "stopped": None}
    assert (told["state"], told["status"], told["attempts"], told["why"]) == ("sent", 200, 1, None)


async def test_postings_of_a_record_go_in_order_and_others_do_not_wait(office, listener, bridge):
    await office.put(bridge, updated("c1", v="1"), updated("c1", v="2"), updated("c2", v="3"))
    listener.answers = [(500, {})]
    outlets = office.outlets()
    await outlets.post_due()
    assert listener.said == ["c1 contact.updated", "c2 contact.updated"]
    office.clock.move(SCHEDULE[0])
    await outlets.post_due()
    told = [each.body["data"]["record"]["v"] for each in listener.heard]
    assert told == ["1", "3", "1", "2"]
    assert await office.states(bridge) == ["sent"] * 3


async def test_the_same_record_id_of_another_kind_does_not_wait(office, listener, bridge):
    listener.answers = [(500, {})]
    task = updated("1", "task.updated")
    await office.put(bridge, updated("1"), type(task)("task", "1", "task.updated", {}))
    await office.outlets().post_due()
    assert sorted(listener.said) == ["1 contact.updated", "1 task.updated"]


async def test_failures_are_followed_by_the_same_webhook_and_then_success(office, listener, bridge):
    listener.answers = [(500, {}), (500, {}), (418, {})]
    await office.put(bridge, updated("c1"))
    outlets = office.outlets()
    for wait in (0, *SCHEDULE[:3]):
        before = len(listener.heard)
        office.clock.move(wait - 0.1)
        await outlets.post_due()
        assert len(listener.heard) == before, "not a moment too soon"
        office.clock.move(0.1)
        await outlets.post_due()
        assert len(listener.heard) == before + 1
    assert len({each.id for each in listener.heard}) == 1
    assert len({each.raw for each in listener.heard}) == 1
    assert len({each.headers["webhook-signature"] for each in listener.heard}) == 4
    _, [told] = await office.report(bridge)
    assert [each["status"] for each in told["tries"]] == [500, 500, 418, 200]
    assert told["tries"][0]["why"].endswith("answered 500.")
    assert "does not take this webhook" in told["tries"][2]["why"]
    assert told["state"] == "sent"


async def test_retry_after_is_obeyed_for_all_of_the_connection(office, listener, bridge):
    listener.answers = [(429, {"Retry-After": "90"})]
    await office.put(bridge, *(updated(f"c{number}") for number in range(20)))
    outlets = office.outlets()
    await outlets.post_due()
    asked = len(listener.heard)
    assert asked <= 4, "who was told to wait goes on with the next ones"
    office.clock.move(89)
    await outlets.post_due()
    assert len(listener.heard) == asked
    office.clock.move(1)
    await outlets.post_due()
    assert len(listener.heard) == 21
    assert set(await office.states(bridge)) == {"sent"}


async def test_it_is_given_up_on_after_the_last_attempt_and_others_go_on(office, listener, bridge):
    listener.answers = [(500, {})] * ATTEMPTS
    await office.put(bridge, updated("c1", v="1"), updated("c1", v="2"))
    outlets = office.outlets()
    for wait in (0, *SCHEDULE):
        office.clock.move(wait)
        await outlets.post_due()
    assert await office.states(bridge) == ["dead", "sent"]
    standing, [told] = await office.report(bridge, state="dead")
    assert told["attempts"] == ATTEMPTS == len(told["tries"])
    assert told["next_try"] is None
    assert "Webhooks given up on: 1" in standing.sentence


async def test_a_no_is_given_up_on_sooner(office, listener, bridge):
    listener.answers = [(404, {})] * REFUSED_ATTEMPTS
    await office.put(bridge, updated("c1"))
    outlets = office.outlets()
    for wait in (0, *SCHEDULE[: REFUSED_ATTEMPTS - 1]):
        office.clock.move(wait)
        await outlets.post_due()
    assert await office.states(bridge) == ["dead"]


async def _dead(office, listener, bridge, *new):
    await office.put(bridge, *new)
    outlets = office.outlets()
    listener.answers = [(404, {})] * REFUSED_ATTEMPTS * len(new)
    for wait in (0, *SCHEDULE[: REFUSED_ATTEMPTS - 1]):
        office.clock.move(wait)
        await outlets.post_due()
    return outlets


async def test_a_replay_sends_the_dead_again_under_their_ids(office, listener, bridge):
    outlets = await _dead(office, listener, bridge, updated("c1"), updated("c2"))
    assert await office.states(bridge) == ["dead", "dead"]
    ids = {each.id for each in listener.heard}
    listener.heard.clear()
    done = await office.services().replay(bridge.name, all_dead=True)
    assert (done.replayed, done.left, done.was_stopped) == (2, 0, False)
    await outlets.post_due()
    assert {each.id for each in listener.heard} == ids
    assert await office.states(bridge) == ["sent", "sent"]


async def test_a_replay_of_all_leaves_alone_what_was_overtaken(office, listener, bridge):
    outlets = await _dead(office, listener, bridge, updated("c1", v="old"), updated("c2"))
    await office.put(bridge, updated("c1", v="new"))
    await outlets.post_due()
    listener.heard.clear()
    done = await office.services().replay(bridge.name, all_dead=True)
    assert (done.replayed, done.left) == (1, 1)
    await outlets.post_due()
    assert listener.said == ["c2 contact.updated"]
    [old] = (await office.report(bridge, state="dead"))[1]
    await office.services().replay(bridge.name, [old["id"]])
    await outlets.post_due()
    assert listener.heard[-1].body["data"]["record"] == {"v": "old"}, "a person named it"


async def test_a_replay_of_something_unknown_changes_nothing(office, listener, bridge):
    await _dead(office, listener, bridge, updated("c1"))
    [dead] = (await office.report(bridge))[1]
    with pytest.raises(UserError, match="has no webhook msg_x"):
        await office.services().replay(bridge.name, [dead["id"], "msg_x"])
    assert await office.states(bridge) == ["dead"]
    with pytest.raises(UserError, match="--all-dead"):
        await office.services().replay(bridge.name)
    with pytest.raises(UserError, match="not both"):
        await office.services().replay(bridge.name, [dead["id"]], all_dead=True)
    with pytest.raises(UserError, match="no connection called"):
        await office.services().replay("nobody", all_dead=True)


async def test_gone_stops_the_connection_until_a_person_lets_it_go_on(office, listener, bridge):
    listener.answers = [(410, {})]
    await office.put(bridge, updated("c1"))
    outlets = office.outlets()
    await outlets.post_due()
    await office.put(bridge, updated("c2"))
    office.clock.move(3600)
    await outlets.post_due()
    assert listener.said == ["c1 contact.updated"]
    standing, told = await office.report(bridge)
    assert "wants no more webhooks" in standing.sentence
    assert [each["state"] for each in told] == ["waiting", "waiting"]
    assert standing == (await office.services().standings())[bridge.id]
    done = await office.services().replay(bridge.name)
    assert (done.replayed, done.was_stopped) == (0, True)
    await outlets.post_due()
    assert listener.said == ["c1 contact.updated"] * 2 + ["c2 contact.updated"]


async def test_settings_put_right_let_it_go_on_by_themselves(office, listener):
    bridge = await office.connect("", secret=SECRET)
    await office.put(bridge, updated("c1"))
    outlets = office.outlets()
    await outlets.post_due()
    standing, _ = await office.report(bridge)
    assert "has no outbound_url" in standing.stopped
    config = {**bridge.config, "outbound_url": listener.url}
    await office.connections().configure(bridge.name, Account(bridge.account_id, "US", config))
    await outlets.post_due()
    assert await office.states(bridge) == ["sent"]


@pytest.mark.parametrize("secret", ["", "whsec_short"])
async def test_nothing_goes_out_unsigned(office, listener, secret):
    bridge = await office.connect(listener.url, secret=secret)
    await office.put(bridge, updated("c1"), updated("c2"))
    await office.outlets().post_due()
    assert listener.heard == []
    assert await office.states(bridge) == ["waiting", "waiting"]
    assert "signing" in (await office.report(bridge))[0].stopped


async def test_a_secret_that_is_changed_signs_twice(office, listener):
    fresh = new_secret()
    bridge = await office.connect(listener.url, secret=f"{fresh} {SECRET}")
    await office.put(bridge, updated("c1"))
    await office.outlets().post_due()
    [heard] = listener.heard
    now = office.clock.now()
    assert proven(heard, now, fresh) == proven(heard, now, SECRET)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254", "[::1]", "10.0.0.8"])
async def test_a_private_target_is_refused_and_a_person_told(office, listener, host):
    office.allows = lambda _host: False
    bridge = await office.connect(listener.url.replace("127.0.0.1", host))
    await office.put(bridge, updated("c1"))
    await office.outlets().post_due()
    assert listener.heard == []
    stopped = (await office.report(bridge))[0].stopped
    assert "private network" in stopped
    assert "INSTEP_ALLOW_PRIVATE_TARGETS" in stopped


async def test_redirects_are_not_followed(office, listener, bridge):
    listener.answers = [(307, {"Location": listener.url.replace("hook", "elsewhere")})]
    await office.put(bridge, updated("c1"))
    await office.outlets().post_due()
    assert len(listener.heard) == 1
    _, [told] = await office.report(bridge)
    assert (told["state"], told["status"]) == ("waiting", 307)
    assert "redirects are not followed" in told["why"]


@pytest.mark.parametrize("body", [b"{broken", b"<html>", b"\xff\xfe"])
async def test_a_yes_is_a_yes_whatever_else_is_said(office, listener, bridge, body):
    listener.body = body
    listener.answers = [(200, {"Content-Type": "application/json"})]
    await office.put(bridge, updated("c1"))
    await office.outlets().post_due()
    assert await office.states(bridge) == ["sent"]


async def test_what_a_receiver_says_is_not_kept(office, listener, bridge):
    listener.body = b"customer 4711 is not known"
    listener.answers = [(422, {})]
    await office.put(bridge, updated("c1"))
    await office.outlets().post_due()
    assert "4711" not in str(await office.report(bridge))
    assert "4711" not in str(office.rows())


async def test_a_receiver_that_is_down_uses_up_no_attempts_of_the_others(office):
    bridge = await office.connect(DOWN)
    await office.put(bridge, *(updated(f"c{number}") for number in range(30)))
    outlets = office.outlets()
    for _ in range(5):
        await outlets.post_due()
        office.clock.move(5)
    tried = [each.attempts for each in office.rows()]
    assert sum(tried) <= 3 * 4
    assert set(await office.states(bridge)) == {"waiting"}
    assert "Nothing answers at" in (await office.report(bridge))[1][0]["why"]


async def test_a_slow_receiver_keeps_no_other_connection_waiting(office, listener, bridge):
    async with listening() as quick:
        other = await office.connect(quick.url)
        listener.gate.clear()
        await office.put(bridge, *(updated(f"s{number}") for number in range(10)))
        await office.put(other, *(updated(f"q{number}") for number in range(10)))
        outlets = office.outlets()
        posting = asyncio.create_task(outlets.post_due())
        await quick.until(10)
        assert len(listener.heard) <= 4
        listener.gate.set()
        await posting
    assert len(listener.heard) == 10


async def test_one_process_posts_and_another_takes_over_when_it_is_gone(office, listener, bridge):
    first, second = office.outlets(), office.outlets()
    second._turn._lease = type(second._turn._lease)(
        second._turn._lease.workspace_id, "postings", "another"
    )
    first._turn._lease = type(first._turn._lease)(
        first._turn._lease.workspace_id, "postings", "one"
    )
    listener.gate.clear()
    await office.put(bridge, updated("c1"))
    hanging = asyncio.create_task(first.post_due())
    await listener.until(1)
    assert not await second.post_due()
    office.clock.move(LEASE.total_seconds())
    taking_over = asyncio.create_task(second.post_due())
    await listener.until(2)
    listener.answers = [(500, {}), (200, {})]  # the first one's answer comes too late to count
    listener.gate.set()
    assert await taking_over
    await hanging
    assert [each.id for each in listener.heard] == [office.rows()[0].key] * 2
    assert await office.states(bridge) == ["sent"]
    [row] = office.rows()
    assert row.attempts == 1


async def test_the_loop_posts_what_is_put_without_being_asked(office, listener, bridge):
    office.clock = SystemClock()
    outlets = office.outlets()
    outlets.start()
    try:
        await asyncio.sleep(0.1)
        await office.put(bridge, updated("c1"))
        began = time.monotonic()
        outlets.wake()
        await listener.until(1)
        assert time.monotonic() - began < 5
        await office.put(bridge, updated("c2"))
        await listener.until(2)
    finally:
        await outlets.stop()
    assert await office.states(bridge) == ["sent", "sent"]


async def test_stopping_waits_for_what_is_on_its_way_and_gives_the_right_back(
    office, listener, bridge
):
    office.clock = SystemClock()
    listener.gate.clear()
    outlets = office.outlets()
    await office.put(bridge, updated("c1"))
    outlets.start()
    await listener.until(1)
    asyncio.get_running_loop().call_later(0.2, listener.gate.set)
    await outlets.stop()
    assert await office.states(bridge) == ["sent"]
    other = office.outlets()
    other._turn._lease = type(other._turn._lease)(
        other._turn._lease.workspace_id, "postings", "another"
    )
    await office.put(bridge, updated("c2"))
    assert await other.post_due()


async def test_a_short_process_waits_for_another_one_that_is_about_to_end(office, listener, bridge):
    office.clock = SystemClock()
    first, second = office.outlets(), office.outlets()
    first._turn._lease = type(first._turn._lease)(
        first._turn._lease.workspace_id, "postings", "one"
    )
    await office.put(bridge, updated("c1"))
    assert await first.post_due()
    await office.put(bridge, updated("c2"))
    waiting = asyncio.create_task(second.settle({bridge.id}))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await first.stop()
    assert await waiting
    assert await office.states(bridge) == ["sent", "sent"]


async def test_a_drain_wakes_what_posts(office):
    world = await make_world(office.database, office.vault)
    clients, engine, syncs = start_process(world.database, world.vault, world.clock, Fuse())
    engine.outlets = office.outlets()
    await syncs.request_run(world.sync)
    await engine.advance((await syncs.get(world.sync)).shard)
    assert engine.outlets._beside.bell.is_set()
    await clients.close()


async def test_sent_ones_are_forgotten_after_a_while_and_dead_ones_are_not(
    office, listener, bridge
):
    outlets = await _dead(office, listener, bridge, updated("dead"))
    await office.put(bridge, updated("sent"))
    await outlets.post_due()
    now = int(office.clock.now().timestamp() * 1000)
    forget = postings.forget
    assert await office.database.run(lambda tx: forget(tx, now)) == 0
    later = now + int(timedelta(days=30).total_seconds() * 1000)
    assert await office.database.run(lambda tx: forget(tx, later)) == 1
    assert await office.states(bridge) == ["dead"]


async def test_a_connection_that_goes_takes_its_postings_with_it(office, bridge):
    await office.put(bridge, updated("c1"))
    await office.connections().delete(bridge.name)
    assert office.rows() == []


async def test_no_secret_and_no_address_shows_in_any_log_or_report(
    office, listener, bridge, capfd, caplog
):
    listener.answers = [(500, {}), (429, {}), (410, {})]
    await office.put(bridge, updated("c1"), updated("c2"), updated("c3"))
    caplog.set_level("DEBUG")
    outlets = office.outlets()
    await outlets.post_due()
    office.clock.move(3600)
    await outlets.post_due()
    shown = "".join(capfd.readouterr()) + caplog.text + str(await office.report(bridge))
    shown += str(outlets) + str(office.rows())
    assert "posting stopped" in shown
    assert SECRET.removeprefix("whsec_") not in shown
    assert "/hook/3f9c" not in shown
