from __future__ import annotations

import pytest

from instep.connectors.gohighlevel.plain import CALENDARS_VERSION
from instep.connectors.gohighlevel.tests.on_sandbox import OnSandbox, needs_sandbox
from instep.core.errors import Duplicate
from instep.core.records import Write
from instep.sdk.request import Request


class OfLocation(OnSandbox):
    """What the location holds and its app cannot search."""

    can_find = False
    can_skew = False
    can_delete = True
    has_rule = True
    tells_changes = False


@needs_sandbox("businesses.create", "businesses.list")
class TestBusinesses(OfLocation):
    canonical = "business"
    has_required = True
    page_size = 100
    unknown_id = "641c094001436dbc2081e642"
    changeable = ("city", "Rome")

    def sample(self, number):
        return {
            "name": f"Acme {number}",
            "email": f"office{number}@example.com",
            "phone": f"+1415{2_000_000 + number}",
            "website": "https://example.com",
            "address": "1 Main Street",
            "city": "San Francisco",
            "state": "CA",
            "postal_code": "94105",
            "country": "US",
            "description": "Brokers",
        }

    @pytest.fixture
    def fill(self, reach, credential, resource):
        client = reach(credential)

        async def fill(count):
            for number in range(count):
                await client.send(resource.create(self.sample(1_000 + number)))

        return fill

    async def test_a_contact_is_put_into_a_business_and_out_of_it(
        self, client, connector, account, resource, writable
    ):
        business = resource.created(await client.send(resource.create(writable)))
        contacts = connector.resource("contact")(account)
        contact = contacts.created(await client.send(contacts.create({"first_name": "Ann"})))

        for business_id in (business.id, None):
            for request in contacts.update(contact.id, Write({"business_id": business_id}), None):
                await client.send(request)
            read = contacts.record(await client.send(contacts.get(contact.id)))
            assert read.values["business_id"] == business_id

    async def test_an_answer_never_tells_the_business_a_contact_was_in_before(
        self, client, connector, account, resource
    ):
        first, second = [
            resource.created(await client.send(resource.create(self.sample(number)))).id
            for number in (1, 2)
        ]
        contacts = connector.resource("contact")(account)
        contact = contacts.created(await client.send(contacts.create({"first_name": "Ann"})))
        for business_id, city in ((first, "Rome"), (second, "Oslo"), (None, "Bern")):
            write = Write({"city": city, "business_id": business_id})
            replies = [await client.send(each) for each in contacts.update(contact.id, write, None)]
            said, _ = contacts.updated(replies)
            (listed,) = [
                each
                for each in contacts.records(await client.send(contacts.list()))
                if each.id == contact.id
            ]

            assert said["city"] == city
            assert "business_id" not in said
            assert listed.values["business_id"] == business_id


@needs_sandbox("opportunities.create", "opportunities.search", "opportunities.list_pipelines")
class TestOpportunities(OfLocation):
    canonical = "opportunity"
    page_size = 100
    clearable = "assigned_to"
    changeable = ("status", "won")

    @pytest.fixture(autouse=True)
    async def _pipeline(self, reach, credential, connector, account):
        client = reach(credential)
        query = {"locationId": account.id}
        reply = await client.send(Request("GET", "/opportunities/pipelines", query))
        pipeline = reply.body["pipelines"][0]
        self.pipeline_id, self.stage_id = pipeline["id"], pipeline["stages"][0]["id"]
        contacts = connector.resource("contact")(account)
        self.contact_ids = {
            number: contacts.created(
                await client.send(contacts.create({"email": f"buyer{number}@example.com"}))
            ).id
            for number in (1, 2)
        }

    def sample(self, number):
        return {
            "name": f"Renewal {number}",
            "status": "open",
            "value": "1250.5",
            "pipeline_id": self.pipeline_id,
            "stage_id": self.stage_id,
            "assigned_to": "y0BeYjuRIlDwsDcOHOJo",
            "contact_id": self.contact_ids.get(number, ""),
            "source": "public api",
        }

    @pytest.fixture
    def fill(self, reach, credential, connector, account, resource):
        client, contacts = reach(credential), connector.resource("contact")(account)

        async def fill(count):
            for number in range(1_000, 1_000 + count):
                values = {"email": f"buyer{number}@example.com"}
                made = contacts.created(await client.send(contacts.create(values)))
                opportunity = {**self.sample(number), "contact_id": made.id}
                await client.send(resource.create(opportunity))

        return fill

    async def test_a_second_one_is_refused_with_the_id_of_the_first(
        self, client, resource, writable
    ):
        first = resource.created(await client.send(resource.create(writable)))

        with pytest.raises(Duplicate) as caught:
            await client.send(resource.create(writable))

        assert caught.value.existing_id == first.id


class OnlyRead(OnSandbox):
    """What people set up in GoHighLevel, and Instep only reads."""

    can_write = False
    only_reads = True
    can_find = False
    can_skew = False
    has_pages = False
    tells_changes = False
    page_size = 25


@needs_sandbox("users.list", "users.get")
class TestUsers(OnlyRead):
    canonical = "user"


@needs_sandbox("calendars.list", "calendars.get", "calendars.create")
class TestCalendars(OnlyRead):
    canonical = "calendar"

    @pytest.fixture(autouse=True)
    async def _one(self, reach, credential, account):
        calendar = {"locationId": account.id, "name": "Reviews", "description": "Once a year"}
        await reach(credential).send(
            Request("POST", "/calendars/", json=calendar, headers=CALENDARS_VERSION)
        )


@needs_sandbox("locations.list_tags", "locations.get_tag")
class TestTags(OnlyRead):
    canonical = "tag"

    @pytest.fixture(autouse=True)
    async def _one(self, reach, credential, connector, account):
        contacts = connector.resource("contact")(account)
        await reach(credential).send(contacts.create({"first_name": "Ann", "tags": ("vip",)}))
