"""What a reply tells of kept records is kept before anybody sees the reply."""

from __future__ import annotations

import pytest

from instep.core.errors import RetryLater
from instep.core.retry import RetryPolicy
from instep.sdk.client import Client
from instep.sdk.clock import ManualClock
from instep.sdk.kept import Answering
from instep.sdk.request import Reply
from instep.sdk.resource import Account
from instep.sdk.testing import FixedTokens, FreeLimiter, ScriptedTransport
from instep.sdk.webhooks import Told
from tests.sdk.apps import BASE_URL, NOW, OK, READ, connector, key

ANN = Told("contact", "7", {"first_name": "Ann"})


class Ear:
    """A keeper that can be told of records, and takes down what it was told."""

    def __init__(self, *, fails=False):
        self.heard = []
        self.fails = fails

    async def hear(self, told):
        if self.fails:
            raise RetryLater("The database is away.")
        self.heard += told


class Deaf:
    """A keeper that can only be asked."""


def client(keeper, *script, told=lambda _request, reply: (ANN,) if reply is OK else ()):
    return Client(
        connector=connector(told=told),
        account=Account("acc", None, {"base_url": BASE_URL}),
        tokens=FixedTokens(key()),
        limiter=FreeLimiter(),
        clock=ManualClock(NOW),
        transport=ScriptedTransport(script),
        kept=None if keeper is None else Answering(keeper, ()),
        policy=RetryPolicy(attempts=1),
    )


async def test_a_reply_that_tells_of_records_is_heard():
    ear = Ear()
    assert await client(ear, OK).send(READ) is OK
    assert ear.heard == [ANN]


async def test_what_could_not_be_kept_is_not_seen():
    with pytest.raises(RetryLater, match="The database is away"):
        await client(Ear(fails=True), OK).send(READ)


@pytest.mark.parametrize("reply", [Reply(500), Reply(200, {}, {"id": 8})])
async def test_other_replies_tell_nothing(reply):
    ear = Ear()
    try:
        await client(ear, reply).send(READ)
    except RetryLater:
        assert reply.status == 500
    assert ear.heard == []


@pytest.mark.parametrize("keeper", [None, Deaf()])
async def test_where_nobody_can_hear_the_reply_is_only_a_reply(keeper):
    assert await client(keeper, OK).send(READ) is OK
