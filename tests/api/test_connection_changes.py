"""A connection's settings are changed over HTTP; secrets stay where they are."""

from __future__ import annotations

from tests.api.served import served
from tests.api.signed_in import signed_in


async def test_settings_change_without_a_credential_and_no_secret_is_shown(database_url, tmp_path):
    async with (
        served(database_url, tmp_path, [[], []]) as made,
        signed_in(made.instep, made.url) as client,
    ):
        path = f"/api/connections/{made.apps[0].name}"
        changed = await client.patch(path, json={"country": "gb"})
        told = await changed.json()
        assert (changed.status, told["country"]) == (200, "GB")
        refused = await client.patch(path, json={"settings": {"token": "wrong-sentinel"}})
        assert refused.status == 409
        assert "wrong-sentinel" not in await refused.text()
        nothing = await client.patch(path, json={"settings": {"colour": "red"}})
        assert "no setting called" in (await nothing.json())["error"]
        unknown = await client.patch("/api/connections/none", json={"country": "gb"})
        assert unknown.status == 400
        assert "no connection called" in (await unknown.json())["error"]
