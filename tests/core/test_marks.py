"""Marks that travel as one text and tell what changed since."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from instep.core.marks import LONGEST, changed, mark_of, read, tell

NOUNS = st.dictionaries(
    st.sampled_from(["sync", "run", "flow_run", "alert"]), st.integers().map(mark_of), min_size=1
)


@given(NOUNS)
def test_what_was_told_is_read_back(marks):
    assert read(tell(marks)) == marks
    assert len(tell(marks)) < LONGEST


@given(NOUNS, NOUNS)
def test_a_noun_is_told_if_its_mark_is_another_or_was_not_known(before, now):
    assert set(changed(before, now)) == {each for each in now if before.get(each) != now[each]}


@given(st.text())
def test_any_other_text_counts_as_nothing(text):
    found = read(text)
    assert found is None or tell(found).count("-") == text.count("-")


def test_equal_values_have_equal_marks_whatever_order_their_names_are_in():
    assert mark_of({"a": 1, "b": [None, "x"]}) == mark_of({"b": [None, "x"], "a": 1})
    assert mark_of([1]) != mark_of([2])
    assert read(None) is None
    assert read("x" * (LONGEST + 1)) is None
