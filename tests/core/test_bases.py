"""Words are settled by difference: each base moves by what has really been carried over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from instep.core.bases import Bases, WordsMoved, as_set, as_words, settle_words

words = st.frozensets(st.sampled_from("pqrs"))


def settle(old, added, removed, before, answered):
    """Settle sets given as strings of one-letter words; return both bases as sets."""
    moved = WordsMoved(tuple(sorted(added)), tuple(sorted(removed)))
    target, source = (as_words(frozenset(each)) for each in old)
    new = settle_words(
        Bases(target, source), moved, as_words(frozenset(before)), as_words(frozenset(answered))
    )
    return "".join(sorted(as_set(new.target))), "".join(sorted(as_set(new.source)))


def test_what_was_added_and_removed_is_agreed_on_by_both():
    assert settle(("p", "p"), "q", "p", before="p", answered="q") == ("q", "q")


def test_what_the_target_added_itself_still_has_to_travel():
    assert settle(("p", "p"), "q", "", before="pr", answered="pqr") == ("pq", "pq")


def test_what_the_target_removed_itself_still_has_to_travel():
    assert settle(("pr", "pr"), "q", "", before="p", answered="pq") == ("pqr", "pqr")


def test_a_word_that_appears_beside_ours_is_somebody_s_edit():
    assert settle(("p", "p"), "q", "", before="p", answered="pqs") == ("pq", "pq")


def test_a_word_that_the_app_keeps_its_own_way_is_agreed_on_in_that_way():
    assert settle(("p", "p"), "q", "", before="p", answered="ps") == ("ps", "pq")


def test_a_word_that_the_app_refuses_is_agreed_on_by_the_source_only():
    assert settle(("p", "p"), "q", "", before="p", answered="p") == ("p", "pq")


@given(words, words, words, words)
def test_the_order_in_which_two_writes_are_answered_does_not_matter(base, added, removed, held):
    """Side A's edit is carried to B and B's to A; once both are, the bases are equal."""
    a = (base | added) - removed
    moved_a = WordsMoved(tuple(sorted(a - base)), tuple(sorted(base - a)))
    moved_b = WordsMoved(tuple(sorted(held - base)), tuple(sorted(base - held)))
    after_a = (a | set(moved_b.added)) - set(moved_b.removed)
    after_b = (held | set(moved_a.added)) - set(moved_a.removed)

    def to_a(bases):
        new = settle_words(Bases(*bases), moved_b, as_words(a), as_words(after_a))
        return new.target, new.source

    def to_b(bases):
        new = settle_words(Bases(bases[1], bases[0]), moved_a, as_words(held), as_words(after_b))
        return new.source, new.target

    start = (as_words(base), as_words(base))
    assert to_a(to_b(start)) == to_b(to_a(start))
