"""Alerts from trouble to a real receiver: once, with its end, and again when it cannot be taken."""

from __future__ import annotations

import asyncio
import os

import pytest
import sqlalchemy as sa

from instep.core.alerting.rules import Deliver, Kind
from instep.core.errors import UserError
from instep.core.posting import SCHEDULE
from instep.engine.alert_services import RuleChange
from instep.engine.turns import LEASE
from instep.sdk.clock import SystemClock
from instep.store.schema.alerts import alert, alert_message, alert_telling
from instep.store.vault import Vault
from tests.engine.listening import WAIT, listening, proven
from tests.engine.towers import SETTLED, Tower, title


@pytest.fixture
async def tower(database):
    made = Tower(database, Vault(os.urandom(32)))
    yield made
    await made.close()


@pytest.fixture
async def listener():
    async with listening() as made:
        yield made


async def test_adding_a_channel_is_all_it_takes_to_be_told_once_and_of_the_end(tower, listener):
    added = await tower.hook(listener)
    sync = await tower.sync()
    await tower.round()
    await tower.halt(sync)
    for _ in range(5):
        await tower.round(30)
    [heard] = listener.heard
    assert proven(heard, tower.clock.now(), added.made["signing_secret"]) == heard.id
    assert heard.body["type"] == "alerts"
    told = heard.body["data"]
    assert told["title"] == "The sync people was stopped by a brake."
    assert "It would change 60 of 100." in told["text"]
    assert "What to do: instep sync status people" in told["text"]
    [one] = told["alerts"]
    assert (one["news"], one["kind"]) == ("opened", "brake")
    assert one["subject"] == {"what": "sync", "id": sync.id, "name": "people"}
    await tower.release(sync)
    await tower.round(30)
    await tower.round(SETTLED)
    await tower.round(30)
    assert [title(each) for each in listener.heard][1:] == [
        "Over: the sync people was stopped by a brake."
    ]
    assert await tower.open_ones() == []
    [past] = (await tower.alerts.list(past=True)).alerts
    assert past.as_json()["over_at"] is not None


async def test_trouble_without_a_channel_is_listed_and_told_to_the_first_one_there_is(
    tower, listener
):
    await tower.halt(await tower.sync())
    await tower.round()
    [told] = await tower.open_ones()
    assert (told["kind"], told["subject"]["name"]) == ("brake", "people")
    assert tower.rows() == []
    await tower.hook(listener)
    await tower.round(30)
    assert len(listener.heard) == 1


async def test_a_message_is_tried_again_under_its_id_and_the_channel_says_why(tower, listener):
    await tower.hook(listener)
    await tower.halt(await tower.sync())
    listener.answers = [(500, {}), (503, {})]
    await tower.round()
    [told] = await tower.channels.list()
    assert told.as_json()["problem"].endswith("answered 500.")
    for wait in SCHEDULE[:2]:
        tower.clock.move(wait)
        await tower.watch.send_due()
    assert len(listener.heard) == 3
    assert len({(each.id, each.raw) for each in listener.heard}) == 1
    [told] = await tower.channels.list()
    assert told.as_json()["problem"] is None
    assert [told.as_json()[state] for state in ("waiting", "sent", "dead")] == [0, 1, 0]


async def test_a_receiver_that_refuses_is_given_up_on_and_the_other_channel_hears_of_it(
    tower, listener
):
    async with listening() as other:
        await tower.hook(listener, "gone")
        await tower.hook(other, "other")
        await tower.halt(await tower.sync())
        listener.answers = [(410, {})] * 5
        await tower.round()
        assert {row.state for row in tower.rows()} == {"dead", "sent"}
        await tower.round(30)
        assert len(other.heard) == 1, "one attempt that failed is no trouble yet"
        await tower.round(300)
    assert len(listener.heard) == 1, "what cannot be told is not told that"
    assert title(other.heard[-1]) == "The channel gone fails."
    assert "answered 410" in other.heard[-1].body["data"]["text"]


async def test_a_slow_channel_holds_up_no_other(tower, listener):
    async with listening() as slow:
        slow.gate.clear()
        await tower.hook(slow, "slow")
        await tower.hook(listener, "quick")
        await tower.halt(await tower.sync())
        await tower.watch.look()
        sending = asyncio.create_task(tower.watch.send_due())
        await listener.until(1)
        assert not sending.done()
        slow.gate.set()
        assert await sending


async def test_a_digest_waits_for_its_time_and_tells_everything_together(tower, listener):
    await tower.hook(listener)
    change = RuleChange(deliver=Deliver.DAILY, at="08:00", zone="UTC")
    await tower.alerts.set_rules([Kind.BRAKE, Kind.FAILURE], change)
    await tower.halt(await tower.sync("one"))
    await tower.halt(await tower.sync("two"), "refused", "The mapping names no field.")
    await tower.round()
    await tower.round(7 * 3600)
    assert listener.heard == []
    await tower.round(3600)
    [heard] = listener.heard
    assert title(heard).endswith(", and 1 other alert.")
    assert {each["kind"] for each in heard.body["data"]["alerts"]} == {"brake", "failure"}


async def test_one_process_of_all_looks_and_sends(tower, listener):
    await tower.hook(listener)
    other = tower.process()
    assert await tower.watch.look()
    # on SQLite there is one engine, always the same
    assert await other.look() is tower.database.is_sqlite
    tower.clock.move(LEASE.total_seconds())
    assert await other.look()


async def test_a_process_that_only_slept_writes_nothing_more(tower, listener):
    await tower.hook(listener)
    await tower.halt(await tower.sync())
    await tower.watch.look()
    listener.gate.clear()
    sending = asyncio.create_task(tower.watch.send_due())
    await listener.until(1)
    tower.clock.move(LEASE.total_seconds())
    other = tower.process()
    again = asyncio.create_task(other.send_due())
    await listener.until(2)
    listener.gate.set()
    assert await again
    await sending
    [row] = tower.rows()
    assert (row.state, row.attempts) == ("sent", 1)
    assert len({each.id for each in listener.heard}) == 1


async def test_it_watches_by_itself_while_it_runs(tower, listener):
    tower.clock = SystemClock()
    tower.__post_init__()
    await tower.hook(listener)
    await tower.halt(await tower.sync())
    tower.watch.start()
    tower.watch.wake()
    try:
        async with asyncio.timeout(WAIT):
            while not listener.heard:
                tower.watch.wake()
                await asyncio.sleep(0.02)
    finally:
        await tower.watch.stop()
    assert tower.watch._turn.fence is None


async def test_a_snoozed_alert_is_left_alone_and_an_acknowledged_one_is_only_told_its_end(
    tower, listener
):
    await tower.hook(listener)
    sync = await tower.sync()
    await tower.halt(sync)
    await tower.round()
    [told] = await tower.open_ones()
    said = (await tower.alerts.snooze(told["id"], "30h")).as_json()
    assert said["snoozed_until"] == "2026-01-02T06:00:00Z"
    await tower.round(29 * 3600)
    assert len(listener.heard) == 1
    await tower.round(3600)
    assert title(listener.heard[1]) == "Still: the sync people was stopped by a brake."
    await tower.alerts.acknowledge(told["id"], "ann")
    await tower.round(48 * 3600)
    assert len(listener.heard) == 2
    await tower.release(sync)
    await tower.round(30)
    await tower.round(SETTLED)
    assert title(listener.heard[2]).startswith("Over: ")
    with pytest.raises(UserError, match="is over already"):
        await tower.alerts.snooze(told["id"], "1h")


@pytest.mark.parametrize("until", ["", "soon", "-2h", "2y", "2025-01-01", "0h"])
async def test_a_snooze_wants_a_time_ahead(tower, until):
    with pytest.raises(UserError, match="Say for how long"):
        await tower.alerts.snooze("alr_1", until)


async def test_an_unknown_alert_is_no_alert(tower):
    with pytest.raises(UserError, match="There is no alert 'alr_1'"):
        await tower.alerts.acknowledge("alr_1", "ann")
    with pytest.raises(UserError, match="There is no alert"):
        await tower.alerts.list(before="alr_1")


async def test_the_list_comes_in_pages(tower):
    for number in range(5):
        await tower.halt(await tower.sync(f"s{number}"))
        await tower.round(1)
    names, before = [], None
    while True:
        page = await tower.alerts.list(limit=2, before=before)
        assert page.open == 5
        names += [each.alert.finding.subject.name for each in page.alerts]
        if (before := page.next) is None:
            break
    assert names == ["s4", "s3", "s2", "s1", "s0"]


async def test_a_flows_message_goes_out_once_however_often_it_is_put_there(tower, listener):
    async with listening() as other:
        await tower.hook(listener, "one")
        await tower.hook(other, "two")
        for _ in range(2):
            await tower.channels.notify("one", "A lead came in.", "Look at it.", "run_1:3")
            await tower.watch.send_due()
        await tower.channels.notify(None, "To everybody.", "", "run_1:4")
        await tower.watch.send_due()
    assert [title(each) for each in listener.heard] == ["A lead came in.", "To everybody."]
    assert [title(each) for each in other.heard] == ["To everybody."]
    assert listener.heard[0].body["type"] == "message"
    assert listener.heard[0].body["data"] == {
        "title": "A lead came in.",
        "text": "Look at it.",
        "alerts": [],
    }


async def test_a_flows_message_to_nobody_is_refused(tower, listener):
    with pytest.raises(UserError, match="There is no channel to tell it to"):
        await tower.channels.notify(None, "x", "y", "k")
    await tower.hook(listener)
    with pytest.raises(UserError, match="no channel called 'mail'. There are: hook"):
        await tower.channels.notify("mail", "x", "y", "k")


async def test_a_channel_that_goes_takes_its_messages_along_and_turns_its_own_rules_off(
    tower, listener
):
    await tower.hook(listener)
    await tower.alerts.set_rules([Kind.DELAY], RuleChange(channels=["hook"]))
    await tower.halt(await tower.sync())
    await tower.watch.look()
    assert len(tower.rows()) == 1
    await tower.channels.remove("hook")
    assert tower.rows() == []
    with tower.database.read() as tx:
        assert tx.execute(sa.select(alert_telling)).all() == []
    rules = {each.rule.kind: each.as_json() for each in await tower.alerts.rules()}
    assert (rules[Kind.DELAY]["on"], rules[Kind.DELAY]["channels"]) == (False, [])
    assert rules[Kind.BRAKE]["on"]


async def test_rules_are_set_together_or_not_at_all(tower):
    with pytest.raises(UserError, match="brake has no threshold"):
        await tower.alerts.set_rules([Kind.DELAY, Kind.BRAKE], RuleChange(threshold=5))
    with pytest.raises(UserError, match="no channel called 'x'"):
        await tower.alerts.set_rules([Kind.DELAY], RuleChange(threshold=5, channels=["x"]))
    with pytest.raises(UserError, match="what is to be different"):
        await tower.alerts.set_rules([Kind.DELAY], RuleChange())
    rules = {each.rule.kind: each.rule.size for each in await tower.alerts.rules()}
    assert rules[Kind.DELAY] == 30
    [told] = await tower.alerts.set_rules([Kind.DELAY], RuleChange(threshold=5))
    assert told.as_json()["threshold"] == 5


async def test_past_ones_are_forgotten_after_a_while_and_open_ones_are_not(tower, listener):
    await tower.hook(listener)
    past = await tower.sync("past")
    await tower.halt(past)
    await tower.halt(await tower.sync("open"))
    await tower.round()
    await tower.release(past)
    await tower.round(30)
    await tower.round(SETTLED)
    tower.clock.move(31 * 86_400)
    await tower.watch._carry_on()
    await tower.watch.send_due()
    assert [row.name for row in tower.rows(alert)] == ["open"]
    assert {row.state for row in tower.rows(alert_message)} == {"sent"}
    assert len(tower.rows(alert_message)) == 1, "the reminder alone"
