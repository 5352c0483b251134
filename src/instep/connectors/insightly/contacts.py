"""Insightly contacts. Describes requests and reads replies."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from instep.connectors.insightly.walk import PAGE, first_page, next_page
from instep.core.records import Field, FieldType, Identity, Record, Value, Values, Write
from instep.sdk.request import JsonObject, Reply, Request
from instep.sdk.resource import Cursor, Lookup, Resource

_PATH = "/Contacts"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Contacts(Resource):
    """Contacts. A deleted one simply stops appearing: only a full scan shows it."""

    name = "contacts"
    canonical = "contact"
    fields = (
        Field("first_name", "FIRST_NAME"),
        Field("last_name", "LAST_NAME"),
        Field("email", "EMAIL_ADDRESS", FieldType.EMAIL, identity=Identity.STRONG),
        Field(
            "phone", "PHONE_MOBILE", FieldType.PHONE, fallbacks=("PHONE",), identity=Identity.WEAK
        ),
        Field("address", "ADDRESS_MAIL_STREET"),
        Field("city", "ADDRESS_MAIL_CITY"),
        Field("state", "ADDRESS_MAIL_STATE"),
        Field("postal_code", "ADDRESS_MAIL_POSTCODE"),
        Field("country", "ADDRESS_MAIL_COUNTRY", FieldType.COUNTRY),
        Field("date_of_birth", "DATE_OF_BIRTH", FieldType.DATE),
        Field("tags", "TAGS", FieldType.WORDS),
        # nobody has seen whether it may be written (facts: apps 1.5)
        Field("opted_out", "EMAIL_OPTED_OUT", FieldType.CONSENT, readonly=True),
    )
    # pages come in order of id, not of change (facts: apps 1.4 rule 1)
    cursor = Cursor(overlap_seconds=120, ordered=False)
    lookup = Lookup(settle_seconds=0)

    # Reading

    def list(self) -> Request:
        """Ask for every contact, in order of id."""
        return first_page(_PATH)

    def changes(self, since: str) -> Request:
        """Ask for the contacts changed after `since`, in order of id.

        The filter leaves out its own second and times have whole seconds (facts: apps 1.2), so it
        is set one second earlier.
        """
        second = datetime.fromisoformat(since).astimezone(UTC) - timedelta(seconds=1)
        return first_page(f"{_PATH}/Search", updated_after_utc=f"{second:%Y-%m-%dT%H:%M:%SZ}")

    def next(self, last: Request, reply: Reply) -> Request | None:
        """Continue one row before the end of the page."""
        return next_page(last, reply, [contact["CONTACT_ID"] for contact in reply.body])

    def records(self, reply: Reply) -> Sequence[Record]:
        """Read a page; the ETag of a list is not a record's version."""
        return [_record(contact) for contact in reply.body]

    def get(self, record_id: str) -> Request:
        """Ask for one contact."""
        return Request("GET", f"{_PATH}/{int(record_id)}")

    def record(self, reply: Reply) -> Record:
        """Read the contact and its version."""
        return _record(reply.body, reply.headers.get("etag"))

    def find(self, field: str, value: str) -> Request | None:
        """Ask for the contacts with exactly this e-mail or mobile phone."""
        # facts: apps 1.2, search
        searched = {"email": "EMAIL_ADDRESS", "phone": "PHONE_MOBILE"}.get(field)
        if searched is None:
            return None
        query = {"field_name": searched, "field_value": value, "top": str(PAGE)}
        return Request("GET", f"{_PATH}/Search", query)

    # Writing

    def create(self, values: Values) -> Request:
        """Ask to create a contact, tags included."""
        filled = {name: value for name, value in values.items() if value not in (None, "", ())}
        return Request("POST", _PATH, json=_body(filled, _WRITABLE))

    def created(self, reply: Reply) -> Record:
        """Read the new contact and its version."""
        return _record(reply.body, reply.headers.get("etag"))

    def update(self, record_id: str, write: Write, version: str | None) -> Sequence[Request]:
        """Ask for the plain fields by PUT, guarded by `version`, and for each tag by its own call.

        Whether TAGS in a PUT replace or merge is unknown (facts: apps 1.5): they are not sent
        there. Every one of these calls leaves the same state when it is sent twice.
        """
        number = int(record_id)
        tags = [
            Request(method, f"{_PATH}/{number}/Tags", json={"TAG_NAME": tag}, repeatable=True)
            for method, words in (("POST", write.add), ("DELETE", write.remove))
            for tag in words.get("tags", ())
        ]
        body = _body(write.set, _WRITABLE - {"tags"})
        if not body:
            return tags
        # facts: apps 1.2 (the id travels in the body, null empties a field)
        body["CONTACT_ID"] = number
        guard = {} if version is None else {"If-Match": version}
        return [Request("PUT", _PATH, json=body, headers=guard, repeatable=True), *tags]

    def updated(self, replies: Sequence[Reply]) -> tuple[Values, str | None]:
        """Read the contact out of the PUT's answer.

        A tag's own call answers neither all tags nor a version: when one followed, both are
        unknown.
        """
        values: dict[str, Value] = {}
        for reply in replies:
            if isinstance(reply.body, dict):
                values |= _named(reply.body)
        if all(_is_contact(reply) for reply in replies):
            return values, replies[-1].headers.get("etag")
        values.pop("tags", None)
        return values, None


_BY_NAME = {field.name: field for field in Contacts.fields}
_WRITABLE = {field.name for field in Contacts.fields if not field.readonly}


def _is_contact(reply: Reply) -> bool:
    return isinstance(reply.body, dict) and "CONTACT_ID" in reply.body


def _record(contact: JsonObject, version: str | None = None) -> Record:
    values = dict.fromkeys(_BY_NAME) | _named(contact)
    return Record(str(contact["CONTACT_ID"]), values, version, _instant(contact))


def _instant(contact: Mapping[str, Any]) -> str | None:
    """Return the time of the last change; bodies say `yyyy-MM-dd HH:mm:ss` in UTC."""
    said = contact.get("DATE_UPDATED_UTC")
    return f"{said.replace(' ', 'T')}Z" if said else None


def _named(contact: JsonObject) -> dict[str, Value]:
    """Read the fields that this JSON object names."""
    values: dict[str, Value] = {}
    for name, field in _BY_NAME.items():
        keys = [key for key in (field.path, *field.fallbacks) if key in contact]
        if keys:
            filled = (contact[key] for key in keys if contact[key] not in (None, ""))
            values[name] = _incoming(next(filled, None))
    return values


def _incoming(raw: Any) -> Value:
    return tuple(sorted(tag["TAG_NAME"] for tag in raw)) if isinstance(raw, list) else raw


def _body(values: Values, writable: Collection[str]) -> JsonObject:
    return {
        _BY_NAME[name].path: _outgoing(name, value)
        for name, value in values.items()
        if name in writable
    }


def _outgoing(name: str, value: Value) -> Any:
    if isinstance(value, tuple):
        return [{"TAG_NAME": tag} for tag in value]
    # facts: apps 1.2 (dates in bodies carry a time)
    if _BY_NAME[name].type is FieldType.DATE and isinstance(value, str) and _DAY.fullmatch(value):
        return f"{value} 00:00:00"
    return value
