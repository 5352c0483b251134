from __future__ import annotations

import pytest

from instep.connectors.backnine import payloads, statuses
from instep.connectors.backnine.withheld import is_no_number, is_phone, may_be_said, refusal


def application(**more):
    read = payloads.application({"id": 7, "insured": {"id": 42, "name": "Ann"}, **more})
    assert read is not None
    return read


def case(**more):
    read = payloads.case({"id": 7, "insured": {"id": 42}, **more})
    assert read is not None
    return read


def test_the_tags_of_an_insured():
    read = application(status="App Signed", product={"category": "Whole Life"})

    assert statuses.tags_of(read) == (
        "backnine:eapp-started",
        "backnine:product-whole-life",
        "backnine:status-app-signed",
    )
    assert statuses.tags_of(application(is_completed=True)) == ("backnine:eapp-completed",)


@pytest.mark.parametrize(
    "status",
    ["Paramed exam ordered", "Waiting for APS", "Declined: diabetes", "Card declined", "123456789"],
)
def test_words_about_health_or_payments_are_said_nowhere(status):
    read = application(status=status)

    told = [statuses.note_text(read), statuses.note_id(read), *statuses.tags_of(read)]
    assert not any(status.lower() in str(each).lower() for each in told)
    assert "The words stay in BackNine" in statuses.note_text(read)


@pytest.mark.parametrize("status", ["Submitted", "In Underwriting", "Approved", "Example Draft"])
def test_other_statuses_are_said(status):
    assert may_be_said(status)
    assert f"“{status}”" in statuses.note_text(case(status=status))


def test_one_note_for_each_status_of_each_application_and_case():
    ids = [
        statuses.note_id(application(status="Approved")),
        statuses.note_id(application(status="Submitted")),
        statuses.note_id(case(status="Approved")),
    ]
    assert len({*ids}) == len(ids)
    assert statuses.note_id(application(status="approved")) == ids[0]
    assert statuses.note_id(application(status=None)) is None


@pytest.mark.parametrize(
    ("field", "what"),
    [
        ("ssn", "identity numbers"),
        ("insuredSSN", "identity numbers"),
        ("custom.Social Security Number", "identity numbers"),
        ("health_answers", "medical data"),
        ("healthClass", "medical data"),
        ("smoker", "medical data"),
        ("payment", "payment data"),
        ("bankAccount", "payment data"),
        ("custom.Credit Card", "payment data"),
    ],
)
def test_a_field_that_is_never_read_is_refused_with_its_reason(field, what):
    assert what in str(refusal(field))
    assert field in str(refusal(field))


@pytest.mark.parametrize("field", ["email", "first_name", "tags", "apply_link", "due_at", "body"])
def test_what_is_read_is_not_refused(field):
    assert refusal(field) is None


def test_what_looks_like_a_number_of_a_person_or_a_card():
    assert not is_no_number("Ann 123 45 6789")
    assert is_no_number("Ann Lee 3rd")
    assert is_phone("(415) 555-0123")
    assert is_phone("+1 415 555 0123")
    assert not is_phone("123-45-6789")
    assert not is_phone("none")
