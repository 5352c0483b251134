"""Books and moves appointments: who takes them, whether the slot is free, where one meets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from instep.sandbox.gohighlevel.calendars.calendar_list import Calendars
from instep.sandbox.gohighlevel.calendars.diary import APPOINTMENT, SERIES, Diary, given_back
from instep.sandbox.gohighlevel.calendars.places import place_of
from instep.sandbox.gohighlevel.calendars.recurrence import instance_id, read_rule
from instep.sandbox.gohighlevel.calendars.refusals import (
    nobody_selected,
    not_in_team,
    slot_taken,
    unknown,
)
from instep.sandbox.gohighlevel.calendars.rules import Calendar, rules_of
from instep.sandbox.gohighlevel.calendars.slots import Event, Stretch, Table
from instep.sandbox.gohighlevel.calendars.zones import read_time, zone_of
from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.contacts.values import Contact, full_name
from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.refusals import unknown_contact, unprocessable
from instep.sandbox.gohighlevel.services import Services

_AS_SENT = ("title", "description", "appointmentStatus")
_SOURCE = "third_party"  # not in the facts: how a booking by API is called
_EQUAL = "RoundRobin_OptimizeForEqualDistribution"

Body = Mapping[str, Any]


class Bookings:
    """Each booking is one transaction: of two for one slot, the second finds it taken."""

    def __init__(self, services: Services) -> None:
        self._state = services.state
        self._clock = services.clock
        self._company = services.company
        self._settings = services.settings
        self._calendars = services.part(Calendars)
        self._contacts = services.part(AddressBook)
        self._diary = services.part(Diary)

    def create(self, body: Body) -> Event:
        """Book an appointment. Raises Refusal if the slot is taken or something named unknown."""
        with self._state.transaction():
            calendar = self._calendar(body["calendarId"], body["locationId"])
            contact = self._contact(body["contactId"], body["locationId"])
            start, end = self._times(calendar, body, {})
            event = {
                "id": new_id(),
                "kind": APPOINTMENT,
                "locationId": body["locationId"],
                "contactId": contact["id"],
                "title": _title(calendar, contact),
                "description": "",
                "appointmentStatus": "confirmed" if calendar["autoConfirm"] else "new",
                "isRecurring": False,
                "source": _SOURCE,
                "createdBy": {"source": _SOURCE},
                **_sent(body),
            }
            event |= {"calendarId": calendar["id"], "start": start, "end": end}
            event |= {"groupId": calendar.get("groupId", "")}
            event |= self._assigned(calendar, event, body, grid=True)
            event |= place_of(calendar, event, body)
            return self._diary.add(*self._repeated(event, body))

    def update(self, before: Event, body: Body) -> Event:
        """Change an appointment. Raises Refusal if the slot it moves to is taken."""
        with self._state.transaction():
            calendar = self._calendar(
                body.get("calendarId", before["calendarId"]), before["locationId"]
            )
            start, end = self._times(calendar, body, before)
            event = {**before, **_sent(body), "calendarId": calendar["id"]}
            event |= {"start": start, "end": end, "groupId": calendar.get("groupId", "")}
            if self._settings.appointment_update_confirms and "appointmentStatus" not in body:
                event["appointmentStatus"] = "confirmed"
            moved = any(before[name] != event[name] for name in ("start", "end", "calendarId"))
            revived = given_back(before) and not given_back(event)
            asked = body.get("assignedUserId", before["assignedUserId"])
            if moved or revived or asked != before["assignedUserId"]:
                event |= self._assigned(
                    calendar,
                    event,
                    {"assignedUserId": before["assignedUserId"], **body},
                    grid=moved,
                )
            if any(
                name in body for name in ("address", "meetingLocationId", "meetingLocationType")
            ):
                event |= place_of(calendar, event, body)
            changed, instances = self._repeated(event, body)
            return self._diary.change(changed, instances if changed["kind"] == SERIES else None)

    def _calendar(self, calendar_id: str, location_id: str) -> Calendar:
        calendar = self._calendars.get(calendar_id)
        if calendar["locationId"] != location_id:
            raise unknown("Calendar")
        return calendar

    def _contact(self, contact_id: str, location_id: str) -> Contact:
        contact = self._contacts.get(contact_id)
        if contact["locationId"] != location_id:
            raise unknown_contact(contact_id)
        return contact

    def _times(self, calendar: Calendar, body: Body, before: Event) -> tuple[int, int]:
        """Return start and end: as sent, else as they are; a moved start keeps the length."""
        zone = zone_of(self._company.locations[calendar["locationId"]])
        length = before["end"] - before["start"] if before else rules_of(calendar).duration
        start = read_time(body["startTime"], zone) if "startTime" in body else before["start"]
        if start is None:
            raise unprocessable(["startTime must be a valid ISO 8601 date string"])
        end = read_time(body["endTime"], zone) if "endTime" in body else start + length
        if end is None or end <= start:
            raise unprocessable(["endTime must be a valid ISO 8601 date string after startTime"])
        return start, end

    def _assigned(
        self, calendar: Calendar, event: Event, body: Body, *, grid: bool
    ) -> dict[str, Any]:
        """Return who takes an appointment. Raises Refusal if nobody who is asked for can.

        `grid` demands a slot that the calendar offers; without it only a clash counts.
        """
        team = [each["userId"] for each in calendar.get("teamMembers", ())]
        asked = body.get("assignedUserId")
        if asked and team and asked not in team:
            raise not_in_team()
        if body.get("ignoreFreeSlotValidation") is True:
            if team and not asked:
                raise nobody_selected()
            return _people(calendar, asked or "", team)
        slot = Stretch(event["start"], event["end"])
        table = self._diary.table(calendar, slot, but=event["id"])
        if not given_back(event):
            self._check_offered(table, slot, body, grid=grid)
            if calendar["calendarType"] == "collective" and not table.all_free(slot, team):
                raise slot_taken()
        wanted = [asked] if asked else team
        free = [each for each in wanted or [None] if table.is_free(slot, each)]
        if not free and not given_back(event):
            raise slot_taken()
        chosen = self._choose(calendar, [each for each in free if each])
        return _people(calendar, asked or chosen, team)

    def _check_offered(self, table: Table, slot: Stretch, body: Body, *, grid: bool) -> None:
        if not grid:
            return
        bookable = table.bookable(
            self._clock.milliseconds(), any_date=body.get("ignoreDateRange") is True
        )
        instant = Stretch(slot.start, slot.start + 1)
        offered = slot.start in table.starts(instant, slot.end - slot.start)
        if not (offered and bookable.overlaps(instant)) or table.day_is_full(slot):
            raise slot_taken()

    def _choose(self, calendar: Calendar, free: list[str]) -> str:
        """Return who of those free is next: the least busy, or the one of highest priority."""
        if not free:
            return ""
        if calendar["eventType"] == _EQUAL:
            load = self._diary.load(calendar["id"], free, self._clock.milliseconds())
            return min(free, key=lambda each: load[each])
        priority = {
            each["userId"]: each.get("priority", 0.5) for each in calendar.get("teamMembers", ())
        }
        return max(free, key=lambda each: priority[each])

    def _repeated(self, event: Event, body: Body) -> tuple[Event, list[Event]]:
        """Return an event and, where it is (or becomes) a series, its instances."""
        # the spec: a rule counts only where free slots are ignored (calendars.json)
        ruled = "rrule" in body and body.get("ignoreFreeSlotValidation") is True
        if ruled and "masterEventId" not in event:
            event = {**event, "kind": SERIES, "isRecurring": True, "rrule": body["rrule"]}
        if event["kind"] != SERIES:
            return event, []
        rule = read_rule(event["rrule"])
        if rule is None:
            raise unprocessable(["rrule must be a valid recurrence rule"])
        zone = zone_of(self._company.locations[event["locationId"]])
        skipped = event.get("skipped", ())
        starts = (each for each in rule.starts(event["start"], zone) if each not in skipped)
        return event, list(_instances(event, starts))


def _instances(series: Event, starts: Iterable[int]) -> Iterable[Event]:
    length = series["end"] - series["start"]
    plain = {name: value for name, value in series.items() if name != "skipped"}
    for start in starts:
        own = {"start": start, "end": start + length, "masterEventId": series["id"]}
        identifier = instance_id(series["id"], start, start + length)
        yield {**plain, **own, "id": identifier, "kind": APPOINTMENT}


def _sent(body: Body) -> dict[str, Any]:
    return {name: body[name] for name in _AS_SENT if name in body}


def _title(calendar: Calendar, contact: Contact) -> str:
    """Return the calendar's title for events, with the contact's name put in."""
    wanted: str = calendar.get("eventTitle", "{{contact.name}}")
    return wanted.replace("{{contact.name}}", full_name(contact)).strip() or calendar["name"]


def _people(calendar: Calendar, owner: str, team: list[str]) -> dict[str, Any]:
    """Return the primary owner and the secondary ones: in a collective calendar the others."""
    if calendar["calendarType"] != "collective":
        return {"assignedUserId": owner, "users": []}
    primary = (each["userId"] for each in calendar["teamMembers"] if each.get("isPrimary"))
    first = owner or next(primary, team[0])
    return {"assignedUserId": first, "users": [each for each in team if each != first]}
