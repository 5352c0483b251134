"""Words (tags) merge by difference: each side gets exactly what was added or removed on the other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from instep.core.mapping import Direction, FieldMapping, Pair
from instep.core.merge import Merge
from instep.core.records import Field, FieldType
from tests.core.carrying_out import Pairing
from tests.core.every_merge import cases, other

TAGS = Field("tags", "tags", FieldType.WORDS)
MAPPING = FieldMapping((Pair(TAGS, TAGS),))

word_sets = st.frozensets(st.sampled_from("pqrst"))


def value(words):
    return tuple(sorted(words)) or None


def of(words):
    return frozenset(words or ())


def tagged(a, b, base="", *, keeps=None, direction=Direction.BOTH):
    mapping = FieldMapping((Pair(TAGS, TAGS, direction),))
    bases = None if base is None else ({"tags": value(base)},) * 2
    return Pairing(mapping, {"tags": value(a)}, {"tags": value(b)}, bases, keeps or {})


def tags(pairing):
    return of(pairing.a["tags"]), of(pairing.b["tags"])


@given(word_sets, word_sets)
def test_a_pair_just_linked_has_all_the_words_of_both(a, b):
    after = tagged(a, b, None).after()
    assert tags(after) == (a | b, a | b)
    assert after.merged() == Merge()


def test_a_word_both_had_when_they_were_linked_can_be_removed_at_once():
    linked = tagged("cp", "cq", None).after()
    assert tags(linked.edited("a", tags=("p", "q")).after()) == (of("pq"), of("pq"))


@given(word_sets, word_sets, word_sets)
def test_what_either_side_removed_is_gone_and_what_either_added_is_there(a, b, base):
    added, removed = (a - base) | (b - base), (base - a) | (base - b)
    after = tagged(a, b, base).after()
    assert tags(after) == ((base - removed) | added,) * 2
    assert after.merged() == Merge()


def test_removing_the_last_word_travels():
    """Not an empty value that overwrites a filled one: a word was removed."""
    assert tags(tagged("", "p", "p").after()) == (frozenset(), frozenset())


def test_one_way_words_do_not_come_back():
    after = tagged("p", "pq", "p", direction=Direction.TO_B).after()
    assert tags(after) == (of("p"), of("pq"))
    assert after.merged() == Merge()


def test_only_words_that_moved_on_the_other_side_are_written():
    """Over every case, also where the bases differ because an app keeps a word its own way."""
    broken = []
    for case in cases(FieldType.WORDS):
        for change in case.changes:
            there = other(change.side)
            before, after = of(change.before), of(change.after)
            added = of(case.now(there)) - of(case.base(there))
            removed = of(case.base(there)) - of(case.now(there))
            if not (after - before <= added and before - after <= removed):
                broken.append((case, change))
    assert not broken


def test_words_that_an_app_cuts_do_not_multiply():
    """B keeps three letters of a word. A further word must not carry the cut one back to A."""

    def cut(words):
        return value({word[:3] for word in words or ()})

    linked = tagged(["customer"], [], None, keeps={"b": cut}).after()
    assert tags(linked) == ({"customer"}, {"cus"})
    assert linked.merged() == Merge()
    after = linked.edited("a", tags=("customer", "vip")).after()
    assert tags(after) == ({"customer", "vip"}, {"cus", "vip"})
    assert after.merged() == Merge()


def test_a_word_that_an_app_refuses_is_not_sent_again_with_every_other_word():
    def refuse(words):
        return value(of(words) - {"p"})

    linked = tagged("p", "", None, keeps={"b": refuse}).after()
    (change,) = linked.edited("a", tags=("p", "q")).merged().changes
    assert of(change.after) - of(change.before) == {"q"}


# One of the two writes is dropped, because its target moved, and decided again


def test_a_removal_is_not_undone_when_only_the_other_write_was_done():
    """A removed p, B added q: A gets q, while B's write is dropped. B's p has to go all the same."""
    half = tagged("", "pq", "p").after(only="a")
    assert tags(half.after()) == (of("q"), of("q"))


def test_an_addition_is_not_forgotten_when_only_the_other_write_was_done():
    half = tagged("pq", "", "p").after(only="a")
    assert tags(half.after()) == (of("q"), of("q"))


@given(word_sets, word_sets, word_sets, st.sampled_from("ab"))
def test_it_does_not_matter_whether_both_writes_succeed_at_once(a, b, base, only):
    pairing = tagged(a, b, base)
    assert tags(pairing.after(only=only).after().after()) == tags(pairing.after())


# What both did by themselves, and what may not travel, is agreed on all the same


def test_a_word_that_both_added_by_themselves_can_be_removed_again():
    """Though the two sides are not equal, because B keeps another word its own way."""

    def cut(words):
        return value({word[:3] for word in words or ()})

    linked = tagged(["customer"], [], None, keeps={"b": cut}).after()
    both = linked.edited("a", tags=("customer", "vip")).edited("b", tags=("cus", "vip")).after()
    after = both.edited("a", tags=("customer",)).after()
    assert tags(after) == ({"customer"}, {"cus"})


def test_a_word_that_both_have_of_a_one_way_field_can_be_removed_again():
    drifted = tagged("p", "pq", "p", direction=Direction.TO_B).after()
    both = drifted.edited("a", tags=("p", "r")).edited("b", tags=("p", "q", "r")).after()
    assert tags(both.edited("a", tags=("p",)).after()) == (of("p"), of("pq"))
