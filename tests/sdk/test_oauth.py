from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from instep.core.errors import (
    AccountDenied,
    ConnectionBroken,
    OutcomeUnknown,
    RetryLater,
    ScopeMissing,
)
from instep.sdk.auth import OAuth2
from instep.sdk.clock import ManualClock
from instep.sdk.oauth import TokenEndpoint, authorize_url, new_state, read_tokens
from instep.sdk.request import Reply
from instep.sdk.resource import Account
from instep.sdk.testing import FixedTokens, ScriptedTransport
from tests.sdk.apps import BASE_URL, NOW, OK, World, connector, grant

EXPIRED = Reply(401, body={"message": "Invalid token"})
TOKEN_URL = f"{BASE_URL}/token"


def tokens(access="access-2", refresh="refresh-2", **more):
    body = {"access_token": access, "refresh_token": refresh, "expires_in": 3600}
    return Reply(200, body=body | more)


def used(world):
    """The access tokens that were sent, in order; None for a call of the token endpoint."""
    sent = [headers.get("Authorization") for headers in world.transport.headers]
    return [each and each.removeprefix("Bearer ") for each in sent]


# Asking a person


def test_the_page_that_grants_access_names_us_what_we_want_and_our_state():
    auth = OAuth2("{site}/choose", "{site}/token", ("contacts.readonly", "contacts.write"))
    account = Account("a", None, {"site": "https://a.example"})
    url = authorize_url(auth, account, "me", "https://us.example/back?x=1", "the-state")
    assert url.startswith("https://a.example/choose?")
    assert parse_qs(urlsplit(url).query) == {
        "response_type": ["code"],
        "client_id": ["me"],
        "redirect_uri": ["https://us.example/back?x=1"],
        "scope": ["contacts.readonly contacts.write"],
        "state": ["the-state"],
    }


def test_no_two_states_are_alike():
    assert len({new_state() for _ in range(100)}) == 100


# The code


def endpoint(*script):
    transport = ScriptedTransport(script)

    async def send(request):
        return await transport.send(request, {})

    account = Account("a", None, {"base_url": BASE_URL})
    return TokenEndpoint(connector(), account, ManualClock(NOW), send), transport


async def test_a_code_becomes_the_first_tokens():
    at, transport = endpoint(tokens(scope="read write"))
    fresh = await at.exchange(grant("", ""), "the-code", "https://us.example/back")
    [request] = transport.requests
    assert (request.method, request.path) == ("POST", TOKEN_URL)
    assert request.form == {
        "client_id": "the-client",
        "client_secret": "the-clients-secret",
        "user_type": "One",
        "grant_type": "authorization_code",
        "code": "the-code",
        "redirect_uri": "https://us.example/back",
    }
    assert not request.safe_to_repeat
    assert (fresh.secrets["access_token"], fresh.secrets["client_id"]) == ("access-2", "the-client")
    assert fresh.expires_at == NOW + timedelta(hours=1)
    assert fresh.scopes == ("read", "write")


async def test_a_refused_code_says_what_to_do_and_not_the_code():
    refusal = {"error": "invalid_grant", "error_description": "Code the-long-code is spent"}
    at, _ = endpoint(Reply(400, body=refusal))
    with pytest.raises(ConnectionBroken, match="Code ••• is spent. Authorise") as caught:
        await at.exchange(grant("", ""), "the-long-code", "https://us.example/back")
    assert "the-long-code" not in repr(caught.value)


async def test_a_client_without_its_secret_is_told_so():
    at, transport = endpoint()
    bare = grant()
    nameless = type(bare)("oauth2", {"access_token": "x"})
    with pytest.raises(ConnectionBroken, match="has no refresh_token"):
        await at.refresh(nameless)
    assert transport.requests == []


# Reading a token reply


@pytest.mark.parametrize(
    "body",
    [
        {"access_token": "a", "refresh_token": "r", "expires_in": 60, "scope": "x y"},
        {"accessToken": "a", "refreshToken": "r", "expiresIn": "60", "scope": ["x", "y"]},
    ],
)
def test_both_spellings_are_read(body):
    fresh = read_tokens(grant(), body, NOW)
    assert (fresh.secrets["access_token"], fresh.secrets["refresh_token"]) == ("a", "r")
    assert (fresh.expires_at, fresh.scopes) == (NOW + timedelta(seconds=60), ("x", "y"))


def test_what_a_reply_leaves_out_is_kept():
    fresh = read_tokens(grant(), {"access_token": "a"}, NOW)
    assert fresh.secrets["refresh_token"] == "refresh-1"
    assert (fresh.expires_at, fresh.scopes) == (None, ("read",))


@pytest.mark.parametrize("seconds", ["soon", None, [], float("inf"), 10**30])
def test_an_odd_life_time_is_none(seconds):
    fresh = read_tokens(grant(), {"access_token": "a", "expires_in": seconds}, NOW)
    assert fresh.expires_at is None


@pytest.mark.parametrize(
    "body", [None, "text", [], {}, {"access_token": None}, {"access_token": ""}]
)
def test_a_reply_without_a_token_is_none(body):
    assert read_tokens(grant(), body, NOW) is None


# Refreshing


async def test_an_expired_token_is_renewed_once_and_the_request_sent_again():
    world = World(EXPIRED, tokens(), OK, credential=grant())
    assert await world.send() is OK
    assert used(world) == ["access-1", None, "access-2"]
    assert world.transport.requests[1].form["refresh_token"] == "refresh-1"
    assert [saved.secrets["refresh_token"] for saved in world.tokens.saved] == ["refresh-2"]
    assert world.client.calls.by_purpose == {"read": 2, "tokens": 1}


async def test_a_token_the_app_does_not_take_right_after_its_renewal_is_an_error():
    world = World(EXPIRED, tokens(), EXPIRED, credential=grant())
    with pytest.raises(ConnectionBroken):
        await world.send()
    assert world.client.calls.total == 3


@pytest.mark.parametrize("kind", [ScopeMissing, AccountDenied])
async def test_what_no_new_token_could_cure_renews_none(kind):
    world = World(EXPIRED, credential=grant(), meaning=lambda _request, _reply: kind("It may not."))
    with pytest.raises(kind):
        await world.send()
    assert world.client.calls.total == 1


async def test_many_callers_renew_once():
    world = World(*[EXPIRED] * 20, tokens(), *[OK] * 20, credential=grant())
    assert await asyncio.gather(*(world.send() for _ in range(20))) == [OK] * 20
    assert len(world.tokens.saved) == 1
    assert used(world).count(None) == 1


async def test_new_tokens_are_stored_before_they_are_used():
    class Watched(FixedTokens):
        async def save(self, credential):
            assert world.client.calls.by_purpose == {"read": 1, "tokens": 1}
            await super().save(credential)

    world = World(EXPIRED, tokens(), OK, tokens=Watched(grant()))
    await world.send()
    assert len(world.tokens.saved) == 1


async def test_tokens_that_could_not_be_stored_are_not_used():
    class Full(FixedTokens):
        async def save(self, credential):
            raise OSError("disk full")

    world = World(EXPIRED, tokens(), tokens=Full(grant()))
    with pytest.raises(OSError, match="disk full"):
        await world.send()
    assert "access-2" not in used(world)


async def test_what_another_process_renewed_is_used_and_nothing_spent():
    class Overtaken(FixedTokens):
        @asynccontextmanager
        async def refreshing(self):
            self.credential = grant("access-of-another", "refresh-of-another")
            yield

    world = World(EXPIRED, OK, tokens=Overtaken(grant()))
    await world.send()
    assert used(world) == ["access-1", "access-of-another"]


async def test_a_refusal_is_believed_only_if_the_store_has_nothing_newer():
    class Raced(FixedTokens):
        async def load(self):
            if world.client.calls.by_purpose["tokens"]:
                return grant("access-of-another", "refresh-of-another")
            return await super().load()

    refused = Reply(400, body={"error": "invalid_grant"})
    world = World(EXPIRED, refused, OK, tokens=Raced(grant()))
    assert await world.send() is OK
    assert used(world) == ["access-1", None, "access-of-another"]


async def test_a_refused_refresh_asks_for_a_person():
    refusal = {"error": "invalid_grant", "error_description": "This refresh token is invalid"}
    world = World(EXPIRED, Reply(400, body=refusal), credential=grant())
    with pytest.raises(ConnectionBroken, match="is invalid. Authorise this connection again"):
        await world.send()
    assert world.tokens.saved == []


@pytest.mark.parametrize("passing", [Reply(503), Reply(429), RetryLater("Nothing answers.")])
async def test_a_refresh_that_fails_for_now_is_tried_again_in_place(passing):
    world = World(EXPIRED, passing, EXPIRED, tokens(), OK, credential=grant())
    assert await world.send() is OK
    assert used(world) == ["access-1", None, "access-1", None, "access-2"]


async def test_an_answer_without_tokens_is_not_stored():
    world = World(*[EXPIRED, Reply(200, body={"ok": True})] * 4, credential=grant())
    with pytest.raises(RetryLater, match="without tokens"):
        await world.send()
    assert world.tokens.saved == []


# Ahead of time


async def test_a_token_is_renewed_shortly_before_it_expires():
    world = World(tokens(), OK, credential=grant(lives=timedelta(minutes=4)))
    await world.send()
    assert used(world) == [None, "access-2"]


async def test_a_token_with_time_left_is_left_alone():
    world = World(OK, credential=grant(lives=timedelta(minutes=6)))
    await world.send()
    assert used(world) == ["access-1"]


async def test_a_token_without_an_end_is_used_until_it_is_refused():
    world = World(OK, credential=grant(lives=None))
    await world.send()
    assert used(world) == ["access-1"]


async def test_a_renewal_ahead_of_time_may_fail():
    world = World(Reply(503), OK, OK, credential=grant(lives=timedelta(minutes=4)))
    await world.send()
    await world.send()
    assert used(world) == [None, "access-1", "access-1"]


async def test_once_the_token_has_expired_a_failed_renewal_is_told():
    script = [Reply(503)] * 4
    world = World(*script, credential=grant(lives=timedelta(seconds=-1)))
    with pytest.raises(RetryLater, match="could not be renewed just now"):
        await world.send()
    assert used(world) == [None] * 4


async def test_a_token_that_never_lives_long_is_not_renewed_for_every_call():
    script = [tokens(expires_in=120), OK, OK, tokens("access-3"), OK]
    world = World(*script, credential=grant(lives=timedelta(seconds=-1)))
    await world.send()
    await world.send()
    world.clock.move(61)
    await world.send()
    assert used(world) == [None, "access-2", "access-2", None, "access-3"]


async def test_while_one_renews_ahead_of_time_others_go_on_with_what_they_have():
    asked, gate = asyncio.Event(), asyncio.Event()

    class Slow(FixedTokens):
        @asynccontextmanager
        async def refreshing(self):
            asked.set()
            await gate.wait()
            yield

    world = World(OK, tokens(), OK, tokens=Slow(grant(lives=timedelta(minutes=4))))
    renewing = asyncio.create_task(world.send())
    await asked.wait()
    assert await world.send() is OK
    gate.set()
    await renewing
    assert used(world) == ["access-1", None, "access-2"]


async def test_a_cancelled_caller_does_not_lose_the_tokens_it_paid_for():
    stored = asyncio.Event()

    class Slow(FixedTokens):
        async def save(self, credential):
            stored.set()
            await asyncio.sleep(0)
            await super().save(credential)

    world = World(EXPIRED, tokens(), OK, tokens=Slow(grant()))
    caller = asyncio.create_task(world.send())
    await stored.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert [saved.secrets["access_token"] for saved in world.tokens.saved] == ["access-2"]


async def test_a_lost_answer_to_the_code_is_not_repeated():
    at, transport = endpoint(OutcomeUnknown("No answer."))
    with pytest.raises(OutcomeUnknown):
        await at.exchange(grant("", ""), "the-code", "https://us.example/back")
    assert len(transport.requests) == 1
