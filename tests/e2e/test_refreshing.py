"""A refresh token works once. Two processes of Instep that need it at once come to one new pair.

The same for processes that keep their tokens in a file: tests/client/test_tokens.py.
"""

from __future__ import annotations

import base64
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from instep.bootstrap import assemble
from instep.engine.connection_services import Grant
from instep.engine.typed import Typed
from instep.sdk.clock import SystemClock
from instep.settings import load_settings
from instep.store.tokens import StoredTokens
from instep.store.vault import open_vault
from tests.e2e.browser import BACK, allow, consent_page
from tests.e2e.processes import together

PROCESS = Path(__file__).with_name("calling_process.py")
NAME = "agency"


@pytest.fixture
def place(database_url, tmp_path):
    """Where this Instep keeps everything: the environment of each of its processes."""
    return {
        "INSTEP_DATA_DIR": str(tmp_path / "data"),
        "INSTEP_DATABASE_URL": database_url,
        "INSTEP_KEY": base64.b64encode(os.urandom(32)).decode(),
    }


@pytest.fixture
async def instep(place, monkeypatch):
    for name, value in place.items():
        monkeypatch.setenv(name, value)
    async with assemble(load_settings()) as assembled:
        yield assembled


@pytest.fixture
async def tokens(ghl, instep):
    """The stored tokens of a connection that a person has just allowed."""
    ghl.app.settings.refresh_grace_seconds = 0  # a second use of a refresh token is never forgiven
    told = ghl.told
    wanted = {name: told[name] for name in ("location_id", "client_id", "client_secret")}
    wanted |= {"base_url": told["url"], "marketplace_url": told["url"]}
    typed = Typed("gohighlevel", NAME, "oauth2", "US", wanted)
    address = consent_page(told, "contacts.readonly", "contacts.write")
    grant = Grant(await allow(address, ghl.location), BACK)
    connection = await instep.connections.connect(typed, grant)
    return StoredTokens(instep.db, open_vault(instep.settings), connection, SystemClock())


async def wear_out(tokens):
    """Let the day of the access token be over."""
    held = await tokens.load()
    await tokens.save(replace(held, expires_at=datetime.now(UTC) - timedelta(minutes=1)))
    return held


async def refreshes(ghl):
    """How often the sandbox was asked for new tokens since it was last asked this."""
    told = (await ghl.call("GET", "/_sandbox/calls")).body["calls"]
    await ghl.call("DELETE", "/_sandbox/calls")
    return told.get("POST /oauth/token", 0)


async def slow_down(ghl):
    """Let the app take its time to answer, so that both processes surely meet."""
    slow = {"seconds": 0.3, "path": "/oauth/token"}
    assert (await ghl.call("PUT", "/_sandbox/faults", json={"slow": slow})).status == 200


async def is_spent(ghl, refresh_token):
    """Whether the app gives no more tokens for this one."""
    data = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    data |= {name: ghl.told[name] for name in ("client_id", "client_secret")}
    answer = await ghl.call("POST", "/oauth/token", version=None, data=data)
    return (answer.status, answer.body.get("error")) == (400, "invalid_grant")


async def test_two_processes_that_need_a_new_token_at_once_come_to_one_valid_pair(
    ghl, instep, tokens, place
):
    await ghl.create(email="ann@example.com")
    worn = await wear_out(tokens)
    await refreshes(ghl)
    await slow_down(ghl)
    async with together(2, PROCESS, NAME, **place) as go:
        ends = await go()
    assert [(each.code, each.out, each.err) for each in ends] == [(0, "1 contacts\n", "")] * 2
    assert await refreshes(ghl) == 1
    held = await tokens.load()
    assert held.expires_at > datetime.now(UTC) + timedelta(hours=23)
    for name in ("access_token", "refresh_token"):
        assert held.secrets[name] != worn.secrets[name]
    assert await is_spent(ghl, worn.secrets["refresh_token"])
    # what they stored is good for a call, and for the next refresh
    await wear_out(tokens)
    await refreshes(ghl)
    reached = await instep.clients.named(NAME)
    contacts = reached.connector.resource("contact")(reached.account)
    assert (await reached.client.send(contacts.list())).ok
    assert await refreshes(ghl) == 1
    assert await is_spent(ghl, held.secrets["refresh_token"])


async def test_a_token_that_is_revoked_under_two_processes_is_renewed_once(ghl, tokens, place):
    held = await tokens.load()
    secrets = {**held.secrets, "access_token": "no.longer.valid"}
    await tokens.save(replace(held, secrets=secrets))
    await refreshes(ghl)
    await slow_down(ghl)
    async with together(2, PROCESS, NAME, **place) as go:
        ends = await go()
    assert [(each.code, each.out, each.err) for each in ends] == [(0, "0 contacts\n", "")] * 2
    assert await refreshes(ghl) == 1
