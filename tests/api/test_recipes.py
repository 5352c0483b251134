"""Recipes over HTTP, on both databases."""

from __future__ import annotations

import asyncio

import pytest

from instep.api.server import serve
from instep.bootstrap import assemble
from instep.connectors import gohighlevel, insightly
from instep.sdk.auth import Credential
from instep.settings import Settings
from instep.store.connections import Connections, NewConnection
from instep.store.vault import open_vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.api.signed_in import signed_in

KNOWN = {each.name: each for each in (gohighlevel.connector, insightly.connector)}
ENDS = {"connections": {"gohighlevel": "gohighlevel", "insightly": "insightly"}}
ID = "insightly-tasks-and-notes"


@pytest.fixture
async def client(database_url, tmp_path):
    """A client; two connections that nobody calls."""
    settings = Settings(data_dir=tmp_path, database_url=database_url, port=0)
    async with assemble(settings, available=KNOWN) as instep:
        stored = Connections(instep.db, open_vault(settings), DEFAULT_WORKSPACE)
        for name, kind in (("gohighlevel", "oauth2"), ("insightly", "api_key")):
            new = NewConnection(name, name, kind, name, "US", {"base_url": "http://127.0.0.1:9"})
            scopes = ("contacts.readonly",) if kind == "oauth2" else ()
            await stored.create(new, Credential(kind, {"x": "y"}, scopes=scopes))
        url = asyncio.get_running_loop().create_future()
        told = asyncio.Event()
        serving = asyncio.create_task(serve(instep, lambda: None, url.set_result, told))
        async with signed_in(instep, await url) as made:
            yield made
        told.set()
        await serving


async def test_recipes_are_listed_shown_and_used(client):
    listed = await (await client.get("/api/recipes")).json()
    assert len(listed) == 34
    ours = await (await client.get("/api/recipes", params={"app": "insurgo"})).json()
    assert {each["id"] for each in ours} > {"insurgo-contacts", "insurgo-tasks"}
    parts = {each["id"]: each["parts"] for each in listed}
    assert parts["lead-qualification"] == []
    assert [each["direction"] for each in parts[ID]] == ["both"] * 3
    shown = await (await client.get(f"/api/recipes/{ID}")).json()
    assert [each["records"] for each in shown["syncs"]] == ["contact", "task", "note"]
    lacking = shown["connections"][0]
    assert "contacts.write (for the recipe insightly-tasks-and-notes)" in lacking["says"]

    looked = await client.post(f"/api/recipes/{ID}/use", json={**ENDS, "dry_run": True})
    assert looked.status == 200, await looked.text()
    assert await (await client.get("/api/syncs")).json() == []
    made = await client.post(f"/api/recipes/{ID}/use", json={**ENDS, "name": "mine"})
    assert made.status == 201, await made.text()
    told = await made.json()
    assert told["next"][0] == "instep sync preview mine-contacts"
    assert told["lacks"]
    syncs = await (await client.get("/api/syncs")).json()
    assert {(each["state"], each["recipe"]) for each in syncs} == {("paused", ID)}


@pytest.mark.parametrize(
    ("path", "body", "status", "sentence"),
    [
        ("insightly-contact", ENDS, 400, "Did you mean insightly-contacts"),
        (
            "personal-message",
            {"connections": {"gohighlevel": "gohighlevel"}},
            400,
            "--set message=",
        ),
        (ID, {"connections": {}}, 400, "Which connection is the one of GoHighLevel"),
        (ID, {**ENDS, "parts": ["cars"]}, 400, "has no 'cars' to add"),
        (ID, {**ENDS, "surprise": 1}, 422, ""),
        (ID, {}, 422, ""),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_made(client, path, body, status, sentence):
    refused = await client.post(f"/api/recipes/{path}/use", json=body)
    assert refused.status == status, await refused.text()
    assert sentence in await refused.text()
    assert await (await client.get("/api/syncs")).json() == []


async def test_a_recipe_of_a_flow_is_made_as_a_draft(client):
    body = {
        "connections": {"gohighlevel": "gohighlevel"},
        "name": "noted",
        "dry_run": True,
    }
    looked = await client.post("/api/recipes/completed-task-note/use", json=body)
    assert looked.status == 200, await looked.text()
    told = (await looked.json())["flow"]
    assert (told["name"], told["published"]) == ("noted", False)
    assert told["steps"][0]["operation"] == "task.changed"
    assert any("contacts.write" in each for each in told["problems"])
    refused = await client.post(
        "/api/recipes/completed-task-note/use", json={**body, "dry_run": False, "publish": True}
    )
    assert refused.status == 400, await refused.text()
    assert "cannot be published" in await refused.text()
    made = await client.post(
        "/api/recipes/completed-task-note/use", json={**body, "dry_run": False}
    )
    assert made.status == 201, await made.text()
    assert (await made.json())["next"] == ["instep flow publish noted"]
