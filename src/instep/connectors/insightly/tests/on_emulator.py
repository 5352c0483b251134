"""What every resource of Insightly is tried on: an emulator on a port of its own."""

from __future__ import annotations

import pytest

from instep.connectors.insightly import connector
from instep.connectors.insightly.emulator import InsightlyApp
from instep.sandbox.server import Sandbox
from instep.sdk.auth import Credential
from instep.sdk.limits import Purpose
from instep.sdk.resource import Account
from instep.sdk.testing import ConnectorContract
from tests.sandbox.switches import Switches


class OnEmulator(ConnectorContract):
    """The contract suite, told how to reach the emulator and how to make it misbehave."""

    unknown_id = "999999999"
    has_versions = True
    can_delete = True

    @pytest.fixture
    def app(self):
        return InsightlyApp(pace=1_000)

    @pytest.fixture
    async def url(self, app):
        async with Sandbox([app]) as sandbox:
            yield sandbox.url("insightly")

    @pytest.fixture
    def connector(self):
        return connector

    @pytest.fixture
    def account(self, url):
        return Account("", "US", {"base_url": f"{url}/v3.1", "timezone": "America/Chicago"})

    @pytest.fixture
    def credential(self, app):
        return Credential("api_key", {"api_key": app.api_key})

    @pytest.fixture
    def faults(self, app):
        return Switches(app)

    async def made(self, client, connector, account, kind, values):
        """Create a record of another kind; return its id."""
        resource = connector.resource(kind)(account)
        reply = await client.send(resource.create(values), Purpose.WRITE)
        return resource.created(reply).id

    async def walk_while_others_go(self, client, resource, doomed):
        """Read all pages while records that were read are deleted; return what was seen."""
        request, seen = resource.list(), set()
        while request is not None:
            reply = await client.send(request)
            seen |= {record.id for record in resource.records(reply)}
            request = resource.next(request, reply)
            for _ in range(3):
                if doomed:
                    await client.send(resource.delete(doomed.pop()), Purpose.WRITE)
        return seen


class OfContact(OnEmulator):
    """A child of a contact."""

    page_size = 500
    can_find = False
    has_rule = True
    has_parents = True

    @pytest.fixture
    async def parent_id(self, reach, credential, connector, account):
        values = {"first_name": "Ann", "email": "ann@example.com"}
        return await self.made(reach(credential), connector, account, "contact", values)

    @pytest.fixture
    async def other_parent_id(self, reach, credential, connector, account):
        values = {"first_name": "Bea", "email": "bea@example.com"}
        return await self.made(reach(credential), connector, account, "contact", values)

    @pytest.fixture
    def fill(self, app, parent_id):
        async def fill(count):
            app.instance.fill(self.kind, count, self.raw, parent=("Contact", int(parent_id)))

        return fill
