from __future__ import annotations

import pytest

from instep.connectors.insightly.emulator import InsightlyApp
from instep.connectors.insightly.tests.caller import Caller
from instep.sandbox.server import Sandbox

TIMES = {"START_DATE_UTC": "2026-03-04 15:00:00", "END_DATE_UTC": "2026-03-04 16:00:00"}
SMALLEST = {
    "Contacts": {},
    "Organisations": {"ORGANISATION_NAME": "Acme"},
    "Tasks": {"TITLE": "Call"},
    "Events": TIMES,
}
KEYS = {
    "Contacts": "CONTACT_ID",
    "Organisations": "ORGANISATION_ID",
    "Tasks": "TASK_ID",
    "Events": "EVENT_ID",
    "Notes": "NOTE_ID",
}


@pytest.fixture
async def app():
    return InsightlyApp(pace=1_000)


@pytest.fixture
async def call(app):
    async with Sandbox([app]) as sandbox:
        caller = Caller(sandbox.url("insightly"), app.api_key)
        yield caller
        await caller.close()


async def make(call, plural, **more):
    reply = await call("POST", f"/{plural}", {**SMALLEST[plural], **more})
    assert reply.status == 201, reply.body
    return reply.body[KEYS[plural]]


async def make_note(call, contact, **more):
    reply = await call("POST", f"/Contacts/{contact}/Notes", {"TITLE": "Call", **more})
    assert reply.status == 201, reply.body
    return reply.body["NOTE_ID"]


async def link(call, plural, number, name, target):
    sent = {"LINK_OBJECT_NAME": name, "LINK_OBJECT_ID": target}
    return await call("POST", f"/{plural}/{number}/Links", sent)


async def ids(call, path, key, **query):
    return [row[key] for row in (await call("GET", path, **query)).body]


@pytest.mark.parametrize("plural", SMALLEST)
async def test_a_record_is_created_read_changed_found_and_deleted(call, plural):
    key = KEYS[plural]
    number = await make(call, plural)
    field = "ORGANISATION_NAME" if plural == "Organisations" else "TITLE"

    changed = await call("PUT", f"/{plural}", {key: number, field: "New"})
    read = await call("GET", f"/{plural}/{number}")

    assert (changed.status, changed.body) == (200, read.body)
    assert read.headers["etag"] == changed.headers["etag"]
    query = {"field_name": field, "field_value": "New"}
    assert await ids(call, f"/{plural}/Search", key, **query) == [number]
    since = {"updated_after_utc": "2020-01-01T00:00:00Z"}
    assert await ids(call, f"/{plural}/Search", key, **since) == [number]
    assert (await call("DELETE", f"/{plural}/{number}")).status == 202
    assert (await call("GET", f"/{plural}/{number}")).status == 404
    assert (await call("DELETE", f"/{plural}/{number}")).status == 404


@pytest.mark.parametrize(
    ("plural", "sent"),
    [
        ("Tasks", {}),
        ("Tasks", {"TITLE": "x" * 501}),
        ("Tasks", {"TITLE": "a", "DETAILS": "x" * 4001}),
        ("Tasks", {"TITLE": "a", "DUE_DATE": "2026-03-04"}),
        ("Tasks", {"TITLE": "a", "COMPLETED": "yes"}),
        ("Tasks", {"TITLE": "a", "PRIORITY": True}),
        ("Tasks", {"TITLE": "a", "LINKS": []}),
        ("Events", {"TITLE": "a"}),
        ("Events", {**TIMES, "START_DATE_UTC": "2026-03-04T15:00:00Z"}),
        ("Events", {**TIMES, "LOCATION": "x" * 256}),
        ("Organisations", {}),
        ("Contacts", {"ORGANISATION_ID": 4}),
        ("Contacts", {"TAGS": "vip"}),
        ("Contacts", {"CUSTOMFIELDS": {"FIELD_NAME": "Policy__c"}}),
    ],
)
async def test_what_does_not_fit_is_a_400_with_a_sentence_and_makes_nothing(call, plural, sent):
    reply = await call("POST", f"/{plural}", sent)

    assert (reply.status, reply.body["Name"]) == (400, "BadRequest")
    assert reply.body["Message"]
    assert (await call("GET", f"/{plural}")).body == []


async def test_what_is_required_cannot_be_emptied(call):
    number = await make(call, "Tasks")

    reply = await call("PUT", "/Tasks", {"TASK_ID": number, "TITLE": None})

    assert (reply.status, reply.body["Message"]) == (400, "TITLE is required.")


async def test_completing_a_task_says_when_and_opening_it_forgets(call):
    number = await make(call, "Tasks")

    done = await call("PUT", "/Tasks", {"TASK_ID": number, "COMPLETED": True})
    opened = await call("PUT", "/Tasks", {"TASK_ID": number, "COMPLETED": False})

    assert done.body["COMPLETED_DATE_UTC"] == done.body["DATE_UPDATED_UTC"]
    assert opened.body["COMPLETED_DATE_UTC"] is None


async def test_notes_are_made_on_their_parent_only_and_changed_alone_or_there(call):
    contact = await make(call, "Contacts")

    assert (await call("POST", "/Notes", {"TITLE": "Call"})).status == 405
    note = await make_note(call, contact, BODY="<p>Hello</p>")
    await call("PUT", "/Notes", {"NOTE_ID": note, "TITLE": "Alone"})
    assert (await call("GET", f"/Notes/{note}")).body["TITLE"] == "Alone"
    path = f"/Contacts/{contact}/Notes"
    await call("PUT", path, {"NOTE_ID": note, "TITLE": "There"})
    assert [row["TITLE"] for row in (await call("GET", path)).body] == ["There"]
    assert (await call("POST", "/Contacts/1/Notes", {"TITLE": "Call"})).status == 404


@pytest.mark.parametrize("child", ["Tasks", "Events"])
@pytest.mark.parametrize("parent", ["Contacts", "Organisations"])
async def test_a_linked_record_is_listed_below_its_target_until_it_is_unlinked(call, parent, child):
    target, other = await make(call, parent), await make(call, parent)
    number = await make(call, child)
    path = f"/{parent}/{target}/{child}"

    made = await link(call, child, number, parent[:-1], target)
    again = await link(call, child, number, parent[:-1], target)

    assert made.status == 201
    assert made.body["OBJECT_NAME"] == child[:-1]
    assert again.body["LINK_ID"] == made.body["LINK_ID"]
    assert await ids(call, path, KEYS[child], count_total="true") == [number]
    assert await ids(call, f"/{parent}/{other}/{child}", KEYS[child]) == []
    read = (await call("GET", f"/{child}/{number}")).body
    assert read["LINKS"] == [made.body] == (await call("GET", f"/{child}/{number}/Links")).body
    [listed] = (await call("GET", f"/{child}", brief="true")).body
    assert "LINKS" not in listed
    late = await ids(call, path, KEYS[child], updated_after_utc="2999-01-01T00:00:00Z")
    assert late == []
    gone = f"/{child}/{number}/Links/{made.body['LINK_ID']}"
    assert (await call("DELETE", gone)).status == 202
    assert (await call("DELETE", gone)).status == 404
    assert await ids(call, path, KEYS[child]) == []


@pytest.mark.parametrize(
    ("name", "target"),
    [("Contacts", 1), ("Contact", "1"), ("Contact", None), ("Contact", 5), (None, 1)],
)
async def test_a_plural_or_missing_target_is_a_400(call, name, target):
    number = await make(call, "Tasks")

    reply = await link(call, "Tasks", number, name, target)

    assert (reply.status, reply.body["Name"]) == (400, "BadRequest")
    assert (await call("GET", f"/Tasks/{number}/Links")).body == []


async def test_whether_a_link_touches_its_record_is_a_switch(app, call):
    contact, number = await make(call, "Contacts"), await make(call, "Tasks")
    before = (await call("GET", f"/Tasks/{number}")).body["DATE_UPDATED_UTC"]
    app.faults.switch_on("clock_skew=60")
    app.switch({"links_touch": False})
    await link(call, "Tasks", number, "Contact", contact)
    untouched = (await call("GET", f"/Tasks/{number}")).body["DATE_UPDATED_UTC"]
    app.switch({"links_touch": True})
    await link(call, "Tasks", number, "Organisation", await make(call, "Organisations"))

    assert untouched == before
    assert (await call("GET", f"/Tasks/{number}")).body["DATE_UPDATED_UTC"] > before


@pytest.mark.parametrize(("orphans", "left"), [("kept", 3), ("deleted", 1)])
async def test_what_becomes_of_the_children_of_a_deleted_contact_is_a_switch(
    app, call, orphans, left
):
    app.switch({"orphans": orphans})
    contact, other = await make(call, "Contacts"), await make(call, "Contacts")
    await make_note(call, contact)
    for shared in (False, True):
        number = await make(call, "Tasks")
        await link(call, "Tasks", number, "Contact", contact)
        if shared:
            await link(call, "Tasks", number, "Contact", other)

    await call("DELETE", f"/Contacts/{contact}")

    census = (await call("GET", "/_sandbox/census")).body
    assert census["tasks"] + census["notes"] == left
    assert census["links"] == 1
    tasks = (await call("GET", "/Tasks")).body
    assert [len(task["LINKS"]) for task in tasks] == ([0, 1] if orphans == "kept" else [1])


async def test_a_deleted_organisation_loses_its_contacts(call):
    organisation = await make(call, "Organisations")
    contact = await make(call, "Contacts", ORGANISATION_ID=organisation)

    await call("DELETE", f"/Organisations/{organisation}")

    assert (await call("GET", f"/Contacts/{contact}")).body["ORGANISATION_ID"] is None


async def test_organisations_have_tags_of_their_own(call):
    number = await make(call, "Organisations", TAGS=[{"TAG_NAME": "vip"}])
    await make(call, "Contacts", TAGS=[{"TAG_NAME": "lead"}])

    await call("POST", f"/Organisations/{number}/Tags", {"TAG_NAME": "new"})

    in_use = (await call("GET", "/Tags", record_type="organisations")).body
    assert [tag["TAG_NAME"] for tag in in_use] == ["new", "vip"]
    found = await ids(call, "/Organisations/SearchByTag", "ORGANISATION_ID", tag_name="vip")
    assert found == [number]
    assert (await call("GET", "/Tasks/1/Tags")).status == 404


async def test_users_are_listed_and_got(call):
    users = (await call("GET", "/Users", count_total="true")).body

    assert users[0] == (await call("GET", "/Users/Me")).body
    assert (await call("GET", f"/Users/{users[1]['USER_ID']}")).body == users[1]
    assert (await call("GET", "/Users/999")).status == 404


async def test_a_task_without_an_owner_may_be_refused(app, call):
    app.switch({"needs_owner": True})

    refused = await call("POST", "/Tasks", {"TITLE": "Call"})

    assert (refused.status, refused.body["Message"]) == (400, "OWNER_USER_ID is required.")
    assert (await call("POST", "/Tasks", {"TITLE": "Call", "OWNER_USER_ID": 1})).status == 201


async def test_everything_survives_a_restart_and_is_counted(tmp_path):
    first = InsightlyApp(tmp_path)
    async with Sandbox([first]) as sandbox:
        call = Caller(sandbox.url("insightly"), first.api_key)
        contact = await make(call, "Contacts")
        await make_note(call, contact)
        number = await make(call, "Tasks")
        await link(call, "Tasks", number, "Contact", contact)
        before = (await call("GET", f"/Tasks/{number}")).body
        await call("PUT", "/_sandbox/settings", {"orphans": "deleted"})
        await call.close()
    second = InsightlyApp(tmp_path)
    async with Sandbox([second]) as sandbox:
        call = Caller(sandbox.url("insightly"), second.api_key)
        assert (await call("GET", f"/Contacts/{contact}/Tasks")).body == [before]
        assert await make(call, "Tasks") > number
        census = (await call("GET", "/_sandbox/census")).body
        await call.close()

    assert second.settings["orphans"] == "deleted"
    assert census == {
        "contacts": 1,
        "organisations": 0,
        "tasks": 2,
        "notes": 1,
        "events": 0,
        "links": 2,
    }


@pytest.mark.parametrize(
    "wanted", [{"orphans": "lost"}, {"links_touch": "no"}, {"shoe_size": 44}, {"plan": ["Free"]}]
)
async def test_a_setting_there_is_not_is_refused_with_those_there_are(call, wanted):
    reply = await call("PUT", "/_sandbox/settings", wanted)

    assert reply.status == 400
    assert "orphans (kept or deleted)" in reply.body["error"]


async def test_a_used_up_day_and_a_dropped_answer_meet_the_new_kinds_too(app, call):
    app.faults.switch_on("rate_limit_daily=count:1,path:*/Tasks")
    assert (await call("POST", "/Tasks", {"TITLE": "Call"})).headers["x-ratelimit-remaining"] == "0"
    assert (await call("GET", "/Tasks")).body == []
