"""Actions over stored connections: an app in memory, and a bridge, whose records Instep keeps."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from itertools import count

import pytest

from instep.connectors import bridge, memory
from instep.core.errors import Gone, UserError
from instep.engine.clients import Clients
from instep.engine.flows.actions.acting import caller
from instep.engine.flows.actions.calling import Call
from instep.sdk.auth import Credential
from instep.sdk.clock import ManualClock
from instep.store.connections import Connections, NewConnection
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE

_numbers = count(1)
ANN = {"first_name": "Ann", "email": "ann@example.com"}


@pytest.fixture
async def office(database):
    """A caller over two stored connections: `crm` and `board`."""
    clock, vault = ManualClock(datetime(2026, 1, 1, tzinfo=UTC)), Vault(os.urandom(32))
    stored = Connections(database, vault, DEFAULT_WORKSPACE)
    app = memory.install(memory.MemoryApp(f"of-flows-{next(_numbers)}", now=clock.now))
    await stored.create(
        NewConnection("crm", "memory", "token", app.name, "US", {"name": app.name}),
        Credential("token", {"token": app.token}),
    )
    url = {"outbound_url": "https://listener.example/hook"}
    await stored.create(
        NewConnection("board", "bridge", "shared_secret", "board", "US", url),
        Credential("shared_secret", {"inbound_secret": "a-secret-of-enough-letters"}),
    )
    known = {each.name: each for each in (memory.connector, bridge.connector)}
    clients = Clients(database, vault, stored, known, clock)
    yield caller(clients, clock)
    await clients.close()


def made(connection, operation, **inputs):
    return Call(connection, operation, inputs, "key", 0)


@pytest.mark.parametrize("connection", ["crm", "board"])
async def test_a_record_is_made_changed_and_read_over_a_stored_connection(office, connection):
    ann = await office.call(made(connection, "contact.create", **ANN))
    await office.call(made(connection, "contact.update", id=ann["id"], first_name="Anna"))
    read = await office.call(made(connection, "contact.get", id=ann["id"]))
    assert (read["first_name"], read["email"]) == ("Anna", "ann@example.com")


async def test_a_bridge_keeps_what_a_step_writes_and_tells_no_address_in_a_dry_run(office):
    (told,) = await office.describe(made("board", "contact.create", **ANN))
    assert told["url"].startswith("kept:")
    with pytest.raises(Gone):
        await office.call(made("board", "contact.get", id="nobody"))


async def test_an_unknown_connection_is_said(office):
    with pytest.raises(UserError, match="nobody"):
        await office.call(made("nobody", "contact.get", id="1"))
