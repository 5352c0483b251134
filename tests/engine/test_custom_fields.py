"""The fields an account made itself: asked for when needed, kept, and never a reason to break."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from instep.connectors.insightly import connector
from instep.connectors.insightly.contacts import Contacts
from instep.connectors.insightly.notes import Notes
from instep.core.errors import ConnectionBroken, RetryLater
from instep.core.retry import RetryPolicy
from instep.engine.custom_fields import KEPT_SECONDS, CustomFields, names_custom
from instep.sdk.auth import Credential
from instep.sdk.client import Client
from instep.sdk.clock import ManualClock
from instep.sdk.request import Reply
from instep.sdk.resource import Account
from instep.sdk.testing import FixedTokens, FreeLimiter, ScriptedTransport

ACCOUNT = Account("", "US", {"base_url": "http://127.0.0.1:9", "timezone": "UTC"})


def told(*labels):
    rows = [
        {"FIELD_NAME": f"{label.upper()}__c", "FIELD_LABEL": label, "FIELD_TYPE": "TEXT"}
        for label in labels
    ]
    return Reply(200, {}, rows)


class World:
    """One connection whose app answers from a script."""

    def __init__(self, *script):
        self.clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
        self.app = ScriptedTransport(script)
        self.known = CustomFields(self.clock)
        self.client = Client(
            connector=connector,
            account=ACCOUNT,
            tokens=FixedTokens(Credential("api_key", {"api_key": "k-1234567890"})),
            limiter=FreeLimiter(),
            clock=self.clock,
            transport=self.app,
            policy=RetryPolicy(attempts=1),
        )

    async def names(self, kind=Contacts):
        account = await self.known.account("c1", kind, ACCOUNT, self.client)
        return [field.name for field in kind(account).fields if field.custom]


async def test_fields_are_asked_for_once_and_again_when_they_are_old():
    world = World(told("Policy"), told("Policy", "Adviser"))

    assert await world.names() == ["custom.Policy"]
    world.clock.move(KEPT_SECONDS - 1)
    assert await world.names() == ["custom.Policy"]
    world.clock.move(1)
    assert await world.names() == ["custom.Policy", "custom.Adviser"]
    assert [request.path for request in world.app.requests] == ["/CustomFields/Contacts"] * 2


@pytest.mark.parametrize("status", [400, 403, 404, 405])
async def test_an_account_that_may_not_have_them_has_none(status):
    world = World(Reply(status, {}, {"Message": "Not in your plan."}))

    assert await world.names() == []
    assert await world.names() == []
    assert len(world.app.requests) == 1


async def test_what_was_known_holds_while_the_app_cannot_tell():
    world = World(told("Policy"), Reply(503), told("Adviser"))
    await world.names()
    world.clock.move(KEPT_SECONDS)

    assert await world.names() == ["custom.Policy"]
    world.clock.move(KEPT_SECONDS)
    assert await world.names() == ["custom.Adviser"]


async def test_an_app_that_never_told_is_asked_again_later():
    world = World(Reply(503), told("Policy"))

    with pytest.raises(RetryLater):
        await world.names()
    assert await world.names() == ["custom.Policy"]


async def test_a_dead_credential_is_no_account_without_custom_fields():
    world = World(Reply(401, {}, {"Message": "Unauthorized"}))

    with pytest.raises(ConnectionBroken):
        await world.names()


async def test_records_that_can_have_none_cost_no_call():
    world = World()

    assert await world.names(Notes) == []


@pytest.mark.parametrize(
    ("stored", "names"),
    [
        ([{"a": "email"}, {"a": "custom.Policy", "b": "custom.Policy"}], True),
        ([{"a": "email", "direction": "both"}], False),
        (({"filter": {"all": [{"field": "custom.Policy", "value": "x"}]}}, []), True),
        (None, False),
        ([], False),
    ],
)
def test_a_mapping_or_a_filter_says_whether_they_are_needed(stored, names):
    assert names_custom(stored) is names
