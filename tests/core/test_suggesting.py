"""Suggestions for a mapping: what is suggested, what never is, and the laws that hold for all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instep.core.errors import UserError
from instep.core.mapping import FieldMapping, build, default_mapping
from instep.core.pairs import Authority, Direction, Pair
from instep.core.records import Field, FieldType
from instep.core.suggesting import chosen, likeness, rows_with, suggest
from instep.core.synonyms import CONTACT, is_apart, plain, tokens

NOTHING = FieldMapping(())


def field(name, kind=FieldType.TEXT, **more):
    return Field(name, more.pop("path", name), kind, **more)


def custom(name, kind=FieldType.TEXT, **more):
    return field(f"custom.{name}", kind, custom=True, **more)


def the_one(a, b, kind="contact"):
    return next(iter(suggest([a], [b], kind, NOTHING)), None)


@pytest.mark.parametrize(
    ("a", "b", "score", "why"),
    [
        ("Policy number", "policy_number", 100, "called the same"),
        ("Surname", "last_name", 95, "two words for last_name"),
        ("Family name", "Surname", 95, "two words for last_name"),
        ("E-Mail", "Email address", 95, "two words for email"),
        ("Mobile", "Cell phone", 95, "two words for phone"),
        ("Zip code", "Postcode", 95, "two words for postal_code"),
        ("Organisation", "Company name", 95, "two words for company"),
        ("Birthday", "Date of birth", 95, "two words for date_of_birth"),
        ("Street", "Address line 1", 95, "two words for address"),
        ("Number of policy", "policyNumber", 90, "the same words"),
        ("Policy no.", "Policy number", 90, "the same words"),
        ("Adviser", "Advisor", 77, "spelt alike (86 %)"),
        ("Licence number", "License number", 82, "spelt alike (92 %)"),
    ],
)
def test_words_for_one_thing_are_suggested_with_the_reason(a, b, score, why):
    for one, other in ((a, b), (b, a)):
        found = the_one(custom(one), custom(other))
        assert (found.a.name, found.b.name) == (f"custom.{one}", f"custom.{other}")
        assert found.score == score
        assert why in found.reason


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Home phone", "Mobile"),
        ("Work phone", "Cell"),
        ("Phone", "Fax"),
        ("Policy 1 premium", "Policy 2 premium"),
        ("Policy start date", "Policy end date"),
        ("Applicant email", "Co-applicant email"),
        ("Billing street", "Shipping street"),
        ("Do call", "Do not call"),
        ("No policy", "Policy number"),
        ("Property owner", "Property lender"),
        ("Loan 10", "Loan 100"),
        ("Insured name", "Insurer name"),
        ("Adviser", "Adviser end"),
        ("Created by", "Updated by"),
        ("Favourite colour", "Loan amount"),
        ("???", "!!!"),
        ("The", "Of"),
    ],
)
def test_two_things_are_not_one_however_alike_they_are_spelt(a, b):
    assert the_one(custom(a), custom(b)) is None
    assert the_one(custom(b), custom(a)) is None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (custom("Birthday"), custom("Birthday", FieldType.DATE)),
        (custom("Score", readonly=True), custom("Score", readonly=True)),
        (custom("No mails", FieldType.CONSENT), custom("No mails", FieldType.CONSENT)),
        (field("owner", link="user"), field("owner", link="user")),
        (field("company", create_only=True), custom("Company")),
    ],
)
def test_what_no_mapping_can_have_or_a_person_decides_is_not_suggested(a, b):
    assert the_one(a, b) is None
    assert the_one(b, a) is None


def test_long_text_may_be_html_at_the_other_app():
    assert the_one(custom("About", FieldType.LONG_TEXT), custom("About", FieldType.HTML))


def test_a_name_nobody_knows_is_also_known_by_the_apps_own_word():
    born = field("born", FieldType.DATE, path="person.birthDate")
    assert the_one(born, field("date_of_birth", FieldType.DATE)).score == 95


def test_what_a_word_means_depends_on_the_kind_of_record():
    a, b = field("state"), custom("Status")
    assert the_one(a, b, "task").score == 95
    assert the_one(a, b, "contact") is None


def test_a_sure_pair_never_gives_way_to_two_doubtful_ones():
    a = [custom("Adviser"), custom("Advisor")]
    b = [custom("Advisor"), custom("Advisers")]
    found = [(each.a.name, each.b.name) for each in suggest(a, b, "contact", NOTHING)]
    assert found == [
        ("custom.Advisor", "custom.Advisor"),
        ("custom.Adviser", "custom.Advisers"),
    ]


def test_what_is_mapped_already_is_not_suggested():
    a, b = [field("email"), custom("E-mail")], [field("email"), custom("Mail")]
    mapping = default_mapping(a, b)
    assert [each.a.name for each in suggest(a, b, "contact", mapping)] == ["custom.E-mail"]
    whole = build(
        rows_with(mapping, suggest(a, b, "contact", mapping)), a, b, ("one app", "the other")
    )
    assert suggest(a, b, "contact", whole) == []


# What is accepted


def test_what_is_accepted_goes_the_way_of_the_others():
    email = Pair(field("email"), field("email"), Direction.TO_B, Authority.NEWEST)
    mapping = FieldMapping((email,))
    offered = suggest([custom("Town")], [custom("City")], "contact", mapping)
    added = rows_with(mapping, offered)[-1]
    assert (added["a"], added["b"]) == ("custom.Town", "custom.City")
    assert (added["direction"], added["authority"]) == ("to_b", "newest")


def test_what_cannot_go_the_way_of_the_others_is_refused():
    mapping = FieldMapping((Pair(field("email"), field("email"), Direction.TO_B),))
    offered = suggest([custom("Town")], [custom("City", readonly=True)], "contact", mapping)
    with pytest.raises(UserError, match=r"custom\.Town cannot travel to_b"):
        rows_with(mapping, offered)


def test_only_what_was_suggested_can_be_accepted():
    offered = suggest([custom("Town")], [custom("City")], "contact", NOTHING)
    assert chosen(offered, ["custom.Town", "custom.Town"]) == offered
    with pytest.raises(UserError, match=r"'Town' of side A; did you mean custom\.Town"):
        chosen(offered, ["Town"])
    with pytest.raises(UserError, match="there is none at all"):
        chosen([], ["Town"])


# Laws

names = st.one_of(
    st.sampled_from(sorted({word for words in CONTACT.values() for word in words})),
    st.sampled_from(["Policy no", "Policy No.", "policy_no", "Advisor", "Adviser", "Loan 1"]),
    st.text(max_size=12),
)
fields = st.lists(
    st.builds(
        custom,
        names,
        st.sampled_from([FieldType.TEXT, FieldType.DATE, FieldType.LONG_TEXT, FieldType.HTML]),
        readonly=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda each: each.name,
)


@given(fields, fields)
def test_the_sides_may_be_swapped(a, b):
    one = [(each.a, each.b, each.score, each.reason) for each in suggest(a, b, "contact", NOTHING)]
    other = [
        (each.b, each.a, each.score, each.reason) for each in suggest(b, a, "contact", NOTHING)
    ]
    assert sorted(one, key=repr) == sorted(other, key=repr)


@given(fields, fields)
def test_each_field_is_named_once_and_every_suggestion_can_be_built(a, b):
    found = suggest(a, b, "contact", NOTHING)
    for side in ([each.a.name for each in found], [each.b.name for each in found]):
        assert len(side) == len(set(side))
    assert all(0 < each.score <= 100 and each.reason for each in found)
    assert all(each.a.type.canonical is each.b.type.canonical for each in found)
    if found:
        build(rows_with(NOTHING, found), a, b, ("one app", "the other"))


def test_two_pairs_of_the_same_two_names_stand_in_one_order():
    a = [custom("Surname"), custom("Last name", FieldType.DATE)]
    b = [custom("Last name"), custom("Surname", FieldType.DATE)]
    found = suggest(a, b, "contact", NOTHING)
    assert len(found) == 2
    assert suggest(a[::-1], b[::-1], "contact", NOTHING) == found


@given(fields, fields, st.randoms())
def test_the_order_of_the_fields_does_not_matter(a, b, random):
    before = suggest(a, b, "contact", NOTHING)
    random.shuffle(a)
    random.shuffle(b)
    assert suggest(a, b, "contact", NOTHING) == before


@given(fields, fields)
def test_the_best_come_first_and_nothing_is_left_over(a, b):
    found = suggest(a, b, "contact", NOTHING)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    left_a = [each for each in a if each not in [one.a for one in found]]
    left_b = [each for each in b if each not in [one.b for one in found]]
    assert suggest(left_a, left_b, "contact", NOTHING) == []


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_symmetric_and_whole_for_equals(one, other):
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == 100
    assert is_apart(tokens(one), tokens(other)) == is_apart(tokens(other), tokens(one))


@given(st.text(max_size=20))
def test_a_plain_word_stays_plain(text):
    assert plain(plain(text)) == plain(text)


def test_every_word_of_the_table_is_plain_and_means_one_thing():
    words = [word for each in CONTACT.values() for word in each]
    assert [word for word in words if plain(word) != word] == []
    assert len(words) == len(set(words))
