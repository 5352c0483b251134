"""Block slots: times when a calendar, or a user in every calendar, takes no bookings."""

from __future__ import annotations

from instep.sandbox.gohighlevel.calendars.calendar_list import Calendars
from instep.sandbox.gohighlevel.calendars.diary import BLOCK, Diary
from instep.sandbox.gohighlevel.calendars.refusals import unknown
from instep.sandbox.gohighlevel.calendars.slots import Event
from instep.sandbox.gohighlevel.calendars.views import blocked
from instep.sandbox.gohighlevel.calendars.zones import read_time, zone_of
from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import unprocessable
from instep.sandbox.gohighlevel.shapes import STRING, Property, Shape, required

_OWNERS = ("calendarId", "assignedUserId")
# the spec calls calendarId required, and says that either it or assignedUserId is set, not both;
# it calls the times optional, and its reply has them always (calendars.json)
_CHANGES: dict[str, Property] = {
    **dict.fromkeys(("title", "startTime", "endTime", *_OWNERS), STRING),
    "locationId": required(STRING),
}
_NEW = _CHANGES | {"startTime": required(STRING), "endTime": required(STRING)}


def create(call: Call) -> JsonObject:
    """Block a stretch of time."""
    blank = {"id": new_id(), "kind": BLOCK, "locationId": call.body["locationId"], "title": ""}
    with call.services.state.transaction():
        return _shown(call, call.part(Diary).add(_changed(call, blank)))


def update(call: Call) -> JsonObject:
    """Change a block."""
    diary = call.part(Diary)
    with call.services.state.transaction():
        before = call.reached(diary.get(call.path["eventId"], BLOCK))
        if before["locationId"] != call.body["locationId"]:
            raise unknown("Block slot")
        return _shown(call, diary.change(_changed(call, before)))


def _changed(call: Call, before: Event) -> Event:
    """Return a block with what the body names put in. Raises Refusal if it makes no sense."""
    body = call.body
    owners = {name: body[name] for name in _OWNERS if body.get(name)}
    if len(owners) > 1:
        raise unprocessable(["Either calendarId or assignedUserId can be set, not both."])
    kept = {name: before[name] for name in _OWNERS if name in before}
    if not (owners or kept):
        raise unprocessable(["Either calendarId or assignedUserId must be set."])
    block = {name: value for name, value in before.items() if name not in _OWNERS}
    block |= {**(owners or kept), "title": body.get("title", before["title"])}
    if "calendarId" in block:
        calendar = call.part(Calendars).get(block["calendarId"])
        if calendar["locationId"] != block["locationId"]:
            raise unknown("Calendar")
        block["groupId"] = calendar.get("groupId", "")
    return block | _times(call, before)


def _times(call: Call, before: Event) -> dict[str, int]:
    zone = zone_of(call.services.company.locations[call.body["locationId"]])
    times: dict[str, int] = {}
    for name, kept in (("startTime", "start"), ("endTime", "end")):
        at = read_time(call.body[name], zone) if name in call.body else before[kept]
        if at is None:
            raise unprocessable([f"{name} must be a valid ISO 8601 date string"])
        times[kept] = at
    if times["end"] <= times["start"]:
        raise unprocessable(["endTime must be after startTime"])
    return times


def _shown(call: Call, block: Event) -> JsonObject:
    return blocked(block, zone_of(call.services.company.locations[block["locationId"]]))


OPERATIONS = (
    Operation("calendars.create_block_slot", create, body=Shape(_NEW)),
    Operation("calendars.update_block_slot", update, body=Shape(_CHANGES)),
)
