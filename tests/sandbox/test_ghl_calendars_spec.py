"""Replies of calendars against the official specifications, as in test_ghl_spec.py."""

from __future__ import annotations

import json

import pytest

from tests.sandbox.calendar_caller import booked, made, set_clock
from tests.sandbox.ghl_caller import V2, V3
from tests.sandbox.ghl_specs import SPECS

FILES = {
    V2: ("apps/calendars.json", "apps/contacts.json"),
    V3: ("apps/v3/calendars-v3.json", "apps/v3/contacts-v3.json"),
}
TIMES = ("startTime", "endTime", "dateAdded", "dateUpdated")
START = "2030-01-07T10:00:00-05:00"

if SPECS:
    import jsonschema_rs

    def text_times(schema):
        """Let times be texts: the spec calls them objects, and gives texts as examples."""
        for name, inner in schema.get("properties", {}).items():
            if name in TIMES and inner.get("type") == "object":
                inner["type"] = "string"

    def operation(version, method, path):
        for name in FILES[version]:
            document = json.loads((SPECS / name).read_text())
            common = json.loads((SPECS / "apps/v3/common/common-schemas.json").read_text())
            document["components"]["schemas"] |= common["components"]["schemas"]
            for schema in document["components"]["schemas"].values():
                text_times(schema)
            if method.lower() in document["paths"].get(path, {}):
                return document, document["paths"][path][method.lower()]
        raise KeyError(path)

    def check(version, method, path, answer, status):
        assert answer.status == status, (method, path, answer)
        document, described = operation(version, method, path)
        schema = described["responses"][str(status)]["content"]["application/json"]["schema"]
        text = json.dumps({**schema, "components": document["components"]})
        text = text.replace("../common/common-schemas.json#", "#")
        body = answer.body
        if path.endswith("/free-slots"):
            # its schema knows dates only; the real reply has a trace id (facts: ghl 6.8)
            body = {day: slots for day, slots in body.items() if day != "traceId"}
        jsonschema_rs.validate(json.loads(text), body)

    GROUP = {"name": "G", "description": "D", "slug": "g"}
    ROOM = {
        "name": "R",
        "description": "",
        "quantity": 1,
        "outOfService": 0,
        "capacity": 2,
        "calendarIds": [],
    }
    NOTIFICATION = {
        "receiverType": "emails",
        "channel": "email",
        "notificationType": "booked",
        "additionalEmailIds": ["a@x.org"],
    }

    async def arranged(ghl):
        """Everything there is one of; what a path may name, by the spec's names."""
        set_clock(ghl)
        where = {"locationId": ghl.location}
        contact = await ghl.create(firstName="Ada", email="ada@x.org")
        answer = await ghl.call("POST", "/calendars/groups", json={**where, **GROUP})
        group = answer.body["group"]
        calendar = await made(
            ghl,
            groupId=group["id"],
            teamMembers=[{"userId": "ann", "priority": 1}],
            locationConfigurations=[{"kind": "custom", "location": "x"}],
            availabilities=[{"date": "2030-02-01T00:00:00.000Z", "hours": []}],
        )
        event = await booked(ghl, calendar, contact, START)
        block = {**where, "calendarId": calendar["id"], "startTime": START}
        block |= {"endTime": "2030-01-07T12:00:00-05:00"}
        blocked = await ghl.call("POST", "/calendars/events/block-slots", json=block)
        notes = f"/calendars/appointments/{event['id']}/notes"
        note = await ghl.call("POST", notes, json={"body": "b", "userId": "ann"})
        path = f"/calendars/{calendar['id']}/notifications"
        (told,) = (await ghl.call("POST", path, json=[NOTIFICATION])).body
        room = await ghl.call("POST", "/calendars/resources/rooms", json={**where, **ROOM})
        return {
            "where": where,
            "contactId": contact["id"],
            "groupId": group["id"],
            "calendarId": calendar["id"],
            "eventId": event["id"],
            "appointmentId": event["id"],
            "blockId": blocked.body["id"],
            "noteId": note.body["note"]["id"],
            "notificationId": told["_id"],
            "resourceType": "rooms",
            "id": room.body["id"],
        }

    def calls_of(there):
        """Method, path of the spec, query, body and status; in this order."""
        where, calendar = there["where"], {"calendarId": there["calendarId"]}
        around = {"startTime": "1893456000000", "endTime": "1896134400000"}
        slots = {"startDate": "1893456000000", "endDate": "1896134400000"}
        pages = {"limit": "5", "skip": "0"}
        note = "/calendars/appointments/{appointmentId}/notes"
        one_note = f"{note}/{{noteId}}"
        notification = "/calendars/{calendarId}/notifications"
        one_notification = f"{notification}/{{notificationId}}"
        room, one_room = (
            "/calendars/resources/{resourceType}",
            "/calendars/resources/{resourceType}/{id}",
        )
        event = "/calendars/events/appointments"
        later = {"startTime": "2030-01-08T09:00:00-05:00", "contactId": there["contactId"]}
        block = {**where, **calendar, "startTime": START, "endTime": "2030-01-07T11:30:00-05:00"}
        return [
            ("GET", "/calendars/groups", where, None, 200),
            ("POST", "/calendars/groups", {}, {**where, **GROUP, "slug": "h"}, 201),
            ("POST", "/calendars/groups", {}, {**where, **GROUP}, 400),
            ("POST", "/calendars/groups/validate-slug", {}, {**where, "slug": "g"}, 200),
            ("PUT", "/calendars/groups/{groupId}", {}, GROUP, 200),
            ("PUT", "/calendars/groups/{groupId}/status", {}, {"isActive": False}, 200),
            ("GET", "/calendars/", where, None, 200),
            ("POST", "/calendars/", {}, {**where, "name": "Other"}, 200),
            ("GET", "/calendars/{calendarId}", {}, None, 200),
            ("PUT", "/calendars/{calendarId}", {}, {"name": "Third"}, 200),
            ("GET", "/calendars/{calendarId}/free-slots", slots, None, 200),
            ("GET", "/calendars/events", {**where, **around, **calendar}, None, 200),
            ("GET", "/calendars/blocked-slots", {**where, **around, **calendar}, None, 200),
            ("GET", f"{event}/{{eventId}}", {}, None, 200),
            ("POST", event, {}, {**where, **calendar, **later}, 200),
            ("POST", event, {}, {**where, **calendar, **later}, 400),
            ("PUT", f"{event}/{{eventId}}", {}, {"title": "Talk"}, 200),
            ("GET", "/contacts/{contactId}/appointments", {}, None, 200),
            ("POST", "/calendars/events/block-slots", {}, block, 201),
            ("PUT", "/calendars/events/block-slots/{blockId}", {}, {**where, "title": "B"}, 201),
            ("GET", note, {"limit": "5", "offset": "0"}, None, 200),
            ("POST", note, {}, {"body": "c"}, 201),
            ("PUT", one_note, {}, {"body": "d"}, 200),
            ("DELETE", one_note, {}, None, 200),
            ("GET", notification, {}, None, 200),
            ("POST", notification, {}, [NOTIFICATION], 200),
            ("GET", one_notification, {}, None, 200),
            ("PUT", one_notification, {}, {"subject": "s"}, 200),
            ("DELETE", one_notification, {}, None, 200),
            ("GET", room, {**where, **pages}, None, 200),
            ("POST", room, {}, {**where, **ROOM}, 201),
            ("GET", one_room, {}, None, 200),
            ("PUT", one_room, {}, {"name": "S"}, 200),
            ("DELETE", one_room, {}, None, 200),
            ("DELETE", "/calendars/events/{eventId}", {}, {}, 201),
            ("DELETE", "/calendars/events/{eventId}", {}, {}, 400),
            ("DELETE", "/calendars/{calendarId}", {}, None, 200),
            ("DELETE", "/calendars/groups/{groupId}", {}, None, 200),
        ]

    @pytest.mark.parametrize("version", [V2, V3])
    async def test_replies_have_the_published_shapes(ghl, version):
        there = await arranged(ghl)
        called = set()
        for method, path, query, sent, status in calls_of(there):
            published = path.replace("{blockId}", "{eventId}")
            called.add((method, published))
            answer = await ghl.call(
                method, path.format(**there), version=version, params=query, json=sent
            )
            check(version, method, published, answer, status)
        assert len(called) == 35
