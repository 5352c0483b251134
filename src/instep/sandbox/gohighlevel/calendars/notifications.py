"""What a calendar tells whom, and when: kept as it is set up; the sandbox sends none of it."""

from __future__ import annotations

from typing import Any

from instep.sandbox.gohighlevel.calendars.calendar_list import Calendars
from instep.sandbox.gohighlevel.calendars.paging import asked
from instep.sandbox.gohighlevel.calendars.refusals import unknown
from instep.sandbox.gohighlevel.calendars.rules import Calendar
from instep.sandbox.gohighlevel.identifiers import new_hex_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection, Column

Notification = dict[str, Any]

_PAGE = 100  # the spec's default (calendars.json)
_INNER = ("calendarId", "dateAdded", "place")


class Notifications:
    """The notifications of all calendars. A deleted one stays, marked so."""

    def __init__(self, services: Services) -> None:
        self._kept = Collection(
            services.state,
            "calendar_notifications",
            {
                "calendar": lambda each: each["calendarId"],
                "active": lambda each: each["isActive"],
                "deleted": lambda each: each["deleted"],
                "added": lambda each: each["dateAdded"],
                "place": lambda each: each["place"],
            },
            ["calendar, deleted, added, place"],
        )
        services.part(Calendars)  # which are followed
        services.lifecycle.follow("calendar", Stage.DELETED, self.forget_calendar)

    def of(
        self, calendar_id: str, *, active: bool | None, deleted: bool, limit: int, skip: int
    ) -> list[Notification]:
        """Return a page of a calendar's notifications in the order they were made."""
        where = "calendar = ? AND deleted = ?"
        values: list[Column] = [calendar_id, deleted]
        if active is not None:
            where += " AND active = ?"
            values.append(active)
        return self._kept.find(where, values, "added, place", limit, skip)

    def get(self, calendar_id: str, notification_id: str) -> Notification:
        """Return a notification. Raises Refusal if the calendar has none of this id."""
        found = self._kept.get(notification_id)
        if found is None or found["calendarId"] != calendar_id or found["deleted"]:
            raise unknown("Notification")
        return found

    def keep(self, notifications: list[Notification]) -> None:
        """Store notifications, new or changed."""
        self._kept.put_many((each["_id"], each) for each in notifications)

    def forget_calendar(self, calendar: Calendar) -> None:
        """Remove the notifications of a calendar that is gone."""
        for each in self._kept.find("calendar = ?", (calendar["id"],)):
            self._kept.delete(each["_id"])


def list_notifications(call: Call) -> list[Any]:
    """Return a page; those deleted only where they are asked for."""
    query = call.query
    active = query.get("isActive")
    found = call.part(Notifications).of(
        _calendar(call)["id"],
        active=None if active is None else active == "true",
        deleted=query.get("deleted") == "true",
        limit=asked(call, "limit", _PAGE),
        skip=asked(call, "skip"),
    )
    return [_shown(each) for each in found]


def create(call: Call) -> list[Any]:
    """Add notifications: the body is a list of them."""
    calendar = _calendar(call)
    made = [
        {
            "isActive": True,
            **item,
            "_id": new_hex_id(),
            "deleted": False,
            "calendarId": calendar["id"],
            "dateAdded": call.now,
            "place": place,
        }
        for place, item in enumerate(call.items or ())
    ]
    call.part(Notifications).keep(made)
    return [_shown(each) for each in made]


def get(call: Call) -> JsonObject:
    """Return one notification."""
    return _shown(_notification(call))


def update(call: Call) -> JsonObject:
    """Change a notification; `deleted` takes it out."""
    call.part(Notifications).keep([{**_notification(call), **call.body}])
    # not in the facts: the words of this and of the next
    return {"message": "Notification updated successfully"}


def delete(call: Call) -> JsonObject:
    """Take a notification out."""
    call.part(Notifications).keep([{**_notification(call), "deleted": True}])
    return {"message": "Notification deleted successfully"}


def _calendar(call: Call) -> Calendar:
    return call.reached(call.part(Calendars).get(call.path["calendarId"]))


def _notification(call: Call) -> Notification:
    calendar = _calendar(call)
    return call.part(Notifications).get(calendar["id"], call.path["notificationId"])


def _shown(notification: Notification) -> JsonObject:
    return {name: value for name, value in notification.items() if name not in _INNER}


OPERATIONS = (
    Operation("calendars.list_notifications", list_notifications),
    Operation("calendars.create_notification", create),
    Operation("calendars.get_notification", get),
    Operation("calendars.update_notification", update),
    Operation("calendars.delete_notification", delete),
)
