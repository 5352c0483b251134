"""The plan: what happens to a record and why, and the writes it asks for."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.decide import Standing
from instep.core.mapping import Authority, Direction, FieldMapping, Pair
from instep.core.match import Doubt, Match
from instep.core.merge import Merge, Reason
from instep.core.plan import Action, Item, Kind, Known, intents, plan_doubt, plan_new, plan_pair
from instep.core.records import Field, FieldType, Write

CITY = Pair(Field("city", "city"), Field("town", "TOWN", max_length=6))
ZIP = Pair(Field("zip", "postalCode"), Field("post_code", "ZIP"))
TAGS = Pair(Field("tags", "tags", FieldType.WORDS), Field("labels", "TAGS", FieldType.WORDS))
COMPANY = Pair(Field("company", "companyName"), Field("company", "ORG", create_only=True))
NUMBER = Pair(Field("number", "id", readonly=True), Field("number", "NR"), Direction.TO_B)
MAPPING = FieldMapping((CITY, ZIP, TAGS, COMPANY, NUMBER))

AGREED = {"city": "Ulm", "zip": "1", "tags": ("p",), "company": "Acme", "number": "7"}


def known(record_id, base=AGREED, changed_at=None, **edits):
    return Known(record_id, AGREED | edits, base, changed_at)


# A linked pair


def test_a_pair_in_step_needs_nothing():
    item = plan_pair(MAPPING, "Ada", known("a1"), known("b1"))
    assert item == Item(Kind.NOTHING, "Ada", "a1", "b1")
    assert intents(item, MAPPING) == []


def test_a_pair_matched_just_now_is_linked():
    item = plan_pair(MAPPING, "Ada", known("a1", None), known("b1", None), "e-mail")
    assert (item.kind, item.matched_by, item.a_id, item.b_id) == (Kind.LINK, "e-mail", "a1", "b1")
    assert item.merge.base_a == AGREED


def test_a_pair_matched_just_now_that_differs_is_updated():
    item = plan_pair(MAPPING, "Ada", known("a1", None), known("b1", None, zip="2"), "e-mail")
    assert (item.kind, item.matched_by) == (Kind.UPDATE, "e-mail")


@pytest.mark.parametrize(
    ("a_at", "b_at", "written"),
    [(1, 2, "a"), (2, 1, "b"), (2, 2, "b"), (None, 2, "b"), (1, None, "b")],
)
def test_the_newer_side_wins_only_where_both_apps_say_when(a_at, b_at, written):
    mapping = FieldMapping((Pair(ZIP.a, ZIP.b, authority=Authority.NEWEST),))
    one, other = known("a1", changed_at=a_at, zip="2"), known("b1", changed_at=b_at, zip="3")
    (change,) = plan_pair(mapping, "Ada", one, other).merge.changes
    assert change.side == written


ASKING = FieldMapping((Pair(ZIP.a, ZIP.b, authority=Authority.ASK), CITY))


def test_a_conflict_is_left_to_a_person():
    item = plan_pair(ASKING, "Ada", known("a1", zip="2"), known("b1", zip="3"))
    assert item.kind is Kind.REVIEW
    assert item.why == "both sides changed it differently"
    assert intents(item, ASKING) == []


def test_a_conflict_beside_a_change_is_not_passed_over():
    """The change is made, and the person still hears of the conflict."""
    item = plan_pair(ASKING, "Ada", known("a1", zip="2", city="Bonn"), known("b1", zip="3"))
    assert [each.write for each in intents(item, ASKING)] == [Write({"town": "Bonn"})]
    assert item.merge.conflicts
    assert item.why == "both sides changed it differently"


# A record that is gone

untouched, edited = known("1"), known("1", zip="2")


def gone(record):
    return replace(record, gone=True)


@pytest.mark.parametrize(
    ("a", "b", "sentence"),
    [
        (gone(untouched), untouched, "gone on side A; nothing is deleted on side B"),
        (untouched, gone(untouched), "gone on side B; nothing is deleted on side A"),
        (edited, gone(untouched), "edited on side A since: it is kept there"),
        (gone(untouched), edited, "edited on side B since: it is kept there"),
        (gone(untouched), gone(edited), "gone on both sides"),
    ],
)
def test_a_record_that_is_gone_is_neither_deleted_elsewhere_nor_made_anew(a, b, sentence):
    item = plan_pair(MAPPING, "Ada", a, b)
    assert item.kind is Kind.EXCLUDED
    assert sentence in item.why
    assert intents(item, MAPPING) == []


@pytest.mark.parametrize(
    ("record", "standing"),
    [
        (untouched, Standing.UNCHANGED),
        (edited, Standing.CHANGED),
        (known("1", None), Standing.CHANGED),  # nothing was agreed on yet
        (Known("1", AGREED, {"city": "Ulm"}), Standing.CHANGED),  # a field mapped later
        (Known("1", {"city": "Ulm", "zip": None}, {"city": "Ulm"}), Standing.CHANGED),  # too
        (Known("1", {"city": "Ulm"}, AGREED), Standing.UNCHANGED),  # the rest was not read
        (gone(untouched), Standing.GONE),
        (gone(edited), Standing.GONE),
    ],
)
def test_a_side_stands_as_it_differs_from_what_it_last_agreed_on(record, standing):
    assert record.standing is standing


# A record the other side does not have


def test_a_new_record_takes_everything_along_that_may_travel():
    item = plan_new(MAPPING, "Ada", "a", Known("a1", AGREED | {"city": "Bad Doberan"}))
    assert (item.kind, item.a_id, item.b_id) == (Kind.CREATE, "a1", None)
    assert {change.why for change in item.merge.changes} == {Reason.CREATED}
    (intent,) = intents(item, MAPPING)
    assert (intent.side, intent.action) == ("b", Action.CREATE)
    assert intent.write == Write(
        {
            "town": "Bad Do",
            "post_code": "1",
            "labels": ("p",),
            "company": "Acme",
            "number": "7",
        }
    )
    assert intent.source == AGREED | {"city": "Bad Doberan"}
    assert set(intent.basis.values()) == {None}


def test_a_new_record_leaves_behind_what_is_empty_or_readonly_or_goes_the_other_way():
    mapping = FieldMapping((ZIP, NUMBER, Pair(CITY.a, CITY.b, Direction.TO_B)))
    item = plan_new(mapping, "Ada", "b", Known("b1", {"zip": "1", "number": "7", "city": "Ulm"}))
    (intent,) = intents(item, mapping)
    assert (intent.side, intent.write) == ("a", Write({"zip": "1"}))
    empty = plan_new(mapping, "Ada", "a", Known("a1", {"zip": None, "number": "7"}))
    assert [change.key for change in empty.merge.changes] == ["number"]


def test_a_record_with_nothing_to_take_along_is_excluded_with_a_reason():
    item = plan_new(MAPPING, "Ada", "b", Known("b1", {"number": "7", "zip": None}))
    assert (item.kind, item.a_id, item.b_id) == (Kind.EXCLUDED, None, "b1")
    assert item.why
    assert intents(item, MAPPING) == []


def test_words_go_whole_into_a_create_and_as_a_difference_into_an_update():
    (create,) = intents(plan_new(MAPPING, "Ada", "a", Known("a1", AGREED)), MAPPING)
    assert create.write.set["labels"] == ("p",)
    item = plan_pair(MAPPING, "Ada", known("a1", tags=("q",)), known("b1"))
    (update,) = intents(item, MAPPING)
    assert update.write == Write(add={"labels": ("q",)}, remove={"labels": ("p",)})


# A doubt


@pytest.mark.parametrize("doubt", Doubt)
def test_a_doubt_is_a_sentence_for_a_person(doubt):
    verdict = Match(doubt=doubt, candidates=("b1", "b2"), by="phone")
    item = plan_doubt("Ada", "a", "a1", verdict)
    assert (item.kind, item.a_id, item.b_id) == (Kind.REVIEW, "a1", None)
    assert item.candidates == ("b1", "b2")
    assert item.why
    assert "{" not in item.why
    assert intents(item, MAPPING) == []


def test_a_doubt_names_the_key_and_stands_on_its_own_side():
    item = plan_doubt("Ada", "b", "b1", Match(doubt=Doubt.SEVERAL_THERE, by="phone"))
    assert (item.a_id, item.b_id) == (None, "b1")
    assert item.why == "several records on the other side share its phone"


# Intents


values = st.fixed_dictionaries(
    {
        "city": st.sampled_from([None, "Ulm", "Bonn", "Bad Doberan"]),
        "zip": st.sampled_from([None, "1", "2"]),
        "tags": st.sampled_from([None, ("p",), ("q",), ("p", "q")]),
        "company": st.sampled_from([None, "Acme", "Zeta"]),
        "number": st.sampled_from([None, "7", "8"]),
    }
)


@given(values, values, st.none() | values)
def test_intents_carry_out_exactly_the_changes(a, b, base):
    b = b | {"city": CITY.fit(b["city"], "b")}
    one, other = Known("a1", a, base), Known("b1", b, base)
    item = plan_pair(MAPPING, "Ada", one, other)
    writes = {intent.side: intent for intent in intents(item, MAPPING)}
    assert set(writes) == {change.side for change in item.merge.changes}
    for side, now in (("a", a), ("b", b)):
        changes = {change.key: change for change in item.changes_on(side)}
        if not changes:
            continue
        intent = writes[side]
        after = intent.write.applied_to(MAPPING.outward(now, side))
        expected = now | {key: change.after for key, change in changes.items()}
        assert MAPPING.project(after, side, None) == expected
        assert intent.write
        assert intent.action is Action.UPDATE
        assert intent.basis == {key: now[key] for key in changes}
        assert intent.why == {key: change.why.value for key, change in changes.items()}


@given(values, values, st.none() | values)
def test_a_plain_field_that_is_written_gives_the_other_side_s_base(a, b, base):
    item = plan_pair(MAPPING, "Ada", Known("a1", a, base), Known("b1", b, base))
    writes = {intent.side: intent for intent in intents(item, MAPPING)}
    for side, there in (("a", b), ("b", a)):
        plain = {each.key for each in item.changes_on(side)} - {TAGS.key}
        source = writes[side].source if plain else {}
        assert {key: source[key] for key in plain} == {key: there[key] for key in plain}


# As data


@given(values, values, st.none() | values)
def test_an_item_can_be_shown_as_json_with_all_its_changes(a, b, base):
    item = plan_pair(MAPPING, "Ada", Known("a1", a, base), Known("b1", b, base))
    shown = json.loads(json.dumps(item.as_json()))
    assert (shown["a"], shown["b"], shown["record"]) == ("a1", "b1", "Ada")
    assert [(each["field"], each["side"]) for each in shown["changes"]] == [
        (change.key, change.side) for change in item.merge.changes
    ]


def test_what_a_preview_shows_of_an_overruled_edit_says_that_it_is_lost():
    item = plan_pair(MAPPING, "Ada", known("a1", zip="2"), known("b1", zip="3"))
    (shown,) = item.as_json()["changes"]
    assert (shown["before"], shown["after"], shown["why"]) == ("3", "2", Reason.AUTHORITY.value)


def test_what_a_preview_shows_of_a_doubt_names_the_candidates():
    verdict = Match(doubt=Doubt.SEVERAL_THERE, candidates=("b1", "b2"))
    shown = plan_doubt("Ada", "a", "a1", verdict).as_json()
    assert (shown["what"], shown["candidates"]) == ("review", ["b1", "b2"])


def test_an_item_knows_the_changes_of_each_side():
    item = plan_pair(MAPPING, "Ada", known("a1", zip="2"), known("b1", city="Bonn"))
    assert [change.key for change in item.changes_on("a")] == ["city"]
    assert [change.key for change in item.changes_on("b")] == ["zip"]
    assert Item(Kind.NOTHING, "Ada").merge == Merge()
