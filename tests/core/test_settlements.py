"""A person's word becomes a plan, or one sentence that says why it cannot."""

from __future__ import annotations

import pytest

from instep.core.errors import UserError
from instep.core.mapping import build
from instep.core.plan import Known, intents, plan_pair
from instep.core.records import Field, FieldType, Identity
from instep.core.settlements import Choice, explain, settle_pair, settlement

COUNTRIES = ("US", "US")


def mapping_of(*rows):
    names = {row["a"] for row in rows}
    fields = [
        Field("email", "email", FieldType.EMAIL, identity=Identity.STRONG),
        Field("city", "city", max_length=6),
        Field("phone", "phone", FieldType.PHONE),
        Field("vip", "vip", FieldType.BOOLEAN),
        Field("site", "site"),
    ]
    chosen = [each for each in fields if each.name in names]
    return build(rows, chosen, chosen, ("A", "B"))


CITY = mapping_of({"a": "city", "authority": "ask"})
TWO = mapping_of({"a": "city", "authority": "ask"}, {"a": "site", "authority": "ask"})


def pair(a, b, base=None, changed=(1, 2)):
    return (
        Known("1", a, base, changed_at=changed[0]),
        Known("2", b, base, changed_at=changed[1]),
    )


def settle(mapping, sides, said):
    planned = plan_pair(mapping, "Ann", *sides)
    return settle_pair(mapping, planned, sides, said, COUNTRIES)


def written(item):
    return {(change.side, change.key): change.after for change in item.merge.changes}


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ("a", {("b", "city"): "Ulm"}),
        ("b", {("a", "city"): "Bonn"}),
        ("newest", {("a", "city"): "Bonn"}),
        ("value=Trier", {("a", "city"): "Trier", ("b", "city"): "Trier"}),
        ("value=  Bonn", {("a", "city"): "Bonn"}),
        ("value=Magdeburg", {("a", "city"): "Magdeb", ("b", "city"): "Magdeb"}),
        ("value=", UserError),
    ],
)
def test_what_is_chosen_is_what_is_written(use, expected):
    sides = pair({"city": "Ulm"}, {"city": "Bonn"})
    if expected is UserError:
        with pytest.raises(UserError, match="nothing is emptied"):
            settle(CITY, sides, settlement("ann", use=use))
        return
    item = settle(CITY, sides, settlement("ann", use=use))
    assert written(item) == expected
    assert (item.kind, item.merge.conflicts, item.why) == ("update", (), None)


def test_every_write_stands_on_what_the_person_saw():
    item = settle(
        CITY, pair({"city": "Ulm"}, {"city": "Bonn"}), settlement("ann", use="value=Trier")
    )
    by_side = {each.side: each for each in intents(item, CITY)}
    assert by_side["a"].basis == {"city": "Ulm"}
    assert by_side["b"].basis == {"city": "Bonn"}
    assert by_side["a"].source == by_side["b"].source == {"city": "Trier"}


def test_a_settled_field_says_who_and_why_and_the_others_keep_their_reason():
    base = {"city": "Jena", "site": "old"}
    mapping = mapping_of({"a": "city", "authority": "ask"}, {"a": "site"})
    sides = pair({"city": "Ulm", "site": "new"}, {"city": "Bonn", "site": "old"}, base)
    said = settlement("ann", use="a", because="she  told me")
    item = settle(mapping, sides, said)
    (intent,) = explain(intents(item, mapping), item, said.sentence)
    assert intent.why == {
        "city": "ann settled it: side A is right (she told me)",
        "site": "changed there only",
    }


def test_one_field_is_settled_and_the_other_still_waits():
    sides = pair({"city": "Ulm", "site": "a"}, {"city": "Bonn", "site": "b"})
    item = settle(TWO, sides, settlement("ann", use="a", field="site"))
    assert written(item) == {("b", "site"): "a"}
    assert [each.key for each in item.merge.conflicts] == ["city"]
    assert item.why == "both sides changed it differently"


@pytest.mark.parametrize(
    ("mapping", "sides", "said", "sentence"),
    [
        (
            TWO,
            pair({"city": "Ulm", "site": "a"}, {"city": "Bonn", "site": "b"}),
            {"use": "value=x"},
            "waits with city, site: say with --field",
        ),
        (
            CITY,
            pair({"city": "Ulm"}, {"city": "Bonn"}),
            {"use": "a", "field": "site"},
            "there is city",
        ),
        (CITY, pair({"city": "Ulm"}, {"city": "Bonn"}, changed=(1, 1)), {"use": "newest"}, "newer"),
        (
            CITY,
            pair({"city": "Ulm"}, {"city": "Bonn"}, changed=(None, 1)),
            {"use": "newest"},
            "newer",
        ),
        (CITY, pair({"city": "Ulm"}, {"city": "Ulm"}), {"use": "a"}, "both sides agree"),
        (
            mapping_of({"a": "vip", "authority": "ask"}),
            pair({"vip": True}, {"vip": False}),
            {"use": "value=maybe"},
            "true or false",
        ),
    ],
)
def test_what_cannot_be_carried_out_is_refused_with_one_sentence(mapping, sides, said, sentence):
    with pytest.raises(UserError, match=sentence):
        settle(mapping, sides, settlement("ann", **said))


def test_a_side_the_mapping_does_not_let_us_write_cannot_be_settled_against():
    mapping = mapping_of({"a": "city", "direction": "to_b"})
    sides = pair({"city": "Ulm"}, {"city": "Bonn"}, {"city": "Bonn"})
    with pytest.raises(UserError, match="be written to side A"):
        settle(mapping, sides, settlement("ann", use="b"))


def test_a_typed_value_is_brought_into_the_form_of_its_field():
    mapping = mapping_of({"a": "phone", "authority": "ask"})
    sides = pair({"phone": "+12125550101"}, {"phone": "+12125550102"})
    item = settle(mapping, sides, settlement("ann", use="value=(212) 555-0103"))
    assert set(written(item).values()) == {"+12125550103"}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Say one thing"),
        ({"use": "a", "separate": True}, "Say one thing"),
        ({"use": "a", "match": "1"}, "Say one thing"),
        ({"use": "c"}, "There is no choice 'c'"),
        ({"use": "value"}, "There is no choice 'value'"),
        ({"use": "match"}, "There is no choice"),
        ({"use": "newest=1"}, "There is no choice"),
        ({"separate": True, "field": "city"}, "--use only"),
        ({"person": "  ", "use": "a"}, "Say who decides"),
    ],
)
def test_an_unclear_word_is_refused(said, sentence):
    with pytest.raises(UserError, match=sentence):
        settlement(**{"person": "ann", **said})


def test_a_value_may_hold_any_sign():
    said = settlement("ann", use="value=a=b c")
    assert (said.choice, said.said) == (Choice.VALUE, "a=b c")
