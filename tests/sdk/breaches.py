"""Connectors that each break one promise. Run by test_contract, not collected by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from instep.connectors import memory
from instep.connectors.memory.contacts import Contacts
from instep.core.errors import RecordRejected
from instep.core.records import Write
from tests.sdk.reference import MemoryContract


class Breach(MemoryContract):
    """Runs the contract on a resource, or a meaning, with something wrong in it."""

    resource_type = Contacts
    meaning = staticmethod(memory.connector.meaning)

    @pytest.fixture
    def connector(self):
        return replace(
            memory.connector, resources=(self.resource_type,), meaning=type(self).meaning
        )


class TestStopsAfterTheFirstPage(Breach):
    class resource_type(Contacts):  # noqa: N801 - stands in for the attribute
        def next(self, last, reply):
            return None


class TestForgetsItsPlace(Breach):
    class resource_type(Contacts):  # noqa: N801 - as above
        def next(self, last, reply):
            following = super().next(last, reply)
            return following and replace(following, path="/contacts", query={"limit": "1000"})


class TestIgnoresSince(Breach):
    class resource_type(Contacts):  # noqa: N801 - as above
        def changes(self, since):
            return self.list()


class TestWritesMoreThanAsked(Breach):
    class resource_type(Contacts):  # noqa: N801 - as above
        def update(self, record_id, write, version):
            return super().update(record_id, replace(write, set={"city": "", **write.set}), version)


class TestOverwritesWords(Breach):
    class resource_type(Contacts):  # noqa: N801 - as above
        def update(self, record_id, write, version):
            set_ = {**write.set, **write.add}
            return super().update(record_id, Write(set=set_), version)


class TestIgnoresVersions(Breach):
    class resource_type(Contacts):  # noqa: N801 - as above
        def update(self, record_id, write, version):
            return super().update(record_id, write, None)


class TestLosesAField(Breach):
    class resource_type(Contacts):  # noqa: N801 - as above
        def create(self, values):
            return super().create({**values, "phone": None})


class TestCreatesTwice(Breach):
    class resource_type(Contacts):  # noqa: N801 - as above
        def create(self, values):
            return replace(super().create(values), repeatable=True)


class TestCannotWriteItsTokenDown(Breach):
    class resource_type(Contacts):  # noqa: N801 - as above
        def list(self):
            return replace(super().list(), json={"sort": ("changed_at",)})


class TestTakesGoneForRefused(Breach):
    @staticmethod
    def meaning(request, reply):
        return RecordRejected("no") if reply.status == 404 else None


class TestSendsReadonlyFields(Breach):
    class resource_type(Contacts):  # noqa: N801 - as above
        fields = (*Contacts.fields[1:], replace(Contacts.fields[0], readonly=True))

        def create(self, values):
            return super().create(values).with_json(first_name=values["first_name"])
