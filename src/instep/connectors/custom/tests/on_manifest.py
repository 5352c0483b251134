"""What every manifest is tried on: the emulator that serves it, on a port of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from instep.connectors.custom.building import connector_of
from instep.connectors.custom.emulator import ManifestApp
from instep.connectors.custom.loading import complete
from instep.sandbox.people import invent
from instep.sandbox.server import Sandbox
from instep.sdk.auth import Credential
from instep.sdk.limits import Purpose
from instep.sdk.resource import Account
from instep.sdk.testing import ConnectorContract
from tests.sandbox.switches import Switches

HERE = Path(__file__).parent


def account_at(app, url):
    """The account and the credential that a person would have typed."""
    typed = app.typed(url)
    kind = next(iter(app.connector.auth))
    config = {name: value for name, value in typed.items() if name not in app.secrets}
    return Account("main", "US", config), Credential(kind, dict(app.secrets))


class OnManifest(ConnectorContract):
    """The contract suite over one manifest."""

    can_delete = True
    page_size = 100
    unknown_id = "999999999"

    @pytest.fixture
    def manifest(self):
        return complete(self.file)

    @pytest.fixture
    def app(self, manifest):
        return ManifestApp(manifest, pace=1_000)

    @pytest.fixture
    async def url(self, app):
        async with Sandbox([app]) as sandbox:
            yield sandbox.url(app.name)

    @pytest.fixture
    def connector(self, manifest):
        return connector_of(manifest)

    @pytest.fixture
    def account(self, app, url):
        return account_at(app, url)[0]

    @pytest.fixture
    def credential(self, app, url):
        return account_at(app, url)[1]

    @pytest.fixture
    def faults(self, app):
        return Switches(app)

    @pytest.fixture
    def fill(self, app):
        async def fill(count):
            app.load(invent(count))

        return fill

    def sample(self, number):
        return {**super().sample(number), "source": "fair"}


class OfContact(OnManifest):
    """A child of a contact."""

    can_find = False
    has_rule = True
    has_parents = True
    changeable = ("title", "Ring back")
    clearable = "body"

    async def person(self, reach, credential, connector, account, email):
        client, resource = reach(credential), connector.resource("contact")(account)
        values = {"first_name": "Ann", "email": email}
        return resource.created(await client.send(resource.create(values), Purpose.WRITE)).id

    @pytest.fixture
    async def parent_id(self, reach, credential, connector, account):
        return await self.person(reach, credential, connector, account, "ann@example.com")

    @pytest.fixture
    async def other_parent_id(self, reach, credential, connector, account):
        return await self.person(reach, credential, connector, account, "bea@example.com")

    @pytest.fixture
    def fill(self, app, parent_id, connector, account):
        form = connector.resource(self.canonical).form
        [shelf] = [each for each in app.shelves.values() if each.resource.kind == self.canonical]

        async def fill(count):
            several = [self.sample(100 + number) for number in range(count)]
            bodies = [
                form.body({**each, "contact_id": parent_id}, form.by_name) for each in several
            ]
            shelf.add_many(bodies, parent_id)

        return fill

    def sample(self, number):
        return {
            "title": f"Call {number}",
            "body": f"About <this> & that, {number}",
            "due_at": f"2026-03-{number % 28 + 1:02}T15:00:00Z",
            "completed": False,
            "created_at": "2026-01-05T15:00:00Z",
        }
