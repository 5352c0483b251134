"""A described app's webhook through the intake: proven by the connection's own sealed secret."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

import pytest

from instep.connectors.custom.building import connector_of
from instep.connectors.custom.emulator import EXAMPLE
from instep.connectors.custom.hooks import Hmac, signature
from instep.connectors.custom.loading import complete
from instep.core.errors import UserError
from instep.engine.intake import Intake
from instep.sdk.auth import Credential
from instep.sdk.clock import ManualClock
from instep.sdk.webhooks import Incoming, WebhookRefused
from instep.store.connections import Connections, NewConnection
from instep.store.database import Database
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECRET = "shared-with-the-app"


@pytest.fixture
async def intake(sqlite_url):
    database = Database(sqlite_url)
    connections = Connections(database, Vault(os.urandom(32)), DEFAULT_WORKSPACE)
    for name, secrets in (("mine", {"hook_secret": SECRET}), ("bare", {})):
        new = NewConnection(
            name, "example", "bearer", name, "US", {"base_url": "https://x.example"}
        )
        await connections.create(new, Credential("bearer", {"api_key": f"key-{name}", **secrets}))
    apps = {"example": connector_of(complete(EXAMPLE))}
    yield Intake(database, connections, apps, ManualClock(NOW))
    database.close()


def incoming(secret):
    body = json.dumps({"event": "person.updated", "delivery": "d1", "data": {"id": "7"}}).encode()
    part = Hmac(type="hmac", header="X-Signature", secret="hook_secret", prefix="sha256=")
    return Incoming({"x-signature": signature(part, body, secret).decode()}, body, NOW)


async def test_the_right_secret_opens_and_no_other(intake):
    await intake.take("mine", incoming(SECRET))

    with pytest.raises(WebhookRefused):
        await intake.take("mine", incoming("guessed"))
    with pytest.raises(WebhookRefused):
        await intake.take("mine", incoming("key-mine"))


async def test_without_a_secret_nothing_is_taken(intake):
    with pytest.raises(UserError, match="has no hook_secret"):
        await intake.take("bare", incoming(""))
