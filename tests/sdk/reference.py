"""The memory connector under the contract: what a connector's own test of it looks like."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from instep.connectors import memory
from instep.connectors.memory import MemoryApp
from instep.connectors.memory.app import Quirks
from instep.sdk.auth import Credential
from instep.sdk.resource import Account
from instep.sdk.testing import ConnectorContract


class SkewedMemory(MemoryApp):
    """An app in memory whose clock can be put wrong."""

    def __init__(self, name):
        self.ahead = timedelta()
        super().__init__(
            name,
            now=lambda: datetime.now(UTC) + self.ahead,
            quirks=Quirks(refuses_duplicates=True),
            token="a-token-in-memory",
        )

    def skew(self, seconds):
        self.ahead = timedelta(seconds=seconds)

    def clear(self):
        super().clear()
        self.ahead = timedelta()


class MemoryContract(ConnectorContract):
    page_size = 100
    unknown_id = "nobody"
    has_versions = True
    refuses_duplicates = True

    def sample(self, number):
        return {**super().sample(number), "business_id": None}

    @pytest.fixture
    def connector(self):
        return memory.connector

    @pytest.fixture
    def account(self):
        return Account("contract", "US", {"name": "contract"})

    @pytest.fixture
    def credential(self):
        return Credential("token", {"token": "a-token-in-memory"})

    @pytest.fixture
    def faults(self):
        yield memory.install(SkewedMemory("contract"))
        memory.uninstall("contract")

    @pytest.fixture
    def fill(self, faults):
        async def fill(count):
            for number in range(count):
                faults.add(self.sample(1_000 + number))

        return fill
