"""What is in the diary between two moments, what is free there, and taking an event out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from instep.sandbox.gohighlevel.calendars.calendar_list import Calendars
from instep.sandbox.gohighlevel.calendars.diary import APPOINTMENT, BLOCK, SERIES, Diary
from instep.sandbox.gohighlevel.calendars.refusals import not_in_team
from instep.sandbox.gohighlevel.calendars.rules import Calendar
from instep.sandbox.gohighlevel.calendars.slots import Stretch
from instep.sandbox.gohighlevel.calendars.views import listed
from instep.sandbox.gohighlevel.calendars.zones import (
    read_milliseconds,
    wall_clock,
    with_offset,
    zone_named,
    zone_of,
)
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import bad_request, unprocessable

_WHOSE = ("userId", "calendarId", "groupId")
_LONGEST = 31 * 86_400_000  # facts: ghl 6.8


def list_events(call: Call) -> JsonObject:
    """Return the appointments of a user, calendar or group, cancelled ones too."""
    return _listed(call, APPOINTMENT)


def list_blocked_slots(call: Call) -> JsonObject:
    """Return the blocks of a user, calendar or group."""
    return _listed(call, BLOCK)


def delete_event(call: Call) -> JsonObject:
    """Remove an appointment, an instance of a series, a series or a block."""
    diary = call.part(Diary)
    diary.delete(call.reached(diary.get(call.path["eventId"], APPOINTMENT, SERIES, BLOCK)))
    return {"succeeded": True}


def free_slots(call: Call) -> JsonObject:
    """Return the free slots of at most 31 days, by date in the zone asked for."""
    calendar = call.reached(call.part(Calendars).get(call.path["calendarId"]))
    location = call.services.company.locations[calendar["locationId"]]
    zone = zone_of(location)
    if "timezone" in call.query:
        asked = zone_named(call.query["timezone"])
        if asked is None:
            raise unprocessable(["timezone must be a valid IANA time zone"])
        zone = asked
    since, until = _stretch(call, "startDate", "endDate")
    if until - since > _LONGEST:
        raise bad_request("Date range cannot be more than 31 days")
    starts = _free(call, calendar, Stretch(since, until + 1), _members(call, calendar))
    return _by_date(starts, zone)


def _free(
    call: Call, calendar: Calendar, within: Stretch, members: Sequence[str | None]
) -> Iterator[int]:
    table = call.part(Diary).table(calendar, within)
    bookable = table.bookable(call.now)
    within = Stretch(max(within.start, bookable.start), min(within.end, bookable.end))
    if within.start >= within.end:
        return
    together = calendar["calendarType"] == "collective"
    has_room = table.all_free if together else table.has_room
    duration = table.rules.duration
    for start in table.starts(within, duration):
        slot = Stretch(start, start + duration)
        if has_room(slot, members) and not table.day_is_full(slot):
            yield start


def _by_date(starts: Iterator[int], zone: ZoneInfo) -> JsonObject:
    # facts: ghl 6.8; not in the facts: that a day without a free slot is left out
    days: dict[str, dict[str, list[str]]] = defaultdict(lambda: {"slots": []})
    for start in sorted(set(starts)):
        day = wall_clock(start, zone).date().isoformat()
        days[day]["slots"].append(with_offset(start, zone))
    return dict(days)


def _members(call: Call, calendar: Calendar) -> Sequence[str | None]:
    """Return whose slots are asked for; None stands for a calendar without a team."""
    team = [each["userId"] for each in calendar.get("teamMembers", ())]
    query = call.query
    texts = [*query.getlist("userIds"), *query.getlist("userIds[]"), query.get("userId", "")]
    asked = [each for text in texts for each in text.split(",") if each]
    if not asked:
        return team or [None]
    if not set(asked) <= set(team):
        raise not_in_team()
    return team if calendar["calendarType"] == "collective" else asked


def _listed(call: Call, kind: str) -> JsonObject:
    query = call.query
    whose = {name: query[name] for name in _WHOSE if query.get(name)}
    if not whose:
        # facts: ghl 6.8; integrators report status 422, the words are the spec's
        raise unprocessable(["Either of userId, calendarId or groupId is required"])
    since, until = _stretch(call, "startTime", "endTime")
    location_id = query["locationId"]
    zone = zone_of(call.services.company.locations[location_id])
    events = call.part(Diary).between(kind, location_id, since, until, whose)
    return {"events": [listed(each, zone, call.view) for each in events]}


def _stretch(call: Call, first: str, last: str) -> tuple[int, int]:
    """Return two moments of the query. Raises Refusal if they are none, or the wrong way round."""
    found = {name: read_milliseconds(call.query.get(name)) for name in (first, last)}
    wrong = [f"{name} must be a time in milliseconds" for name, at in found.items() if at is None]
    since, until = found[first], found[last]
    if since is None or until is None:
        raise unprocessable(wrong)
    if until < since:
        raise bad_request(f"{last} must not be before {first}")
    return since, until


OPERATIONS = (
    Operation("calendars.list_events", list_events),
    Operation("calendars.list_blocked_slots", list_blocked_slots),
    Operation("calendars.delete_event", delete_event),
    Operation("calendars.free_slots", free_slots),
)
