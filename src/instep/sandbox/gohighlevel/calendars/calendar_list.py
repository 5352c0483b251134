"""The calendars of every location: kept, checked, seeded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from instep.sandbox.gohighlevel.calendars.groups import Groups
from instep.sandbox.gohighlevel.calendars.refusals import slug_taken, unknown
from instep.sandbox.gohighlevel.calendars.rules import Calendar, is_date
from instep.sandbox.gohighlevel.identifiers import new_hex_id, new_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.refusals import unprocessable
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection, Column

# the defaults that the spec declares (calendars.json); it declares none for open hours, and
# integrators report that a calendar without any has no free slot
_DEFAULTS: dict[str, Any] = {
    "isActive": True,
    "eventType": "RoundRobin_OptimizeForAvailability",
    "widgetType": "classic",
    "eventTitle": "{{contact.name}}",
    "eventColor": "#039be5",
    "slotDuration": 30,
    "slotDurationUnit": "mins",
    "slotInterval": 30,
    "slotIntervalUnit": "mins",
    "appoinmentPerSlot": 1,
    "enableRecurring": False,
    "autoConfirm": True,
    "googleInvitationEmails": False,
    "allowReschedule": True,
    "allowCancellation": True,
    "formSubmitType": "ThankYouMessage",
}
_WITH_TEAM = ("round_robin", "collective", "class_booking", "service_booking")
_OFFICE_HOURS = {"openHour": 9, "openMinute": 0, "closeHour": 17, "closeMinute": 0}
_WEEK = (1, 2, 3, 4, 5)


class Calendars:
    """Every change is one transaction. The first data directory begins with one per location."""

    def __init__(self, services: Services) -> None:
        self._state = services.state
        self._clock = services.clock
        self._company = services.company
        self._lifecycle = services.lifecycle
        self._groups = services.part(Groups)
        self._calendars = Collection(
            services.state,
            "calendars",
            {
                "location": lambda calendar: calendar["locationId"],
                "grouped": lambda calendar: calendar.get("groupId"),
                "slug": lambda calendar: calendar["slug"],
                "added": lambda calendar: calendar["dateAdded"],
            },
            ["location, slug", "grouped"],
        )
        services.state.kept("calendar_seeds", self._seed)
        services.lifecycle.follow("calendar_group", Stage.DELETED, self.leave_group)
        services.lifecycle.follow("user", Stage.DELETED, self.leave_team)
        services.lifecycle.follow("location", Stage.DELETED, self.forget_location)

    def get(self, calendar_id: str) -> Calendar:
        """Return a calendar. Raises Refusal if there is none."""
        calendar = self._calendars.get(calendar_id)
        if calendar is None:
            raise unknown("Calendar")
        return calendar

    def of(self, location_id: str, group_id: str | None = None) -> list[Calendar]:
        """Return a location's calendars, or those of one of its groups, in the order made."""
        where, values = "location = ?", [location_id]
        if group_id:
            where, values = f"{where} AND grouped = ?", [location_id, group_id]
        return self._calendars.find(where, values, "added, id")

    def create(self, location_id: str, body: Mapping[str, Any]) -> Calendar:
        """Add a calendar. Raises Refusal if its parts do not fit together."""
        has_team = bool(body.get("teamMembers"))
        blank = {
            **_DEFAULTS,
            "id": new_id(),
            # not in the facts: the type of a calendar that names none
            "calendarType": "round_robin" if has_team else "event",
            "dateAdded": self._clock.milliseconds(),
        }
        with self._state.transaction():
            return self._keep({**blank, "locationId": location_id}, body, Stage.ADDED)

    def update(self, calendar_id: str, body: Mapping[str, Any]) -> Calendar:
        """Change what `body` names. Raises Refusal if the calendar is unknown or makes no sense."""
        with self._state.transaction():
            return self._keep(self.get(calendar_id), body, Stage.CHANGED)

    def delete(self, calendar: Calendar) -> None:
        """Remove a calendar and what hangs on it."""
        with self._state.transaction():
            self._calendars.delete(calendar["id"])
            self._lifecycle.announce("calendar", Stage.DELETED, calendar)

    def leave_group(self, group: Mapping[str, Any]) -> None:
        """Let the calendars of a group that is gone stand alone."""
        # not in the facts: whether they stay
        for calendar in self.of(group["locationId"], group["id"]):
            del calendar["groupId"]
            self._calendars.put(calendar["id"], calendar)
            self._lifecycle.announce("calendar", Stage.CHANGED, calendar)

    def leave_team(self, user: Mapping[str, Any]) -> None:
        """Take a user who is gone out of every team."""
        member = (
            "EXISTS (SELECT 1 FROM json_each(body, '$.teamMembers') WHERE value ->> 'userId' = ?)"
        )
        for calendar in self._calendars.find(member, (user["id"],)):
            left = [each for each in calendar["teamMembers"] if each["userId"] != user["id"]]
            self._calendars.put(calendar["id"], {**calendar, "teamMembers": left})

    def forget_location(self, location: Mapping[str, Any]) -> None:
        """Remove the calendars of a location that is gone."""
        for calendar in self.of(location["id"]):
            self.delete(calendar)

    def _keep(self, before: Calendar, body: Mapping[str, Any], stage: Stage) -> Calendar:
        calendar = {**before, **body}
        if "availabilities" in body:
            known = before.get("availabilities", [])
            calendar["availabilities"] = _merged(known, body["availabilities"])
        calendar = {name: value for name, value in calendar.items() if value not in (None, "")}
        _number_places(calendar)
        self._check(calendar)
        self._name(calendar, body)
        self._calendars.put(calendar["id"], calendar)
        self._lifecycle.announce("calendar", stage, calendar)
        return calendar

    def _check(self, calendar: Calendar) -> None:
        """Raise Refusal if name, team, group or dates are not as they must be."""
        if not calendar.get("name"):
            raise unprocessable(["name should not be empty"])
        group_id = calendar.get("groupId")
        if group_id and self._groups.get(group_id)["locationId"] != calendar["locationId"]:
            raise unknown("Calendar group")
        team, kind = calendar.get("teamMembers", []), calendar["calendarType"]
        # rules of the spec (calendars.json, teamMembers); the words are not in the facts
        if kind in _WITH_TEAM and not team:
            raise unprocessable([f"teamMembers are required for calendars of type {kind}"])
        if kind == "personal" and len(team) != 1:
            raise unprocessable(["a personal calendar must have exactly one team member"])
        if not all(is_date(each["date"]) for each in calendar.get("availabilities", ())):
            raise unprocessable(["availabilities.date must be a date: YYYY-MM-DDT00:00:00.000Z"])

    def _name(self, calendar: Calendar, body: Mapping[str, Any]) -> None:
        """Give a calendar its slug. Raises Refusal if one that was asked for is taken."""
        asked = body.get("slug")
        if asked and self._has_slug(calendar, asked):
            raise slug_taken()
        if "slug" not in calendar:
            plain = re.sub(r"[^a-z0-9]+", "-", calendar["name"].lower()).strip("-")
            taken = not plain or self._has_slug(calendar, plain)
            calendar["slug"] = f"{plain}-{calendar['id'][:6].lower()}" if taken else plain
        calendar.setdefault("widgetSlug", calendar["slug"])

    def _has_slug(self, calendar: Calendar, slug: str) -> bool:
        values: list[Column] = [calendar["locationId"], slug, calendar["id"]]
        return self._calendars.count("location = ? AND slug = ? AND id != ?", values) > 0

    def _seed(self) -> list[str]:
        body = {
            "name": "Consultation",
            "description": "A first talk, half an hour",
            "teamMembers": [{"userId": self._company.user_id, "priority": 0.5, "isPrimary": True}],
            "openHours": [{"daysOfTheWeek": [day], "hours": [_OFFICE_HOURS]} for day in _WEEK],
        }
        return [self.create(location_id, body)["id"] for location_id in self._company.locations]


def _merged(known: list[Any], sent: list[Any]) -> list[Any]:
    """Put custom dates in by their id, or as new ones; `deleted` takes one out."""
    merged = {each["id"]: each for each in known}
    for each in sent:
        identifier = each.get("id") or new_hex_id()
        merged[identifier] = {**merged.get(identifier, {}), **each, "id": identifier}
    return [each for each in merged.values() if not each.get("deleted")]


def _number_places(calendar: Calendar) -> None:
    """Give each meeting place the id that appointments name it by, such as `custom_0`."""
    # the spec's example of meetingLocationId (calendars.json)
    for owner in (calendar, *calendar.get("teamMembers", ())):
        for number, place in enumerate(owner.get("locationConfigurations", ())):
            place["meetingId"] = f"{place['kind']}_{number}"
