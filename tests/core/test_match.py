"""Finding the other side of a record: the table, case by case."""

from __future__ import annotations

import pytest

from instep.core.mapping import FieldMapping, Pair
from instep.core.match import Candidate, Doubt, Keys, Match, contradicts, keys_of, match
from instep.core.records import Field, FieldType, Identity

ADA = Keys("ada@example.com", "+61412345678", "Ada Lovelace")
MAIL = Keys(strong="ada@example.com")
PHONE = Keys(weak="+61412345678", label="Ada Lovelace")
NAME = Keys(label="Ada Lovelace")


def there(number, keys, *, linked=False):
    return Candidate(f"t{number}", keys, linked)


def here(number, keys, *, linked=False):
    return Candidate(f"h{number}", keys, linked)


def found(number, by):
    return Match(f"t{number}", candidates=(f"t{number}",), by=by)


# Nothing to match with


@pytest.mark.parametrize("keys", [ADA, MAIL, PHONE, NAME])
def test_a_record_nobody_resembles_is_new(keys):
    assert match(keys, [], []) == Match()


def test_a_record_without_anything_to_know_it_by_goes_to_a_person():
    assert match(Keys(), [], []).doubt is Doubt.NOTHING_KNOWN


# E-mail


def test_one_record_with_the_same_e_mail_is_it():
    assert match(ADA, [there(1, MAIL)], []) == found(1, "e-mail")


def test_the_e_mail_matches_by_itself_whatever_else_differs():
    other = Keys("ada@example.com", "+442079460958", "A. King")
    assert match(ADA, [there(1, other)], []).other == "t1"


def test_the_e_mail_comes_before_the_phone():
    assert match(ADA, [there(1, PHONE), there(2, MAIL)], []) == found(2, "e-mail")


def test_two_records_there_with_its_e_mail_are_left_to_a_person():
    verdict = match(ADA, [there(1, MAIL), there(2, ADA)], [])
    assert (verdict.doubt, verdict.candidates) == (Doubt.SEVERAL_THERE, ("t1", "t2"))
    assert verdict.other is None


@pytest.mark.parametrize("others", [[], [there(1, MAIL)]])
@pytest.mark.parametrize("linked", [False, True])
def test_a_twin_on_its_own_side_is_left_to_a_person(others, linked):
    """Two here would fight over one there; and creating both there would double them."""
    verdict = match(ADA, others, [here(2, MAIL, linked=linked)])
    assert (verdict.doubt, verdict.candidates) == (Doubt.SEVERAL_HERE, ("h2",))


def test_a_record_that_is_linked_already_is_not_taken_away():
    verdict = match(ADA, [there(1, MAIL, linked=True)], [])
    assert (verdict.doubt, verdict.candidates) == (Doubt.TAKEN, ("t1",))


def test_a_taken_and_a_free_record_with_its_e_mail_are_still_two():
    others = [there(1, MAIL, linked=True), there(2, MAIL)]
    assert match(ADA, others, []).doubt is Doubt.SEVERAL_THERE


# Phone


@pytest.mark.parametrize(
    "other",
    [
        PHONE,
        Keys(weak=PHONE.weak),
        Keys(weak=PHONE.weak, label="ADA LOVELACE"),
        Keys("ada@example.com", PHONE.weak),
    ],
)
def test_the_phone_matches_where_nothing_speaks_against_it(other):
    assert match(PHONE, [there(1, other)], []) == found(1, "phone")


def test_a_family_that_shares_a_phone_is_told_apart_by_name():
    george = Keys(weak=PHONE.weak, label="George Byron")
    others = [there(1, george), there(2, PHONE)]
    assert match(PHONE, others, []) == found(2, "phone")
    assert match(PHONE, [there(1, george)], []) == Match()


def test_a_family_whose_names_are_not_known_there_is_not_guessed_at():
    others = [there(1, Keys(weak=PHONE.weak)), there(2, PHONE)]
    assert match(PHONE, others, []).doubt is Doubt.SEVERAL_THERE


def test_the_same_name_and_phone_with_another_e_mail_is_left_to_a_person():
    other = Keys("ada@elsewhere.example", PHONE.weak, "Ada Lovelace")
    verdict = match(ADA, [there(1, other)], [])
    assert (verdict.doubt, verdict.candidates) == (Doubt.PHONE_ONLY, ("t1",))
    assert verdict.by == "phone"


def test_another_e_mail_and_another_name_on_one_phone_are_two_people():
    other = Keys("george@example.com", PHONE.weak, "George Byron")
    assert match(ADA, [there(1, other)], []) == Match()


def test_a_fitting_record_beside_one_that_fits_but_for_its_e_mail_is_not_guessed_at():
    others = [
        there(1, Keys(None, PHONE.weak, "Ada Lovelace")),
        there(2, Keys("ada@elsewhere.example", PHONE.weak, "Ada Lovelace")),
    ]
    verdict = match(ADA, others, [])
    assert verdict.other is None
    assert verdict.doubt is not None
    assert set(verdict.candidates) == {"t1", "t2"}


def test_a_twin_by_phone_on_its_own_side_is_left_to_a_person():
    verdict = match(PHONE, [there(1, PHONE)], [here(2, PHONE)])
    assert (verdict.doubt, verdict.candidates) == (Doubt.SEVERAL_HERE, ("h2",))


def test_a_relative_with_its_phone_on_its_own_side_is_no_twin():
    george = Keys(weak=PHONE.weak, label="George Byron")
    assert match(PHONE, [there(1, PHONE)], [here(2, george)]) == found(1, "phone")


def test_a_record_that_is_linked_already_is_not_taken_away_by_phone():
    assert match(PHONE, [there(1, PHONE, linked=True)], []).doubt is Doubt.TAKEN


# Name only


def test_a_name_alone_is_never_enough():
    verdict = match(NAME, [there(1, Keys(label="ada lovelace"))], [])
    assert (verdict.doubt, verdict.candidates) == (Doubt.NAME_ONLY, ("t1",))
    assert verdict.by == "name"


def test_a_name_that_only_linked_records_have_is_new():
    assert match(NAME, [there(1, ADA, linked=True)], []) == Match()


@pytest.mark.parametrize("keys", [ADA, MAIL, PHONE])
def test_with_a_key_the_name_does_not_count(keys):
    assert match(keys, [there(1, NAME)], []) == Match()


# Keys


EMAIL = Field("email", "e", FieldType.EMAIL, identity=Identity.STRONG)
MOBILE = Field("phone", "p", FieldType.PHONE, identity=Identity.WEAK)
MAPPING = FieldMapping(
    tuple(
        Pair(each, each)
        for each in (Field("first_name", "f"), Field("last_name", "l"), EMAIL, MOBILE)
    )
)


def test_keys_are_the_fields_declared_as_identity_and_the_name():
    values = {
        "first_name": "Ada",
        "last_name": "Lovelace",
        "email": "ada@example.com",
        "phone": "+61412345678",
    }
    assert keys_of(values, MAPPING) == ADA


def test_what_is_empty_or_was_not_read_is_no_key():
    assert keys_of({"email": None, "first_name": None}, MAPPING) == Keys()


@pytest.mark.parametrize("typed", ["0412 345 678", "call me", "+1 555", "+", "+61 (0)4"])
def test_a_number_that_is_not_valid_is_no_key(typed):
    """As normalising leaves it: an international prefix alone makes no number."""
    projected = MAPPING.project({"phone": typed}, "a", None)
    assert projected["phone"] == typed
    assert keys_of(projected, MAPPING).weak is None


def test_a_declared_weak_key_need_not_be_a_phone():
    number = Field("customer_number", "n", identity=Identity.WEAK)
    keys = keys_of({"customer_number": "K-7"}, FieldMapping((Pair(number, number),)))
    assert keys.weak == "K-7"


# Contradictions


def test_equal_e_mails_speak_for_one_person_and_different_ones_for_two():
    assert not contradicts(ADA, Keys(ADA.strong, None, "A. King"))
    assert contradicts(ADA, Keys("other@example.com", ADA.weak, ADA.label))


def test_without_two_e_mails_the_names_decide_and_silence_says_nothing():
    assert contradicts(PHONE, Keys(label="George Byron"))
    assert not contradicts(PHONE, Keys(label="ada lovelace"))
    assert not contradicts(PHONE, Keys("ada@example.com"))
    assert not contradicts(Keys(), ADA)
