"""Contacts, businesses, tasks and notes as rows of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from instep.connectors.csv.kinds import KINDS
from instep.core.records import Field, FieldType, Record, Value
from instep.sdk.custom import named_apart
from instep.sdk.kept import KeptResource, wire
from instep.sdk.request import JsonObject, Reply, Request
from instep.sdk.resource import Cursor, Lookup, Parent, Resource

COLUMNS = "columns"
"""The path of the columns that are a file's own: `/columns/contacts`."""

_PAGE = "500"


class RowResource(KeptResource):
    """The rows of one file. A field is told only if the file has a column for it."""

    # one time for all rows: the file's; whether it is later than ours is a matter of one clock
    cursor = Cursor(overlap_seconds=2, ordered=False)

    def list(self) -> Request:
        """Ask for every row: the parent's, or all."""
        return super().list().with_query(limit=_PAGE)

    def ask_custom_fields(self) -> Request:
        """Ask which columns are the file's own."""
        return Request("GET", f"/{COLUMNS}/{self.name}")

    def custom_fields(self, reply: Reply) -> Sequence[Field]:
        """Read them: named as their columns are, texts unless the connection says otherwise."""
        told = reply.body[COLUMNS]
        names = named_apart([(header, header) for header, _ in told])
        types = [FieldType(kind) for _, kind in told]
        return [
            Field(name, name, kind, custom=True) for name, kind in zip(names, types, strict=True)
        ]

    def _read(self, told: JsonObject) -> Record:
        values = told["values"]
        read = {
            field.name: wire.value_of(values[field.name])
            for field in self.fields
            if field.name in values
        }
        return Record(told["id"], read, told["version"], told["changed_at"])


class Contacts(RowResource):
    """People, one in a row."""

    name = "contacts"
    canonical = "contact"
    fields = KINDS["contact"].fields
    findable = KINDS["contact"].findable


class Businesses(RowResource):
    """Organisations, one in a row."""

    name = "businesses"
    canonical = "business"
    fields = KINDS["business"].fields
    findable = KINDS["business"].findable
    lookup = Lookup(by=("name",))


class Tasks(RowResource):
    """Things to do, one in a row, which names its contact."""

    name = "tasks"
    canonical = "task"
    parent = Parent("contact", "contact_id", listed_together=True)
    fields = KINDS["task"].fields
    lookup = Lookup(by=("title", "due_at"))
    archived: ClassVar[Mapping[str, Value]] = {"completed": True}


class Notes(RowResource):
    """Notes, one in a row, which names its contact."""

    name = "notes"
    canonical = "note"
    parent = Parent("contact", "contact_id", listed_together=True)
    fields = KINDS["note"].fields
    lookup = Lookup(by=("body",))


RESOURCES: tuple[type[Resource], ...] = (Contacts, Businesses, Tasks, Notes)
