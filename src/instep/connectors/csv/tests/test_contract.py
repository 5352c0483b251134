from __future__ import annotations

from dataclasses import replace

import pytest

from instep.connectors import csv
from instep.connectors.csv.columns import ID
from instep.connectors.csv.transport import open_transport
from instep.core.errors import OutcomeUnknown, RetryLater
from instep.sdk.auth import Credential
from instep.sdk.request import Reply
from instep.sdk.resource import Account
from instep.sdk.testing import ConnectorContract


class Disk:
    """What can go wrong between the engine and a file: slow disks, lost answers."""

    def __init__(self):
        self.clear()

    def rate_limit(self, times):
        self.throttled = times

    def fail(self, times):
        self.failing = times

    def drop_reply(self):
        self.dropped = 1

    def clear(self):
        self.throttled = self.failing = self.dropped = 0


class FaultyTransport:
    """The file's own wire, with these faults in front of it."""

    def __init__(self, inner, disk):
        self.inner, self.disk = inner, disk

    async def send(self, request, headers):
        if self.disk.throttled:
            self.disk.throttled -= 1
            return Reply(429, {"retry-after": "0"}, {"message": "Too many calls."})
        if self.disk.failing:
            self.disk.failing -= 1
            return Reply(500, {}, {"message": "The disk has a fault."})
        reply = await self.inner.send(request, headers)
        if self.disk.dropped and request.method != "GET":
            self.disk.dropped -= 1
            raise (RetryLater if request.safe_to_repeat else OutcomeUnknown)("No answer.")
        return reply

    async def close(self):
        await self.inner.close()


class OfFile(ConnectorContract):
    page_size = 500
    unknown_id = "nobody@example.com"
    has_credential = False
    has_versions = True
    has_custom_fields = True
    can_delete = True
    can_skew = False

    @pytest.fixture
    def faults(self):
        return Disk()

    @pytest.fixture
    def connector(self, faults):
        return replace(
            csv.connector, transport=lambda config: FaultyTransport(open_transport(config), faults)
        )

    @pytest.fixture
    def head(self):
        names = [each.name for each in csv.connector.resource(self.canonical).fields]
        return [ID, *names, "Policy number", "Renews"]

    @pytest.fixture
    def path(self, tmp_path, head):
        path = tmp_path / "rows.csv"
        path.write_text(",".join(head) + "\n")
        return path

    @pytest.fixture
    def account(self, path):
        defaults = {each.name: each.default for each in csv.connector.settings if each.default}
        config = {**defaults, "path": str(path), "kind": self.canonical}
        return Account(str(path), "US", config)

    @pytest.fixture
    def credential(self):
        return Credential("file", {})

    @pytest.fixture
    def fill(self, path, head, parent_id):
        async def fill(count):
            with path.open("a") as file:
                for number in range(count):
                    values = {**self.sample(1_000 + number), ID: f"n{number}"}
                    values["contact_id"] = parent_id
                    cells = (values.get(name) for name in head)
                    file.write(",".join(map(as_cell, cells)) + "\n")

        return fill


def as_cell(value):
    text = ";".join(value) if isinstance(value, tuple) else value
    return "" if text is None else str(text)


class TestContacts(OfFile):
    def sample(self, number):
        return {**super().sample(number), "source": "Fair"}


class TestBusinesses(OfFile):
    canonical = "business"
    clearable = "phone"
    changeable = ("phone", "+14155550123")

    def sample(self, number):
        whole = super().sample(number)
        names = {each.name for each in csv.connector.resource("business").fields}
        return {
            **{name: each for name, each in whole.items() if name in names},
            "name": f"Acme {number}",
        }


class OfContact(OfFile):
    has_parents = True
    has_rule = True
    can_find = False
    clearable = "body"
    changeable = ("title", "Beth")

    @pytest.fixture
    def people(self, tmp_path):
        path = tmp_path / "people.csv"
        path.write_text("id;First name\nann;Ann\nbob;Bob\n")
        return path

    @pytest.fixture
    def account(self, path, people):
        defaults = {each.name: each.default for each in csv.connector.settings if each.default}
        places = {"path": str(path), "kind": self.canonical, "contacts": str(people)}
        return Account(str(path), "US", {**defaults, **places})

    @pytest.fixture
    def parent_id(self):
        return "ann"

    @pytest.fixture
    def other_parent_id(self):
        return "bob"


class TestTasks(OfContact):
    canonical = "task"
    can_archive = True

    def sample(self, number):
        return {
            "title": f"Call {number}",
            "body": "Ask about the renewal",
            "due_at": "2026-03-04T15:00:00Z",
            "completed": False,
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
