"""The laws of matching, over small worlds in which people share everything they can share."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from instep.core.match import Candidate, Doubt, Keys, contradicts, match
from tests.core.small_engine import share_a_key

keys = st.builds(
    Keys,
    st.none() | st.sampled_from(["ada@x.example", "bob@x.example"]),
    st.none() | st.sampled_from(["+61412345678", "+442079460958"]),
    st.none() | st.sampled_from(["Ada", "ada", "Bob"]),
)
worlds = st.lists(keys, max_size=5)


def candidates(people, mine, *, but=None, linked=frozenset()):
    return [
        Candidate(name, theirs, name in linked)
        for name, theirs in people.items()
        if name != but and share_a_key(mine, theirs)
    ]


def named(prefix, world):
    return {f"{prefix}{number}": each for number, each in enumerate(world)}


@given(keys, worlds, worlds, st.data())
def test_a_verdict_is_a_record_or_a_doubt_or_neither_and_always_one_of_the_candidates(
    mine, ours, theirs, data
):
    linked = data.draw(st.sets(st.sampled_from(sorted(named("t", theirs)) or ["none"])))
    others = candidates(named("t", theirs), mine, linked=linked)
    twins = candidates(named("h", ours), mine)
    verdict = match(mine, others, twins)
    assert not (verdict.other and verdict.doubt)
    assert set(verdict.candidates) <= {each.id for each in (*others, *twins)}
    assert verdict.other not in linked
    if verdict.doubt and verdict.doubt is not Doubt.NOTHING_KNOWN:
        assert verdict.candidates


@given(keys, worlds, worlds)
def test_a_match_is_the_only_record_that_fits(mine, ours, theirs):
    others = candidates(named("t", theirs), mine)
    verdict = match(mine, others, candidates(named("h", ours), mine))
    if verdict.other is None:
        return
    if verdict.by == "e-mail":
        fitting = [each for each in others if each.keys.strong == mine.strong]
    else:
        assert not any(mine.strong and each.keys.strong == mine.strong for each in others)
        fitting = [each for each in others if not contradicts(mine, each.keys)]
    assert [each.id for each in fitting] == [verdict.other]


@given(keys, worlds, worlds, st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_does_not_matter(mine, ours, theirs, rng):
    others = candidates(named("t", theirs), mine)
    twins = candidates(named("h", ours), mine)
    verdict = match(mine, others, twins)
    rng.shuffle(others)
    rng.shuffle(twins)
    again = match(mine, others, twins)
    assert replace(again, candidates=()) == replace(verdict, candidates=())
    assert set(again.candidates) == set(verdict.candidates)


def linked_in_turn(a, b, turns):
    """Match these records of both sides in this order, each link known to the next."""
    links = {}
    for name in turns:
        own, others = (a, b) if name in a else (b, a)
        if name in links:
            continue
        verdict = match(
            own[name],
            candidates(others, own[name], linked=links.keys()),
            candidates(own, own[name], but=name, linked=links.keys()),
        )
        if verdict.other is not None:
            assert verdict.other not in links
            links |= {name: verdict.other, verdict.other: name}
    return links


@given(worlds, worlds, st.randoms(use_true_random=False))
def test_no_order_of_work_links_two_records_to_one(ours, theirs, rng):
    a, b = named("a", ours), named("b", theirs)
    turns = [*a, *b]
    rng.shuffle(turns)
    links = linked_in_turn(a, b, turns)
    assert all(links[links[name]] == name for name in links)
    assert all((name in a) is (other in b) for name, other in links.items())


@given(worlds, worlds, st.randoms(use_true_random=False))
def test_an_e_mail_that_is_once_on_each_side_links_its_two_records(ours, theirs, rng):
    """As long as the records that have one go first; a phone alone might take its place."""
    a, b = named("a", ours), named("b", theirs)
    turns = [*a, *b]
    rng.shuffle(turns)
    links = linked_in_turn(a, b, sorted(turns, key=lambda name: (a | b)[name].strong is None))
    for mail in {each.strong for each in ours} - {None}:
        left = [name for name, each in a.items() if each.strong == mail]
        right = [name for name, each in b.items() if each.strong == mail]
        if len(left) == len(right) == 1:
            assert links.get(left[0]) == right[0]
