from __future__ import annotations

import pytest

from instep.sandbox.gohighlevel import GoHighLevel
from instep.sandbox.gohighlevel.credentials import LOCATION, Grant
from tests.sandbox.ghl_caller import serving

HEADERS = {
    "X-RateLimit-Limit-Daily",
    "X-RateLimit-Daily-Remaining",
    "X-RateLimit-Interval-Milliseconds",
    "X-RateLimit-Max",
    "X-RateLimit-Remaining",
    "X-RateLimit-Daily-Reset",
}


def oauth_token(ghl):
    grant = Grant(LOCATION, ghl.location, ("contacts.readonly",))
    return ghl.app.services.credentials.issue_pair(grant)[0].text


@pytest.mark.parametrize(
    ("pace", "kind", "calls", "daily"),
    [
        (1, "private", 25, 10_000),
        (1, "oauth", 100, 200_000),
        (10, "private", 250, 100_000),
        (10, "oauth", 1_000, 2_000_000),
    ],
)
async def test_the_headers_tell_the_allowance_in_force(pace, kind, calls, daily):
    async with serving(GoHighLevel(pace=pace)) as ghl:
        token = oauth_token(ghl) if kind == "oauth" else None
        headers = (await ghl.call("GET", "/contacts/x", token=token)).headers
        assert all(name in headers for name in HEADERS)
        assert int(headers["X-RateLimit-Max"]) == calls
        assert int(headers["X-RateLimit-Remaining"]) == calls - 1
        assert int(headers["X-RateLimit-Limit-Daily"]) == daily
        assert int(headers["X-RateLimit-Daily-Remaining"]) == daily - 1
        assert headers["X-RateLimit-Interval-Milliseconds"] == "10000"
        assert 0 < int(headers["X-RateLimit-Daily-Reset"]) <= 86_400_000


async def test_calls_beyond_the_allowance_are_refused_until_the_window_moves_on():
    async with serving(GoHighLevel(pace=1)) as ghl:
        answers = [await ghl.call("GET", "/contacts/x") for _ in range(27)]
        assert [answer.status for answer in answers] == [400] * 25 + [429] * 2
        last = answers[-1]
        assert {k: v for k, v in last.body.items() if k != "traceId"} == {
            "statusCode": 429,
            "message": "Too Many Requests",
        }
        assert last.headers["X-RateLimit-Remaining"] == "0"
        assert "Retry-After" not in last.headers
        ghl.app.faults.switch_on("clock_skew=11")
        assert (await ghl.call("GET", "/contacts/x")).status == 400


async def test_each_private_token_and_each_oauth_location_is_counted_for_itself():
    async with serving(GoHighLevel(pace=1)) as ghl:
        for _ in range(26):
            last = await ghl.call("GET", "/contacts/x")
        assert last.status == 429
        agency = ghl.told["agency_private_integration_token"]
        assert (await ghl.call("GET", "/contacts/x", token=agency)).status == 400
        one, two = oauth_token(ghl), oauth_token(ghl)
        await ghl.call("GET", "/contacts/x", token=one)
        headers = (await ghl.call("GET", "/contacts/x", token=two)).headers
        assert headers["X-RateLimit-Remaining"] == "98"


async def test_calls_without_a_good_token_cost_nothing(ghl):
    answer = await ghl.call("GET", "/contacts/x", token="pit-wrong")
    assert not any(name in answer.headers for name in HEADERS)


@pytest.mark.parametrize(
    ("fault", "header"),
    [
        ("rate_limit_burst", "X-RateLimit-Remaining"),
        ("rate_limit_daily", "X-RateLimit-Daily-Remaining"),
    ],
)
async def test_a_limit_can_be_made_to_be_hit(ghl, fault, header):
    ghl.app.faults.switch_on(f"{fault}=count:1,path:/contacts/*")
    answer = await ghl.call("GET", "/contacts/x")
    assert answer.status == 429
    zero = {name for name in HEADERS if answer.headers[name] == "0"}
    assert zero == {header}
    assert (await ghl.call("GET", "/contacts/x")).status == 400


async def test_a_server_error_can_be_made_to_happen(ghl):
    ghl.app.faults.switch_on("server_error=count:1")
    answer = await ghl.call("GET", "/contacts/x")
    assert (answer.status, answer.message) == (500, "Internal Server Error")
    assert "traceId" in answer.body


async def test_calls_are_counted_by_operation(ghl):
    contact = await ghl.create(email="a@x.org")
    await ghl.get(contact["id"])
    await ghl.search()
    calls = (await ghl.call("GET", "/_sandbox/calls")).body
    assert calls == {
        "total": 3,
        "calls": {
            "GET /contacts/{contactId}": 1,
            "POST /contacts/": 1,
            "POST /contacts/search": 1,
        },
    }
