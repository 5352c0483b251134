"""What every resource of GoHighLevel is tried on: a sandbox on a port of its own."""

from __future__ import annotations

import pytest

from instep.connectors.gohighlevel import connector
from instep.sandbox.gohighlevel import GoHighLevel
from instep.sandbox.gohighlevel.products import OPERATIONS
from instep.sandbox.server import Sandbox
from instep.sdk.auth import Credential
from instep.sdk.resource import Account
from instep.sdk.testing import ConnectorContract
from tests.sandbox.switches import Switches

SERVED = {operation.id for operation in OPERATIONS}


def needs_sandbox(*operations):
    """Run a class only where the sandbox simulates these operations of the catalogue."""
    missing = sorted({*operations} - SERVED)
    return pytest.mark.skipif(bool(missing), reason=f"the sandbox lacks {', '.join(missing)}")


class OnSandbox(ConnectorContract):
    """The contract suite, told how to reach the sandbox and how to make it misbehave."""

    unknown_id = "seD4PfOuKoVMLkEZqohJ"

    @pytest.fixture
    def app(self):
        return GoHighLevel(pace=1_000)

    @pytest.fixture
    async def told(self, app):
        async with Sandbox([app]) as sandbox:
            yield app.describe(sandbox.url("gohighlevel"))

    @pytest.fixture
    def connector(self):
        return connector

    @pytest.fixture
    def account(self, app, told):
        config = {"base_url": told["url"], "marketplace_url": told["url"]}
        # as a person would look it up: appointments are listed in the location's own time
        config["timezone"] = app.services.company.locations[told["location_id"]]["timezone"]
        return Account(told["location_id"], "US", config)

    @pytest.fixture
    def credential(self, told):
        return Credential("private_integration", {"token": told["private_integration_token"]})

    @pytest.fixture
    def faults(self, app):
        return Switches(app)


class OfContact(OnSandbox):
    """A child of a contact."""

    can_find = False
    can_skew = False
    can_delete = True
    has_pages = False
    has_rule = True
    has_parents = True
    tells_changes = False
    page_size = 25

    @pytest.fixture
    async def parent_id(self, reach, credential, connector, account):
        return await self.contact(reach(credential), connector, account, 1)

    @pytest.fixture
    async def other_parent_id(self, reach, credential, connector, account):
        return await self.contact(reach(credential), connector, account, 2)

    async def contact(self, client, connector, account, number):
        contacts = connector.resource("contact")(account)
        values = {"first_name": f"Ann{number}", "email": f"ann{number}@example.com"}
        return contacts.created(await client.send(contacts.create(values))).id
