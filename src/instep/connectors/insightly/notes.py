"""Insightly notes: made on a contact, changed by their own id. Their text is HTML, told as plain lines."""

from __future__ import annotations

from datetime import datetime
from textwrap import shorten
from typing import Any
from zoneinfo import ZoneInfo

from instep.connectors.insightly.form import IN_UTC, NUMBER, Form, Manner
from instep.connectors.insightly.linked import BUSINESS, CONTACT_FROM_THE_START, LinkedResource
from instep.core.records import Field, FieldType, Identity, Record, Value, Values
from instep.sdk.request import Request
from instep.sdk.resource import Lookup

_HEADLINE = 80


def _lines(html: Any, _zone: ZoneInfo) -> Value:
    from instep.sdk import markup  # noqa: PLC0415 - slow to load, and only notes need it

    return markup.text_of(str(html))


def _html(text: Value, _zone: ZoneInfo) -> str:
    from instep.sdk import markup  # noqa: PLC0415 - as above

    return markup.html_of(str(text))


_MARKUP = Manner(_lines, _html)

_PLAIN = (
    Field("title", "TITLE", max_length=255),
    Field("body", "BODY", FieldType.HTML, identity=Identity.PART),
    # no body of a create or an update has it (insightly.json, APINote)
    Field("author_id", "OWNER_USER_ID", readonly=True, link="user"),
    Field("added_at", "DATE_CREATED_UTC", FieldType.MOMENT, readonly=True, whole_seconds=True),
)


class Notes(LinkedResource):
    """Notes of all contacts, or of one. Insightly wants a title: the text lends one if need be."""

    name = "notes"
    canonical = "note"
    path = "/Notes"
    key = "NOTE_ID"
    has_custom = False  # insightly.json, APINote
    fields = (*_PLAIN, CONTACT_FROM_THE_START, BUSINESS)
    form = Form(
        _PLAIN,
        {"body": _MARKUP, "author_id": NUMBER, "added_at": IN_UTC},
        never_empty=("title",),  # facts: apps 1.3
    )
    lookup = Lookup(by=("title",), made="added_at")

    def create(self, values: Values) -> Request:
        """Ask to add a note to the parent. Raises RecordRejected without one."""
        # facts: apps 1.3 (there is no POST /Notes)
        body = self.form.new(values, self._zone)
        if "TITLE" not in body:
            body["TITLE"] = headline(values.get("body"))
        return Request("POST", self._below_parent(), json=body)

    def recognises(self, written: Values, record: Record, sent_at: datetime) -> bool:
        """Go by the words of title and text and the time of making: its lines may come back moved."""
        title = written.get("title") or headline(written.get("body"))
        same = words_of(written.get("body")) == words_of(record.values.get("body"))
        return same and super().recognises({**written, "title": title}, record, sent_at)


def words_of(text: Value) -> str:
    """Return the words of a text, one space between them."""
    return " ".join(str(text or "").split())


def headline(text: Value) -> str:
    """Return a title made of the first words of a text."""
    return shorten(words_of(text), _HEADLINE, placeholder=" …") or "Note"
