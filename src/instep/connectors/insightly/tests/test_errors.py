from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from instep.connectors.insightly import connector
from instep.connectors.insightly.limits import next_midnight
from instep.core.errors import (
    AccountDenied,
    ConnectionBroken,
    DailyLimit,
    Gone,
    RecordRejected,
    RetryLater,
    UserError,
    VersionStale,
)
from instep.sdk.request import Reply, Request

LIST = Request("GET", "/Contacts")
GET = Request("GET", "/Contacts/301")
PUT = Request("PUT", "/Contacts", json={}, headers={"If-Match": 'W/"7"'})


def refusal(request, status, message="Nothing more to say.", headers=None):
    body = {"Name": "Error", "Message": message}
    return connector.meaning(request, Reply(status, headers or {}, body))


@pytest.mark.parametrize(
    ("request_", "status", "kind"),
    [
        (LIST, 401, ConnectionBroken),
        (LIST, 403, AccountDenied),
        (GET, 403, RecordRejected),
        (PUT, 403, RecordRejected),
        (GET, 404, Gone),
        (PUT, 404, Gone),
        (LIST, 404, UserError),
        (LIST, 405, UserError),
        (PUT, 400, RecordRejected),
        (PUT, 412, VersionStale),
    ],
)
def test_each_refusal_says_what_to_do_next(request_, status, kind):
    assert type(refusal(request_, status)) is kind


def test_a_stale_version_is_a_400_that_names_the_header():
    error = refusal(PUT, 400, 'If-Match header value W/"7" is not valid.')

    assert type(error) is VersionStale


def test_the_apps_sentence_is_told():
    assert "FIRST_NAME is too long" in str(refusal(PUT, 400, "FIRST_NAME is too long"))


def test_a_burst_waits_as_long_as_it_is_told():
    error = refusal(LIST, 429, headers={"x-ratelimit-remaining": "900", "retry-after": "2"})

    assert type(error) is RetryLater
    assert timedelta(seconds=1) < error.at - datetime.now(UTC) <= timedelta(seconds=2)


def test_a_burst_without_a_word_backs_off():
    error = refusal(LIST, 429, headers={"x-ratelimit-remaining": "900"})

    assert type(error) is RetryLater
    assert error.at is None


def test_a_used_up_day_waits_for_midnight_utc():
    error = refusal(LIST, 429, headers={"x-ratelimit-remaining": "0", "retry-after": "2"})

    assert type(error) is DailyLimit
    assert error.at == next_midnight(datetime.now(UTC))
    assert str(error).endswith(f"it goes on at {error.at:%Y-%m-%d} 00:00 UTC.")


@pytest.mark.parametrize("body", [None, "", {}, []])
def test_a_refusal_without_words_is_still_told(body):
    assert "without a word" in str(connector.meaning(PUT, Reply(400, {}, body)))


def test_midnight_is_the_next_one():
    eve = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)

    assert next_midnight(eve) == datetime(2027, 1, 1, tzinfo=UTC)


def test_the_daily_quota_is_learnt_from_the_headers():
    headers = {"x-ratelimit-limit": "100000", "x-ratelimit-remaining": "99986"}

    seen = connector.observed(Reply(200, headers))

    assert (seen.daily, seen.daily_left) == (100_000, 99_986)
    assert seen.daily_resets_at == next_midnight(datetime.now(UTC))
    assert seen.pause_until is None


def test_a_reply_without_headers_teaches_nothing():
    seen = connector.observed(Reply(200))

    assert (seen.daily, seen.daily_left, seen.daily_resets_at) == (None, None, None)


def test_a_burst_429_pauses_every_caller():
    headers = {"x-ratelimit-remaining": "9", "retry-after": "1"}

    assert connector.observed(Reply(429, headers)).pause_until is not None


@pytest.mark.parametrize(("chosen", "rate"), [({}, 4), ({"per_second": "8"}, 8)])
def test_no_second_holds_more_than_one_call_above_the_chosen_rate(chosen, rate):
    limits = connector.limits("api_key", chosen)

    assert (limits.per_second, limits.burst, limits.daily) == (rate, 1, None)
