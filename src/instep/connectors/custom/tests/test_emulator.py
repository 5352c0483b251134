from __future__ import annotations

from datetime import UTC, datetime

import pytest

from instep.connectors.custom.building import connector_of
from instep.connectors.custom.emulator import EXAMPLE, ManifestApp, build
from instep.connectors.custom.loading import complete
from instep.connectors.custom.tests.on_manifest import HERE, account_at
from instep.sandbox.people import invent
from instep.sandbox.server import Sandbox
from instep.sdk.request import Request
from instep.sdk.transport import HttpTransport
from instep.sdk.webhooks import Incoming
from tests.sandbox.webhook_receiver import receiving

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)


@pytest.fixture
async def served():
    """An emulator, somebody who receives its webhooks, and where it is."""
    app = ManifestApp(complete(EXAMPLE))
    async with receiving() as receiver, Sandbox([app]) as sandbox:
        app._sender.url = receiver.url
        yield app, receiver, sandbox.url("example")


async def sent(app, url, request):
    transport = HttpTransport(url)
    headers = {"Authorization": f"Bearer {app.secrets['api_key']}"}
    try:
        return await transport.send(request, headers)
    finally:
        await transport.close()


async def test_a_change_is_told_by_a_webhook(served):
    app, receiver, url = served

    made = await sent(app, url, Request("POST", "/people", json={"given_name": "Ann"}))
    await sent(app, url, Request("PATCH", f"/people/{made.body['id']}", json={"company": "Acme"}))
    await sent(app, url, Request("DELETE", f"/people/{made.body['id']}"))

    webhooks = connector_of(app.manifest).webhooks
    hints = [
        webhooks.read(Incoming(each.headers, each.raw, NOW), app.secrets, NOW)
        for each in await receiver.wait_for(3)
    ]
    assert {hint.event: hint.record_id for hint in hints} == dict.fromkeys(
        ("person.created", "person.updated", "person.deleted"), made.body["id"]
    )


async def test_webhooks_get_lost_and_come_twice_when_told_to(served):
    app, receiver, url = served
    app.faults.switch_on("lost_webhook=event:person.created")
    app.faults.switch_on("doubled_webhook=event:person.updated")

    made = await sent(app, url, Request("POST", "/people", json={"given_name": "Ann"}))
    await sent(app, url, Request("PATCH", f"/people/{made.body['id']}", json={"company": "Acme"}))

    first, second = await receiver.wait_for(2)
    assert first.raw == second.raw
    assert first.body["event"] == "person.updated"


async def test_limits_refuse_and_tell_what_is_left():
    app = ManifestApp(complete(HERE / "acme.yaml"))
    async with Sandbox([app]) as sandbox:
        account, _ = account_at(app, sandbox.url("acme"))
        transport = HttpTransport(account.config["base_url"])
        headers = {"X-Api-Key": f"Key {app.secrets['api_key']}"}
        replies = [await transport.send(Request("GET", "/me"), headers) for _ in range(51)]
        await transport.close()

    assert [reply.status for reply in replies] == [200] * 50 + [429]
    assert replies[0].headers["x-left"] == "49"


def test_what_it_keeps_outlives_it(tmp_path):
    app = build(tmp_path, pace=1, country="US", seed=1)
    app.load(invent(3))
    secrets = app.secrets
    app.close()

    again = build(tmp_path)

    assert again.secrets == secrets
    assert again.shelves["people"].count() == 3
    assert again.name == "custom"
    assert again.describe("http://x")["proves"] == "our code, not the vendor"
    again.close()
