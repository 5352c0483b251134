from __future__ import annotations

import pytest

from instep.connectors.custom.building import connector_of
from instep.connectors.custom.emulator import EXAMPLE, ManifestApp
from instep.connectors.custom.loading import complete, loads
from instep.connectors.custom.tests.on_manifest import HERE, account_at
from instep.connectors.custom.verifying import verify
from instep.sandbox.people import invent
from instep.sandbox.server import Sandbox
from instep.sdk.auth import Credential
from instep.sdk.client import Client
from instep.sdk.clock import SystemClock
from instep.sdk.testing import FixedTokens, FreeLimiter

ACME = (HERE / "acme.yaml").read_text()


@pytest.fixture
async def ask():
    """Verify one manifest against the emulator of another."""
    opened = []

    async def ask(described, app, people=60, credential=None):
        app.load(invent(people))
        sandbox = Sandbox([app])
        await sandbox.start()
        account, good = account_at(app, sandbox.url(app.name))
        connector = connector_of(described)
        client = Client(
            connector=connector,
            account=account,
            tokens=FixedTokens(credential or good),
            limiter=FreeLimiter(),
            clock=SystemClock(),
        )
        opened.append((sandbox, client))
        found = [finding async for finding in verify(connector, account, client)]
        return {(each.resource, each.what): each for each in found}, app

    yield ask
    for sandbox, client in opened:
        await client.close()
        await sandbox.stop()


async def test_what_holds_is_told_line_by_line_and_nothing_is_written(ask):
    app = ManifestApp(loads(ACME), pace=1_000)

    found, app = await ask(loads(ACME), app)

    assert {key for key, each in found.items() if each.holds is False} == set()
    for what in ("list", "paging", "get", "changes", "find by email", "first_name", "email"):
        assert found["contacts", what].holds is True, what
    assert found["", "sign-in"].holds is True
    assert all(call.startswith("GET ") for call in app.calls.describe()["calls"])


@pytest.mark.parametrize(
    ("right", "wrong", "what", "said"),
    [
        ("updated_since:", "updated_sincee:", "changes", "the time is ignored"),
        ("field: updated,", "field: updatedd,", "changes", "do not say when they changed"),
        ("path: emails.0.address, type: email", "path: phone, type: email", "email", "no email"),
        ('where: "email:', 'whose: "email:', "find by email", "the value is ignored"),
        ("offset: skip", "offset: skipp", "paging", "the first once more"),
        ('/contacts/{id}", record: data}', '/contacts/{id}", record: dat}', "reading", "without"),
    ],
)
async def test_what_does_not_hold_is_told(ask, right, wrong, what, said):
    text = ACME.replace(right, wrong, 1)
    assert text != ACME

    found, _ = await ask(loads(text), ManifestApp(loads(ACME), pace=1_000))

    finding = found["contacts", what]
    assert finding.holds is False
    assert said in finding.said


async def test_an_empty_field_is_told_as_not_shown(ask):
    text = ACME.replace("path: address.city", "path: address.town")

    found, _ = await ask(loads(text), ManifestApp(loads(ACME), pace=1_000))

    assert found["contacts", "city"].holds is None
    assert "empty in all" in found["contacts", "city"].said


async def test_a_refused_credential_ends_it(ask):
    app = ManifestApp(loads(ACME), pace=1_000)

    found, _ = await ask(loads(ACME), app, credential=Credential("header", {"api_key": "wrong"}))

    assert list(found) == [("", "sign-in")]
    assert found["", "sign-in"].holds is False


async def test_children_are_looked_for_below_some_parents(ask):
    app = ManifestApp(complete(EXAMPLE), pace=1_000)
    app.load(invent(2))
    parent = app.shelves["people"].select(parent=None, since=None)[1]["id"]
    app.shelves["notes"].add({"text": "<p>Hello</p>", "person_id": parent}, parent)

    found, _ = await ask(complete(EXAMPLE), app, people=1)

    assert found["notes", "list"].holds is True
    assert found["notes", "body"].holds is True
    assert found["tasks", "list"].holds is None
