from __future__ import annotations

import pytest

from instep.connectors.insightly.tests.on_emulator import OfContact, OnEmulator
from instep.core.records import Write
from instep.sdk.request import Request
from instep.sdk.testing.moves import alike


class TestTasks(OfContact):
    canonical = "task"
    has_custom_fields = True
    has_required = True
    can_archive = True
    kind = "Task"
    clearable = "body"
    changeable = ("title", "Beth")

    def sample(self, number):
        return {
            "title": f"Call back {number}",
            "body": "Ask about the renewal",
            "due_at": "2026-03-04T15:00:00Z",
            "completed": False,
            "status": "in_progress",
            "priority": "high",
            "assigned_to": "2",
            "added_at": "2026-03-04T15:00:00Z",
        }

    def raw(self, place):
        return {"TITLE": f"Task {place}"}

    async def test_a_task_can_be_completed_and_opened_again(self, client, resource, writable):
        made = resource.created(await client.send(resource.create(writable)))
        for completed, status in ((True, "completed"), (False, "not_started")):
            [request] = resource.update(made.id, Write({"completed": completed}), None)
            await client.send(request)
            read = resource.record(await client.send(resource.get(made.id)))
            assert (read.values["completed"], read.values["status"]) == (completed, status)

    async def test_1201_tasks_are_read_whole_while_others_are_deleted(
        self, app, client, connector, account, fill
    ):
        await fill(1_201)
        tasks = connector.resource("task")(account)
        ids = [str(number) for number in app.instance.numbers("Task")]
        doomed = [*ids[5:8], *ids[600:603], *ids[1_190:1_195]]

        seen = await self.walk_while_others_go(client, tasks, [*doomed])

        assert {*ids} - {*doomed} <= seen

    async def test_a_task_of_a_deleted_contact_stays_and_belongs_to_nobody(
        self, client, connector, account, resource, writable, parent_id
    ):
        made = resource.created(await client.send(resource.create(writable)))
        [joining] = resource.update(made.id, Write({"contact_id": parent_id}), None)
        await client.send(joining)
        await client.send(connector.resource("contact")(account).delete(parent_id))

        read = resource.record(await client.send(resource.get(made.id)))

        assert read.values["contact_id"] is None

    async def test_a_task_may_belong_to_a_contact_and_an_organisation(
        self, client, connector, account, resource, writable, parent_id
    ):
        business_id = await self.made(client, connector, account, "business", {"name": "Acme"})
        made = resource.created(await client.send(resource.create(writable)))
        write = Write({"contact_id": parent_id, "business_id": business_id})

        for request in resource.update(made.id, write, made.version):
            await client.send(request)

        read = resource.record(await client.send(resource.get(made.id)))
        assert (read.values["contact_id"], read.values["business_id"]) == (parent_id, business_id)

    async def test_an_instance_that_wants_an_owner_gets_the_one_of_the_connection(
        self, app, client, connector, account, writable
    ):
        app.switch({"needs_owner": True})
        config = {**account.config, "owner_user_id": "2"}
        tasks = connector.resource("task")(type(account)("", "US", config))

        reply = await client.send(tasks.create(writable))

        assert reply.body["OWNER_USER_ID"] == 2


class TestNotes(OfContact):
    canonical = "note"
    kind = "Note"
    clearable = "body"
    changeable = ("title", "Beth")

    def sample(self, number):
        return {
            "title": "Follow-up",
            "body": f"Spoke to them about policy <{number}> & more\n- it's due\n\nSigned: O'Néill",
            "author_id": "1",
            "added_at": "2026-03-04T15:00:00Z",
        }

    def raw(self, place):
        return {"TITLE": f"Note {place}"}

    async def test_a_note_that_came_back_rewritten_is_recognised(
        self, app, client, resource, writable, faults
    ):
        app.switch({"wraps_notes": True})
        await self.test_a_create_whose_answer_got_lost_is_recognised_by_its_content(
            client, resource, faults, writable
        )

    @pytest.mark.parametrize("habit", ["wraps_notes", "rewrites_notes"])
    async def test_an_echo_equals_what_was_answered_however_the_html_is_set(
        self, app, client, resource, writable, habit
    ):
        app.switch({habit: True})
        created = resource.created(await client.send(resource.create(writable)))
        text = "Second try\nwith <two> lines & it's\n\nall there"
        [put] = resource.update(created.id, Write({"body": text}), created.version)
        said, _ = resource.updated([await client.send(put)])
        echo = resource.record(await client.send(resource.get(created.id)))

        assert alike(resource, created.values, ["body"]) == alike(resource, writable, ["body"])
        assert alike(resource, said, ["body"]) == {"body": text}
        assert alike(resource, echo.values, ["body"]) == {"body": text}

    async def test_what_changes_only_the_looks_of_a_note_changes_nothing(
        self, app, client, resource, writable
    ):
        made = resource.created(await client.send(resource.create({**writable, "body": "So & so"})))
        html = "<div><strong>So</strong> &amp; <em>so</em></div>"
        await client.send(Request("PUT", "/Notes", json={"NOTE_ID": int(made.id), "BODY": html}))
        read = resource.record(await client.send(resource.get(made.id)))

        assert alike(resource, read.values, ["body"]) == {"body": "So & so"}


class TestEvents(OfContact):
    canonical = "appointment"
    has_custom_fields = True
    has_required = True
    kind = "Event"
    clearable = "address"
    changeable = ("title", "Beth")

    def sample(self, number):
        return {
            "title": "Yearly review",
            "starts_at": f"2026-03-{1 + number % 28:02}T15:00:00Z",
            "ends_at": f"2026-03-{1 + number % 28:02}T15:30:00Z",
            "address": "1 Main Street",
            "description": "Bring the policy",
            "all_day": False,
            "assigned_to": "2",
            "added_at": "2026-03-04T15:00:00Z",
        }

    def raw(self, place):
        start = "2026-03-04 15:00:00"
        return {"TITLE": f"Event {place}", "START_DATE_UTC": start, "END_DATE_UTC": start}


class TestOrganisations(OnEmulator):
    page_size = 500
    canonical = "business"
    has_custom_fields = True
    has_required = True
    has_rule = True
    changeable = ("city", "Rome")

    def sample(self, number):
        return {
            "name": f"Acme {number}",
            "phone": f"+1415{2_000_000 + number}",
            "website": "https://example.com",
            "address": "1 Main Street",
            "city": "San Francisco",
            "state": "CA",
            "postal_code": "94105",
            "country": "US",
            "description": "Brokers",
            "tags": ("alpha", "beta"),
        }

    @pytest.fixture
    def fill(self, app):
        async def fill(count):
            app.instance.fill("Organisation", count, lambda at: {"ORGANISATION_NAME": f"Org {at}"})

        return fill

    async def test_the_contacts_of_a_deleted_organisation_stay(
        self, client, connector, account, resource, writable
    ):
        business = resource.created(await client.send(resource.create(writable)))
        contacts = connector.resource("contact")(account)
        made = contacts.created(await client.send(contacts.create({"business_id": business.id})))
        await client.send(resource.delete(business.id))

        read = contacts.record(await client.send(contacts.get(made.id)))

        assert read.values["business_id"] is None


class TestUsers(OnEmulator):
    page_size = 500
    canonical = "user"
    can_write = False
    only_reads = True
    can_find = False
    can_skew = False
    can_delete = False
    has_versions = False
    has_pages = False
    tells_changes = False
