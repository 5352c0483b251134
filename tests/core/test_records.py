"""A write says what changes, and what stands afterwards."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from instep.core.records import Write

words = st.frozensets(st.sampled_from("pqrst")).map(lambda found: tuple(sorted(found)))


def test_a_write_without_anything_to_do_is_false():
    assert not Write()
    assert not Write(add={"tags": ()}, remove={"tags": ()})


def test_clearing_a_field_is_something_to_do():
    assert Write(set={"city": None})
    assert Write(add={"tags": ("vip",)})
    assert Write(remove={"tags": ("vip",)})


def test_fields_that_are_not_named_stay():
    assert Write(set={"city": "Bonn"}).applied_to({"city": "Ulm", "zip": "1"}) == {
        "city": "Bonn",
        "zip": "1",
    }


def test_words_are_added_to_an_empty_set():
    assert Write(add={"tags": ("b", "a")}).applied_to({"tags": None}) == {"tags": ("a", "b")}


def test_the_values_handed_in_are_not_touched():
    values = {"tags": ("a",)}
    Write(set={"city": "Ulm"}, remove={"tags": ("a",)}).applied_to(values)
    assert values == {"tags": ("a",)}


@given(words, words, words)
def test_words_change_by_exactly_the_difference(now, added, removed):
    after = Write(add={"tags": added}, remove={"tags": removed}).applied_to({"tags": now})["tags"]
    assert after == tuple(sorted((set(now) - set(removed)) | set(added)))


@given(words, words, words)
def test_applying_a_write_twice_is_applying_it_once(now, added, removed):
    write = Write(set={"city": "Ulm"}, add={"tags": added}, remove={"tags": removed})
    once = write.applied_to({"tags": now})
    assert write.applied_to(once) == once
