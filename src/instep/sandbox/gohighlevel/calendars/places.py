"""Where an appointment takes place: as sent, or as the calendar is set up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instep.sandbox.gohighlevel.calendars.rules import Calendar
from instep.sandbox.gohighlevel.calendars.slots import Event

# not in the facts: which kind of the calendar's settings is which type of an appointment
_TYPES = {
    "custom": "custom",
    "zoom_conference": "zoom",
    "google_conference": "gmeet",
    "inbound_call": "phone",
    "outbound_call": "phone",
    "physical": "address",
    "booker": "custom",
    "ms_teams_conference": "ms_teams",
}


def place_of(calendar: Calendar, event: Event, body: Mapping[str, Any]) -> dict[str, str]:
    """Return type and address of the meeting place that a body asks for, or the first there is."""
    if "address" in body:
        # an address alone makes the place a custom one (calendars.json, meetingLocationType)
        kind = body.get("meetingLocationType", "custom")
        return {"meetingLocationType": kind, "address": body["address"]}
    places = _places(calendar, event)
    wanted = body.get("meetingLocationId")
    found = [each for each in places if each["meetingId"] == wanted] if wanted else places
    if "meetingLocationType" in body and not wanted:
        kind = body["meetingLocationType"]
        found = [each for each in places if _TYPES[each["kind"]] == kind]
        address = found[0].get("location", "") if found else ""
        return {"meetingLocationType": kind, "address": address}
    if not found:
        return {"meetingLocationType": "default", "address": ""}
    return {
        "meetingLocationType": _TYPES[found[0]["kind"]],
        "address": found[0].get("location", ""),
    }


def _places(calendar: Calendar, event: Event) -> list[dict[str, Any]]:
    """Return the places of the member it is assigned to, then the calendar's own."""
    owner = event.get("assignedUserId")
    return [
        *(
            place
            for member in calendar.get("teamMembers", ())
            if member["userId"] == owner
            for place in member.get("locationConfigurations", ())
        ),
        *calendar.get("locationConfigurations", ()),
    ]
