from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from instep.connectors.gohighlevel import connector
from instep.sdk.request import Reply

HEADERS = {
    "x-ratelimit-limit-daily": "200000",
    "x-ratelimit-daily-remaining": "199990",
    "x-ratelimit-daily-reset": "3600000",
    "x-ratelimit-interval-milliseconds": "10000",
    "x-ratelimit-max": "100",
    "x-ratelimit-remaining": "96",
}


@pytest.mark.parametrize(
    ("kind", "most", "daily"), [("oauth2", 100, 200_000), ("private_integration", 25, 10_000)]
)
def test_no_ten_seconds_hold_more_calls_than_the_kind_of_credential_allows(kind, most, daily):
    limits = connector.limits(kind, {})

    assert limits.burst + limits.per_second * 10 == most
    assert limits.daily == daily


def test_headers_overrule_what_was_known():
    seen = connector.observed(Reply(200, HEADERS | {"x-ratelimit-max": "250"}))

    assert seen.burst + seen.per_second * 10 == 250
    assert (seen.daily, seen.daily_left) == (200_000, 199_990)
    assert seen.pause_until is None


def test_the_daily_reset_is_a_duration():
    seen = connector.observed(Reply(200, HEADERS))

    left = seen.daily_resets_at - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(hours=1)


def test_a_429_pauses_for_one_window():
    seen = connector.observed(Reply(429, HEADERS))

    assert timedelta(seconds=9) < seen.pause_until - datetime.now(UTC) <= timedelta(seconds=10)


def test_a_reply_without_headers_teaches_nothing():
    seen = connector.observed(Reply(200, {"x-ratelimit-max": "many"}))

    assert (seen.per_second, seen.burst, seen.daily, seen.daily_resets_at) == (None,) * 4


@pytest.mark.parametrize(
    ("token", "good"),
    [
        ("pit-9f1c7b1e-2f5c-4c39-9a39-0c4c2f5d6e7f", True),
        ("eyJhbGciOiJIUzI1NiJ9.eyJsb2NhdGlvbl9pZCI6IngifQ.c2ln", False),
        ("9c48df26-94a8-49b6-089f-9d0d3513efe0", False),
    ],
)
def test_a_key_of_the_old_api_is_refused_with_the_two_ways_that_work(token, good):
    setting = next(each for each in connector.settings if each.name == "token")

    assert (re.fullmatch(setting.pattern, token) is not None) is good
    assert "private integration" in setting.help
    assert "oauth2" in setting.help
