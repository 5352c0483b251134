"""The contract's promises on deletes, children and reading only: each notices when it is broken."""

from __future__ import annotations

import pytest

from instep.connectors.gohighlevel.contacts import Contacts
from instep.connectors.gohighlevel.tags import Tags
from instep.connectors.gohighlevel.tasks import Tasks
from instep.connectors.gohighlevel.tests.on_sandbox import OfContact, OnSandbox, needs_sandbox
from instep.core.errors import RecordRejected
from instep.core.records import Field, Write
from instep.sdk.testing import ConnectorContract

BROKEN = (AssertionError, ValueError, pytest.fail.Exception)


def without_its_own_tests(suite):
    """Return a suite as ground only: its fixtures, and none of its tests."""
    tests = {name: None for name in dir(suite) if name.startswith("test_")}
    return type(f"GroundOf{suite.__name__}", (suite,), tests)


class TestContacts(without_its_own_tests(OnSandbox)):
    def sample(self, number):
        return {**super().sample(number), "source": None, "assigned_to": None}

    async def test_a_record_that_outlives_its_deletion_is_noticed(self, client, account, writable):
        class Stays(Contacts):
            def delete(self, record_id):
                return self.get(record_id)

        with pytest.raises(BROKEN):
            await ConnectorContract.test_a_deleted_record_is_gone(
                self, client, Stays(account), writable
            )

    async def test_a_list_that_shows_something_else_is_noticed(self, client, account, writable):
        class Shuffles(Contacts):
            def records(self, reply):
                return [
                    type(each)(each.id, {**each.values, "city": "elsewhere"})
                    for each in super().records(reply)
                ]

        with pytest.raises(BROKEN):
            await ConnectorContract.test_a_list_holds_what_was_created(
                self, client, Shuffles(account), writable
            )

    async def test_a_custom_field_that_is_lost_or_not_emptied_is_noticed(
        self, client, account, writable
    ):
        class Loses(Contacts):
            def create(self, values):
                return super().create({k: v for k, v in values.items() if "Adviser" not in k})

        class Keeps(Contacts):
            def update(self, record_id, write, version):
                filled = {name: value for name, value in write.set.items() if value is not None}
                return super().update(record_id, Write(filled), version)

        with pytest.raises(BROKEN):
            await ConnectorContract.test_custom_fields_go_by_their_names_and_hold_what_was_written(
                self, client, Loses(account), writable
            )
        with pytest.raises(BROKEN):
            await ConnectorContract.test_custom_fields_are_changed_and_emptied_one_by_one(
                self, client, Keeps(account), {"first_name": "Bea"}
            )

    def test_a_way_to_write_what_is_only_read_is_noticed(self, account):
        class Writes(Tags):
            def create(self, values):
                return self.list()

        class Declares(Tags):
            fields = (Field("name", "name"),)

        for broken in (Writes, Declares):
            with pytest.raises(BROKEN):
                ConnectorContract.test_what_is_only_read_says_so_when_it_is_to_be_written(
                    self, broken(account)
                )
        ConnectorContract.test_what_is_only_read_says_so_when_it_is_to_be_written(
            self, Tags(account)
        )


@needs_sandbox("contacts.create_task", "locations.search_tasks")
class TestTasks(without_its_own_tests(OfContact)):
    canonical = "task"

    def sample(self, number):
        return {
            "title": f"Call back {number}",
            "body": "Ask about the renewal",
            "due_at": "2026-03-04T15:00:00Z",
            "completed": False,
            "assigned_to": None,
        }

    async def test_a_child_listed_below_another_parent_is_noticed(
        self, client, account, writable, parent_id, other_parent_id
    ):
        class Everybodys(Tasks):
            def list(self):
                return Tasks(self.account).list()

        with pytest.raises(BROKEN):
            await ConnectorContract.test_a_child_is_listed_below_its_own_parent_only(
                self, client, Everybodys(account, parent_id), writable, other_parent_id
            )

    async def test_a_rule_that_takes_any_record_for_ours_is_noticed(
        self, client, account, writable, parent_id, faults
    ):
        class Credulous(Tasks):
            def recognises(self, written, record, sent_at):
                return True

        with pytest.raises(BROKEN):
            await (
                ConnectorContract.test_a_create_whose_answer_got_lost_is_recognised_by_its_content(
                    self, client, Credulous(account, parent_id), faults, writable
                )
            )

    async def test_a_field_the_app_insists_on_and_nobody_declared_is_noticed(
        self, client, account, writable, parent_id
    ):
        class Undemanding(Tasks):
            required = Tasks.required[:1]

        with pytest.raises((*BROKEN, RecordRejected)):
            await ConnectorContract.test_what_is_required_is_enough_to_create_a_record(
                self, client, Undemanding(account, parent_id), writable
            )

    async def test_a_record_put_away_that_stays_as_it_was_is_noticed(
        self, client, account, writable, parent_id
    ):
        class Stays(Tasks):
            def update(self, record_id, write, version):
                return []

        with pytest.raises(BROKEN):
            await ConnectorContract.test_an_archived_record_is_still_there_and_says_so(
                self, client, Stays(account, parent_id), writable
            )
