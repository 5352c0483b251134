"""GoHighLevel appointments: listed by contact, or by calendar and time; changed by their own id."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from instep.connectors.gohighlevel.form import Form
from instep.connectors.gohighlevel.plain import (
    CALENDARS_VERSION,
    PlainResource,
    changed_at,
    id_of,
    safe,
)
from instep.connectors.gohighlevel.times import is_local, local_instant, zone_named
from instep.core.records import Field, FieldType, Identity, Record, Value, Values, Write
from instep.sdk.request import JsonObject, Reply, Request
from instep.sdk.resource import Lookup, Parent, Required

_TIMES = {"startTime": "starts_at", "endTime": "ends_at", "dateUpdated": "changed_at"}

_DESCRIBING = frozenset({"description", "notes"})

_STATUSES = (
    ("new", "new"),
    ("confirmed", "confirmed"),
    ("cancelled", "cancelled"),
    ("showed", "showed"),
    ("noshow", "no_show"),
    ("invalid", "invalid"),
)
"""What may be written (calendars.json). Replies also know `active` and `completed`."""


class Appointments(PlainResource):
    """Appointments of one contact. Its list names local times."""

    name = "appointments"
    canonical = "appointment"
    parent = Parent("contact", "contact_id", listed_together=False)
    # facts: ghl 6.8
    fields = (
        Field("title", "title"),
        Field("starts_at", "startTime", FieldType.MOMENT, identity=Identity.PART),
        Field("ends_at", "endTime", FieldType.MOMENT),
        # live replies misspell it, too (facts: ghl 6.8)
        Field("status", "appointmentStatus", fallbacks=("appoinmentStatus",), choices=_STATUSES),
        Field("address", "address"),
        # not in the facts: whether `notes`, all that the contact's list has, is the description
        Field("description", "description", FieldType.LONG_TEXT, fallbacks=("notes",)),
        Field("assigned_to", "assignedUserId", link="user"),
        Field("calendar_id", "calendarId", link="calendar"),
        Field("contact_id", "contactId", create_only=True, link="contact"),
    )
    lookup = Lookup(by=("calendar_id", "starts_at"))
    # facts: ghl 6.8
    required = (
        Required("starts_at", None, "GoHighLevel takes no appointment without a start."),
        Required(
            "calendar_id",
            None,
            "GoHighLevel books every appointment in a calendar: choose which one this sync is for.",
        ),
        # not in the facts: the status of an appointment that names none, so it is always named
        Required("status", "confirmed", "An appointment from another app is agreed on already."),
    )
    archived: ClassVar[Mapping[str, Value]] = {"status": "cancelled"}
    read_scopes = ("contacts.readonly", "calendars/events.readonly")
    write_scopes = ("calendars/events.write",)
    form = Form(
        fields,
        # not in the facts: how these are emptied; their schema has no null (calendars.json)
        cleared={"title": "", "address": "", "description": "", "assigned_to": ""},
        never_empty=("starts_at", "ends_at", "status", "calendar_id"),
        times=("starts_at", "ends_at"),
    )
    many = "events"
    # the spec says `event`, live `appointment` was seen (facts: ghl 6.8)
    one = ("event", "appointment")

    def list(self) -> Request:
        """Ask for the appointments of the parent. Raises RecordRejected without one."""
        return Request("GET", f"/contacts/{safe(self._parent())}/appointments")

    def in_calendar(self, calendar_id: str, since: datetime, until: datetime) -> Request:
        """Ask for one calendar's appointments in a stretch of time; `records` reads the answer."""
        # facts: ghl 6.8 (epoch milliseconds, as text)
        query = {"locationId": self.account.id, "calendarId": calendar_id}
        query |= {"startTime": _milliseconds(since), "endTime": _milliseconds(until)}
        return Request("GET", "/calendars/events", query, headers=CALENDARS_VERSION)

    def records(self, reply: Reply) -> Sequence[Record]:
        """Read a list. One that has no word for the description does not tell it."""
        # contacts.json, GetEventSchema: the contact's list has `notes`, and no `description`
        events = reply.body[self.many]
        return [
            self._read(each, () if _DESCRIBING & each.keys() else ("description",))
            for each in events
        ]

    def get(self, record_id: str) -> Request:
        """Ask for one appointment, whosever it is."""
        return Request("GET", _path(record_id), headers=CALENDARS_VERSION)

    def create(self, values: Values) -> Request:
        """Ask to book an appointment for the parent, or for the contact that `values` names."""
        body = {"locationId": self.account.id, **self.form.new(values), **self._force()}
        if "contactId" not in body:
            body["contactId"] = self._parent()
        return Request(
            "POST", "/calendars/events/appointments", json=body, headers=CALENDARS_VERSION
        )

    def update(self, record_id: str, write: Write, version: str | None) -> Sequence[Request]:  # noqa: ARG002 - GoHighLevel has no versions
        """Ask for all fields in one call."""
        body = self.form.changed(write.set)
        if not body:
            return []
        body |= self._force()
        path, headers = _path(record_id), CALENDARS_VERSION
        return [Request("PUT", path, json=body, headers=headers, repeatable=True)]

    def delete(self, record_id: str) -> Request:
        """Ask to delete an appointment."""
        # facts: ghl 6.8 (events and appointments are deleted by the same call, with a body)
        path = f"/calendars/events/{safe(record_id)}"
        return Request("DELETE", path, json={}, headers=CALENDARS_VERSION, repeatable=True)

    def _force(self) -> JsonObject:
        """Return what books a time that is not offered, where the connection allows that."""
        # facts: ghl 6.8; what another app has booked already need not be free here
        if self.account.config.get("book_anyway") != "yes":
            return {}
        return {"ignoreFreeSlotValidation": True, "ignoreDateRange": True}

    def _whole(self, sent: JsonObject) -> Record:
        return self._read(sent, ())

    def _read(self, sent: JsonObject, untold: Collection[str]) -> Record:
        readable, unread = self._readable(sent)
        values = self.form.whole(readable, {*unread, *untold})
        return Record(id_of(sent), values, changed_at=changed_at(readable))

    def _readable(self, sent: JsonObject) -> tuple[JsonObject, Collection[str]]:
        """Resolve local times. Raises UserError if there are some and the zone is not set.

        Local time is ambiguous in the hour a clock is put back; such a time counts as not read.
        """
        resolved, unread = dict(sent), set()
        for key, name in _TIMES.items():
            if is_local(sent.get(key)):
                zone = zone_named(self.account.config.get("timezone"))
                resolved[key] = local_instant(resolved.pop(key), zone)
                if resolved[key] is None:
                    del resolved[key]
                    unread.add(name)
        return resolved, unread


def _milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))


def _path(record_id: str) -> str:
    return f"/calendars/events/appointments/{safe(record_id)}"
