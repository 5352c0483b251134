"""A sentinel secret is driven along every path; it must come out nowhere but on the wire."""

from __future__ import annotations

import logging
import traceback
from base64 import b64encode
from itertools import product

import pytest

from instep.core.errors import (
    AccountDenied,
    ConnectionBroken,
    DailyLimit,
    Duplicate,
    Gone,
    InstepError,
    OutcomeUnknown,
    RecordRejected,
    RetryLater,
    ScopeMissing,
)
from instep.sdk.auth import Credential
from instep.sdk.messages import sentence_of
from instep.sdk.request import Reply, Request
from instep.sdk.transport import HttpTransport
from tests.sdk.apps import NOW, OK, READ, WRITE, World, grant

SENTINEL = "5e471ne1-never-to-be-seen"
ENCODED = b64encode(f"{SENTINEL}:{SENTINEL}".encode()).decode()
ECHO = f"You sent {SENTINEL}, that is Bearer {SENTINEL}."
BODIES = [ECHO, {"message": ECHO}, {"message": [ECHO]}, {"error": ECHO}]

CREDENTIALS = [
    Credential("key", {"key": SENTINEL}),
    Credential("basic", {"key": SENTINEL, "password": SENTINEL}),
    Credential("header", {"key": SENTINEL}),
    Credential("oauth2", dict.fromkeys(grant().secrets, SENTINEL), grant().expires_at),
]


def everything_said_by(error):
    """The error as people, logs and crash reports get to see it, with all that led to it."""
    return "\n".join([str(error), repr(error), *traceback.format_exception(error)])


async def failure_of(world, request=READ):
    with pytest.raises(InstepError) as caught:
        await world.send(request)
    return caught.value


@pytest.mark.parametrize("credential", CREDENTIALS, ids=lambda each: each.kind)
@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 409, 412, 422, 429, 500])
async def test_no_refusal_shows_it(caplog, credential, status):
    caplog.set_level(logging.DEBUG)
    location = {"location": f"https://elsewhere.example/{SENTINEL}?key={SENTINEL}"}
    for request, body in product([READ, WRITE], BODIES):
        world = World(*[Reply(status, location, body)] * 8, credential=credential)
        error = await failure_of(world, request)
        said = [everything_said_by(error), repr(world.told), repr(world.client), caplog.text]
        assert SENTINEL not in "".join(said)


async def test_the_encoded_form_is_not_shown_either():
    world = World(Reply(403, body=f"What is Basic {ENCODED}?"), credential=CREDENTIALS[1])
    error = await failure_of(world)
    assert "What is •••?" in str(error)


@pytest.mark.parametrize(
    "kind",
    [
        AccountDenied,
        ConnectionBroken,
        DailyLimit,
        Gone,
        OutcomeUnknown,
        RecordRejected,
        RetryLater,
        ScopeMissing,
        lambda text: Duplicate(text, "id-7"),
    ],
)
async def test_no_connectors_meaning_shows_it(kind):
    world = World(
        *[Reply(400, body=ECHO)] * 8,
        credential=CREDENTIALS[0],
        meaning=lambda _request, reply: kind(sentence_of(reply)),
    )
    error = await failure_of(world)
    assert SENTINEL not in everything_said_by(error)
    assert "You sent" in str(error)


@pytest.mark.parametrize("status", [200, 400, 401, 429, 500])
@pytest.mark.parametrize("body", [ECHO, {"error_description": ECHO}, {"error": ECHO}])
async def test_no_refused_refresh_shows_it(status, body):
    expired = Reply(401, body=ECHO)
    world = World(*[expired, Reply(status, {}, body)] * 4, credential=CREDENTIALS[3])
    error = await failure_of(world)
    assert SENTINEL not in everything_said_by(error)
    assert SENTINEL not in repr(world.told)


@pytest.mark.parametrize("broken", [f"{SENTINEL}\n", f"{SENTINEL}\r\nX: y", f"{SENTINEL}ü"])
async def test_a_secret_that_cannot_be_sent_is_not_shown_either(broken):
    world = World(OK, credential=Credential("key", {"key": broken}))
    assert SENTINEL not in everything_said_by(await failure_of(world))


@pytest.mark.parametrize(
    "address", [f"http://{SENTINEL}@127.0.0.1:1", f"http://127.0.0.1:1/{SENTINEL}", "http://[x"]
)
async def test_no_dead_address_shows_it(address):
    transport = HttpTransport(address)
    request = Request("POST", f"/{SENTINEL}", {"key": SENTINEL}, form={"code": SENTINEL})
    with pytest.raises(InstepError) as caught:
        await transport.send(request, {"Authorization": f"Bearer {SENTINEL}"})
    await transport.close()
    assert SENTINEL not in str(caught.value)
    assert SENTINEL not in repr(caught.value)


def test_a_credential_shows_names_only():
    for credential in (*CREDENTIALS, Credential("key", {"key": SENTINEL}, NOW)):
        assert SENTINEL not in f"{credential!r} {credential!s}"
