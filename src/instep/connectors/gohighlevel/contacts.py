"""GoHighLevel contacts: the people of one location. Describes requests and reads replies."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from instep.core.records import Field, FieldType, Identity, Record, Value, Values, Write
from instep.sdk.pages import NextToken
from instep.sdk.request import JsonObject, Reply, Request
from instep.sdk.resource import Account, Cursor, Lookup, Resource

PAGE = 500  # the most a search gives (facts: ghl 6.3)


class Contacts(Resource):
    """Contacts, read oldest change first. A deleted one simply stops appearing."""

    name = "contacts"
    canonical = "contact"
    fields = (
        Field("first_name", "firstName"),
        Field("last_name", "lastName"),
        Field("email", "email", FieldType.EMAIL, identity=Identity.STRONG),
        Field("phone", "phone", FieldType.PHONE, identity=Identity.WEAK),
        # search calls it `address` (facts: ghl 6.3), everything else `address1`
        Field("address", "address1", fallbacks=("address",)),
        Field("city", "city"),
        Field("state", "state"),
        Field("postal_code", "postalCode"),
        Field("country", "country", FieldType.COUNTRY),
        Field("date_of_birth", "dateOfBirth", FieldType.DATE),
        Field("website", "website"),
        # absent from the update's schema, which refuses unknown keys (facts: ghl 6.5)
        Field("company", "companyName", create_only=True),
        Field("tags", "tags", FieldType.WORDS),
        Field("opted_out", "dnd", FieldType.CONSENT),
    )
    # the search index shows a change seconds late (facts: ghl 6.3); two minutes are ample
    cursor = Cursor(overlap_seconds=120, ordered=True)
    # search/duplicate looks into the records, not into the lagging index (facts: ghl 7 row 14)
    lookup = Lookup(settle_seconds=0)
    read_scopes = ("contacts.readonly",)
    write_scopes = ("contacts.write",)

    # Reading

    def list(self) -> Request:
        """Ask for every contact, oldest change first: what changes meanwhile comes again later."""
        return _search(self.account, PAGE)

    def changes(self, since: str) -> Request:
        """Ask for the contacts changed after `since`."""
        # facts: ghl 6.3
        changed = {"field": "dateUpdated", "operator": "range", "value": {"gt": since}}
        return self.list().with_json(filters=[changed])

    def next(self, last: Request, reply: Reply) -> Request | None:
        """Continue after the last contact; page numbers would end at 10,000 (facts: ghl 7 row 2).

        A page that is not full is the last one only if it completes the total. Raises RetryLater
        when a page comes twice: ending quietly would leave contacts out.
        """
        contacts = reply.body["contacts"]
        read = int(last.carry.get("read", 0)) + len(contacts)
        # the total alone is not enough: a search index may stop counting
        if len(contacts) < PAGE and read >= (reply.body.get("total") or 0):
            return None
        following = _SEARCH_AFTER.next(last, reply)
        return replace(following, carry={"read": str(read)}) if following else None

    def records(self, reply: Reply) -> Sequence[Record]:
        """Read a page of search, or the one contact that search/duplicate found."""
        if "contacts" in reply.body:
            return [_found(contact) for contact in reply.body["contacts"]]
        # facts: ghl 6.4 (null when there is none)
        found = reply.body.get("contact")
        return [_record(found)] if found else []

    def get(self, record_id: str) -> Request:
        """Ask for one contact."""
        return Request("GET", _path(record_id))

    def record(self, reply: Reply) -> Record:
        """Read the contact."""
        return _record(reply.body["contact"])

    def find(self, field: str, value: str) -> Request | None:
        """Ask for the contact with this e-mail or phone."""
        # facts: ghl 6.4
        parameter = {"email": "email", "phone": "number"}.get(field)
        if parameter is None:
            return None
        query = {"locationId": self.account.id, parameter: value}
        return Request("GET", "/contacts/search/duplicate", query)

    # Writing

    def create(self, values: Values) -> Request:
        """Ask to create a contact, tags included."""
        filled = {name: value for name, value in values.items() if value not in (None, "", ())}
        return Request(
            "POST", "/contacts/", json={"locationId": self.account.id, **_body(filled, _BY_NAME)}
        )

    def created(self, reply: Reply) -> Record:
        """Read the new contact."""
        return _record(reply.body["contact"])

    def update(self, record_id: str, write: Write, version: str | None) -> Sequence[Request]:  # noqa: ARG002 - GoHighLevel has no versions
        """Ask for the plain fields by PUT and for each side of the tags' difference by its own call.

        Tags never go into the PUT, which would overwrite all of them (facts: ghl 6.4). Every one of
        these calls leaves the same state when it is sent twice.
        """
        path = _path(record_id)
        calls = [("POST", write.add), ("DELETE", write.remove)]
        tags = [
            Request(method, f"{path}/tags", json={"tags": [*words["tags"]]}, repeatable=True)
            for method, words in calls
            if words.get("tags")
        ]
        body = _body(write.set, _CHANGEABLE)
        return [Request("PUT", path, json=body, repeatable=True), *tags] if body else tags

    def updated(self, replies: Sequence[Reply]) -> tuple[Values, str | None]:
        """Read the contact out of the PUT's answer and the tags out of the last answer with tags."""
        values: dict[str, Value] = {}
        for reply in replies:
            body = reply.body if isinstance(reply.body, dict) else {}
            values |= _named(body.get("contact") or {})
            values |= _named({key: body[key] for key in ("tags",) if key in body})
        return values, None


# each contact of a search brings its own place in the order (facts: ghl 6.3)
_SEARCH_AFTER = NextToken(("contacts", -1, "searchAfter"), "searchAfter", "json")

_BY_NAME = {field.name: field for field in Contacts.fields}
_CHANGEABLE = {
    name
    for name, field in _BY_NAME.items()
    if not field.create_only and field.type is not FieldType.WORDS
}
_NAMES = ("first_name", "last_name")

# Fields the update's schema does not let be null (contacts.json, UpdateContactDto).
_CLEARED: Mapping[str, str | bool] = {"postal_code": "", "country": "", "opted_out": False}


def first_contact(account: Account) -> Request:
    """Ask for one contact: proves token, location and scope, and needs no further scope."""
    return _search(account, 1)


def _search(account: Account, size: int) -> Request:
    body: JsonObject = {"locationId": account.id, "pageLimit": size}
    body["sort"] = [{"field": "dateUpdated", "direction": "asc"}]
    return Request("POST", "/contacts/search", json=body, repeatable=True)


def _path(record_id: str) -> str:
    return f"/contacts/{quote(record_id, safe='')}"


def _found(contact: JsonObject) -> Record:
    """Read one search result.

    Its published shape has no website, and of the names only lower-cased ones; cased ones were
    seen all the same (facts: ghl 6.3). What such a result cannot tell was not read.
    """
    names = {name for name in _NAMES if contact.get(f"{_BY_NAME[name].path}LowerCase")}
    return _record(contact, unread={"website", *names})


def _record(contact: JsonObject, unread: Collection[str] = ()) -> Record:
    """Read one contact. An empty field may be missing, and a missing field of `unread` is unknown."""
    named = _named(contact)
    absent = {name: None for name in _BY_NAME if name not in named and name not in unread}
    return Record(contact["id"], named | absent, changed_at=contact.get("dateUpdated"))


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
    return tuple(sorted(raw)) if isinstance(raw, list) else raw


def _body(values: Values, writable: Collection[str]) -> JsonObject:
    return {
        _BY_NAME[name].path: _outgoing(name, value)
        for name, value in values.items()
        if name in writable
    }


def _outgoing(name: str, value: Value) -> Any:
    if value is None:
        return _CLEARED.get(name)
    return list(value) if isinstance(value, tuple) else value
