from __future__ import annotations

import pytest

from instep.connectors.insightly.tests.on_emulator import OnEmulator
from instep.core.errors import DailyLimit, RecordRejected
from instep.core.records import Write
from instep.sandbox.people import invent
from instep.sdk.request import Request


class TestContacts(OnEmulator):
    has_custom_fields = True
    page_size = 500

    def sample(self, number):
        return {**super().sample(number), "business_id": None}

    async def test_a_contact_is_put_into_an_organisation_and_out_of_it(
        self, client, connector, account, resource, writable
    ):
        first, second = [
            await self.made(client, connector, account, "business", {"name": name})
            for name in ("Acme", "Bolt")
        ]
        values = {**writable, "business_id": first}
        contact = resource.created(await client.send(resource.create(values)))
        assert contact.values["business_id"] == first
        for business_id in (second, None):
            [put] = resource.update(contact.id, Write({"business_id": business_id}), None)
            said, _ = resource.updated([await client.send(put)])
            read = resource.record(await client.send(resource.get(contact.id)))
            assert said["business_id"] == read.values["business_id"] == business_id

    async def test_an_organisation_that_is_not_there_is_refused_for_this_contact_only(
        self, client, resource, writable
    ):
        with pytest.raises(RecordRejected, match="Organisation 4711"):
            await client.send(resource.create({**writable, "business_id": "4711"}))

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

    async def test_an_account_of_1201_contacts_is_read_whole_while_others_are_deleted(
        self, app, client, resource, fill
    ):
        await fill(1_201)
        ids = [str(number) for number in app.instance.numbers("Contact")]
        doomed = [*ids[5:8], *ids[600:603], *ids[1_190:1_195]]

        seen = await self.walk_while_others_go(client, resource, [*doomed])

        assert {*ids} - {*doomed} <= seen
        assert app.instance.census()["contacts"] < 1_201

    async def test_a_contact_joins_an_organisation_changes_it_and_leaves_it(
        self, client, connector, account, resource, writable
    ):
        first, second = [
            await self.made(client, connector, account, "business", {"name": name})
            for name in ("Acme", "Bolt")
        ]
        made = resource.created(await client.send(resource.create({"business_id": first})))
        assert made.values["business_id"] == first

        for business_id in (second, None):
            [request] = resource.update(made.id, Write({"business_id": business_id}), None)
            await client.send(request)
            read = resource.record(await client.send(resource.get(made.id)))
            assert read.values["business_id"] == business_id

    async def test_a_used_up_day_is_not_tried_again(self, client, resource, app):
        app.faults.switch_on("rate_limit_daily")

        with pytest.raises(DailyLimit):
            await client.send(resource.list())

        assert client.calls.total == 1
