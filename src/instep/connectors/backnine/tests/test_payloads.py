from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from instep.connectors.backnine import payloads
from instep.connectors.backnine.emulator.office import SECRETS

APPLICATION = {
    "id": 7,
    "updated_at": "2026-03-04T09:00:00.000-06:00",
    "is_completed": False,
    "status": "started",
    "edited_status": "Started",
    "follow_up_at": "2026-03-10T15:00:00Z",
    "product": {"id": 1, "name": "Term 20", "category": "Term"},
    "insured": {
        "id": 42,
        "name": "Ann Lee",
        "email": "ann@example.com",
        "phone_mobile": "4155550123",
    },
}


def application(**more):
    read = payloads.application({**APPLICATION, **more})
    assert read is not None
    return read


def insured(**more):
    return application(insured={**APPLICATION["insured"], **more}).insured


def test_an_application_is_read():
    assert asdict(application()) == {
        "id": "7",
        "insured": {
            "id": "42",
            "name": "Ann Lee",
            "email": "ann@example.com",
            "phone": "4155550123",
        },
        "status": "Started",
        "completed": False,
        "category": "Term",
        "follow_up_at": datetime(2026, 3, 10, 15, tzinfo=UTC),
        "tells_follow_up": True,
        "changed_at": datetime(2026, 3, 4, 15, tzinfo=UTC),
    }


def test_nothing_beside_the_named_places_is_picked():
    raw = {
        **APPLICATION,
        **SECRETS,
        "premium": 42.5,
        "apply_link": "https://example.com/resume/7",
        "insured": {**APPLICATION["insured"], **SECRETS, "birthdate": "1980-02-29"},
        "parties": [{"type": "insured", "email": "a@example.com", **SECRETS}],
    }
    picked = payloads.pick(raw, payloads.APPLICATION)

    assert picked == {**APPLICATION, "product": {"category": "Term"}} | {
        "parties": [{"type": "insured", "email": "a@example.com"}]
    }


def test_every_place_that_is_read_is_one_that_the_facts_know():
    """The field lists of the facts, as they were when this was written."""
    known = {
        *("id", "created_at", "updated_at", "completed_at", "is_completed", "status"),
        *("edited_status", "lead_status", "follow_up_at", "step", "named_step"),
        *("product", "insured", "parties"),
    }
    of_insured = {"id", "name", "phone_mobile", "email"}

    assert payloads.APPLICATION.keys() <= known
    assert payloads.APPLICATION["insured"].keys() == of_insured
    assert payloads.CASE.keys() <= {"id", "created_at", "updated_at", "status", "insured"}


@pytest.mark.parametrize("raw", [None, [], "x", {}, {"id": None}, {"id": True}, {"id": ""}])
def test_what_has_no_id_is_no_application_and_no_case(raw):
    assert payloads.application(raw) is None
    assert payloads.case(raw) is None


def test_an_application_before_it_has_an_insured():
    assert application(insured=None).insured is None
    assert payloads.application({"id": 7}).insured is None


def test_an_insured_without_an_id_goes_by_the_application():
    assert insured(id=None).id == "eapp-7"


def test_what_nobody_can_see_is_left_out_of_a_text():
    assert insured(name="Ann\x00 \ud800Lee\n Jr").name == "Ann Lee Jr"
    assert insured(name="\x00").name is None


def test_phone_and_email_may_stand_at_the_party_of_the_insured():
    read = application(
        insured={"id": 42, "name": "Ann Lee"},
        parties=[
            {"type": "owner", "primary_phone": "4155550000", "email": "owner@example.com"},
            {"type": "insured", "primary_phone": "4155550123", "email": "ann@example.com"},
        ],
    ).insured

    assert (read.email, read.phone) == ("ann@example.com", "4155550123")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "Ann Lee 123-45-6789"}, "name"),
        ({"phone_mobile": "123-45-6789"}, "phone"),
        ({"phone_mobile": "4111 1111 1111 1111"}, "phone"),
        ({"email": "no address"}, "email"),
    ],
)
def test_numbers_in_the_wrong_place_are_not_taken_up(given, field):
    assert getattr(insured(**given), field) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"completed_at": "2026-03-04"}, True),
        ({"is_completed": True}, True),
        ({"is_completed": None, "completed_at": None}, False),
    ],
)
def test_an_application_is_completed_by_either_sign(given, expected):
    assert application(**given).completed is expected


@pytest.mark.parametrize(
    ("given", "tells", "at"),
    [
        ({"follow_up_at": None}, True, None),
        ({"follow_up_at": ""}, True, None),
        ({"follow_up_at": "next week"}, False, None),
        ({"follow_up_at": "2026-03-10"}, True, datetime(2026, 3, 10, tzinfo=UTC)),
        ({"follow_up_at": "0001-01-01T00:00:00+23:59"}, False, None),
    ],
)
def test_a_follow_up_is_set_not_set_or_not_understood(given, tells, at):
    read = application(**given)
    assert (read.tells_follow_up, read.follow_up_at) == (tells, at)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"electronic_application": {"id": 7}}, "application"),
        ({"case": {"id": 7}}, "case"),
        ({"id": 7, "step": 1}, "application"),
        ({"id": 7, "policy_number": None}, "case"),
        ({"id": 7}, None),
        ({"case": "closed"}, None),
    ],
)
def test_a_webhook_is_about_an_application_or_a_case(body, kind):
    assert payloads.kind_of(body)[0] == kind


def test_a_case_is_read():
    raw = {"id": 9, "status": "Approved", "insured": {"id": 42, "name": "Ann Lee", **SECRETS}}
    assert asdict(payloads.case(raw)) == {
        "id": "9",
        "insured_id": "42",
        "status": "Approved",
        "changed_at": None,
    }


def test_the_emulator_holds_what_must_not_leak():
    """Else the tests that look for it would prove nothing."""
    text = Path(payloads.__file__).with_name("emulator").joinpath("office.py").read_text()
    assert "**SECRETS" in text
    assert "123-45-6789" in json.dumps(SECRETS)
