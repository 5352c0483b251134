"""What becomes of a record whose partner is gone: every standing under every policy."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from instep.core.decide import Standing
from instep.core.deleting import OVER, Abilities, Follow, Terms, check, tag_for
from instep.core.errors import UserError
from instep.core.mapping import FieldMapping, Pair
from instep.core.merge import Reason
from instep.core.plan import Action, Kind, Known, intents, plan_pair
from instep.core.records import Field, FieldType, Write
from instep.core.rules import Deletes

CITY = Pair(Field("city", "city"), Field("town", "TOWN"))
DONE = Pair(
    Field("done", "done", FieldType.BOOLEAN), Field("completed", "COMPLETED", FieldType.BOOLEAN)
)
TAGS = Pair(Field("tags", "tags", FieldType.WORDS), Field("tags", "TAGS", FieldType.WORDS))
MAPPING = FieldMapping((CITY, DONE, TAGS))
UNTAGGED = FieldMapping((CITY,))

AGREED = {"city": "Ulm", "done": False, "tags": ("p",)}
U, C, G = Standing
TAG = "deleted in otherapp"


def known(record_id, standing):
    values = AGREED | {"city": "Bonn"} if standing is C else AGREED
    return Known(record_id, values, AGREED, gone=standing is G)


def terms(policy, held=None):
    archived = {"completed": True}
    return Terms(
        Follow(policy, "OtherApp", {"done": True}), Follow(policy, "OtherApp", archived), held
    )


def plan(a, b, policy, mapping=MAPPING, held=None):
    return plan_pair(mapping, "Ada", known("a1", a), known("b1", b), terms=terms(policy, held))


EVERY = list(product(Standing, Standing, Deletes))


@pytest.mark.parametrize(("a", "b", "policy"), EVERY)
def test_only_an_untouched_record_whose_partner_is_gone_is_ever_deleted(a, b, policy):
    item = plan(a, b, policy)
    deletes = policy is Deletes.DELETE and {a, b} == {U, G}
    assert (item.kind is Kind.DELETE) is deletes
    actions = [intent.action for intent in intents(item, MAPPING)]
    assert (Action.DELETE in actions) is deletes


@pytest.mark.parametrize(("a", "b", "policy"), EVERY)
def test_a_pair_with_a_gone_record_writes_to_none_but_its_untouched_partner(a, b, policy):
    written = [intent.side for intent in intents(plan(a, b, policy), MAPPING)]
    if G in {a, b}:
        left = "b" if a is G else "a"
        speaks = {a, b} == {U, G} and policy is not Deletes.IGNORE
        assert written == ([left] if speaks else [])


@pytest.mark.parametrize(("a", "b", "policy"), EVERY)
def test_a_pair_that_is_held_is_left_alone_whatever_happened(a, b, policy):
    item = plan(a, b, policy, held="a person undid it")
    assert (item.kind, item.why) == (Kind.EXCLUDED, "a person undid it")
    assert intents(item, MAPPING) == []


@pytest.mark.parametrize(("a", "b", "policy"), EVERY)
def test_both_sides_are_treated_alike(a, b, policy):
    one, other = plan(a, b, policy), plan(b, a, policy)
    if G in {a, b}:
        assert one.kind is other.kind


@pytest.mark.parametrize("policy", Deletes)
def test_an_edit_beats_a_delete_and_is_reported(policy):
    item = plan(G, C, policy)
    assert item.kind is Kind.EXCLUDED
    assert "edited on side B since: it is kept there" in item.why


@pytest.mark.parametrize("policy", Deletes)
def test_a_pair_gone_on_both_sides_is_over(policy):
    assert plan(G, G, policy).over
    assert not plan(G, U, policy).over
    assert OVER


def test_a_delete_stands_on_all_that_is_known_of_the_record():
    item = plan(G, U, Deletes.DELETE)
    (intent,) = intents(item, MAPPING)
    assert (intent.side, intent.write, intent.basis) == ("b", Write(), AGREED)
    assert set(intent.why.values()) == {Reason.PARTNER_GONE.value}
    shown = item.as_json()
    assert shown["what"] == "delete"
    assert {change["field"]: change["before"] for change in shown["changes"]} == AGREED
    assert "gone on side A" in shown["why"]


def test_a_preview_does_not_show_empty_fields_of_what_is_deleted():
    a, b = (
        Known("1", AGREED | {"city": None}, AGREED | {"city": None}, gone=gone)
        for gone in (True, False)
    )
    item = plan_pair(MAPPING, "Ada", a, b, terms=terms(Deletes.DELETE))
    assert "city" not in {change["field"] for change in item.as_json()["changes"]}
    assert intents(item, MAPPING)[0].basis["city"] is None


def test_a_tag_says_where_the_partner_was_deleted_and_leaves_the_others():
    (intent,) = intents(plan(G, U, Deletes.TAG), MAPPING)
    assert (intent.action, intent.write) == (Action.UPDATE, Write(add={"tags": (TAG,)}))
    # the tag is no news for the partner if that comes back
    assert intent.source == {"tags": ("p",)}


def test_a_tag_is_given_once():
    tagged = Known("b1", AGREED | {"tags": (TAG, "p")}, AGREED | {"tags": (TAG, "p")})
    item = plan_pair(MAPPING, "Ada", known("a1", G), tagged, terms=terms(Deletes.TAG))
    assert item.kind is Kind.EXCLUDED
    assert TAG in item.why


def test_a_tag_needs_no_place_in_the_mapping():
    item = plan(G, U, Deletes.TAG, UNTAGGED)
    (intent,) = intents(item, UNTAGGED)
    assert intent.write == Write(add={"tags": (TAG,)})
    assert intent.after == {"tags": (TAG,)}


@pytest.mark.parametrize(("a", "b", "name"), [(G, U, "completed"), (U, G, "done")])
def test_a_record_is_put_away_in_its_own_apps_words(a, b, name):
    (intent,) = intents(plan(a, b, Deletes.ARCHIVE), MAPPING)
    assert intent.write == Write({name: True})
    assert intent.source == {"done": False}


def test_a_record_that_is_put_away_already_is_left():
    done = AGREED | {"done": True}
    a, b = Known("a1", done, done, gone=True), Known("b1", done, done)
    item = plan_pair(MAPPING, "Ada", a, b, terms=terms(Deletes.ARCHIVE))
    assert item.kind is Kind.EXCLUDED
    assert intents(item, MAPPING) == []


def test_a_record_is_put_away_by_a_field_outside_the_mapping():
    (intent,) = intents(plan(G, U, Deletes.ARCHIVE, UNTAGGED), UNTAGGED)
    assert intent.write == Write({"completed": True})


def test_a_tag_is_compared_as_tags_are():
    assert tag_for("GoHighLevel") == "deleted in gohighlevel"


# What an app is able to do

ABLE = Abilities("Insightly", "tasks", tags=True, archived={"completed": True}, deletes=True)


@pytest.mark.parametrize("policy", Deletes)
def test_a_policy_the_app_can_follow_is_taken(policy):
    check(policy, "a", ABLE)


@pytest.mark.parametrize(
    ("policy", "lacking", "sentence"),
    [
        (Deletes.TAG, {"tags": False}, "have no tags: choose ignore, archive, delete"),
        (Deletes.ARCHIVE, {"archived": {}}, "cannot be put away without deleting"),
        (Deletes.DELETE, {"deletes": False}, "cannot be deleted: choose ignore, tag, archive"),
    ],
)
def test_a_policy_the_app_cannot_follow_is_refused(policy, lacking, sentence):
    with pytest.raises(UserError, match=sentence) as refused:
        check(policy, "b", replace(ABLE, **lacking))
    assert "side B's record" in str(refused.value)


def test_ignoring_is_always_possible():
    check(Deletes.IGNORE, "a", replace(ABLE, tags=False, archived={}, deletes=False))
