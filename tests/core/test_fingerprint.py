"""Equal values have equal fingerprints, whatever order they come in, and survive being stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.fingerprint import dump, fingerprint, load
from instep.core.normalise import normalise
from instep.core.records import Field, FieldType
from tests.core.strategies import stored


@given(stored)
def test_what_was_dumped_is_loaded_unchanged(values):
    assert load(dump(values)) == values


@given(stored, st.randoms(use_true_random=False))
def test_the_order_of_fields_does_not_matter(values, rng):
    shuffled = list(values.items())
    rng.shuffle(shuffled)
    assert dump(dict(shuffled)) == dump(values)


@given(stored, stored)
def test_fingerprints_are_equal_exactly_when_the_dumps_are(one, other):
    same = dump(one) == dump(other)
    assert (fingerprint(dump(one)) == fingerprint(dump(other))) is same


def test_words_come_back_as_tuples():
    assert load(dump({"tags": ("a", "b")})) == {"tags": ("a", "b")}


def test_an_empty_field_differs_from_one_that_was_not_read():
    assert fingerprint(dump({"city": None})) != fingerprint(dump({}))


def test_a_fingerprint_is_short_and_the_same_in_every_process():
    assert fingerprint(dump({"email": "ada@example.com"})) == "aad0a605c9c20a3aa0a564dc"


@pytest.mark.parametrize("kind", [FieldType.TEXT, FieldType.EMAIL, FieldType.PHONE])
def test_half_a_character_does_not_stop_the_batch(kind):
    """An app that cuts text at so many UTF-16 units halves an emoji: JSON then says \\ud83d."""
    value = normalise("Ada \ud83d", Field("name", "name", kind), None)
    assert fingerprint(dump({"name": value}))


def test_half_a_character_in_a_word_does_not_stop_the_batch():
    value = normalise(["vip \ud83d"], Field("tags", "tags", FieldType.WORDS), None)
    assert fingerprint(dump({"tags": value}))
