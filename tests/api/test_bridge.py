"""A bridge over REST: its secrets are told once, and it says what is not read back."""

from __future__ import annotations

from instep.bootstrap import assemble
from instep.settings import Settings
from tests.api.signed_in import signed_in
from tests.api.test_hooks import served


async def test_secrets_are_told_once_and_prove_what_comes_in(database_url, tmp_path):
    settings = Settings(data_dir=tmp_path, database_url=database_url, port=0)
    async with (
        assemble(settings) as instep,
        served(instep, lambda: None) as url,
        signed_in(instep, url) as client,
    ):
        new = {"connector": "bridge", "name": "insurer"}
        async with client.post("/api/connections", json=new) as reply:
            made = (await reply.json())["made"]
        assert made.keys() == {"inbound_secret", "signing_secret"}
        async with client.get("/api/connections") as reply:
            [listed], text = await reply.json(), await reply.text()
        assert not any(secret in text for secret in made.values())
        assert (listed["made"], "contact" in listed["write_only"]) == (None, True)
        anew = {"settings": {"signing_secret": ""}}
        async with client.patch("/api/connections/insurer", json=anew) as reply:
            again = (await reply.json())["made"]
        assert again.keys() == {"signing_secret"}
        told = {"event": "contact.created", "record": {"id": 1, "email": "ann@example.com"}}
        headers = {"X-Instep-Secret": made["inbound_secret"]}
        async with client.post("/hooks/insurer", json=told, headers=headers) as reply:
            assert reply.status == 200
        async with client.post("/hooks/insurer", json=told) as reply:
            assert reply.status == 401
