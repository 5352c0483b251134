from __future__ import annotations

import pytest

from instep import (
    AccountDenied,
    DailyLimit,
    DuplicateContact,
    DuplicateOpportunity,
    LocationDenied,
    NotFound,
    RateLimited,
    RemovedInV3,
    ScopeMissing,
    SlotTaken,
    TokenExpired,
    TokenRefused,
    UserError,
    ValidationFailed,
    catalogue,
)
from instep.connectors.gohighlevel.client.meaning import OPERATION, meaning
from instep.core import errors
from instep.sdk.request import Reply, Request

CONTACT = "67dOpUFIhMPdE444K64X"


def error_of(operation, status, body, headers=None):
    address = catalogue.get(operation).address()
    path = address.path.replace("{contactId}", CONTACT)
    request = Request(address.method, path, carry={OPERATION: operation})
    return meaning(request, Reply(status, headers or {}, body))


def said(words, **more):
    return {"message": words, **more}


@pytest.mark.parametrize(
    ("operation", "status", "body", "kind"),
    [
        ("contacts.get", 401, said("The token is not authorized for this scope."), ScopeMissing),
        ("contacts.get", 401, said("Invalid token: access token is invalid"), TokenExpired),
        ("contacts.get", 401, said("Invalid JWT"), TokenRefused),
        ("contacts.get", 401, said("Invalid Private Integration token"), TokenRefused),
        ("contacts.get", 401, said("This authClass type is not allowed"), AccountDenied),
        (
            "contacts.get",
            403,
            said("The token does not have access to this location."),
            LocationDenied,
        ),
        ("contacts.get", 403, said("Forbidden resource"), AccountDenied),
        ("contacts.get", 400, said(f"Contact with id {CONTACT} not found"), NotFound),
        ("contacts.create", 422, said(["email must be an email"]), ValidationFailed),
        ("contacts.create", 400, said("phone is wrong"), ValidationFailed),
        (
            "calendars.create_appointment",
            400,
            said("The slot you have selected is no longer available."),
            SlotTaken,
        ),
        ("contacts.get", 429, said("Too Many Requests"), RateLimited),
        (
            "users.list",
            400,
            said("Endpoint /users/ not available in API version v3."),
            RemovedInV3,
        ),
        ("contacts.get", 404, said("Cannot GET /contacs"), UserError),
        ("blogs.list", 404, said("Blog is nowhere"), NotFound),
    ],
)
def test_a_refusal_becomes_what_can_be_done_about_it(operation, status, body, kind):
    assert type(error_of(operation, status, body)) is kind


def test_a_missing_scope_is_named_from_the_catalogue():
    error = error_of(
        "calendars.list_groups", 401, said("The token is not authorized for this scope.")
    )
    assert error.scope == "calendars/groups.readonly"
    assert "calendars/groups.readonly, which calendars.list_groups needs" in str(error)


def test_a_second_contact_names_the_first():
    meta = {"contactId": "c1", "contactName": "Ada", "matchingField": "phone"}
    error = error_of("contacts.create", 400, said("No duplicated contacts.", meta=meta))
    assert isinstance(error, DuplicateContact)
    assert (error.contact_id, error.field) == ("c1", "phone")


def test_a_second_opportunity_names_the_first():
    body = said("Second.", code="OPPORTUNITY_NO_DUPLICATE", meta={"existingId": "o1"})
    error = error_of("opportunities.create", 400, body)
    assert isinstance(error, DuplicateOpportunity)
    assert error.existing_id == "o1"


def test_problems_are_told_one_by_one():
    error = error_of("contacts.create", 422, said(["a must be b", "c should not exist"]))
    assert error.problems == ("a must be b", "c should not exist")


def test_the_days_quota_is_told_from_a_burst():
    headers = {"x-ratelimit-daily-remaining": "0", "x-ratelimit-daily-reset": "60000"}
    error = error_of("contacts.get", 429, said("Too Many Requests"), headers)
    assert isinstance(error, DailyLimit)
    assert error.at is not None


def test_what_is_removed_names_its_replacement():
    body = said("Endpoint not available in API version v3.")
    assert error_of("users.list", 400, body).replacement == "users.search"
    assert "list_email_templates" in error_of("emails.fetch_template", 400, body).replacement
    assert error_of("conversations.get_all_custom_subtypes", 400, body).replacement is None


@pytest.mark.parametrize("status", [409, 500, 503])
def test_other_refusals_are_left_to_their_status(status):
    assert error_of("contacts.get", status, said("No")) is None


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (DuplicateContact, errors.Duplicate),
        (LocationDenied, errors.AccountDenied),
        (NotFound, errors.Gone),
        (RateLimited, errors.RetryLater),
        (RemovedInV3, errors.UserError),
        (SlotTaken, errors.RecordRejected),
        (TokenExpired, errors.ConnectionBroken),
        (ValidationFailed, errors.RecordRejected),
    ],
)
def test_whoever_catches_the_cores_errors_catches_these(kind, parent):
    assert issubclass(kind, parent)
