from __future__ import annotations

import pytest

from instep.connectors.insightly.emulator import InsightlyApp
from instep.connectors.insightly.tests.caller import Caller
from instep.core.errors import OutcomeUnknown
from instep.sandbox.people import invent
from instep.sandbox.server import Sandbox


@pytest.fixture
async def app():
    return InsightlyApp(pace=1_000)


@pytest.fixture
async def call(app):
    async with Sandbox([app]) as sandbox:
        caller = Caller(f"{sandbox.url('insightly')}/v3.1", app.api_key)
        yield caller
        await caller.close()


async def test_a_contact_is_created_read_changed_and_deleted(call):
    sent = {"FIRST_NAME": "Ann", "TAGS": [{"TAG_NAME": "vip"}]}

    made = await call("POST", "/Contacts", sent)
    number = made.body["CONTACT_ID"]
    put = {"CONTACT_ID": number, "FIRST_NAME": None, "LAST_NAME": "Lee"}
    changed = await call("PUT", "/Contacts", put)
    read = await call("GET", f"/Contacts/{number}")
    deleted = await call("DELETE", f"/Contacts/{number}")

    assert (made.status, changed.status, deleted.status) == (201, 200, 202)
    assert read.body == changed.body
    assert (read.body["FIRST_NAME"], read.body["LAST_NAME"]) == (None, "Lee")
    assert read.body["TAGS"] == [{"TAG_NAME": "vip"}]
    assert len(read.body["DATE_UPDATED_UTC"]) == len("2026-04-09 16:58:14")
    gone = await call("GET", f"/Contacts/{number}")
    assert (gone.status, gone.body["Name"]) == (404, "NotFound")


async def test_an_id_is_never_given_twice(call):
    first = (await call("POST", "/Contacts", {})).body["CONTACT_ID"]
    await call("DELETE", f"/Contacts/{first}")

    assert (await call("POST", "/Contacts", {})).body["CONTACT_ID"] > first


async def test_a_stale_version_is_a_400_and_changes_nothing(call):
    made = await call("POST", "/Contacts", {"FIRST_NAME": "Ann"})
    put = {"CONTACT_ID": made.body["CONTACT_ID"], "FIRST_NAME": "Bea"}
    guard = {"If-Match": made.headers["etag"]}

    fresh = await call("PUT", "/Contacts", put, guard)
    stale = await call("PUT", "/Contacts", {**put, "FIRST_NAME": "Cleo"}, guard)
    now = await call("GET", f"/Contacts/{put['CONTACT_ID']}")

    assert fresh.status == 200
    assert fresh.headers["etag"] == now.headers["etag"] != made.headers["etag"]
    assert (stale.status, stale.body["Message"].startswith("If-Match header value")) == (400, True)
    assert now.body["FIRST_NAME"] == "Bea"


@pytest.mark.parametrize(
    "body",
    [
        {"SHOE_SIZE": "44"},
        {"FIRST_NAME": 7},
        {"DATE_OF_BIRTH": "1990-09-25T00:00:00Z"},
        {"TAGS": [{"TAG_NAME": "x" * 256}]},
        ["not", "one", "contact"],
    ],
)
async def test_what_does_not_fit_is_a_400_with_a_sentence(call, body):
    reply = await call("POST", "/Contacts", body)

    assert (reply.status, reply.body["Name"]) == (400, "BadRequest")
    assert reply.body["Message"]


async def test_lists_are_bare_arrays_in_ascending_id_with_their_total_on_request(app, call):
    app.load(invent(700))

    first = await call("GET", "/Contacts")
    last = await call("GET", "/Contacts", top="500", skip="600", count_total="true")
    ids = [contact["CONTACT_ID"] for contact in first.body]

    assert (len(first.body), len(last.body)) == (100, 100)
    assert ids == sorted(ids)
    assert "x-total-count" not in first.headers
    assert last.headers["x-total-count"] == "700"
    assert (await call("GET", "/Contacts", top="501")).status == 400
    assert (await call("GET", "/Contacts", top="ten")).status == 400


async def test_search_is_exact_on_one_field(app, call):
    ann = (await call("POST", "/Contacts", {"EMAIL_ADDRESS": "ann@x.example"})).body
    await call("POST", "/Contacts", {"EMAIL_ADDRESS": "joann@x.example", "FIRST_NAME": "Ann"})

    async def ids(name, value):
        reply = await call("GET", "/Contacts/Search", field_name=name, field_value=value)
        return [contact["CONTACT_ID"] for contact in reply.body]

    assert await ids("EMAIL_ADDRESS", "ann@x.example") == [ann["CONTACT_ID"]]
    assert await ids("FIRST_NAME", "Ann") == [ann["CONTACT_ID"] + 1]
    assert (await call("GET", "/Contacts/Search", field_name="EMAIL_ADDRESS")).status == 400
    assert (
        await call("GET", "/Contacts/Search", field_name="TAGS') --", field_value="x")
    ).status == 400


async def test_search_by_time_leaves_out_its_own_second_and_other_formats(call):
    made = (await call("POST", "/Contacts", {})).body
    at = made["DATE_UPDATED_UTC"]

    def since(text):
        return call("GET", "/Contacts/Search", updated_after_utc=text)

    assert (await since("2020-01-01T00:00:00Z")).body == [made]
    assert (await since(f"{at.replace(' ', 'T')}Z")).body == []
    assert (await since(at)).status == 400


async def test_a_lagging_index_shows_changes_late_in_searches_by_time_only(app, call):
    app.faults.switch_on("index_lag=60")
    made = (await call("POST", "/Contacts", {})).body

    late = await call("GET", "/Contacts/Search", updated_after_utc="2020-01-01T00:00:00Z")

    assert late.body == []
    assert (await call("GET", "/Contacts")).body == [made]


async def test_tags_are_added_and_removed_one_by_one_without_regard_to_case(call):
    number = (await call("POST", "/Contacts", {})).body["CONTACT_ID"]
    path = f"/Contacts/{number}/Tags"

    added = await call("POST", path, {"TAG_NAME": "Vip"})
    await call("POST", path, {"TAG_NAME": "vip"})
    listed = await call("GET", path)
    found = await call("GET", "/Contacts/SearchByTag", tag_name="VIP")
    in_use = await call("GET", "/Tags", record_type="contacts")
    removed = await call("DELETE", path, {"TAG_NAME": "VIP"})

    assert (added.status, added.body) == (201, {"TAG_NAME": "Vip"})
    assert listed.body == in_use.body == [{"TAG_NAME": "Vip"}]
    assert [contact["CONTACT_ID"] for contact in found.body] == [number]
    assert removed.status == 202
    assert (await call("GET", path)).body == []
    replaced = await call("PUT", path, [{"TAG_NAME": "b"}, {"TAG_NAME": "a"}])
    assert replaced.body == [{"TAG_NAME": "a"}, {"TAG_NAME": "b"}]
    assert (await call("GET", "/Tags")).status == 400


async def test_whether_a_tag_touches_its_contact_is_a_switch(app, call):
    app.switch({"tags_touch": False})
    made = (await call("POST", "/Contacts", {})).body
    app.faults.switch_on("clock_skew=60")

    path = f"/Contacts/{made['CONTACT_ID']}"
    await call("POST", f"{path}/Tags", {"TAG_NAME": "a"})
    untouched = (await call("GET", path)).body
    app.switch({"tags_touch": True})
    await call("POST", f"{path}/Tags", {"TAG_NAME": "b"})
    touched = (await call("GET", path)).body

    assert untouched["DATE_UPDATED_UTC"] == made["DATE_UPDATED_UTC"]
    assert touched["DATE_UPDATED_UTC"] > made["DATE_UPDATED_UTC"]


async def test_brief_leaves_out_what_the_sources_say(call):
    await call("POST", "/Contacts", {"FIRST_NAME": "Ann"})

    (listed,) = (await call("GET", "/Contacts", brief="true")).body
    query = {"field_name": "FIRST_NAME", "field_value": "Ann", "brief": "true"}
    (searched,) = (await call("GET", "/Contacts/Search", **query)).body

    assert "LINKS" not in listed
    assert "TAGS" in listed
    assert "TAGS" not in searched


async def test_who_is_asking_is_told(call):
    assert (await call("GET", "/Instance")).body["INSTANCE_NAME"]
    assert (await call("GET", "/Users/Me")).body["USER_ID"]


async def test_a_wrong_plural_or_method_is_a_405(call):
    for method, path in [("GET", "/Contact"), ("DELETE", "/Contacts")]:
        reply = await call(method, path)
        assert (reply.status, reply.body["Name"]) == (405, "MethodNotAllowed")
    assert (await call("GET", "/Contacts/1/Nonsense")).status == 404


@pytest.mark.parametrize("sent", ["", "Basic", "Basic !!", "Basic eDo=", "Bearer eDo="])
async def test_another_key_is_a_401(call, sent):
    call.headers = {"Authorization": sent}

    assert (await call("GET", "/Contacts")).status == 401


async def test_a_burst_leaves_something_remaining_and_says_how_long_to_wait():
    app = InsightlyApp(pace=1)
    async with Sandbox([app]) as sandbox:
        call = Caller(sandbox.url("insightly"), app.api_key)
        replies = [await call("GET", "/Instance") for _ in range(11)]
        await call.close()

    assert [reply.status for reply in replies] == [200] * 10 + [429]
    assert replies[0].headers["x-ratelimit-limit"] == "100000"
    assert replies[-1].headers["x-ratelimit-remaining"] == "99990"
    assert replies[-1].headers["retry-after"] == "1"


async def test_a_used_up_day_leaves_nothing(app, call):
    app.switch({"plan": "Free"})
    app.faults.switch_on("rate_limit_daily=count:1")

    used_up = await call("GET", "/Instance")
    after = await call("GET", "/Instance")

    assert (used_up.status, used_up.headers["x-ratelimit-remaining"]) == (429, "0")
    assert "retry-after" not in used_up.headers
    assert after.headers["x-ratelimit-limit"] == str(1_000 * 1_000)


async def test_the_plan_is_switched_over_http_and_kept(tmp_path):
    app = InsightlyApp(tmp_path)
    async with Sandbox([app]) as sandbox:
        call = Caller(sandbox.url("insightly"), app.api_key)
        refused = await call("PUT", "/_sandbox/settings", {"plan": "Golden"})
        await call("PUT", "/_sandbox/settings", {"plan": "Plus"})
        number = (await call("POST", "/Contacts", {"FIRST_NAME": "Ann"})).body["CONTACT_ID"]
        await call.close()
    again = InsightlyApp(tmp_path)
    async with Sandbox([again]) as sandbox:
        call = Caller(sandbox.url("insightly"), app.api_key)
        reply = await call("GET", f"/Contacts/{number}")
        await call.close()

    assert refused.status == 400
    assert "Professional" in refused.body["error"]
    assert reply.body["FIRST_NAME"] == "Ann"
    assert reply.headers["x-ratelimit-limit"] == "40000"


async def test_a_dropped_answer_leaves_the_work_done(app, call):
    app.faults.switch_on("timeout_after_success=count:1,method:POST")

    with pytest.raises(OutcomeUnknown):
        await call("POST", "/Contacts", {"EMAIL_ADDRESS": "ann@x.example"})

    query = {"field_name": "EMAIL_ADDRESS", "field_value": "ann@x.example"}
    assert len((await call("GET", "/Contacts/Search", **query)).body) == 1


async def test_people_become_contacts(app, call):
    (person,) = invent(1)
    app.load([person])

    (contact,) = (await call("GET", "/Contacts")).body

    assert contact["EMAIL_ADDRESS"] == person.email
    assert contact["PHONE_MOBILE"] == person.phone
    assert contact["DATE_OF_BIRTH"] == f"{person.date_of_birth} 00:00:00"
    assert [tag["TAG_NAME"] for tag in contact["TAGS"]] == list(person.tags)
