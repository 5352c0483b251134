"""GoHighLevel contacts: the people of one location. Describes requests and reads replies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property

from instep.connectors.gohighlevel import custom
from instep.connectors.gohighlevel.form import Form
from instep.connectors.gohighlevel.plain import safe
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
        Field("source", "source"),
        Field("assigned_to", "assignedTo", link="user"),
        # in no body of a create or an update (contacts.json): it has a call of its own
        Field("business_id", "businessId", update_only=True, link="business"),
    )
    # the search index shows a change seconds late (facts: ghl 6.3); two minutes are ample
    cursor = Cursor(overlap_seconds=120, ordered=True, late=True)
    # search/duplicate looks into the records, not into the lagging index (facts: ghl 7 row 14)
    lookup = Lookup(settle_seconds=0)
    read_scopes = ("contacts.readonly",)
    write_scopes = ("contacts.write",)
    custom_scopes = ("locations/customFields.readonly",)

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
            return [self._found(contact) for contact in reply.body["contacts"]]
        # facts: ghl 6.4 (null when there is none)
        found = reply.body.get("contact")
        return [self._record(found)] if found else []

    def get(self, record_id: str) -> Request:
        """Ask for one contact."""
        return Request("GET", _path(record_id))

    def record(self, reply: Reply) -> Record:
        """Read the contact."""
        return self._record(reply.body["contact"])

    def find(self, field: str, value: str) -> Request | None:
        """Ask for the contact with this e-mail or phone."""
        # facts: ghl 6.4
        parameter = {"email": "email", "phone": "number"}.get(field)
        if parameter is None:
            return None
        query = {"locationId": self.account.id, parameter: value}
        return Request("GET", "/contacts/search/duplicate", query)

    # Custom fields

    def ask_custom_fields(self) -> Request:
        """Ask which fields the location made for its contacts."""
        return custom.asked(self.account.id, self.canonical)

    def custom_fields(self, reply: Reply) -> Sequence[Field]:
        """Read the answer."""
        return custom.declared(reply)

    # Writing

    def create(self, values: Values) -> Request:
        """Ask to create a contact, tags included."""
        body = {
            "locationId": self.account.id,
            **_FORM.new(values),
            **custom.new(self._custom, values),
        }
        return Request("POST", "/contacts/", json=body)

    def created(self, reply: Reply) -> Record:
        """Read the new contact."""
        return self._record(reply.body["contact"])

    def update(self, record_id: str, write: Write, version: str | None) -> Sequence[Request]:  # noqa: ARG002 - GoHighLevel has no versions
        """Ask for the plain fields by PUT, for the business and each side of the tags' difference.

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
        body = {**_FORM.changed(write.set), **custom.changed(self._custom, write.set)}
        put = [Request("PUT", path, json=body, repeatable=True)] if body else []
        return [*put, *tags, *self._move(record_id, write)]

    def delete(self, record_id: str) -> Request:
        """Ask to delete a contact, and with it what belongs to it."""
        return Request("DELETE", _path(record_id), repeatable=True)

    def _move(self, record_id: str, write: Write) -> Sequence[Request]:
        """Put the contact into a business, or out of its own with null (facts: ghl 1)."""
        if "business_id" not in write.set:
            return ()
        body: JsonObject = {"locationId": self.account.id, "ids": [record_id]}
        body["businessId"] = write.set["business_id"] or None
        return [Request("POST", "/contacts/bulk/business", json=body, repeatable=True)]

    def updated(self, replies: Sequence[Reply]) -> tuple[Values, str | None]:
        """Read the contact out of the PUT's answer and the tags out of the last answer with tags.

        The move into a business comes after the PUT and its answer does not name the business: what
        the PUT told of it is old by then.
        """
        values: dict[str, Value] = {}
        for reply in replies:
            body = reply.body if isinstance(reply.body, dict) else {}
            values |= self._named(body.get("contact") or {})
            values |= _FORM.named({key: body[key] for key in ("tags",) if key in body})
            if "ids" in body:  # contacts.json, ContactsBulkUpateResponse
                values.pop("business_id", None)
        return values, None

    @cached_property
    def _custom(self) -> Form:
        return custom.form_of([field for field in self.fields if field.custom])

    def _found(self, contact: JsonObject) -> Record:
        """Read one search result.

        Its published shape has no website, and of the names only lower-cased ones; cased ones were
        seen all the same (facts: ghl 6.3). What such a result cannot tell was not read.
        """
        paths = {name: _FORM.by_name[name].path for name in _NAMES}
        names = {name for name, path in paths.items() if contact.get(f"{path}LowerCase")}
        return self._record(contact, unread={"website", *names})

    def _record(self, contact: JsonObject, unread: Collection[str] = ()) -> Record:
        values = _FORM.whole(contact, unread)
        if self._custom.fields:
            values |= self._custom.whole(custom.flat(self._custom, contact))
        return Record(contact["id"], values, changed_at=contact.get("dateUpdated"))

    def _named(self, contact: JsonObject) -> dict[str, Value]:
        values = _FORM.named(contact)
        if self._custom.fields and "customFields" in contact:
            values |= self._custom.whole(custom.flat(self._custom, contact))
        return values


# each contact of a search brings its own place in the order (facts: ghl 6.3)
_SEARCH_AFTER = NextToken(("contacts", -1, "searchAfter"), "searchAfter", "json")

_FORM = Form(
    Contacts.fields,
    # what the update's schema does not let be null (contacts.json, UpdateContactDto)
    cleared={"postal_code": "", "country": "", "opted_out": False},
    apart=("tags", "business_id"),
)
_NAMES = ("first_name", "last_name")


def first_contact(account: Account) -> Request:
    """Ask for one contact: proves token, location and scope, and needs no further scope."""
    return _search(account, 1)


def _search(account: Account, size: int) -> Request:
    body: JsonObject = {"locationId": account.id, "pageLimit": size}
    body["sort"] = [{"field": "dateUpdated", "direction": "asc"}]
    return Request("POST", "/contacts/search", json=body, repeatable=True)


def _path(record_id: str) -> str:
    return f"/contacts/{safe(record_id)}"
