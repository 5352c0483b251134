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
        (400, "The slot you have selected is no longer available.", RecordRejected),
        (400, "Invalid field dateChanged", RecordRejected),
        (404, "Cannot GET /contact/c1", UserError),
        (404, "Contact not found", Gone),
        (404, "User with id u1 not found", RecordRejected),
        (404, "Not Found", UserError),
        (501, "The sandbox does not simulate x.y", UserError),
    ],
)
def test_each_refusal_says_what_to_do_next(status, message, kind):
    assert type(refusal(status, message)) is kind


@pytest.mark.parametrize(
    ("request_", "scope"),
    [
        (GET, "contacts.readonly"),
        (SEARCH, "contacts.readonly"),
        (PUT, "contacts.write"),
        (Request("POST", "/locations/l1/tasks/search"), "locations/tasks.readonly"),
        (Request("GET", "/calendars/events/appointments/a1"), "calendars/events.readonly"),
        (Request("DELETE", "/businesses/b1"), "businesses.write"),
    ],
)
def test_a_missing_scope_is_named(request_, scope):
    error = refusal(401, "The token is not authorized for this scope.", request_)

    assert error.scope == scope
    assert scope in str(error)


def test_a_scope_that_is_not_known_is_told_by_its_call():
    error = refusal(401, "The token is not authorized for this scope.", Request("GET", "/x/y"))

    assert error.scope is None
    assert "a scope for GET /x/y" in str(error)


def test_a_duplicate_says_which_contact_and_by_what():
    error = refusal(
        400,
        "This location does not allow duplicated contacts.",
        meta={"contactId": "c7", "contactName": "Ann", "matchingField": "phone"},
    )

    assert isinstance(error, Duplicate)
    assert (error.existing_id, error.matching_field) == ("c7", "phone")


@pytest.mark.parametrize(
    ("method", "path", "message", "kind"),
    [
        ("GET", "/contacts/c1/tasks/t1", "Task not found", Gone),
        ("GET", "/contacts/c1/tasks/t1", "Contact not found", Gone),
        ("POST", "/contacts/c1/tasks", "Contact with id c1 not found", Gone),
        ("POST", "/contacts/c1/tasks", "User with id u1 not found", RecordRejected),
        ("PUT", "/contacts/c1/notes/n1", "Note with id n1 not found", Gone),
        ("PUT", "/contacts/c1", "User not found", RecordRejected),
        ("GET", "/opportunities/o1", "Opportunity not found", Gone),
        ("PUT", "/opportunities/o1", "Pipeline stage not found", RecordRejected),
        ("POST", "/opportunities/", "Contact not found", RecordRejected),
        ("GET", "/businesses/b1", "Business does not exist", Gone),
        ("GET", "/calendars/events/appointments/a1", "Event not found", Gone),
        ("DELETE", "/calendars/events/a1", "The appointment has been deleted", Gone),
        ("POST", "/calendars/events/appointments", "Calendar not found", RecordRejected),
        ("GET", "/users/u1", "record not found", Gone),
        ("GET", "/contacts/abcdefghijklmnopqrst", "Contact not found", Gone),
        ("PUT", "/contacts/abc/tasks/xyz", "Task not found", Gone),
        ("PUT", "/contacts/abc/tasks/xyz", "User not found", RecordRejected),
        ("DELETE", "/calendars/events/abcdef", "Event not found", Gone),
        ("GET", "/contacts/search/duplicate", "Contact not found", RecordRejected),
        ("POST", "/contacts/search", "Contact not found", RecordRejected),
        ("GET", "/locations/l1/customFields/f1", "Custom field not found", Gone),
        ("PUT", "/calendars/events/block-slots/b1", "Block slot not found", Gone),
        ("GET", "/conversations/messages/email/m1", "Message with id m1 not found", Gone),
        ("GET", "/conversations/messages/email/m1", "Message with id m2 not found", RecordRejected),
    ],
)
def test_a_record_is_gone_only_if_the_call_was_addressed_to_it(method, path, message, kind):
    assert type(refusal(400, message, Request(method, path))) is kind


def test_a_taken_slot_says_what_to_do():
    error = refusal(400, "The slot you have selected is no longer available.")

    assert "Choose another time" in str(error)


def test_a_second_opportunity_says_which_is_the_first():
    error = refusal(
        400,
        "Can not create duplicate opportunity for the contact.",
        code="OPPORTUNITY_NO_DUPLICATE",
        meta={"existingId": "o7"},
    )

    assert isinstance(error, Duplicate)
    assert (error.existing_id, error.matching_field) == ("o7", "contact_id")


@pytest.mark.parametrize("meta", [None, {}, [], {"existingId": ""}])
def test_a_duplicate_without_the_first_ones_id_is_just_refused(meta):
    error = refusal(400, "Can not create.", code="OPPORTUNITY_NO_DUPLICATE", meta=meta)

    assert type(error) is RecordRejected


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
    assert str(error).endswith(f"it goes on at {error.at:%Y-%m-%d %H:%M} UTC.")


@pytest.mark.parametrize("status", [200, 201, 500, 502])
def test_other_statuses_speak_for_themselves(status):
    assert connector.meaning(GET, Reply(status, {}, {})) is None


@pytest.mark.parametrize("body", [None, "", [], {}])
def test_a_refusal_without_words_is_still_told(body):
    assert "without a word" in str(connector.meaning(PUT, Reply(422, {}, body)))
