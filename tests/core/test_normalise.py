"""Two spellings of the same thing come out equal, and once normalised a value stays as it is."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from instep.core.fingerprint import dump, load
from instep.core.normalise import normalise
from instep.core.records import Field, FieldType
from tests.core.strategies import countries, limits, peculiar, raw_of, texts


def norm(raw, kind=FieldType.TEXT, country=None, max_length=None):
    return normalise(raw, Field("any", "any", kind, max_length=max_length), country)


# The law


@pytest.mark.parametrize("kind", FieldType)
@given(data=st.data(), country=countries)
def test_a_normalised_value_stays_as_it_is(kind, data, country):
    once = norm(data.draw(raw_of(kind)), kind, country)
    assert norm(once, kind, country) == once


@pytest.mark.parametrize("kind", FieldType)
@given(data=st.data(), country=countries, limit=limits)
def test_a_normalised_value_stays_as_it_is_under_a_length_limit(kind, data, country, limit):
    once = norm(data.draw(raw_of(kind)), kind, country, limit)
    assert norm(once, kind, country, limit) == once


@pytest.mark.parametrize(
    ("raw", "kind", "country", "limit"),
    [
        ("J\u030c@example.com", FieldType.EMAIL, None, None),
        (["T\u0308ag"], FieldType.WORDS, None, None),
        ("0001/01/01", FieldType.DATE, None, None),
        ("2024-02-31", FieldType.DATE, None, 9),
        ("0412 345 678 ext. 12", FieldType.PHONE, "AU", 12),
        ("United Kingdom of old", FieldType.COUNTRY, None, 14),
    ],
)
def test_known_hard_values_stay_as_they_are_too(raw, kind, country, limit):
    once = norm(raw, kind, country, limit)
    assert norm(once, kind, country, limit) == once


@pytest.mark.parametrize("kind", FieldType)
@pytest.mark.parametrize("raw", [None, ""])
def test_nothing_is_empty_in_every_type(kind, raw):
    assert norm(raw, kind) is None


FLAGS = (FieldType.BOOLEAN, FieldType.CONSENT)


@pytest.mark.parametrize("kind", [kind for kind in FieldType if kind not in FLAGS])
@given(space=st.text(" \t\n\u00a0\u2003", min_size=1, max_size=4))
def test_white_space_alone_is_empty(kind, space):
    assert norm(space, kind) is None


# Text


@given(st.lists(texts.filter(str.split), min_size=1, max_size=4))
def test_white_space_does_not_tell_texts_apart(parts):
    assert norm("\u00a0 ".join(parts) + "\n") == norm(" ".join(parts))


@given(peculiar)
def test_composed_and_decomposed_characters_are_the_same_text(text):
    assert norm(unicodedata.normalize("NFD", text)) == norm(text)


def test_a_character_that_no_database_can_store_is_left_out():
    assert norm("A\x00da \ud83d") == "Ada"


def test_case_matters_in_text():
    assert norm("McDonald") != norm("Mcdonald")


@pytest.mark.parametrize(("raw", "text"), [(7, "7"), (0, "0"), (2.5, "2.5")])
def test_numbers_become_text(raw, text):
    assert norm(raw) == text


# E-mail


@given(texts)
def test_case_and_outer_space_do_not_tell_e_mails_apart(text):
    assert norm(f" {text} ", FieldType.EMAIL) == norm(text, FieldType.EMAIL)


def test_an_e_mail_is_lower_case():
    assert norm(" Ada@Example.COM ", FieldType.EMAIL) == "ada@example.com"


# Country


@pytest.mark.parametrize(
    "text", ["us", "US", " usa ", "U.S.A.", "United States", "united  states of america"]
)
def test_spellings_of_a_country_are_one_code(text):
    assert norm(text, FieldType.COUNTRY) == "US"


def test_what_names_no_country_is_kept():
    assert norm(" Middle  Earth ", FieldType.COUNTRY) == "Middle Earth"


@pytest.mark.parametrize("text", ["Congo", "Korea"])
def test_a_name_that_two_countries_share_is_kept_rather_than_guessed(text):
    assert norm(text, FieldType.COUNTRY) == text


@pytest.mark.parametrize("text", ["Lao People's Democratic Republic", "England", "Vietnam"])
def test_common_names_of_a_country_are_known(text):
    assert len(str(norm(text, FieldType.COUNTRY))) == 2


# Dates


@pytest.mark.parametrize(
    "raw",
    ["2024-01-05", "2024/1/5", "2024.01.05", "2024_1_05", "2024-01-05T23:59:00-11:00"],
)
def test_the_day_of_a_date_or_a_moment_is_what_counts(raw):
    assert norm(raw, FieldType.DATE) == "2024-01-05"


@given(st.dates(min_value=date(2, 1, 1)))
def test_a_date_is_itself(day):
    assert norm(day.isoformat(), FieldType.DATE) == day.isoformat()
    assert norm(f"{day.year:04}/{day.month}/{day.day}", FieldType.DATE) == day.isoformat()


@pytest.mark.parametrize("raw", ["0000-00-00", "0001-01-01T00:00:00", "0001/01/01", "0001-1-1"])
def test_a_date_filled_with_zeros_is_empty(raw):
    assert norm(raw, FieldType.DATE) is None


@pytest.mark.parametrize("raw", ["2024-02-30", "5 January 2024", "2024-10-1234", "20240105"])
def test_what_is_no_date_is_kept_as_it_was_typed(raw):
    assert norm(raw, FieldType.DATE) == raw


# Flags


@pytest.mark.parametrize("kind", FLAGS)
@pytest.mark.parametrize("raw", [True, "TRUE", " yes ", 1, "1"])
def test_a_flag_has_many_spellings_of_yes(kind, raw):
    assert norm(raw, kind) is True


@pytest.mark.parametrize("kind", FLAGS)
@pytest.mark.parametrize("raw", [False, "false", "no", 0, "0", "off"])
def test_whatever_is_not_yes_is_no(kind, raw):
    assert norm(raw, kind) is False


# Words


@given(st.permutations(["VIP", " new  lead", "Buyer"]))
def test_neither_order_nor_case_nor_repetition_tells_words_apart(words):
    assert norm([*words, words[0].upper()], FieldType.WORDS) == ("buyer", "new lead", "vip")


def test_words_may_come_as_one_text():
    assert norm("VIP, new lead,,", FieldType.WORDS) == ("new lead", "vip")


@pytest.mark.parametrize("raw", [[], (), ["", None, "  "], ","])
def test_no_words_are_empty(raw):
    assert norm(raw, FieldType.WORDS) is None


# Length


@given(texts, st.integers(1, 20))
@example("ab cd", 3)
def test_long_text_is_cut_as_its_app_cuts_it(text, limit):
    whole, cut = norm(text), norm(text, max_length=limit)
    assert cut == ((whole[:limit].rstrip() or None) if whole else None)


def test_words_and_flags_have_no_length():
    assert norm(["a long word"], FieldType.WORDS, max_length=3) == ("a long word",)
    assert norm(True, FieldType.BOOLEAN, max_length=1) is True


# Moments


@pytest.mark.parametrize(
    "raw",
    [
        "2026-03-04T15:00:00Z",
        " 2026-03-04T15:00:00.000Z ",
        "2026-03-04 15:00:00+00:00",
        "2026-03-04T10:00:00-05:00",
        "2026-03-05T01:30:00.0004+10:30",
        "20260304T150000Z",
    ],
)
def test_spellings_of_an_instant_are_one_moment(raw):
    assert norm(raw, FieldType.MOMENT) == "2026-03-04T15:00:00.000Z"


INSTANTS = st.dates(date(2, 1, 1), date(9998, 1, 1)).flatmap(
    lambda day: st.times().map(lambda time: datetime.combine(day, time, UTC))
)


@given(INSTANTS, st.integers(-840, 840), st.integers(-840, 840))
def test_the_offset_it_is_told_in_does_not_tell_moments_apart(instant, one, other):
    told = [
        instant.astimezone(timezone(timedelta(minutes=minutes))).isoformat()
        for minutes in (one, other)
    ]
    assert norm(told[0], FieldType.MOMENT) == norm(told[1], FieldType.MOMENT)


@given(INSTANTS, st.integers(1, 10**6))
def test_a_thousandth_of_a_second_tells_moments_apart_and_text_order_is_time_order(one, later):
    other = one + timedelta(milliseconds=later)
    first, second = (norm(each.isoformat(), FieldType.MOMENT) for each in (one, other))
    assert first < second


@pytest.mark.parametrize("raw", ["2026-03-04T15:00:00", "2026-03-04", "soon", "25:00Z"])
def test_what_is_no_instant_is_kept_as_it_was_told(raw):
    """Whose midnight it is nobody could know."""
    assert norm(raw, FieldType.MOMENT) == raw


def test_a_moment_that_utc_has_no_year_for_is_kept_as_it_was_told():
    raw = "0001-01-01T00:00:00+14:00"
    assert norm(raw, FieldType.MOMENT) == raw


def test_an_app_of_whole_seconds_compares_in_whole_seconds():
    field = Field("due_at", "due", FieldType.MOMENT, whole_seconds=True)
    assert normalise("2026-03-04T15:00:00.999Z", field, None) == "2026-03-04T15:00:00.000Z"
    assert normalise("soon", field, None) == "soon"


# Numbers


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (1250.5, "1250.5"),
        ("1250.50", "1250.5"),
        (" +1250.5 ", "1250.5"),
        ("1.2505e3", "1250.5"),
        (0, "0"),
        ("-0.00", "0"),
        ("-.5", "-0.5"),
        ("007", "7"),
        (100, "100"),
        (1e15, "1000000000000000"),
        (0.1 + 0.2, "0.3"),
        (12345678901234567890, "12345678901234567890"),
        ("0.10000000000000000001", "0.10000000000000000001"),
    ],
)
def test_spellings_of_a_number_are_its_shortest_digits(raw, number):
    assert norm(raw, FieldType.NUMBER) == number


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9)))
def test_an_amount_is_the_same_amount_afterwards(amount):
    if len(str(amount)) <= 40:
        assert Decimal(norm(str(amount), FieldType.NUMBER)) == amount


@given(st.integers(-(10**14), 10**14).map(lambda cents: Decimal(cents) / 100))
def test_an_amount_told_as_a_float_is_the_amount_told_as_text(amount):
    if len(amount.as_tuple().digits) <= 15:
        assert norm(float(amount), FieldType.NUMBER) == norm(str(amount), FieldType.NUMBER)


@pytest.mark.parametrize("raw", ["1,250", "1.250,00", "$5", "1_000", "much", "nan", "٣", "1e999"])
def test_what_is_no_number_is_kept_as_it_was_typed(raw):
    assert norm(raw, FieldType.NUMBER) == raw


def test_a_number_of_astronomic_length_costs_nothing_and_stays_text():
    assert norm("9" * 5000, FieldType.NUMBER) == "9" * 5000


# Long text


def test_breaks_of_lines_count_and_blanks_at_their_ends_do_not():
    raw = "\n Call him \r\n\r\n  about the loan\t\rtoday\n\n"
    assert norm(raw, FieldType.LONG_TEXT) == "Call him\n\n  about the loan\ntoday"
    assert norm("one two", FieldType.LONG_TEXT) != norm("one\ntwo", FieldType.LONG_TEXT)


@given(st.lists(texts), st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_marks_a_break_does_not_tell_long_texts_apart(lines, mark):
    plain = [" ".join(line.splitlines()) for line in lines]
    assert norm(f" {mark}".join(plain), FieldType.LONG_TEXT) == norm(
        "\n".join(plain), FieldType.LONG_TEXT
    )


def test_long_text_is_cut_at_its_limit_and_does_not_end_in_blanks():
    assert norm("one\n\ntwo", FieldType.LONG_TEXT, max_length=5) == "one"


def test_lines_out_of_html_have_no_runs_of_blanks_or_of_empty_lines():
    raw = "Dear  Ann,\r\n\n\n\n  see   you\n"
    assert norm(raw, FieldType.HTML) == "Dear Ann,\n\nsee you"


def test_html_is_not_cut_for_its_length_depends_on_its_markup():
    assert norm("a long text", FieldType.HTML, max_length=3) == "a long text"


# Any type


@pytest.mark.parametrize("kind", FieldType)
@given(data=st.data(), country=countries)
def test_a_value_survives_being_stored(kind, data, country):
    value = norm(data.draw(raw_of(kind)), kind, country)
    assert load(dump({"any": value})) == {"any": value}
    assert type(load(dump({"any": value}))["any"]) is type(value)
