"""What becomes of kept records when apps tell of them: late, twice, in pieces."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from instep.core.keeping import Kept, News, after, says_something_new

VALUES = st.dictionaries(
    st.sampled_from(["email", "city", "tags"]), st.sampled_from(["x", "y", None])
)
NEWS = st.builds(
    News,
    at=st.integers(0, 3),
    values=VALUES,
    parent_id=st.sampled_from([None, "p1"]),
    gone=st.booleans(),
)
KEPT = st.builds(
    Kept,
    VALUES,
    told_at=st.one_of(st.none(), st.integers(0, 3)),
    gone=st.booleans(),
    written=st.dictionaries(st.sampled_from(["email", "city"]), st.integers(0, 3)),
)


def test_what_is_left_out_stays_as_it_was():
    known = Kept({"email": "ann@example.com", "city": "Rome"}, "p1", told_at=1)
    assert after(known, News(2, {"city": "Oslo"})) == Kept(
        {"email": "ann@example.com", "city": "Oslo"}, "p1", told_at=2
    )


def test_an_older_telling_never_beats_a_newer_one():
    known = Kept({"city": "Oslo"}, told_at=2)
    assert after(known, News(1, {"city": "Rome"})) is known
    assert after(known, News(1, {}, gone=True)) is known


def test_of_one_moment_the_later_to_come_counts():
    assert after(Kept({"city": "Oslo"}, told_at=2), News(2, {"city": "Rome"})).values == {
        "city": "Rome"
    }


def test_who_is_gone_keeps_no_values_and_begins_anew_when_told_of_again():
    gone = after(Kept({"city": "Oslo"}, "p1", told_at=1), News(2, {}, gone=True))
    assert gone == Kept({}, "p1", told_at=2, gone=True)
    assert after(gone, News(3, {"email": "a@x.example"})) == Kept(
        {"email": "a@x.example"}, "p1", told_at=3
    )


def test_an_older_telling_does_not_take_back_what_instep_wrote_since():
    known = Kept({"city": "Leiden", "phone": "1"}, told_at=1, written={"city": 5})
    late = after(known, News(3, {"city": "Rome", "phone": "2"}))
    assert late == Kept({"city": "Leiden", "phone": "2"}, told_at=3, written={"city": 5})
    assert after(late, News(6, {"city": "Oslo"})) == Kept({"city": "Oslo", "phone": "2"}, told_at=6)


@given(KEPT, NEWS)
def test_telling_twice_says_nothing_new(known, news):
    once = after(known, news)
    assert not says_something_new(once, after(once, news))


@given(VALUES, st.sampled_from(["x", "y"]), st.integers(0, 3), st.integers(0, 3))
def test_of_two_times_the_order_of_coming_does_not_matter(values, other, one_at, other_at):
    one, two = News(one_at, values), News(other_at, dict.fromkeys(values, other))
    assume(one_at != other_at)
    assert after(after(None, one), two) == after(after(None, two), one)
