from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from instep.connectors.gohighlevel import connector
from instep.core.errors import (
    AccountDenied,
    ConnectionBroken,
    DailyLimit,
    Duplicate,
    Gone,
    RecordRejected,
    RetryLater,
    ScopeMissing,
    UserError,
)
from instep.sdk.request import Reply, Request

GET = Request("GET", "/contacts/c1")
SEARCH = Request("POST", "/contacts/search", repeatable=True)
PUT = Request("PUT", "/contacts/c1", repeatable=True)


def refusal(status, message, request=GET, **more):
    return connector.meaning(request, Reply(status, {}, {"message": message, **more}))


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (401, "Invalid JWT", ConnectionBroken),
        (401, "Invalid token: access token is invalid", ConnectionBroken),
        (401, "Invalid Private Integration token", ConnectionBroken),
        (401, "The token is not authorized for this scope.", ScopeMissing),
        (401, "This authClass type is not allowed to access this scope", AccountDenied),
        (401, "version header was not found.", UserError),
        (401, "version header is invalid", UserError),
        (400, "Endpoint /contacts/ not available in API version v3.", UserError),
        (403, "The token does not have access to this location.", AccountDenied),
        (403, "Forbidden resource", AccountDenied),
        (400, "Contact not found", Gone),
        (400, "Contact with id seD4PfOuKoVMLkEZqohJ not found", Gone),
        (400, "Invalid field dateChanged", RecordRejected),
        (404, "Cannot GET /contact/c1", UserError),
        (404, "Contact not found", Gone),
    ],
)
def test_each_refusal_says_what_to_do_next(status, message, kind):
    assert type(refusal(status, message)) is kind


@pytest.mark.parametrize(
    ("request_", "scope"),
    [(GET, "contacts.readonly"), (SEARCH, "contacts.readonly"), (PUT, "contacts.write")],
)
def test_a_missing_scope_is_named(request_, scope):
    error = refusal(401, "The token is not authorized for this scope.", request_)

    assert error.scope == scope
    assert scope in str(error)


def test_a_duplicate_says_which_contact_and_by_what():
    error = refusal(
        400,
        "This location does not allow duplicated contacts.",
        meta={"contactId": "c7", "contactName": "Ann", "matchingField": "phone"},
    )

    assert isinstance(error, Duplicate)
    assert (error.existing_id, error.matching_field) == ("c7", "phone")


def test_every_complaint_of_a_422_is_told():
    error = refusal(422, ["property gender should not exist", "email must be an email"])

    assert type(error) is RecordRejected
    assert "property gender should not exist; email must be an email" in str(error)


def test_a_page_of_the_firewall_is_not_a_wrong_location():
    error = connector.meaning(GET, Reply(403, {}, "<html>error code: 1010</html>"))

    assert type(error) is RetryLater


def test_a_burst_of_429_waits_for_the_window_to_end():
    headers = {"x-ratelimit-interval-milliseconds": "10000", "x-ratelimit-daily-remaining": "17"}

    error = connector.meaning(GET, Reply(429, headers, {"message": "Too Many Requests"}))

    assert type(error) is RetryLater
    assert error.at - datetime.now(UTC) <= timedelta(seconds=10)


def test_a_used_up_day_waits_until_the_quota_returns():
    headers = {"x-ratelimit-daily-remaining": "0", "x-ratelimit-daily-reset": "7200000"}

    error = connector.meaning(GET, Reply(429, headers, {"message": "Too Many Requests"}))

    assert type(error) is DailyLimit
    assert error.at - datetime.now(UTC) > timedelta(minutes=119)


@pytest.mark.parametrize("status", [200, 201, 500, 502])
def test_other_statuses_speak_for_themselves(status):
    assert connector.meaning(GET, Reply(status, {}, {})) is None


@pytest.mark.parametrize("body", [None, "", [], {}])
def test_a_refusal_without_words_is_still_told(body):
    assert "without a word" in str(connector.meaning(PUT, Reply(422, {}, body)))
