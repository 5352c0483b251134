"""The diary of every location: appointments and blocks, found by who and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from instep.sandbox.gohighlevel.calendars.calendar_list import Calendars
from instep.sandbox.gohighlevel.calendars.refusals import unknown
from instep.sandbox.gohighlevel.calendars.rules import Calendar, rules_of
from instep.sandbox.gohighlevel.calendars.slots import Event, Stretch, Table
from instep.sandbox.gohighlevel.calendars.views import announced
from instep.sandbox.gohighlevel.calendars.zones import zone_of
from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection, Column

# not in the facts: which statuses give a slot back
_GIVEN_BACK = ("cancelled", "invalid")
_A_DAY = 86_400_000
_TOLD = {
    Stage.ADDED: "AppointmentCreate",
    Stage.CHANGED: "AppointmentUpdate",
    Stage.DELETED: "AppointmentDelete",
}

APPOINTMENT, BLOCK, SERIES = "appointment", "block", "series"
"""Kinds of events. A series is no event itself: its instances are."""


class Diary:
    """Keeps events. Every change is one transaction, and appointments' changes are told."""

    def __init__(self, services: Services) -> None:
        self._state = services.state
        self._clock = services.clock
        self._company = services.company
        self._lifecycle = services.lifecycle
        self._events = services.events
        self._calendars = services.part(Calendars)
        services.part(AddressBook)  # its contacts are followed
        self._kept = Collection(
            services.state,
            "calendar_events",
            {
                "location": lambda event: event["locationId"],
                "kind": lambda event: event["kind"],
                "calendar": lambda event: event.get("calendarId"),
                "contact": lambda event: event.get("contactId"),
                "owner": lambda event: event.get("assignedUserId"),
                "series": lambda event: event.get("masterEventId"),
                "starts": lambda event: event["start"],
                "ends": lambda event: event["end"],
                "busy_at": lambda event: event["occupied"][0],
                "vacant_at": lambda event: event["occupied"][1],
                "taken": lambda event: event["kind"] != SERIES and not given_back(event),
            },
            [
                *("location, ends, starts", "location, vacant_at, busy_at", "calendar, ends"),
                *("contact", "owner, ends", "series"),
            ],
        )
        services.lifecycle.follow("contact", Stage.DELETED, self.forget_contact)
        services.lifecycle.follow("calendar", Stage.CHANGED, self.follow_group)
        services.lifecycle.follow("calendar", Stage.DELETED, self.forget_calendar)
        services.lifecycle.follow("location", Stage.DELETED, self.forget_location)

    def get(self, event_id: str, *kinds: str) -> Event:
        """Return an event of one of these kinds. Raises Refusal if there is none."""
        event = self._kept.get(event_id)
        if event is None or event["kind"] not in kinds:
            raise unknown("Block slot" if kinds == (BLOCK,) else "Event")
        return event

    def of_contact(self, contact_id: str) -> list[Event]:
        """Return a contact's appointments, the earliest first."""
        where = "contact = ? AND kind = ?"
        return self._kept.find(where, (contact_id, APPOINTMENT), "starts, id")

    def instances(self, series_id: str) -> list[Event]:
        """Return the appointments of a series."""
        return self._kept.find("series = ?", (series_id,), "starts")

    def between(
        self, kind: str, location_id: str, since: int, until: int, whose: Mapping[str, str]
    ) -> list[Event]:
        """Return what of a kind lies (partly) in a stretch of time, the earliest first.

        `whose` narrows it to a `calendarId`, a `groupId` or a `userId`.
        """
        where = "location = ? AND kind = ? AND ends > ? AND starts <= ?"
        values: list[Column] = [location_id, kind, since, until]
        for name, value in whose.items():
            where += f" AND {_WHOSE[name]}"
            values += [value] * _WHOSE[name].count("?")
        return self._kept.find(where, values, "starts, id")

    def table(self, calendar: Calendar, within: Stretch, *, but: str = "") -> Table:
        """Return a calendar's timetable, with all that is in its way in this stretch.

        `but` is an event that is about to move; it is not in its own way.
        """
        location_id, rules = calendar["locationId"], rules_of(calendar)
        # a limit for the day counts all of it
        margin = max(rules.before, rules.after) + (0 if rules.per_day is None else _A_DAY)
        taken = self._kept.find(
            "location = ? AND vacant_at > ? AND busy_at < ? AND taken AND id != ?",
            (location_id, within.start - margin, within.end + margin, but),
        )
        return Table(calendar, zone_of(self._company.locations[location_id]), taken)

    def load(self, calendar_id: str, members: Iterable[str], since: int) -> dict[str, int]:
        """Return how many appointments each member has in a calendar from a moment on."""
        found = self._state.execute(
            "SELECT owner, count(*) FROM calendar_events "
            "WHERE calendar = ? AND ends > ? AND kind = ? AND taken GROUP BY owner",
            (calendar_id, since, APPOINTMENT),
        )
        return dict.fromkeys(members, 0) | dict(found.fetchall())

    def add(self, event: Event, instances: Iterable[Event] = ()) -> Event:
        """Store a new event; of a series, its instances too."""
        return self._keep(event, instances, Stage.ADDED)

    def change(self, event: Event, instances: Iterable[Event] | None = None) -> Event:
        """Store a changed event; of a series, with new instances where they are given."""
        with self._state.transaction():
            if instances is not None:
                self._state.execute("DELETE FROM calendar_events WHERE series = ?", (event["id"],))
            return self._keep(event, instances or (), Stage.CHANGED)

    def delete(self, event: Event) -> None:
        """Remove an event; of a series all of it, and of an instance its place in the series."""
        with self._state.transaction():
            self._kept.delete(event["id"])
            if event["kind"] == SERIES:
                self._state.execute("DELETE FROM calendar_events WHERE series = ?", (event["id"],))
            series = self._kept.get(event.get("masterEventId") or "")
            if series is not None:
                skipped = [*series.get("skipped", ()), event["start"]]
                self._kept.put(series["id"], {**series, "skipped": skipped})
            self._tell(event, Stage.DELETED)

    def forget_contact(self, contact: Mapping[str, Any]) -> None:
        """Remove the appointments of a contact who is gone."""
        # not in the facts
        self._forget("contact = ?", contact["id"])

    def follow_group(self, calendar: Mapping[str, Any]) -> None:
        """Let a calendar's events name the group it is in now."""
        self._state.execute(
            "UPDATE calendar_events SET body = json_set(body, '$.groupId', ?1) "
            "WHERE calendar = ?2 AND coalesce(body ->> 'groupId', '') != ?1",
            (calendar.get("groupId", ""), calendar["id"]),
        )

    def forget_calendar(self, calendar: Mapping[str, Any]) -> None:
        """Remove what was booked in a calendar that is gone."""
        # not in the facts
        self._forget("calendar = ?", calendar["id"])

    def forget_location(self, location: Mapping[str, Any]) -> None:
        """Remove everything of a location that is gone."""
        self._forget("location = ?", location["id"])

    def _forget(self, where: str, value: str) -> None:
        for event in self._kept.find(f"{where} AND series IS NULL", (value,)):
            self.delete(event)
        # an instance whose series belonged to somebody else
        for event in self._kept.find(where, (value,)):
            self.delete(event)

    def _keep(self, event: Event, instances: Iterable[Event], stage: Stage) -> Event:
        moment = max(self._clock.milliseconds(), event.get("dateUpdated", 0) + 1)
        stamps = {"dateAdded": event.get("dateAdded", moment), "dateUpdated": moment}
        kept = _occupying({**event, **stamps}, self._calendars)
        occupied = [_occupying({**each, **stamps}, self._calendars) for each in instances]
        with self._state.transaction():
            self._kept.put(kept["id"], kept)
            self._kept.put_many((each["id"], each) for each in occupied)
            self._tell(kept, stage)
        return kept

    def _tell(self, event: Event, stage: Stage) -> None:
        """Announce an appointment's change, once for a whole series."""
        # not in the facts: no event is documented for blocks, nor how often one fires for a series
        if event["kind"] == BLOCK:
            return
        location_id = event["locationId"]
        location = self._company.locations.get(location_id, {})
        self._lifecycle.announce("appointment", stage, event)
        self._events.fire(_TOLD[stage], location_id, announced(event, zone_of(location)))


_WHOSE = {
    "calendarId": "calendar = ?",
    "groupId": "calendar IN (SELECT id FROM calendars WHERE grouped = ?)",
    "userId": "(owner = ? OR EXISTS (SELECT 1 FROM json_each(body, '$.users') WHERE value = ?))",
}


def given_back(event: Event) -> bool:
    """Say whether an appointment leaves its slot to others."""
    return event.get("appointmentStatus") in _GIVEN_BACK


def _occupying(event: Event, calendars: Calendars) -> Event:
    """Return an event with the stretch it takes up: an appointment's includes its buffers."""
    before = after = 0
    if event["kind"] == APPOINTMENT:
        rules = rules_of(calendars.get(event["calendarId"]))
        before, after = rules.before, rules.after
    return {**event, "occupied": [event["start"] - before, event["end"] + after]}
