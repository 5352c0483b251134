from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from instep.connectors import memory
from instep.connectors.memory.app import MemoryApp, Quirks
from instep.sdk.auth import Credential
from instep.sdk.resource import Account
from instep.sdk.testing import ConnectorContract


class Skewed(MemoryApp):
    """An app whose clock can be put wrong."""

    ahead = timedelta()

    def skew(self, seconds):
        self.ahead = timedelta(seconds=seconds)

    def clear(self):
        super().clear()
        self.ahead = timedelta()


class OfMemory(ConnectorContract):
    page_size = 100
    unknown_id = "contract-999999"
    has_versions = True
    can_delete = True

    @pytest.fixture
    def app(self):
        quirks = Quirks(refuses_duplicates=True)
        app = Skewed("contract", now=lambda: datetime.now(UTC) + app.ahead, quirks=quirks)
        yield memory.install(app)
        memory.uninstall("contract")

    @pytest.fixture
    def connector(self):
        return memory.connector

    @pytest.fixture
    def account(self, app):
        return Account("contract", "US", {"name": "contract"})

    @pytest.fixture
    def credential(self, app):
        return Credential("token", {"token": app.token})

    @pytest.fixture
    def faults(self, app):
        return app

    @pytest.fixture
    def fill(self, app, parent_id):
        async def fill(count):
            for number in range(count):
                belongs = {"contact_id": parent_id} if parent_id else {}
                app.add({**self.sample(1_000 + number), **belongs}, self.canonical)

        return fill


class TestContacts(OfMemory):
    refuses_duplicates = True

    def sample(self, number):
        return {**super().sample(number), "business_id": "contract-000000"}


class TestBusinesses(OfMemory):
    canonical = "business"
    refuses_duplicates = True
    clearable = "phone"
    changeable = ("phone", "+14155550123")

    def sample(self, number):
        phone = f"+1415{2_000_000 + number}"
        return {"name": f"Acme {number}", "phone": phone, "tags": ("alpha", "beta")}


class OfContact(OfMemory):
    has_parents = True
    has_rule = True
    can_find = False

    @pytest.fixture
    def parent_id(self, app):
        return app.add({"first_name": "Ann"}).id

    @pytest.fixture
    def other_parent_id(self, app):
        return app.add({"first_name": "Bob"}).id


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
        }


class TestNotes(OfContact):
    canonical = "note"
    has_required = True
    clearable = "title"
    changeable = ("body", "Beth")

    def sample(self, number):
        return {
            "body": f"Spoke to them {number}",
            "title": "Follow-up",
            "added_at": "2026-03-04T15:00:00Z",
        }
