"""A manifest of Insightly, tried on an emulator that knows nothing of manifests."""

from __future__ import annotations

import pytest

from instep.connectors.custom.tests.on_manifest import HERE, OfContact, OnManifest, Switches
from instep.sandbox.people import invent
from instep.sandbox.server import Sandbox
from instep.sdk.auth import Credential
from instep.sdk.resource import Account

emulator = pytest.importorskip("instep.connectors.insightly.emulator")


class OnInsightly:
    file = HERE / "insightly.yaml"
    page_size = 500
    has_versions = True

    @pytest.fixture
    def app(self):
        return emulator.InsightlyApp(pace=1_000)

    @pytest.fixture
    async def url(self, app):
        async with Sandbox([app]) as sandbox:
            yield sandbox.url("insightly")

    @pytest.fixture
    def account(self, url):
        return Account("main", "US", {"base_url": f"{url}/v3.1"})

    @pytest.fixture
    def credential(self, app):
        return Credential("basic", {"api_key": app.api_key})

    @pytest.fixture
    def faults(self, app):
        return Switches(app)


class TestContacts(OnInsightly, OnManifest):
    @pytest.fixture
    def fill(self, app):
        async def fill(count):
            app.load(invent(count))

        return fill


class TestTasks(OnInsightly, OfContact):
    canonical = "task"
    has_required = True

    @pytest.fixture
    def fill(self, app, parent_id):
        async def fill(count):
            parent = ("Contact", int(parent_id))
            app.instance.fill(
                "Task", count, lambda place: {"TITLE": f"Call {place}"}, parent=parent
            )

        return fill
