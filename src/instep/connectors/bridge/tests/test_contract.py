from __future__ import annotations

import pytest

from instep.connectors.bridge import connector as bridge
from instep.connectors.bridge.tests.on_database import (
    CONFIG,
    CREDENTIAL,
    answering,
    bridge_in,
    opened,
    tell,
)
from instep.sdk.resource import Account
from instep.sdk.testing import ConnectorContract
from instep.store.kept import SEARCHED


class Calm:
    """No faults: what Instep answers itself meets none."""

    def clear(self):
        pass


class OfBridge(ConnectorContract):
    page_size = 100
    unknown_id = "nobody"
    has_credential = False
    travels = False
    has_versions = True
    can_delete = True
    can_skew = False
    has_custom_fields = True

    @pytest.fixture
    def database(self, sqlite_url):
        with opened(sqlite_url) as database:
            yield database

    @pytest.fixture
    async def connection(self, database):
        return await bridge_in(database)

    @pytest.fixture
    def kept(self, database, connection):
        return answering(database, connection)

    @pytest.fixture
    def connector(self):
        return bridge

    @pytest.fixture
    def account(self):
        return Account("bridge", "US", CONFIG)

    @pytest.fixture
    def credential(self):
        return CREDENTIAL

    @pytest.fixture
    def faults(self):
        return Calm()

    @pytest.fixture
    def fill(self, database, connection, parent_id):
        async def fill(count):
            told = {f"told-{number}": self.sample(1_000 + number) for number in range(count)}
            await tell(database, connection, self.canonical, told, parent_id)

        return fill

    def test_it_is_found_only_by_what_the_database_looks_up(self, resource):
        assert set(resource.findable) <= set(SEARCHED)

    def test_every_report_can_say_that_nothing_is_read_back(self, resource):
        assert resource.kept
        assert resource.write_only


class TestContacts(OfBridge):
    def sample(self, number):
        return {**super().sample(number), "source": "fair", "business_id": "b1"}


class TestBusinesses(OfBridge):
    canonical = "business"
    changeable = ("phone", "+14155550123")

    def sample(self, number):
        same = ("email", "phone", "address", "city", "state", "postal_code", "country", "tags")
        sample = super().sample(number)
        return {
            "name": f"Acme {number}",
            "description": "They sell anvils.\nGood ones.",
            "website": "https://acme.example",
            **{name: sample[name] for name in same},
        }


class OfContact(OfBridge):
    has_parents = True
    can_find = False

    @pytest.fixture
    async def parent_id(self, database, connection):
        people = {"c1": {"first_name": "Ann"}, "c2": {"first_name": "Bob"}}
        await tell(database, connection, "contact", people)
        return "c1"

    @pytest.fixture
    def other_parent_id(self, parent_id):
        return "c2"


class TestTasks(OfContact):
    canonical = "task"
    can_archive = True
    clearable = "body"
    changeable = ("title", "Beth")

    def sample(self, number):
        return {
            "title": f"Call {number}",
            "body": "Ask about the renewal",
            "due_at": "2026-03-04T15:00:00Z",
            "completed": False,
            "status": "open",
            "priority": "high",
        }


class TestNotes(OfContact):
    canonical = "note"
    clearable = "title"
    changeable = ("body", "Beth")

    def sample(self, number):
        return {
            "body": f"Spoke to them {number}",
            "title": "Follow-up",
            "added_at": "2026-03-04T15:00:00Z",
        }


class TestAppointments(OfContact):
    canonical = "appointment"
    clearable = "address"
    changeable = ("title", "Beth")

    def sample(self, number):
        return {
            "title": f"Review {number}",
            "starts_at": "2026-03-04T15:00:00Z",
            "ends_at": "2026-03-04T16:00:00Z",
            "status": "confirmed",
            "address": "1 Main Street",
            "description": "Bring the policy",
        }
