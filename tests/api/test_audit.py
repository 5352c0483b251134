"""What people change through the API is in the audit log, with who, what, before and after."""

from __future__ import annotations

import csv
import io
import json

import aiohttp
import pytest

from instep.core.people.roles import Role
from tests.api.house import PASSWORD, asked, house
from tests.api.served import served
from tests.api.signed_in import signed_in

ANNA = {"first_name": "Anna", "email": "anna@example.com"}
BOTH = ([{**ANNA, "city": "Leiden"}], [{**ANNA, "city": "Delft"}])
FLOW = {
    "id": "greet",
    "trigger": {"kind": "bridge"},
    "steps": [{"id": "full", "kind": "set_values", "values": {"name": "{{trigger.name}}"}}],
}


@pytest.fixture
async def api(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, BOTH) as made,
        signed_in(made.instep, made.url) as client,
    ):
        yield made, client


async def told(client, **query):
    return (await asked(client, "GET", "/api/audit", params=query))[1]["entries"]


async def test_each_noun_that_is_changed_is_told(api):
    made, client = api
    brakes = {"min_changes": 9, "max_share": 0.5, "per_record_per_hour": 3}
    [waiting] = (await asked(client, "GET", "/api/conflicts"))[1]["items"]
    [kind, *_] = (await asked(client, "GET", "/api/alerts/rules"))[1]
    rule = f"/api/alerts/rules/{kind['kind']}"
    hook = {"name": "ops", "kind": "webhook", "settings": {"url": "http://127.0.0.1:9/x"}}
    calls = [
        ("PUT", "/api/syncs/people/brakes", brakes, "sync", "people"),
        ("POST", "/api/syncs/people/pause", None, "sync", "people"),
        ("POST", "/api/syncs/people/release", None, "sync", "people"),
        ("PATCH", "/api/syncs/people", {"every_seconds": 120}, "sync", "people"),
        ("POST", "/api/syncs/people/preview", None, "sync", "people"),
        ("POST", "/api/syncs/people/run", None, "sync", "people"),
        ("PUT", "/api/flows/greet", {"document": FLOW}, "flow", "greet"),
        ("POST", "/api/flows/greet/publish", None, "flow", "greet"),
        ("POST", "/api/flows/greet/start", {"item": {"name": "x"}}, "flow run", "greet"),
        ("POST", "/api/flows/greet/pause", None, "flow", "greet"),
        ("PATCH", rule, {"on": False}, "alert rule", kind["kind"]),
        ("POST", "/api/alerts/channels", hook, "alert channel", "ops"),
        ("POST", "/api/tokens", {"name": "robot", "role": "viewer"}, "token", "robot"),
        (
            *("POST", "/api/users"),
            {"name": "bob", "role": "viewer", "password": PASSWORD},
            *("user", "bob"),
        ),
        (
            *("POST", "/api/conflicts/resolve"),
            {"ids": [waiting["id"]], "use": "a", "by": "ann"},
            *("sync", "people"),  # which is to run now
        ),
    ]
    for method, path, body, noun, name in calls:
        before = await told(client, limit="1")
        status, said = await asked(client, method, path, body)
        assert status < 300, (path, said)
        [entry] = await told(client, limit="1")
        assert [entry] != before, path
        assert (entry["noun"], entry["object"]) == (noun, name), path
        assert (entry["actor"], entry["actor_kind"], entry["origin"]) == (
            *("api", "local"),
            "127.0.0.1",
        )
    assert (await made.instep.people.audit.verify()).broken is None


async def test_before_and_after_are_shown(api):
    _, client = api
    await asked(client, "POST", "/api/syncs/people/pause")
    [entry] = await told(client, noun="sync", object="people")
    [change] = entry["changes"]
    assert (change["before"]["state"], change["after"]["state"]) == ("active", "paused")
    assert entry["act"] == "syncs pause"


async def test_what_is_refused_and_what_only_looks_is_not_told(api):
    _, client = api
    await asked(client, "POST", "/api/syncs/nothing/pause")
    await asked(client, "PATCH", "/api/syncs/people", {"every_seconds": 1})
    await asked(client, "GET", "/api/syncs")
    assert await told(client) == []


async def test_what_the_engine_does_is_not_told_as_a_persons_act(api):
    made, client = api
    await made.run()
    assert await told(client) == []


async def test_the_log_comes_in_pages_and_as_a_file(api):
    _, client = api
    for _ in range(3):
        await asked(client, "POST", "/api/syncs/people/pause")
        await asked(client, "POST", "/api/syncs/people/release")
    first = (await asked(client, "GET", "/api/audit?limit=4"))[1]
    assert [each["number"] for each in first["entries"]] == [6, 5, 4, 3]
    last = (await asked(client, "GET", f"/api/audit?limit=4&before={first['next']}"))[1]
    assert [each["number"] for each in last["entries"]] == [2, 1]
    assert last["next"] is None
    async with client.get("/api/audit/export") as reply:
        rows = [*csv.DictReader(io.StringIO(await reply.text()))]
    async with client.get("/api/audit/export?form=json&act=syncs pause") as reply:
        lines = [json.loads(line) for line in (await reply.text()).splitlines()]
    assert [row["number"] for row in rows] == ["6", "5", "4", "3", "2", "1"]
    assert {line["act"] for line in lines} == {"syncs pause"}
    verified = (await asked(client, "GET", "/api/audit/verify"))[1]
    assert (verified["entries"], verified["holds"]) == (6, True)
    assert verified["digest"] == first["entries"][0]["digest"]


async def test_entries_are_found_by_a_text_in_them_and_narrowed_down_to_what_there_is(api):
    _, client = api
    await asked(client, "PATCH", "/api/syncs/people", {"every_seconds": 660})
    await asked(client, "POST", "/api/tokens", {"name": "100%_robot", "role": "viewer"})
    assert [each["noun"] for each in await told(client, text="EVERY_seconds")] == ["sync"]
    assert [each["object"] for each in await told(client, text="100%_ROBOT")] == ["100%_robot"]
    assert await told(client, text="100__robot") == []
    _, choices = await asked(client, "GET", "/api/audit/choices")
    assert choices == {"actors": ["api"], "nouns": ["sync", "token"]}
    async with client.get("/api/audit/export", params={"text": "every_seconds"}) as reply:
        assert len([*csv.DictReader(io.StringIO(await reply.text()))]) == 1


async def test_what_was_written_is_told_of_every_sync_with_its_name(api):
    _, client = api
    _, of_one = await asked(client, "GET", "/api/syncs/people/history")
    _, of_all = await asked(client, "GET", "/api/history")
    assert of_one["lines"]
    assert of_all["lines"] == [{**each, "sync": "people"} for each in of_one["lines"]]
    _, first = await asked(client, "GET", "/api/history?limit=1")
    _, rest = await asked(client, "GET", f"/api/history?before={first['next']}")
    assert first["lines"] + rest["lines"] == of_all["lines"]


async def test_a_formula_is_no_formula_in_the_file(database_url, tmp_path):
    async with house(database_url, tmp_path) as made:
        client = await made.machine()
        body = {"name": "=1+1", "role": "viewer", "password": PASSWORD}
        await asked(client, "POST", "/api/users", body)
        async with client.get("/api/audit/export") as reply:
            [row] = csv.DictReader(io.StringIO(await reply.text()))
    assert row["object"] == "'=1+1"


async def test_signing_in_and_out_and_failing_to(database_url, tmp_path):
    async with house(database_url, tmp_path) as made:
        people = await made.people()
        wrong = {"name": "admin", "password": "wrong"}
        await asked(people[Role.ADMIN], "POST", "/api/session", wrong)
        await asked(people[Role.VIEWER], "DELETE", "/api/session")
        entries = await told(people[Role.ADMIN])
    acts = [(each["actor"], each["act"], each["object"]) for each in entries]
    assert acts == [
        ("viewer", "session sign out", None),
        ("admin", "sign in", "admin"),
        ("operator", "sign in", "operator"),
        ("viewer", "sign in", "viewer"),
    ]


async def test_histories_name_whoever_is_signed_in_whatever_they_say(database_url, tmp_path):
    async with served(database_url, tmp_path, BOTH) as made:
        link = await made.instep.people.users.setup_link()
        async with house_browser(made) as ann:
            body = {"link": link, "name": "ann", "password": PASSWORD}
            csrf = (await asked(ann, "POST", "/api/links/enter", body))[1]["csrf"]
            ann.headers["X-Instep-CSRF"] = csrf
            [waiting] = (await asked(ann, "GET", "/api/conflicts"))[1]["items"]
            said = {"ids": [waiting["id"]], "use": "a", "by": "somebody else"}
            assert (await asked(ann, "POST", "/api/conflicts/resolve", said))[0] == 200
            lines = (await asked(ann, "GET", "/api/syncs/people/history"))[1]["lines"]
    assert {each["person"] for each in lines} == {"ann", None}


def house_browser(made):
    """A browser at an API that is served already."""
    return aiohttp.ClientSession(made.url, cookie_jar=aiohttp.CookieJar(unsafe=True))
