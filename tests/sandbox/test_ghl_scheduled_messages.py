"""Messages that are to be sent later: they are sent, though nobody calls."""

from __future__ import annotations

import asyncio
import time

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from instep.sandbox.gohighlevel.conversations.messages import Messages
from tests.sandbox.ghl_caller import listening, serving
from tests.sandbox.ghl_talk import Talk

LATER = 100


def later():
    return int(time.time()) + LATER


async def ada(ghl):
    return await ghl.create(firstName="Ada", email="ada@x.org", phone="+12015550123")


async def heard(told, count=1, seconds=5):
    """What was told, as soon as it is so much."""
    end = time.monotonic() + seconds
    while len(told) < count and time.monotonic() < end:  # noqa: ASYNC110 - a list that grows has no event
        await asyncio.sleep(0.02)
    return told


@pytest.mark.parametrize("kind", ["SMS", "Email"])
async def test_a_message_is_sent_and_told_of_when_it_falls_due(ghl, kind):
    talk = Talk(ghl)
    body = {"type": kind, "message": "It is time", "scheduledTimestamp": later()}
    with listening(ghl) as told:
        sent = (await talk.send(await ada(ghl), **body)).body
        told.clear()
        ghl.app.services.part(Messages).send_due()
        assert told == []
        ghl.app.faults.switch_on(f"clock_skew={LATER + 60}")
        [(event, record)] = await heard(told)
        ghl.app.services.part(Messages).send_due()
        assert len(told) == 1
    assert event == "OutboundMessage"
    assert (record["messageId"], record["body"]) == (sent["messageId"], "It is time")
    assert record.get("emailMessageId") == sent.get("emailMessageId")
    assert record["status"] == "delivered"


async def test_an_email_of_a_thread_waits_though_another_is_sent_after_it(ghl):
    talk, contact = Talk(ghl), await ada(ghl)
    first = (await talk.send(contact, type="Email", message="one")).body
    thread = {"type": "Email", "threadId": first["messageId"]}
    waiting = await talk.send(contact, **thread, message="two", scheduledTimestamp=later())
    await talk.send(contact, **thread, message="three")
    with listening(ghl) as told:
        ghl.app.faults.switch_on(f"clock_skew={LATER + 60}")
        [(_, record)] = await heard(told)
    assert (record["emailMessageId"], record["body"]) == (waiting.body["emailMessageId"], "two")


async def test_one_that_was_taken_back_or_settled_is_not_sent(ghl):
    talk, contact = Talk(ghl), await ada(ghl)
    back, failed, stays = [
        (await talk.send(contact, message=text, scheduledTimestamp=later())).body["messageId"]
        for text in ("back", "failed", "stays")
    ]
    await ghl.call("DELETE", f"/conversations/messages/{back}/schedule")
    status = {"status": "failed"}
    answer = await ghl.call("PUT", f"/conversations/messages/{failed}/status", json=status)
    assert answer.status == 200
    with listening(ghl) as told:
        ghl.app.faults.switch_on(f"clock_skew={LATER + 60}")
        await heard(told)
        ghl.app.services.part(Messages).send_due()
    assert [record["messageId"] for _, record in told] == [stays]


async def test_what_fell_due_while_the_sandbox_was_stopped_is_sent_when_it_runs_again(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        body = {"message": "still", "scheduledTimestamp": later()}
        sent = (await Talk(ghl).send(await ada(ghl), **body)).body
    again = GoHighLevel(tmp_path, pace=1_000)
    again.faults.switch_on(f"clock_skew={LATER + 60}")
    told = []
    again.services.events.fire = lambda *each: told.append(each)
    async with serving(again):
        [(event, _, record)] = await heard(told)
    assert (event, record["messageId"]) == ("OutboundMessage", sent["messageId"])
