from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from instep.core.errors import (
    AccountDenied,
    ConnectionBroken,
    DailyLimit,
    Duplicate,
    Gone,
    OutcomeUnknown,
    RecordRejected,
    RetryLater,
    ScopeMissing,
    UserError,
)
from instep.core.retry import RetryPolicy
from instep.sdk.client import Call
from instep.sdk.limits import Observed, Purpose
from instep.sdk.request import Reply, Request
from tests.sdk.apps import BASE_URL, NOW, OK, READ, WRITE, World, key

TOO_FAST = Reply(429, {"retry-after": "3"}, {"message": "Slow down"})
BROKEN = Reply(500)


async def test_a_request_takes_a_permit_the_headers_and_the_credential_along():
    world = World(OK)
    assert await world.send(READ, Purpose.PERSON) is OK
    assert world.limiter.purposes == [Purpose.PERSON]
    assert world.transport.requests == [READ]
    assert world.transport.headers == [{"Version": "1", "Authorization": "Bearer a-good-key"}]


async def test_what_a_reply_says_about_limits_is_learnt():
    seen = Observed(daily=100, daily_left=7)
    world = World(OK, observed=lambda reply: seen if reply is OK else Observed())
    await world.send()
    assert world.limiter.learnt == [seen]


# Trying again


@pytest.mark.parametrize("failure", [TOO_FAST, BROKEN, Reply(503), RetryLater("Nothing answers.")])
async def test_a_read_is_tried_again(failure):
    world = World(failure, failure, OK)
    assert await world.send() is OK
    assert (world.client.calls.total, world.client.calls.retries) == (3, 2)
    assert len(world.clock.slept) == 2


@pytest.mark.parametrize("failure", [TOO_FAST, RetryLater("Nothing answers.")])
async def test_a_write_that_was_surely_not_done_is_tried_again(failure):
    world = World(failure, OK)
    assert await world.send(WRITE, Purpose.WRITE) is OK


@pytest.mark.parametrize("failure", [BROKEN, Reply(504), OutcomeUnknown("No answer.")])
async def test_a_write_that_may_have_been_done_is_never_tried_again(failure):
    world = World(failure)
    with pytest.raises(OutcomeUnknown):
        await world.send(WRITE, Purpose.WRITE)
    assert world.client.calls.total == 1


async def test_a_write_that_does_no_harm_twice_is_tried_again():
    world = World(BROKEN, OK)
    again = Request("PUT", "/people/7", json={"name": "Ann"}, repeatable=True)
    assert await world.send(again, Purpose.WRITE) is OK


@pytest.mark.parametrize(
    ("status", "kind"), [(400, RecordRejected), (403, AccountDenied), (404, Gone)]
)
async def test_a_no_is_not_asked_again(status, kind):
    world = World(Reply(status))
    with pytest.raises(kind):
        await world.send()
    assert world.client.calls.total == 1


async def test_attempts_are_bounded():
    world = World(*[BROKEN] * 9, policy=RetryPolicy(attempts=3))
    with pytest.raises(RetryLater):
        await world.send()
    assert world.client.calls.total == 3


async def test_it_waits_as_long_as_the_app_says():
    world = World(TOO_FAST, OK)
    await world.send()
    assert world.clock.slept[0] >= 3.0


async def test_a_long_wait_is_told_not_slept():
    world = World(Reply(429, {"retry-after": "3600"}))
    with pytest.raises(RetryLater) as caught:
        await world.send()
    assert caught.value.at == NOW + timedelta(hours=1)
    assert world.clock.slept == []


async def test_what_one_was_told_holds_for_all_who_share_the_limit():
    world = World(TOO_FAST, OK)
    await world.send()
    assert Observed(pause_until=NOW + timedelta(seconds=3)) in world.limiter.learnt


async def test_a_used_up_day_is_not_waited_for_and_everybody_is_told():
    midnight = NOW + timedelta(hours=20)
    world = World(TOO_FAST, meaning=lambda _request, _reply: DailyLimit("Used up.", midnight))
    with pytest.raises(DailyLimit):
        await world.send()
    told = world.limiter.learnt[-1]
    assert (told.daily_left, told.daily_resets_at, told.pause_until) == (0, midnight, midnight)
    assert world.client.calls.total == 1


async def test_a_limiter_that_says_no_reaches_the_caller_before_anything_is_sent():
    class Closed:
        async def acquire(self, purpose):
            raise DailyLimit("Used up.", NOW)

    world = World(limiter=Closed())
    with pytest.raises(DailyLimit):
        await world.send()
    assert world.client.calls.total == 0


# Meaning


async def test_the_connectors_word_comes_before_the_status():
    world = World(Reply(400), meaning=lambda _request, _reply: Duplicate("There.", "id-7"))
    with pytest.raises(Duplicate) as caught:
        await world.send(WRITE)
    assert caught.value.existing_id == "id-7"


async def test_the_connector_is_not_asked_about_a_yes():
    world = World(OK, meaning=lambda _request, _reply: Gone("never"))
    assert await world.send() is OK


async def test_a_page_for_people_is_not_taken_for_data():
    world = World(*[Reply(200, {"content-type": "text/html"}, "<html>")] * 4)
    with pytest.raises(RetryLater, match="web page instead of data"):
        await world.send()


# Credentials


async def test_a_key_that_a_person_replaced_is_picked_up_after_a_refusal():
    world = World(OK, Reply(401), OK)
    await world.send()
    world.tokens.credential = key("another-key")
    await world.send()
    sent = [headers["Authorization"] for headers in world.transport.headers]
    assert sent == ["Bearer a-good-key", "Bearer a-good-key", "Bearer another-key"]


@pytest.mark.parametrize("kind", [ScopeMissing, AccountDenied])
async def test_a_credential_that_may_too_little_is_loaded_anew_for_the_next_request(kind):
    world = World(
        Reply(401),
        OK,
        meaning=lambda _request, _reply: kind("It may not."),
    )
    with pytest.raises(kind):
        await world.send()
    world.tokens.credential = key("a-mightier-key")
    await world.send()
    assert world.transport.headers[-1]["Authorization"] == "Bearer a-mightier-key"


async def test_a_refused_key_is_tried_once():
    world = World(Reply(401, body={"message": "Invalid key"}))
    with pytest.raises(ConnectionBroken, match="App answered 401: Invalid key"):
        await world.send()
    assert world.client.calls.total == 1


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/people?page=2",
        "http://api.app.example/v1/people?page=2",
        "https://api.app.example:8443/v1/people",
        "https://api.app.example@evil.example/v1/people",
    ],
)
async def test_the_credential_never_travels_to_another_host(elsewhere):
    world = World()
    with pytest.raises(UserError, match="its credential is not sent there"):
        await world.send(Request("GET", elsewhere))
    assert world.transport.requests == []


async def test_a_full_address_at_home_is_fine():
    world = World(OK)
    assert await world.send(Request("GET", f"{BASE_URL}/people?page=2")) is OK


# Counting and telling


async def test_calls_are_counted_by_purpose():
    world = World(OK, TOO_FAST, OK)
    await world.send(READ, Purpose.PERSON)
    await world.send(WRITE, Purpose.WRITE)
    calls = world.client.calls
    assert (calls.total, calls.retries) == (3, 1)
    assert calls.by_purpose == {"person": 1, "write": 2}


async def test_the_log_is_told_each_call_without_query_and_body():
    world = World(OK, OutcomeUnknown("No answer."))
    await world.send(Request("GET", f"{BASE_URL}/people?email=ann@example.com", {"phone": "+1"}))
    with pytest.raises(OutcomeUnknown):
        await world.send(WRITE)
    assert world.told == [
        Call("App", "GET", "/v1/people", 200, 0.0),
        Call("App", "POST", "/people", None, 0.0),
    ]


async def test_many_callers_share_one_client():
    world = World(*[OK] * 50)
    replies = await asyncio.gather(*(world.send() for _ in range(50)))
    assert replies == [OK] * 50
    assert world.client.calls.total == 50


async def test_closing_lets_go_of_the_transport():
    world = World()
    await world.client.close()
    assert world.transport.closed
