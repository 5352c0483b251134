"""The doors of GoHighLevel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from tests.chaos.doors import App, Door, Shown

_ID = r"(?P<id>[^/]+)"
_OF_CONTACT = r"/contacts/[^/]+"
_CALENDARS = {"Version": "2021-04-15"}


def first_calendar(app: App, location: str) -> tuple[str, str]:
    """Return the location's calendar and a user of its team."""
    path = f"/calendars/?locationId={location}"
    calendar = app.by_hand("GET", path, **_CALENDARS)["calendars"][0]
    return calendar["id"], calendar["teamMembers"][0]["userId"]


class GhlContacts(Door):
    """Contacts of a location."""

    id_key = "id"
    keys: ClassVar = {
        "first_name": "firstName",
        "last_name": "lastName",
        "email": "email",
        "phone": "phone",
        "address": "address1",
        "city": "city",
        "state": "state",
        "postal_code": "postalCode",
    }
    calls = (
        ("POST", "/contacts/", "create"),
        ("PUT", f"/contacts/{_ID}", "set"),
        ("POST", f"/contacts/{_ID}/tags", "tag"),
        ("DELETE", f"/contacts/{_ID}/tags", "untag"),
        ("DELETE", f"/contacts/{_ID}", "remove"),
    )

    def everything(self) -> Iterator[dict[str, Any]]:
        body: dict[str, Any] = {"locationId": self._location, "pageLimit": 100}
        while page := self.app.by_hand("POST", "/contacts/search", body)["contacts"]:
            yield from page
            body["searchAfter"] = page[-1]["searchAfter"]

    def show(self, raw: Mapping[str, Any]) -> Shown:
        # a search calls it address, everything else address1
        return super().show({**raw, "address1": raw.get("address1") or raw.get("address")})

    def is_one(self, raw: Mapping[str, Any]) -> bool:
        return "id" in raw and "lastName" in raw

    def add(self, values: Mapping[str, Any], parent_id: str | None) -> str:
        assert parent_id is None
        body = {"locationId": self._location, **self._sent(values)}
        return str(self.app.by_hand("POST", "/contacts/", body)["contact"]["id"])

    def edit(self, shown: Shown, name: str, value: Any) -> None:
        emptied = "" if name == "postal_code" else None
        body = {self.keys[name]: emptied if value is None else value}
        self.app.by_hand("PUT", f"/contacts/{shown.id}", body)

    def tag(self, record_id: str, tag: str, *, on: bool) -> None:
        method = "POST" if on else "DELETE"
        self.app.by_hand(method, f"/contacts/{record_id}/tags", {"tags": [tag]})

    def remove(self, shown: Shown) -> None:
        self.app.by_hand("DELETE", f"/contacts/{shown.id}")


class GhlBusinesses(Door):
    """Businesses of a location."""

    id_key = "id"
    keys: ClassVar = {
        "name": "name",
        "phone": "phone",
        "website": "website",
        "address": "address",
        "city": "city",
    }
    calls = (
        ("POST", "/businesses/", "create"),
        ("PUT", f"/businesses/{_ID}", "set"),
        ("DELETE", f"/businesses/{_ID}", "remove"),
    )

    def everything(self) -> Iterator[dict[str, Any]]:
        path = f"/businesses/?locationId={self._location}&limit=100&skip=0"
        yield from self.app.by_hand("GET", path)["businesses"]

    def is_one(self, raw: Mapping[str, Any]) -> bool:
        return "id" in raw and "name" in raw and "lastName" not in raw

    def add(self, values: Mapping[str, Any], parent_id: str | None) -> str:
        assert parent_id is None
        body = {"locationId": self._location, **self._sent(values)}
        made = self.app.by_hand("POST", "/businesses/", body)
        return str(next(self.records_told(made))["id"])

    def edit(self, shown: Shown, name: str, value: Any) -> None:
        self.app.by_hand("PUT", f"/businesses/{shown.id}", {self.keys[name]: value or ""})

    def remove(self, shown: Shown) -> None:
        self.app.by_hand("DELETE", f"/businesses/{shown.id}")


class _OfContacts(Door):
    """What belongs to contacts."""

    id_key = "id"
    plural: ClassVar[str]

    def is_one(self, raw: Mapping[str, Any]) -> bool:
        return "id" in raw and "contactId" in raw and self._names.keys() & raw.keys() != set()

    def everything(self) -> Iterator[dict[str, Any]]:
        for parent_id in self.parents:
            try:
                got = self.app.by_hand("GET", f"/contacts/{parent_id}/{self.plural}")
            except KeyError:
                continue  # the contact is gone, and everything of it
            yield from self.records_told(got)

    def add(self, values: Mapping[str, Any], parent_id: str | None) -> str:
        made = self.app.by_hand("POST", f"/contacts/{parent_id}/{self.plural}", self._sent(values))
        return str(next(self.records_told(made))["id"])

    def edit(self, shown: Shown, name: str, value: Any) -> None:
        path = f"/contacts/{shown.parent_id}/{self.plural}/{shown.id}"
        self.app.by_hand("PUT", path, self._sent({name: "" if value is None else value}))

    def remove(self, shown: Shown) -> None:
        path = f"/contacts/{shown.parent_id}/{self.plural}/{shown.id}"
        self.app.by_hand("DELETE", path)

    def _parent(self, raw: Mapping[str, Any]) -> str | None:
        return raw.get("contactId")


class GhlTasks(_OfContacts):
    """Tasks of contacts."""

    plural = "tasks"
    keys: ClassVar = {
        "title": "title",
        "body": "body",
        "due_at": "dueDate",
        "completed": "completed",
    }
    moments = ("due_at",)
    calls = (
        ("POST", f"{_OF_CONTACT}/tasks", "create"),
        ("PUT", f"{_OF_CONTACT}/tasks/{_ID}", "set"),
        ("DELETE", f"{_OF_CONTACT}/tasks/{_ID}", "remove"),
    )

    def _sent(self, values: Mapping[str, Any]) -> dict[str, Any]:
        sent = super()._sent(values)
        return {"completed": False, **sent} if "title" in sent else sent

    def is_one(self, raw: Mapping[str, Any]) -> bool:
        return super().is_one(raw) and "dueDate" in raw


class GhlNotes(_OfContacts):
    """Notes of contacts."""

    plural = "notes"
    keys: ClassVar = {"title": "title", "body": "body"}
    calls = (
        ("POST", f"{_OF_CONTACT}/notes", "create"),
        ("PUT", f"{_OF_CONTACT}/notes/{_ID}", "set"),
        ("DELETE", f"{_OF_CONTACT}/notes/{_ID}", "remove"),
    )

    def is_one(self, raw: Mapping[str, Any]) -> bool:
        return super().is_one(raw) and "dueDate" not in raw


class GhlAppointments(_OfContacts):
    """Appointments of contacts, in the location's one calendar."""

    plural = "appointments"
    keys: ClassVar = {
        "title": "title",
        "starts_at": "startTime",
        "ends_at": "endTime",
        "address": "address",
    }
    moments = ("starts_at", "ends_at")
    calls = (
        ("POST", "/calendars/events/appointments", "create"),
        ("PUT", f"/calendars/events/appointments/{_ID}", "set"),
        ("DELETE", f"/calendars/events/{_ID}", "remove"),
    )

    def everything(self) -> Iterator[dict[str, Any]]:
        for each in super().everything():
            # a contact's list tells local times
            got = self.app.by_hand(
                "GET", f"/calendars/events/appointments/{each['id']}", **_CALENDARS
            )
            yield from self.records_told(got)

    def is_one(self, raw: Mapping[str, Any]) -> bool:
        return "id" in raw and "startTime" in raw

    def add(self, values: Mapping[str, Any], parent_id: str | None) -> str:
        calendar, user = first_calendar(self.app, str(self._location))
        body = {
            "locationId": self._location,
            "calendarId": calendar,
            "assignedUserId": user,
            "contactId": parent_id,
            "appointmentStatus": "confirmed",
            "ignoreFreeSlotValidation": True,
            "ignoreDateRange": True,
            **self._sent(values),
        }
        made = self.app.by_hand("POST", "/calendars/events/appointments", body, **_CALENDARS)
        return str(next(self.records_told(made))["id"])

    def edit(self, shown: Shown, name: str, value: Any) -> None:
        body = {"ignoreFreeSlotValidation": True, self.keys[name]: value or ""}
        path = f"/calendars/events/appointments/{shown.id}"
        self.app.by_hand("PUT", path, body, **_CALENDARS)

    def remove(self, shown: Shown) -> None:
        self.app.by_hand("DELETE", f"/calendars/events/{shown.id}", {}, **_CALENDARS)
