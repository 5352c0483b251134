from __future__ import annotations

import base64

import aiohttp
import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key

from instep.sandbox import invent
from instep.sandbox.gohighlevel import GoHighLevel
from instep.sandbox.gohighlevel.credentials import LOCATION, Grant
from tests.sandbox.ghl_caller import serving


async def test_everything_is_there_after_a_restart(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        first = ghl.told
        contact = await ghl.create(email="a@x.org", tags=["one"])
        ghl.app.load(invent(30, seed=1))
        grant = Grant(LOCATION, ghl.location, ("contacts.readonly",))
        access, refresh = ghl.app.services.credentials.issue_pair(grant)
        field = await ghl.field("Policy number")
    async with serving(GoHighLevel(tmp_path, pace=1_000, country="GB")) as ghl:
        assert {k: v for k, v in ghl.told.items() if k != "url"} == {
            k: v for k, v in first.items() if k != "url"
        }
        assert (await ghl.get(contact["id"]))["tags"] == ["one"]
        assert (await ghl.search()).body["total"] == 31
        assert (await ghl.call("GET", "/contacts/x", token=access.text)).status == 400
        assert ghl.app.services.credentials.redeem_refresh(refresh.text)
        assert await ghl.field("Policy number") == field
        location = await ghl.call("GET", f"/locations/{ghl.location}")
        assert location.body["location"]["country"] == "US"
        tags = (await ghl.call("GET", f"/locations/{ghl.location}/tags")).body["tags"]
        assert "one" in {tag["name"] for tag in tags}


async def test_what_the_index_had_not_seen_is_seen_after_a_restart(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        ghl.app.faults.switch_on("index_lag=3600")
        await ghl.create(email="a@x.org")
        assert (await ghl.search()).body["total"] == 0
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        assert (await ghl.search()).body["total"] == 1


async def test_a_time_out_after_success_leaves_a_contact_that_can_be_found(ghl):
    ghl.app.faults.switch_on("timeout_after_success=count:1,method:POST")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await ghl.create(email="a@x.org")
    query = {"locationId": ghl.location, "email": "a@x.org"}
    found = await ghl.call("GET", "/contacts/search/duplicate", params=query)
    assert found.body["contact"]["email"] == "a@x.org"


async def test_two_sandboxes_have_nothing_in_common():
    async with serving() as one, serving() as other:
        same = {name for name, value in one.told.items() if other.told[name] == value}
        # an RSA key takes long to make: the sandboxes of one process have the same
        assert same == {"redirect_uris", "webhook_rsa_public_key"}


def test_the_published_key_is_one_that_signatures_are_checked_with():
    app = GoHighLevel()
    published = app.describe("http://x")["webhook_public_key"]
    key = load_der_public_key(base64.b64decode(published))
    app.close()
    assert len(key.public_bytes_raw()) == 32
