"""Suggestions for a mapping over HTTP, on both databases."""

from __future__ import annotations

from tests.api.served import served
from tests.api.signed_in import signed_in


async def test_suggestions_are_shown_and_taken_up_by_a_persons_word(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        told = await (await client.get("/api/syncs/people/suggestions")).json()
        offered = {each["a"]: each for each in told["suggestions"]}
        assert offered["last_name"]["b"] == "last_name"
        assert (offered["last_name"]["score"], offered["last_name"]["type"]) == (100, "text")
        assert not {"email", "city", "opted_out"} & offered.keys()

        accepted = await client.post(
            "/api/syncs/people/suggestions", json={"fields": ["last_name"]}
        )
        assert accepted.status == 200, await accepted.text()
        rows = (await accepted.json())["mapping"]
        assert [row["a"] for row in rows][-1] == "last_name"

        again = await (await client.get("/api/syncs/people/suggestions")).json()
        assert {each["a"] for each in again["suggestions"]} == offered.keys() - {"last_name"}

        ends = {"a": told["a"], "b": told["b"]}
        assert (await (await client.get("/api/suggestions", params=ends)).json())[
            "suggestions"
        ] == []


async def test_what_was_not_suggested_is_refused(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, ([], [])) as api,
        signed_in(api.instep, api.url) as client,
    ):
        address = "/api/syncs/people/suggestions"
        refused = await client.post(address, json={"fields": ["lastname"]})
        assert refused.status == 400
        assert "did you mean last_name?" in (await refused.json())["error"]
        for body in ({"fields": []}, {"all": True}):
            async with client.post(address, json=body) as wrong:
                assert wrong.status == 422
        async with client.get("/api/suggestions", params={"a": "x", "b": "y"}) as unknown:
            assert unknown.status == 400
