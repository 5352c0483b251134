"""Contacts of an app in memory: the shortest resource that honours every rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from instep.connectors.memory.app import FINDABLE
from instep.core.errors import Duplicate, InstepError
from instep.core.records import Field, FieldType, Identity, Record, Value, Values, Write
from instep.sdk.request import JsonObject, Reply, Request
from instep.sdk.resource import Account, Cursor, Resource

_PAGE = 100
_CONFLICT = 409


class Contacts(Resource):
    """People. Every call answers the whole record; lists come in the order of change."""

    name = "contacts"
    canonical = "contact"
    fields = (
        Field("first_name", "first_name"),
        Field("last_name", "last_name"),
        Field("email", "email", FieldType.EMAIL, identity=Identity.STRONG),
        Field("phone", "phone", FieldType.PHONE, identity=Identity.WEAK),
        Field("address", "address"),
        Field("city", "city"),
        Field("state", "state"),
        Field("postal_code", "postal_code"),
        Field("country", "country", FieldType.COUNTRY),
        Field("date_of_birth", "date_of_birth", FieldType.DATE),
        Field("website", "website"),
        Field("company", "company"),
        Field("tags", "tags", FieldType.WORDS),
        Field("opted_out", "opted_out", FieldType.CONSENT),
    )
    cursor = Cursor(overlap_seconds=0, ordered=True)

    def list(self) -> Request:
        """Ask for every contact."""
        return Request("GET", "/contacts", {"limit": str(_PAGE)})

    def changes(self, since: str) -> Request:
        """Ask for the contacts changed after `since`."""
        return self.list().with_query(after=since)

    def next(self, last: Request, reply: Reply) -> Request | None:
        """Go on where the page says."""
        more = reply.body["next"]
        return last.with_query(after=more) if more else None

    def records(self, reply: Reply) -> Sequence[Record]:
        """Read a page."""
        return [_record(each) for each in reply.body["contacts"]]

    def get(self, record_id: str) -> Request:
        """Ask for one contact."""
        return Request("GET", f"/contacts/{record_id}")

    def record(self, reply: Reply) -> Record:
        """Read the contact."""
        return _record(reply.body)

    def find(self, field: str, value: str) -> Request | None:
        """Ask for the contacts with this e-mail or phone."""
        if field not in FINDABLE:
            return None
        return Request("GET", "/contacts/find", {"field": field, "value": value})

    def create(self, values: Values) -> Request:
        """Ask to create a contact."""
        return Request("POST", "/contacts", json=_sent(values, empty=False))

    def created(self, reply: Reply) -> Record:
        """Read the new contact."""
        return _record(reply.body)

    def update(self, record_id: str, write: Write, version: str | None) -> Sequence[Request]:
        """Ask for the whole write in one call."""
        body = {
            "set": _sent(write.set, empty=True),
            "add": {name: [*words] for name, words in write.add.items()},
            "remove": {name: [*words] for name, words in write.remove.items()},
        }
        guard = {"if-match": version} if version is not None else {}
        return [Request("PATCH", f"/contacts/{record_id}", json=body, headers=guard)]

    def updated(self, replies: Sequence[Reply]) -> tuple[Values, str | None]:
        """Read the whole record out of the only answer."""
        record = _record(replies[-1].body)
        return record.values, record.version


def whoami(_account: Account) -> Request:
    """Ask the app for its name."""
    return Request("GET", "/")


def meaning(_request: Request, reply: Reply) -> InstepError | None:
    """Read the one refusal whose status is not enough: a duplicate."""
    if reply.status == _CONFLICT:
        return Duplicate(
            reply.body["message"], reply.body["existing_id"], reply.body["matching_field"]
        )
    return None


def _record(sent: JsonObject) -> Record:
    values = {field.name: _incoming(sent.get(field.path)) for field in Contacts.fields}
    return Record(sent["id"], values, sent["version"], sent["changed_at"])


def _incoming(raw: Any) -> Value:
    return tuple(raw) if isinstance(raw, list) else raw


def _sent(values: Values, *, empty: bool) -> JsonObject:
    return {
        name: [*value] if isinstance(value, tuple) else value
        for name, value in values.items()
        if empty or value not in (None, "", ())
    }
