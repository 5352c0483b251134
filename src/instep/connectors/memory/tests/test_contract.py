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


class TestContacts(ConnectorContract):
    page_size = 100
    unknown_id = "contract-999999"
    has_versions = True
    refuses_duplicates = True

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
    def fill(self, app):
        async def fill(count):
            for number in range(count):
                app.add({"first_name": f"Person {number}"})

        return fill
