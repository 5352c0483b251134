"""Phone numbers: E.164 where the number is valid in the account's country, else as typed."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from phonenumbers import PhoneNumberFormat as Spelling

from instep.core.normalise import normalise, to_e164
from instep.core.records import Field, FieldType
from tests.core.strategies import countries, phones

FIELD = Field("phone", "phone", FieldType.PHONE)
EXAMPLES = [
    (country, number)
    for country in sorted(phonenumbers.SUPPORTED_REGIONS)
    if (number := phonenumbers.example_number(country)) is not None
]


def test_every_country_has_an_example():
    assert len(EXAMPLES) > 240


@pytest.mark.parametrize("spelling", [Spelling.E164, Spelling.INTERNATIONAL, Spelling.RFC3966])
def test_every_country_s_international_spellings_need_no_country(spelling):
    for country, number in EXAMPLES:
        e164 = phonenumbers.format_number(number, Spelling.E164)
        assert normalise(phonenumbers.format_number(number, spelling), FIELD, None) == e164, country


def test_every_country_s_local_spelling_is_completed_with_it():
    for country, number in EXAMPLES:
        e164 = phonenumbers.format_number(number, Spelling.E164)
        local = phonenumbers.format_number(number, Spelling.NATIONAL)
        assert normalise(local, FIELD, country) == e164, country


@pytest.mark.parametrize(
    ("raw", "country", "e164"),
    [
        ("(02) 9374 4000", "AU", "+61293744000"),
        ("0412-345-678", "AU", "+61412345678"),
        ("0011 44 20 7946 0958", "AU", "+442079460958"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("(650) 253-0000", "US", "+16502530000"),
        ("1 650 253 0000", "US", "+16502530000"),
    ],
)
def test_local_spellings_are_completed(raw, country, e164):
    assert normalise(raw, FIELD, country) == e164


@pytest.mark.parametrize(
    ("raw", "country"),
    [
        ("0412 345 678", None),  # nothing completes it
        ("0412 345 678", "US"),  # not valid there
        ("0412 345", "AU"),
        ("+1 555", None),
        ("650 253 0000 ext. 12", "US"),  # an extension would be lost in E.164
        ("call my office", "US"),
        ("0412 345 678", "XX"),  # no such country
    ],
)
def test_an_invalid_number_is_kept_as_it_was_typed(raw, country):
    assert normalise(raw, FIELD, country) == raw
    assert to_e164(raw, country) is None


def test_an_invalid_number_still_loses_needless_space():
    assert normalise("  call   my office ", FIELD, "US") == "call my office"


@given(phones, countries)
def test_a_number_is_either_valid_e164_or_the_text_that_was_typed(text, country):
    value = normalise(text, FIELD, country)
    typed = normalise(text, Field("text", "text"), country)
    if value != typed:
        assert isinstance(value, str)
        assert phonenumbers.is_valid_number(phonenumbers.parse(value))
        assert value[0] == "+"
        assert value[1:].isdigit()


@given(phones, countries)
def test_e164_means_the_same_in_every_country(text, country):
    value = to_e164(text, country)
    if value is not None:
        assert {to_e164(value, each) for each in (None, "US", "AU", "GB")} == {value}
