"""What a run keeps shows no secret, is never too long, and says what was cut."""

from __future__ import annotations

import json
from types import MappingProxyType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from instep.core.flow.keeping import (
    DEEPEST,
    LONGEST_TEXT,
    MASK,
    MOST_CHARACTERS,
    MOST_ENTRIES,
    is_secret,
    keep,
    masked,
)

SECRET = "pit-1234-abcd"


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "apiKey",
        "API_KEY",
        "access_token",
        "Authorization",
        "x-api-key",
        "clientSecret",
        "refreshToken",
        "privateKey",
        "Set-Cookie",
    ],
)
def test_a_secret_is_known_by_its_name(name):
    assert is_secret(name)
    assert keep({"deep": [{name: {"any": SECRET}}]}).value == {"deep": [{name: MASK}]}


@pytest.mark.parametrize(
    "name",
    [
        "author",
        "tokenised",
        "emailSignature",
        "nextPageToken",
        "passenger",
        "key",
        "keyword",
        "email",
        "monkey",
    ],
)
def test_other_names_are_left_alone(name):
    assert keep({name: "x"}).value == {name: "x"}


def test_that_there_is_no_secret_may_be_seen():
    assert keep({"password": None, "token": ""}).value == {"password": None, "token": ""}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(f"x{SECRET}y"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=5) | st.just(SECRET), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(json_values)
def test_a_connection_s_secret_is_nowhere(value):
    assert SECRET not in json.dumps(keep(value, [SECRET]).value)


@given(json_values)
def test_what_holds_no_secret_is_kept_as_it_is(value):
    text = json.dumps(value)
    if SECRET not in text:
        assert keep(value, [SECRET]) == keep(value)
        assert keep(value).cut is None
        assert json.loads(json.dumps(keep(value).value)) == value


named_values = st.recursive(
    st.none()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["key", 'x"y-secret', "z" * 5_000]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "Apikey", 'tok"en', "pass", 'x"y-secret']), inner)
    ),
    max_leaves=20,
)


@given(named_values)
@example({"list": [0] * (MOST_ENTRIES + 1)})
@example({"deep": json.loads("[" * DEEPEST + "]" * DEEPEST)})
@example({"deep": json.loads('{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1))})
def test_one_look_and_going_through_it_all_come_to_the_same(value):
    if isinstance(value, dict):
        # what is no dict itself is gone through
        secrets = ['x"y-secret', "short"]
        assert keep(value, secrets) == keep(MappingProxyType(value), secrets)


def test_a_longer_secret_that_holds_a_shorter_is_masked_whole():
    assert masked("Refused: abcdef-ghi", ["abcdef", "abcdef-ghi"]) == f"Refused: {MASK}"


def test_a_secret_too_short_to_tell_is_not_searched_for():
    assert masked("a cat", ["a"]) == "a cat"


def test_a_secret_at_the_cut_is_not_left_in_half():
    kept = keep("x" * (LONGEST_TEXT - 5) + SECRET, [SECRET])
    assert "pit" not in kept.value


def test_a_long_text_is_cut_and_that_is_said():
    kept = keep({"a": "y" * 5_000})
    assert kept.value == {"a": "y" * LONGEST_TEXT + "…"}
    assert kept.cut == "Of 5,000 characters the first 4,000 are kept."


def test_a_long_list_is_cut_and_that_is_said():
    kept = keep(list(range(1_000)))
    assert kept.value == list(range(MOST_ENTRIES))
    assert kept.cut == "Of 1,000 entries the first 200 are kept."


def test_what_is_too_deep_is_cut():
    value = "bottom"
    for _ in range(DEEPEST + 5):
        value = [value]
    kept = keep(value)
    assert "bottom" not in json.dumps(kept.value)
    assert kept.cut == "What is deeper than 20 levels is cut."


def test_what_is_too_long_as_a_whole_is_not_kept_and_that_is_said():
    kept = keep([["z" * 300] * 20] * 20)
    assert kept.value is None
    assert "20 entries" in kept.cut
    assert len(json.dumps(keep([["z" * 70] * 20] * 20).value)) < MOST_CHARACTERS
