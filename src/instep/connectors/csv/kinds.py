"""The kinds of records a file can hold: their fields, and what people call these columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from instep.core.records import Field, FieldType, Identity
from instep.core.synonyms import CONTACT
from instep.sdk.kept.fields import BUSINESS, PERSON, SOURCE


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record.

    `words` are the plain headers (letters and digits, lower-case) that mean a field, most telling
    first. `known_by` are the fields a row is known by where no column names it: the first
    group that the row has filled counts. `findable` can be searched by.
    """

    canonical: str
    plural: str
    fields: tuple[Field, ...]
    words: Mapping[str, tuple[str, ...]]
    known_by: tuple[tuple[str, ...], ...]
    findable: tuple[str, ...] = ()
    parent: str | None = None

    def field(self, name: str) -> Field | None:
        """Return a field by its canonical name; None: it is a column of the file's own."""
        return next((each for each in self.fields if each.name == name), None)


FULL_NAME = "full_name"
"""A column with first and last name in one. It is no field: it stands in for both."""

_BELONGS_TO = Field("contact_id", "contact_id", create_only=True, link="contact")
_CONTACT_WORDS = ("contactid", "contact", "contactemail", "client", "clientid", "person")

_CONTACTS = Kind(
    "contact",
    "contacts",
    (*PERSON, SOURCE),
    {
        **{name: words for name, words in CONTACT.items() if name != "phone_other"},
        "opted_out": ("optedout", "optout", "unsubscribed", "donotcontact", "dnd"),
    },
    known_by=(("email",), ("phone",), ("first_name", "last_name")),
    findable=("email", "phone"),
)

_BUSINESSES = Kind(
    "business",
    "businesses",
    BUSINESS,
    {
        **{
            name: CONTACT[name]
            for name in (
                *("phone", "email", "website", "address", "city", "state", "postal_code"),
                *("country", "tags"),
            )
        },
        "name": ("name", *CONTACT["company"]),
    },
    known_by=(("name",),),
    findable=("name",),
)

_TASKS = Kind(
    "task",
    "tasks",
    (
        Field("title", "title", identity=Identity.PART),
        Field("body", "body", FieldType.LONG_TEXT),
        Field("due_at", "due_at", FieldType.MOMENT, identity=Identity.PART),
        Field("completed", "completed", FieldType.BOOLEAN),
        _BELONGS_TO,
    ),
    {
        "title": ("title", "subject", "task", "name", "tasktitle", "taskname"),
        "body": ("body", "description", "details", "notes", "note"),
        "due_at": ("dueat", "duedate", "due", "deadline", "duedatetime"),
        "completed": ("completed", "done", "complete", "iscompleted"),
        "contact_id": _CONTACT_WORDS,
    },
    known_by=(("contact_id", "title", "due_at"),),
    parent="contact_id",
)

_NOTES = Kind(
    "note",
    "notes",
    (
        Field("body", "body", FieldType.LONG_TEXT, identity=Identity.PART),
        Field("title", "title"),
        Field("added_at", "added_at", FieldType.MOMENT),
        _BELONGS_TO,
    ),
    {
        "body": ("body", "note", "text", "content", "notes", "description"),
        "title": ("title", "subject"),
        "added_at": ("addedat", "dateadded", "createdat", "created", "date"),
        "contact_id": _CONTACT_WORDS,
    },
    known_by=(("contact_id", "body"),),
    parent="contact_id",
)

KINDS: Mapping[str, Kind] = {
    each.canonical: each for each in (_CONTACTS, _BUSINESSES, _TASKS, _NOTES)
}
