from __future__ import annotations

import aiohttp
import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from tests.sandbox.ghl_caller import serving
from tests.sandbox.test_ghl_oauth import refresh, tokens

CALLS = {
    "contacts": ("POST", "/contacts/", {"firstName": "Ada"}),
    "locations": ("POST", "/locations/{location}/tags", {"name": "vip"}),
    "calendars": ("POST", "/calendars/groups", {"name": "Team", "slug": "team", "description": ""}),
}
IN_BODY = {"contacts", "calendars"}


async def carry_out(ghl, product):
    method, path, body = CALLS[product]
    if product in IN_BODY:
        body = {"locationId": ghl.location, **body}
    return await ghl.call(method, path.format(location=ghl.location), json=body)


def kept(ghl):
    """How many records of any kind there are."""
    tables = ghl.app.state.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%index%'"
    ).fetchall()
    counts = (ghl.app.state.execute(f"SELECT count(*) FROM {name}") for (name,) in tables)
    return sum(count.fetchone()[0] for count in counts)


@pytest.mark.parametrize("product", CALLS)
@pytest.mark.parametrize(
    ("fault", "status", "header"),
    [
        ("rate_limit_burst", 429, "x-ratelimit-remaining"),
        ("rate_limit_daily", 429, "x-ratelimit-daily-remaining"),
        ("server_error", 500, None),
    ],
)
async def test_a_refused_call_does_nothing_whatever_the_product(
    ghl, product, fault, status, header
):
    before = kept(ghl)
    ghl.app.faults.switch_on(f"{fault}=count:1")
    answer = await carry_out(ghl, product)
    assert (answer.status, answer.body["statusCode"]) == (status, status)
    assert header is None or answer.headers[header] == "0"
    assert kept(ghl) == before
    assert (await carry_out(ghl, product)).status in {200, 201}
    assert kept(ghl) > before


@pytest.mark.parametrize("product", CALLS)
@pytest.mark.parametrize(
    ("fault", "done"),
    [("connection_reset", False), ("timeout_after_success", True), ("truncated_reply", True)],
)
async def test_a_broken_call_did_its_work_or_not_whatever_the_product(ghl, product, fault, done):
    before = kept(ghl)
    ghl.app.faults.switch_on(fault)
    with pytest.raises(aiohttp.ClientError):
        await carry_out(ghl, product)
    assert (kept(ghl) > before) is done


async def test_a_slow_call_does_its_work(ghl):
    ghl.app.faults.switch_on("slow=0.05,path:/contacts/*")
    started = ghl.app.clock.now()
    await ghl.create(firstName="Ada")
    assert (ghl.app.clock.now() - started).total_seconds() >= 0.05


async def test_a_search_shows_a_change_late(ghl):
    ghl.app.faults.switch_on("index_lag=600")
    contact = await ghl.create(firstName="Ada")
    assert (await ghl.search()).body["total"] == 0
    assert (await ghl.get(contact["id"]))["id"] == contact["id"]


async def test_a_revoked_access_token_is_followed_by_a_fresh_one(ghl):
    pair = await tokens(ghl)
    ghl.app.faults.switch_on("token_revoked=count:1")
    for _ in range(2):
        answer = await ghl.call("GET", "/contacts/x", token=pair["access_token"])
        assert (answer.status, answer.message) == (401, "Invalid token: access token is invalid")
    fresh = (await refresh(ghl, pair["refresh_token"])).body["access_token"]
    assert (await ghl.call("GET", "/contacts/x", token=fresh)).status == 400


async def test_a_revoked_private_token_is_replaced_by_hand_and_the_new_one_is_kept(tmp_path):
    async with serving(GoHighLevel(tmp_path)) as ghl:
        ghl.app.faults.switch_on("token_revoked=count:1,path:/contacts/*")
        assert (await ghl.call("GET", "/contacts/x")).message == "Invalid Private Integration token"
        made = await ghl.call("POST", "/_sandbox/tokens", json={"level": "Location"})
        assert made.status == 201
        token = made.body["token"]
        assert token != ghl.told["private_integration_token"]
        assert (await ghl.call("GET", "/contacts/x", token=token)).status == 400
        assert (await ghl.call("POST", "/_sandbox/tokens", json={"level": "x"})).status == 400
    async with serving(GoHighLevel(tmp_path)) as ghl:
        assert ghl.told["private_integration_token"] == token
        assert (await ghl.call("GET", "/contacts/x")).status == 400


async def test_a_call_without_a_token_does_not_use_the_fault_up(ghl):
    ghl.app.faults.switch_on("token_revoked=count:1")
    await ghl.call("GET", "/contacts/x", headers={"Authorization": ""})
    assert [each.name for each in ghl.app.faults] == ["token_revoked"]


async def outcomes(seed, rate=0.5):
    """What becomes of the same fifty calls under chaos."""
    async with serving() as ghl:
        wanted = {"seed": seed, "rate": rate, "faults": ["server_error", "connection_reset"]}
        assert (await ghl.call("POST", "/_sandbox/chaos", json=wanted)).status == 200
        return [await outcome(ghl) for _ in range(50)]


async def outcome(ghl):
    try:  # POST, because the client itself repeats a GET whose connection breaks
        return (await ghl.search()).status
    except aiohttp.ClientError:
        return "broken"


async def test_chaos_of_one_seed_is_always_the_same():
    first, again, other = [await outcomes(7), await outcomes(7), await outcomes(8)]
    assert first == again != other
    assert {200, 500, "broken"} <= set(first)


async def test_chaos_ends_when_told(ghl):
    await ghl.call("POST", "/_sandbox/chaos", json={"rate": 1, "faults": ["server_error"]})
    assert (await ghl.search()).status == 500
    assert (await ghl.call("DELETE", "/_sandbox/chaos")).body == {"faults": []}
    assert (await ghl.search()).status == 200
