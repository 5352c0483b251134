from __future__ import annotations

import re

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from instep.sandbox.gohighlevel.calendars.rules import rules_of
from instep.sandbox.gohighlevel.lifecycle import Stage
from tests.sandbox.calendar_caller import changed, free, made, set_clock
from tests.sandbox.ghl_caller import V2, V3, serving

GROUPS = "/calendars/groups"
TEAM = [{"userId": "ann"}]


async def calendars(ghl, **query):
    answer = await ghl.call("GET", "/calendars/", params={"locationId": ghl.location, **query})
    assert answer.status == 200, answer
    return answer.body["calendars"]


async def group(ghl, slug="talks", **values):
    body = {"locationId": ghl.location, "name": "Talks", "description": "All", "slug": slug}
    answer = await ghl.call("POST", GROUPS, json={**body, **values})
    assert answer.status == 201, answer
    return answer.body["group"]


async def test_each_location_begins_with_a_calendar_that_can_be_booked(ghl):
    set_clock(ghl)
    (calendar,) = await calendars(ghl)
    assert calendar["isActive"] is True
    assert len(calendar["teamMembers"]) == 1
    slots = await free(ghl, calendar, "2030-01-06T00:00:00-05:00", "2030-01-12T23:00:00-05:00")
    assert list(slots) == [f"2030-01-{day:02}" for day in range(7, 12)]
    agency = ghl.told["agency_private_integration_token"]
    query = {"locationId": ghl.other_location}
    there = await ghl.call("GET", "/calendars/", token=agency, params=query)
    assert len(there.body["calendars"]) == 1


@pytest.mark.parametrize("version", [V2, V3])
async def test_a_calendar_has_what_it_was_given_and_the_defaults(ghl, version):
    body = {"locationId": ghl.location, "name": "First talk", "slotDuration": 45, "notes": ""}
    answer = await ghl.call("POST", "/calendars/", version=version, json=body)
    assert answer.status == 200
    calendar = answer.body["calendar"]
    assert re.fullmatch(r"[0-9A-Za-z]{20}", calendar["id"])
    assert calendar["slotDuration"] == 45
    assert (calendar["slotInterval"], calendar["eventColor"]) == (30, "#039be5")
    assert (calendar["slug"], calendar["calendarType"]) == ("first-talk", "event")
    read = await ghl.call("GET", f"/calendars/{calendar['id']}", version=version)
    assert read.body["calendar"] == calendar


async def test_a_calendar_without_open_hours_has_no_free_slot(ghl):
    set_clock(ghl)
    calendar = await made(ghl, openHours=[])
    assert await free(ghl, calendar, "2030-01-07T00:00:00Z", "2030-01-12T00:00:00Z") == {}


async def test_an_update_changes_what_it_names(ghl):
    calendar = await made(ghl, description="Old", slotBuffer=5)
    after = await changed(ghl, calendar, description="New", isActive=False)
    assert after == {**calendar, "description": "New", "isActive": False}
    assert calendar["id"] not in {c["id"] for c in await calendars(ghl, showDrafted="false")}
    assert calendar["id"] in {c["id"] for c in await calendars(ghl)}


async def test_a_deleted_calendar_is_gone(ghl):
    calendar = await made(ghl)
    path = f"/calendars/{calendar['id']}"
    answer = await ghl.call("DELETE", path)
    assert (answer.status, answer.body["success"]) == (200, True)
    for method, sent in (("GET", None), ("PUT", {"name": "x"}), ("DELETE", None)):
        answer = await ghl.call(method, path, json=sent)
        assert (answer.status, answer.message) == (400, "Calendar not found")


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"name": ""}, 422),
        ({"calendarType": "round_robin"}, 422),
        ({"calendarType": "collective", "teamMembers": []}, 422),
        ({"calendarType": "personal", "teamMembers": [*TEAM, {"userId": "bob"}]}, 422),
        ({"calendarType": "personal", "teamMembers": TEAM}, 200),
        ({"calendarType": "party"}, 422),
        ({"groupId": "unknown"}, 400),
        ({"slug": "consultation"}, 400),
        ({"locationId": "unknown"}, 403),
        ({"availabilities": [{"date": "someday", "hours": []}]}, 422),
        ({"openHours": [{"daysOfTheWeek": [7], "hours": []}]}, 422),
        ({"odd": 1}, 422),
    ],
)
async def test_a_calendar_must_make_sense(ghl, values, status):
    body = {"locationId": ghl.location, "name": "Talk", **values}
    assert (await ghl.call("POST", "/calendars/", json=body)).status == status


async def test_two_calendars_of_one_name_have_two_slugs(ghl):
    assert (await made(ghl))["slug"] != (await made(ghl))["slug"]


async def test_meeting_places_are_numbered(ghl):
    places = [{"kind": "custom", "location": "x"}, {"kind": "physical", "location": "y"}]
    calendar = await made(ghl, locationConfigurations=places)
    ids = [each["meetingId"] for each in calendar["locationConfigurations"]]
    assert ids == ["custom_0", "physical_1"]


async def test_a_user_who_is_gone_leaves_every_team(ghl):
    calendar = await made(ghl, teamMembers=[*TEAM, {"userId": "bob"}])
    ghl.app.services.lifecycle.announce("user", Stage.DELETED, {"id": "ann"})
    read = (await ghl.call("GET", f"/calendars/{calendar['id']}")).body["calendar"]
    assert [each["userId"] for each in read["teamMembers"]] == ["bob"]


async def test_a_location_that_is_gone_leaves_nothing_behind(ghl):
    await group(ghl)
    ghl.app.services.lifecycle.announce("location", Stage.DELETED, {"id": ghl.location})
    assert await calendars(ghl) == []
    assert (await ghl.call("GET", f"{GROUPS}?locationId={ghl.location}")).body["groups"] == []


@pytest.mark.parametrize(
    ("settings", "name", "length"),
    [
        ({}, "duration", 1_800_000),
        ({"slotDuration": 1.5, "slotDurationUnit": "hours"}, "duration", 5_400_000),
        ({"slotDuration": -5}, "duration", 60_000),
        ({"slotInterval": 0}, "interval", 60_000),
        ({"allowBookingAfter": 2}, "notice", 7_200_000),
        ({"allowBookingAfter": 1, "allowBookingAfterUnit": "weeks"}, "notice", 604_800_000),
        ({"allowBookingFor": 0}, "horizon", None),
        ({"preBuffer": 1, "preBufferUnit": "hours"}, "before", 3_600_000),
    ],
)
def test_lengths_are_read_in_their_unit(settings, name, length):
    assert getattr(rules_of(settings), name) == length


async def test_a_group_is_created_changed_switched_off_and_deleted(ghl):
    one = await group(ghl)
    assert one["isActive"] is True
    path = f"{GROUPS}/{one['id']}"
    body = {"name": "Chats", "description": "Some", "slug": "chats"}
    answer = await ghl.call("PUT", path, json=body)
    assert (answer.status, answer.body["group"]) == (200, {**one, **body})
    answer = await ghl.call("PUT", f"{path}/status", json={"isActive": False})
    assert (answer.status, answer.body["success"]) == (200, True)
    listed = (await ghl.call("GET", f"{GROUPS}?locationId={ghl.location}")).body["groups"]
    assert listed == [{**one, **body, "isActive": False}]
    answer = await ghl.call("DELETE", path)
    assert (answer.status, answer.body["success"]) == (200, True)
    assert (await ghl.call("DELETE", path)).status == 400
    assert (await ghl.call("PUT", path, json=body)).status == 400


async def test_a_slug_belongs_to_one_group_of_a_location(ghl):
    path, body = f"{GROUPS}/validate-slug", {"locationId": ghl.location, "slug": "talks"}
    assert (await ghl.call("POST", path, json=body)).body["available"] is True
    one = await group(ghl)
    answer = await ghl.call("POST", path, json=body)
    assert (answer.status, answer.body["available"]) == (200, False)
    again = {"locationId": ghl.location, "name": "x", "description": "", "slug": "talks"}
    assert (await ghl.call("POST", GROUPS, json=again)).status == 400
    same = {"name": "x", "description": "", "slug": "talks"}
    assert (await ghl.call("PUT", f"{GROUPS}/{one['id']}", json=same)).status == 200


async def test_calendars_of_a_deleted_group_stand_alone(ghl):
    one = await group(ghl)
    calendar = await made(ghl, groupId=one["id"])
    assert [c["id"] for c in await calendars(ghl, groupId=one["id"])] == [calendar["id"]]
    await ghl.call("DELETE", f"{GROUPS}/{one['id']}")
    read = (await ghl.call("GET", f"/calendars/{calendar['id']}")).body["calendar"]
    assert "groupId" not in read


REMINDER = {
    "receiverType": "contact",
    "channel": "email",
    "notificationType": "reminder",
    "beforeTime": [{"timeOffset": 1, "unit": "hours"}],
}


async def test_notifications_are_created_by_the_list(ghl):
    calendar = await made(ghl)
    path = f"/calendars/{calendar['id']}/notifications"
    answer = await ghl.call("POST", path, json=[REMINDER, {**REMINDER, "isActive": False}])
    assert answer.status == 200
    first, second = answer.body
    assert re.fullmatch("[0-9a-f]{24}", first["_id"])
    assert first == {**REMINDER, "_id": first["_id"], "isActive": True, "deleted": False}
    assert (await ghl.call("GET", path)).body == [first, second]
    assert (await ghl.call("GET", path, params={"isActive": "false"})).body == [second]
    assert (await ghl.call("GET", path, params={"skip": "1", "limit": "5"})).body == [second]


async def test_a_notification_is_changed_and_a_deleted_one_stays_marked(ghl):
    calendar = await made(ghl)
    path = f"/calendars/{calendar['id']}/notifications"
    (made_one,) = (await ghl.call("POST", path, json=[REMINDER])).body
    one = f"{path}/{made_one['_id']}"
    answer = await ghl.call("PUT", one, json={"subject": "Soon"})
    assert (answer.status, list(answer.body)) == (200, ["message", "traceId"])
    read = (await ghl.call("GET", one)).body
    assert {name: read[name] for name in (*made_one, "subject")} == {**made_one, "subject": "Soon"}
    assert (await ghl.call("DELETE", one)).status == 200
    assert (await ghl.call("DELETE", one)).status == 400
    assert (await ghl.call("GET", path)).body == []
    (gone,) = (await ghl.call("GET", path, params={"deleted": "true"})).body
    assert gone["deleted"] is True


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (REMINDER, 400),
        ([{**REMINDER, "channel": "pigeon"}], 422),
        ([REMINDER, {}], 422),
        (["remind me"], 422),
        ([{**REMINDER, "odd": 1}], 422),
    ],
)
async def test_a_notification_must_make_sense(ghl, sent, status):
    calendar = await made(ghl)
    path = f"/calendars/{calendar['id']}/notifications"
    assert (await ghl.call("POST", path, json=sent)).status == status
    assert (await ghl.call("GET", path)).body == []
    assert (await ghl.call("POST", "/calendars/unknown/notifications", json=[])).status == 400


def room(ghl, **values):
    return {
        "locationId": ghl.location,
        "name": "Yoga room",
        "description": "",
        "quantity": 1,
        "outOfService": 0,
        "capacity": 12,
        "calendarIds": [],
        **values,
    }


@pytest.mark.parametrize("version", [V2, V3])
@pytest.mark.parametrize("kind", ["rooms", "equipments"])
async def test_a_resource_is_created_read_changed_and_deleted(ghl, version, kind):
    calendar = await made(ghl)
    path = f"/calendars/resources/{kind}"
    body = room(ghl, calendarIds=[calendar["id"]])
    answer = await ghl.call("POST", path, version=version, json=body)
    assert answer.status == 201
    one = f"{path}/{answer.body['id']}"
    read = await ghl.call("GET", one, version=version)
    assert {name: read.body[name] for name in body} == body
    assert (read.body["resourceType"], read.body["isActive"]) == (kind, True)
    after = await ghl.call("PUT", one, version=version, json={"name": "Hall"})
    assert (after.status, after.body["name"]) == (200, "Hall")
    assert "calendarIds" not in after.body
    query = {"locationId": ghl.location, "limit": "5", "skip": "0"}
    (listed,) = (await ghl.call("GET", path, version=version, params=query)).body
    assert (listed["name"], listed["calendarIds"]) == ("Hall", [calendar["id"]])
    await ghl.call("DELETE", f"/calendars/{calendar['id']}")
    assert (await ghl.call("GET", one, version=version)).body["calendarIds"] == []
    assert (await ghl.call("DELETE", one, version=version)).body["success"] is True
    assert (await ghl.call("DELETE", one, version=version)).status == 400


async def test_a_resource_must_make_sense(ghl):
    first, second = await made(ghl), await made(ghl, name="Other")
    both = [first["id"], second["id"]]
    cases = [
        ("rooms", room(ghl, calendarIds=both), 201),
        ("equipments", room(ghl, calendarIds=both), 400),
        ("rooms", room(ghl, calendarIds=["unknown"]), 400),
        ("rooms", room(ghl, calendarIds=both * 51), 422),
        ("rooms", {"locationId": ghl.location, "name": "x"}, 422),
        ("planes", room(ghl), 422),
    ]
    for kind, body, status in cases:
        answer = await ghl.call("POST", f"/calendars/resources/{kind}", json=body)
        assert answer.status == status, (kind, answer)


async def test_resources_are_for_a_locations_own_token(ghl):
    agency = ghl.told["agency_private_integration_token"]
    query = {"locationId": ghl.location, "limit": "5", "skip": "0"}
    answer = await ghl.call("GET", "/calendars/resources/rooms", token=agency, params=query)
    assert answer.status == 401


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("calendars.readonly", "GET", "/calendars/?locationId={}"),
        ("calendars.write", "POST", "/calendars/"),
        ("calendars/groups.readonly", "GET", "/calendars/groups?locationId={}"),
        ("calendars/groups.write", "POST", "/calendars/groups"),
        ("calendars/events.readonly", "GET", "/calendars/events/appointments/x"),
        ("calendars/events.write", "POST", "/calendars/events/appointments"),
        ("calendars/resources.readonly", "GET", "/calendars/resources/rooms/x"),
        ("calendars/resources.write", "DELETE", "/calendars/resources/rooms/x"),
        ("contacts.readonly", "GET", "/contacts/x/appointments"),
    ],
)
async def test_each_operation_wants_its_own_scope(ghl, scope, method, path):
    token = ghl.told["private_integration_token"]

    async def allowed(*scopes):
        body = {"token": token, "scopes": scopes}
        assert (await ghl.call("PUT", "/_sandbox/scopes", json=body)).status == 200
        sent = {} if method != "GET" else None
        answer = await ghl.call(method, path.format(ghl.location), json=sent)
        return answer.status != 401

    assert await allowed(scope)
    assert not await allowed("locations.readonly")


async def test_calendars_survive_a_restart_and_are_seeded_once(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        one = await group(ghl)
        await made(ghl, groupId=one["id"])
        before = await calendars(ghl)
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        assert await calendars(ghl) == before
        assert (await ghl.call("GET", f"{GROUPS}?locationId={ghl.location}")).body["groups"] == [
            one
        ]
