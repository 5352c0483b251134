from __future__ import annotations

import pytest

from instep.connectors.insightly import connector
from instep.connectors.insightly.emulator import InsightlyApp
from instep.core.errors import DailyLimit
from instep.sandbox.people import invent
from instep.sandbox.server import Sandbox
from instep.sdk.auth import Credential
from instep.sdk.request import Request
from instep.sdk.resource import Account
from instep.sdk.testing import ConnectorContract


class Switches:
    """The faults of the sandbox, as the contract asks for them."""

    def __init__(self, app):
        self._faults = app.faults

    def rate_limit(self, times):
        self._faults.switch_on(f"rate_limit_burst=count:{times}")

    def fail(self, times):
        self._faults.switch_on(f"server_error=count:{times}")

    def drop_reply(self):
        self._faults.switch_on("timeout_after_success=count:1")

    def skew(self, seconds):
        self._faults.switch_on(f"clock_skew={seconds}")

    def clear(self):
        self._faults.switch_off()


class TestContacts(ConnectorContract):
    page_size = 500
    unknown_id = "999999999"
    has_versions = True

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
        return Account("", "US", {"base_url": f"{url}/v3.1"})

    @pytest.fixture
    def credential(self, app):
        return Credential("api_key", {"api_key": app.api_key})

    @pytest.fixture
    def faults(self, app):
        return Switches(app)

    @pytest.fixture
    def fill(self, app):
        async def fill(count):
            app.load(invent(count))

        return fill

    async def test_a_contact_that_stays_is_listed_though_others_are_deleted_between_pages(
        self, client, resource, fill
    ):
        await fill(self.page_size + 50)
        request = resource.list()
        reply = await client.send(request)
        first = [record.id for record in resource.records(reply)]
        for gone in first[:3]:
            await client.send(Request("DELETE", f"/Contacts/{gone}"))

        seen = set(first)
        while (request := resource.next(request, reply)) is not None:
            reply = await client.send(request)
            seen |= {record.id for record in resource.records(reply)}

        assert len(seen) == self.page_size + 50

    async def test_a_used_up_day_is_not_tried_again(self, client, resource, app):
        app.faults.switch_on("rate_limit_daily")

        with pytest.raises(DailyLimit):
            await client.send(resource.list())

        assert client.calls.total == 1
