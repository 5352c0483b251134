from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from instep.connectors.gohighlevel.tests.on_sandbox import OnSandbox
from instep.core.errors import AccountDenied, ScopeMissing
from instep.core.records import Write
from instep.sandbox.people import invent
from instep.sdk.auth import Credential
from instep.sdk.clock import SystemClock
from instep.sdk.oauth import TokenEndpoint, authorize_url
from instep.sdk.request import Request
from instep.sdk.resource import Account
from instep.sdk.transport import HttpTransport

BACK = "http://127.0.0.1/back"


class TestContacts(OnSandbox):
    has_custom_fields = True
    page_size = 500
    refuses_duplicates = True
    can_delete = True

    def sample(self, number):
        return {
            **super().sample(number),
            "source": "public api",
            "assigned_to": "y0BeYjuRIlDwsDcOHOJo",
            "business_id": None,
        }

    @pytest.fixture
    def fill(self, app):
        async def fill(count):
            assert app.load(invent(count)) == count

        return fill

    async def test_another_location_is_denied_without_a_word_about_the_token(
        self, client, connector, account, told
    ):
        elsewhere = Account("nobodysLocation12345", "US", account.config)

        with pytest.raises(AccountDenied, match="location id"):
            await client.send(connector.verify(elsewhere))

    async def test_a_missing_scope_is_named(self, client, resource, app, told):
        token = told["private_integration_token"]
        app.services.credentials.set_scopes(token, ["contacts.readonly"])

        with pytest.raises(ScopeMissing) as caught:
            await client.send(resource.create(self.sample(1)))

        assert caught.value.scope == "contacts.write"

    async def test_a_new_contact_is_found_at_once_although_the_index_lags(
        self, client, resource, app, writable
    ):
        app.faults.switch_on("index_lag=60")
        created = resource.created(await client.send(resource.create(writable)))

        listed = await client.send(resource.list())
        found = await client.send(resource.find("email", writable["email"]))

        assert resource.records(listed) == []
        assert [record.id for record in resource.records(found)] == [created.id]

    async def test_an_emptied_field_is_seen_empty_in_the_list(self, client, resource, writable):
        created = resource.created(await client.send(resource.create(writable)))
        emptied = {"phone": None, "country": None, "postal_code": None, "last_name": None}
        for request in resource.update(created.id, Write(emptied), None):
            await client.send(request)

        (record,) = resource.records(await client.send(resource.list()))

        assert {name: record.values[name] for name in emptied} == emptied

    async def test_an_expired_oauth_token_is_renewed_without_anybody_noticing(
        self, reach, connector, account, app, told
    ):
        app.settings.access_token_seconds = 0
        expired = await allow(connector, account, told)
        client = reach(expired)
        app.settings.access_token_seconds = 3_600

        assert (await client.send(connector.verify(account))).ok

        (renewed,) = client.tokens.saved
        assert renewed.secrets["access_token"] != expired.secrets["access_token"]


async def allow(connector, account, told):
    """Allow the connector on the sandbox's page, as a person would, and take the tokens."""
    client = {name: told[name] for name in ("client_id", "client_secret")}
    auth = connector.auth["oauth2"]
    page = authorize_url(auth, account, client["client_id"], BACK, "a-state")
    browser = HttpTransport(told["url"])
    try:
        form = {"account": told["location_id"]}
        answer = await browser.send(Request("POST", page, form=form), {})
        query = parse_qs(urlsplit(answer.headers["location"]).query)
        assert query["state"] == ["a-state"]
        endpoint = TokenEndpoint(
            connector, account, SystemClock(), lambda request: browser.send(request, {})
        )
        return await endpoint.exchange(Credential("oauth2", client), query["code"][0], BACK)
    finally:
        await browser.close()
