"""A poll emits what is new or changed: nothing twice, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.flow.arrivals import Watch, arrivals, ids_of, order_key

VERSIONED = Watch(("id",), ("updated",))
PLAIN = Watch(("id",))
NEW_ONLY = Watch(("id",), ("updated",), changed=False)


def contact(own, updated=1, **more):
    return {"id": own, "updated": updated, **more}


def poll(items, known, watch=VERSIONED, *, baseline=False):
    found = arrivals(items, known, watch, baseline=baseline)
    known |= found.learned
    return [(each.id, each.kind, each.item) for each in found.emitted]


def moment(number):
    return f"2026-11-21T12:00:{number:02}Z"


@st.composite
def readings(draw):
    """The states a few contacts went through, as polls read them: doubled, late, in any order.

    The last poll reads the newest of all, among others, so that none may be missing after it.
    """
    form = draw(st.sampled_from([int, float, moment]))
    newest = {f"c{n}": draw(st.integers(1, 5)) for n in range(draw(st.integers(1, 4)))}
    states = [contact(own, form(n)) for own, top in newest.items() for n in range(1, top + 1)]
    polls = draw(st.lists(st.lists(st.sampled_from(states), max_size=6), max_size=5))
    final = [contact(own, form(top)) for own, top in newest.items()] * 2
    last = draw(st.permutations(final + draw(st.lists(st.sampled_from(states), max_size=4))))
    return [*polls, last], {own: form(top) for own, top in newest.items()}


@given(readings())
def test_every_version_is_emitted_at_most_once_and_the_newest_surely(read):
    polls, newest = read
    known, emitted = {}, []
    for items in polls:
        emitted += poll(items, known)
    seen = [(own, item["updated"]) for own, _, item in emitted]
    assert len(set(seen)) == len(seen)
    assert set(newest.items()) <= set(seen)
    for own in newest:
        assert next(kind for each, kind, _ in emitted if each == own) == "new"
        versions = [version for each, version in seen if each == own]
        assert versions == sorted(versions)


@given(readings())
def test_read_again_nothing_is_emitted(read):
    polls, _ = read
    known = {}
    for items in polls:
        poll(items, known)
    assert all(poll(items, known) == [] for items in reversed(polls))


@given(readings())
def test_only_new_ones_are_emitted_once_each(read):
    polls, newest = read
    known, emitted = {}, []
    for items in polls:
        emitted += poll(items, known, NEW_ONLY)
    assert sorted(own for own, _, _ in emitted) == sorted(newest)


contents = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2)), max_size=8)


@given(st.lists(contents, min_size=1, max_size=4))
def test_without_a_version_the_content_tells(polls):
    known, last = {}, {}
    for each in polls:
        items = [{"id": own, "x": x} for own, x in each]
        emitted = {own: item["x"] for own, _, item in poll(items, known, PLAIN)}
        now = dict(each)  # the last word of a poll counts
        assert emitted == {own: x for own, x in now.items() if last.get(own) != x}
        last |= now


@given(contents)
def test_without_an_id_equal_items_are_one(each):
    items = [{"name": own, "x": x} for own, x in each]
    known = {}
    emitted = [(item["name"], item["x"]) for _, _, item in poll(items, known, Watch(None))]
    assert emitted == list(dict.fromkeys(each))
    assert poll(items, known, Watch(None)) == []


def test_the_first_poll_takes_a_baseline_and_emits_nothing():
    known = {}
    assert poll([contact("a"), contact("b")], known, baseline=True) == []
    assert poll([contact("a"), contact("b", 2)], known) == [("b", "changed", contact("b", 2))]


def test_asked_for_the_first_poll_emits_what_is_there():
    assert len(poll([contact("a"), contact("b")], {})) == 2


def test_the_oldest_change_comes_first():
    read = [contact("a", moment(9)), contact("b", moment(3)), contact("c", moment(5))]
    assert [own for own, _, _ in poll(read, {})] == ["b", "c", "a"]


def test_the_same_moment_in_another_zone_is_the_same_version():
    known = {}
    poll([contact("a", "2026-11-21T12:00:00Z")], known)
    assert poll([contact("a", "2026-11-21T13:00:00+01:00")], known) == []


@pytest.mark.parametrize("odd", [True, None, "", [], {}, 2**60, "v1", "0001-01-01T00:00:00+14:00"])
def test_odd_versions_and_ids_never_fail(odd):
    known = {}
    assert len(poll([{"id": odd, "updated": odd}], known)) == 1
    assert poll([{"id": odd, "updated": odd}], known) == []


def test_an_order_of_names_is_no_change():
    known = {}
    poll([{"id": "a", "x": 1, "y": 2}], known, PLAIN)
    assert poll([{"y": 2, "x": 1, "id": "a"}], known, PLAIN) == []


def test_what_is_known_is_asked_for_once_per_item():
    assert ids_of([contact("a"), contact("b"), contact("a", 2)], VERSIONED) == ["a", "b"]


def test_one_record_s_runs_have_one_key_and_no_other_s():
    assert order_key("ghl/contacts", "1") == order_key("ghl/contacts", "1")
    assert order_key("ghl/contacts", "1") != order_key("ghl/contacts", "2")


def test_two_changes_within_one_whole_second_are_two_versions():
    watch = Watch(key=("id",), version=("at",))
    first = {"id": "1", "at": "2026-01-05 10:00:00", "title": "One"}
    known = arrivals([first], {}, watch, baseline=True).learned

    again = arrivals([{**first, "title": "Two"}], known, watch, baseline=False)

    assert [each.kind for each in again.emitted] == ["changed"]
    older = {**first, "at": "2026-01-05 09:59:59"}
    assert arrivals([older], known, watch, baseline=False).emitted == ()


def test_one_thing_without_an_id_is_the_same_thing_in_all_its_states():
    watch = Watch(key=None, alone="it")
    known, kinds = {}, []
    for state in ("off", "on", "off"):
        found = arrivals([{"state": state}], known, watch, baseline=not known)
        known |= found.learned
        kinds += [each.kind for each in found.emitted]

    assert kinds == ["changed", "changed"]
