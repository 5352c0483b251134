"""What a person is shown while they set something up: apps, fields with values, how it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from instep.connectors import memory
from tests.api.served import served
from tests.api.signed_in import signed_in

PEOPLE = (
    [
        {
            "first_name": "Anna",
            "email": "anna@example.com",
            "city": "Austin",
            "tags": ("lead", "vip"),
        }
    ],
    [],
)


@pytest.fixture
async def house(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, PEOPLE) as api,
        signed_in(api.instep, api.url) as client,
    ):
        yield api, client


async def test_every_app_says_what_has_to_be_typed_and_which_of_it_is_secret(house):
    api, client = house
    # that of the tests itself is not offered
    assert await (await client.get("/api/connectors")).json() == []
    shelf = replace(memory.connector, name="shelf", for_tests=False)
    api.instep.connectors["shelf"] = shelf
    [app] = await (await client.get("/api/connectors")).json()
    assert (app["name"], "contact" in app["records"], app["missing"]) == ("shelf", True, [])
    settings = {each["name"]: each for each in app["settings"]}
    assert (settings["name"]["secret"], settings["token"]["secret"]) == (False, True)
    assert all(not each["browser"] for each in app["methods"])


async def test_the_fields_of_both_sides_come_with_values_of_today(house):
    api, client = house
    api.apps[0].add({"first_name": "Ben", "email": "ben@example.com"})
    told = await (await client.get("/api/syncs/people/fields")).json()
    assert [told["a"]["connection"], told["b"]["connection"]] == [each.name for each in api.apps]
    fields = {each["name"]: each for each in told["a"]["fields"]}
    assert set(fields["first_name"]["samples"]) == {"Anna", "Ben"}
    assert fields["tags"]["samples"] == ["lead, vip"]
    assert fields["email"]["identity"] == "strong"
    assert told["a"]["problem"] is None


async def test_a_field_of_few_words_tells_them_all(house):
    api, client = house
    for number, city in enumerate(("Delft", "Leiden", "Gouda", "Breda") * 2):
        api.apps[0].add({"email": f"p{number}@example.com", "city": city})
    told = await (await client.get("/api/syncs/people/fields")).json()
    fields = {each["name"]: each for each in told["a"]["fields"]}
    assert set(fields["city"]["words"]) >= {"Delft", "Leiden", "Gouda", "Breda"}
    assert fields["email"]["words"] == []


async def test_a_mapping_is_tried_on_values_and_what_is_wrong_stands_at_its_row(house):
    _, client = house
    words = {"value_map": [["Leiden", "LDN"]], "unknown": "refuse"}
    rows = [
        {"row": {"a": "first_name", "direction": "to_b", "to_b": ["upper"]}, "a": ["Anna"]},
        {"row": {"a": "city", **words}, "a": ["Leiden", "Delft"], "b": ["ldn"]},
        {"row": {"a": "last_name", "to_b": ["upper"]}, "a": ["Lee"]},
        {"row": {"a": "nowhere"}},
    ]
    before = await (await client.get("/api/syncs/people")).json()
    reply = await client.post("/api/syncs/people/mapping/try", json={"rows": rows})
    assert reply.status == 200, await reply.text()
    upper, mapped, both, unknown = (await reply.json())["rows"]
    assert [(each["value"], each["there"]) for each in upper["arrivals"]] == [("Anna", "ANNA")]
    assert [(each["there"], each["fate"]) for each in mapped["arrivals"]] == [
        ("LDN", "arrives"),
        (None, "waits"),
        ("Leiden", "arrives"),
    ]
    assert "upper cannot be undone on the way back" in both["problem"]
    assert "'nowhere'" in unknown["problem"]
    assert await (await client.get("/api/syncs/people")).json() == before


async def test_how_a_sync_stands_is_told_with_its_latest_run(house):
    _, client = house
    told = await (await client.get("/api/syncs/people/status")).json()
    assert (told["state"], told["links"], told["latest_run"]["state"]) == ("active", 1, "done")
    assert told["records"] == {"a": {"known": 1}, "b": {"known": 1}}
    assert told["reads"].startswith("polls every")


async def test_an_unknown_sync_is_refused_with_the_names_there_are(house):
    _, client = house
    for path in ("fields", "status"):
        reply = await client.get(f"/api/syncs/peple/{path}")
        assert reply.status == 400
        assert "people" in (await reply.json())["error"]


async def test_a_list_of_syncs_names_their_connections(house):
    _, client = house
    [sync] = await (await client.get("/api/syncs")).json()
    ids = {each["id"] for each in await (await client.get("/api/connections")).json()}
    assert {sync["a_connection"], sync["b_connection"]} == ids
