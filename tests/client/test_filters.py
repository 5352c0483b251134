from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from instep import F, WrongArguments

VIP = {"field": "tags", "operator": "eq", "value": "vip"}
ROME = {"field": "city", "operator": "eq", "value": "Rome"}
NAIVE = datetime(2026, 1, 5)  # noqa: DTZ001 - that it has no zone is what is tested
OSLO = {"field": "city", "operator": "eq", "value": "Oslo"}


@pytest.mark.parametrize(
    ("condition", "sent"),
    [
        (F.tags == "vip", [VIP]),
        (F.tags != "vip", [VIP | {"operator": "not_eq"}]),
        (F.dnd == False, [{"field": "dnd", "operator": "eq", "value": False}]),  # noqa: E712 - it builds a filter
        (F.phone.exists(), [{"field": "phone", "operator": "exists"}]),
        (F.phone.not_exists(), [{"field": "phone", "operator": "not_exists"}]),
        (F.city.contains("Rom"), [ROME | {"operator": "contains", "value": "Rom"}]),
        (F.city.not_contains("Rom"), [ROME | {"operator": "not_contains", "value": "Rom"}]),
        (
            F.dateAdded.between(date(2026, 1, 1), datetime(2026, 2, 1, tzinfo=UTC)),
            [
                {
                    "field": "dateAdded",
                    "operator": "range",
                    "value": {"gte": "2026-01-01", "lte": "2026-02-01T00:00:00+00:00"},
                }
            ],
        ),
        (
            F.dateAdded > "2026-01-01",
            [{"field": "dateAdded", "operator": "range", "value": {"gt": "2026-01-01"}}],
        ),
        (
            F.custom("contact.policy_number") == "P-1",
            [{"field": "customFields.policy_number", "operator": "eq", "value": "P-1"}],
        ),
        ((F.tags == "vip") & (F.city == "Rome"), [VIP, ROME]),
        (
            (F.city == "Rome") | (F.city == "Oslo"),
            [{"group": "OR", "filters": [ROME, OSLO]}],
        ),
        (
            (F.tags == "vip") & ((F.city == "Rome") | (F.city == "Oslo")),
            [VIP, {"group": "OR", "filters": [ROME, OSLO]}],
        ),
        (
            ((F.city == "Rome") | (F.city == "Oslo")) & (F.tags == "vip") & F.phone.exists(),
            [
                {"group": "OR", "filters": [ROME, OSLO]},
                VIP,
                {"field": "phone", "operator": "exists"},
            ],
        ),
    ],
)
def test_a_condition_is_sent_as(condition, sent):
    assert condition.wire() == sent


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: F.email.contains("abc"), "email cannot be searched with contains"),
        (lambda: F.tags > "a", "tags cannot be searched with range"),
        (lambda: F.dateAdded == "2026", "dateAdded cannot be searched with eq"),
        (F.id.exists, "id cannot be searched with exists"),
        (lambda: F.tag == "x", "cannot be searched by 'tag'"),
        (lambda: F.city.contains("ab"), "3 to 75 characters"),
        (lambda: F.city.contains("a" * 76), "3 to 75 characters"),
        (lambda: F.dateAdded > NAIVE, "without a zone"),
        (F.city.asc, "cannot sort by city"),
        (
            lambda: ((F.tags == "a") & (F.tags == "b")) | (F.tags == "c"),
            "one level deep",
        ),
        (
            lambda: (F.tags == "c") | ((F.tags == "a") & (F.tags == "b")),
            "one level deep",
        ),
    ],
)
def test_what_would_be_refused_is_refused_before(make, sentence):
    with pytest.raises(WrongArguments, match=sentence):
        make()


def test_an_order_names_field_and_direction():
    assert F.dateAdded.desc().wire() == [{"field": "dateAdded", "direction": "desc"}]
    assert F.email.asc().wire() == [{"field": "email", "direction": "asc"}]


async def test_the_search_takes_conditions(sandbox, ghl):
    await sandbox.create(firstName="Ada", email="ada@x.org", city="Rome", tags=["vip"])
    await sandbox.create(firstName="Bob", email="bob@x.org", city="Oslo", tags=["vip"])
    await sandbox.create(firstName="Cyd", email="cyd@x.org", city="Paris", tags=["vip"])
    wanted = (
        (F.tags == "vip")
        & ((F.city == "Rome") | (F.city == "Oslo"))
        & (F.dateAdded >= datetime(2020, 1, 1, tzinfo=UTC))
    )
    pages = ghl.contacts.search(filters=wanted, sort=F.firstNameLowerCase.desc())
    assert [each["firstName"] async for each in pages] == ["Bob", "Ada"]
