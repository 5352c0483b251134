"""A template is checked against what is known of its values before there are any."""

from __future__ import annotations

import pytest

from instep.core.shapes import ANYTHING
from instep.core.template import Kind, Shape, check, parse, parse_expression, shape_of

TEXT, NUMBER = Shape(Kind.TEXT), Shape(Kind.NUMBER)
CONTACT = Shape(
    Kind.OBJECT,
    {
        "first_name": TEXT,
        "age": NUMBER,
        "vip": Shape(Kind.BOOLEAN),
        "born": Shape(Kind.DATE),
        "tags": Shape(Kind.LIST, items=TEXT),
        "phones": Shape(Kind.LIST, items=Shape(Kind.OBJECT, {"number": TEXT})),
        "custom": Shape(Kind.OBJECT, {"Size": TEXT}, more=True),
        "odd": ANYTHING,
    },
)
KNOWN = Shape(Kind.OBJECT, {"contact": CONTACT, "steps": Shape(Kind.OBJECT)})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{{contact.first_name}}", Kind.TEXT),
        ("{{contact.age}}", Kind.NUMBER),
        ("{{contact.age}}!", Kind.TEXT),
        ("nothing but text", Kind.TEXT),
        ("{{contact.tags[0]}}", Kind.TEXT),
        ("{{contact.tags | first | upper | length}}", Kind.NUMBER),
        ("{{contact.phones | pick:'number' | join}}", Kind.TEXT),
        ("{{contact.phones[0].number | default:'none'}}", Kind.TEXT),
        ("{{contact.first_name | default:1}}", Kind.ANY),
        ("{{contact.first_name | default:contact.age}}", Kind.ANY),
        ("{{contact.age | required:'the age'}}", Kind.NUMBER),
        ("{{contact.custom.Colour | upper}}", Kind.TEXT),
        ("{{contact.odd[0].anything.at.all}}", Kind.ANY),
        ("{{contact.born | add_time:'1d' | date}}", Kind.TEXT),
        ("{{contact.first_name | number | round}}", Kind.NUMBER),
        ("{{contact.tags}} in text", Kind.TEXT),
        ("{{null | upper}}", Kind.TEXT),
    ],
)
def test_what_will_come_of_a_template_is_known_beforehand(text, kind):
    found = check(parse(text), KNOWN)
    assert found.errors == ()
    assert found.shape.kind is kind


@pytest.mark.parametrize(
    ("text", "marked", "said"),
    [
        ("{{contact.frist_name}}", "contact.frist_name", "contact has no 'frist_name'; did you me"),
        ("{{contact.First_Name}}", "contact.First_Name", "did you mean first_name?"),
        ("{{contct.age}}", "contct.age", "has no 'contct'; did you mean contact?"),
        ("{{steps.x}}", "steps.x", "steps has no 'x'; there is nothing in it"),
        ("{{contact.zzz}}", "contact.zzz", "there are: age, born, custom"),
        ("{{contact.tags.name}}", "contact.tags.name", "contact.tags is a list: take one item"),
        ("{{contact.age.years}}", "contact.age.years", "is a number, which has nothing in it"),
        ("{{contact.phones[0].nmber}}", "contact.phones[0].nmber", "did you mean number?"),
        ("{{contact.tags | upper}}", "upper", "takes text, and is given a list; take one item"),
        ("{{contact | upper}}", "upper", "takes text, and is given an object"),
        ("{{contact.age | first}}", "first", "takes a list, and is given a number"),
        ("{{contact.vip | plus:1}}", "plus:1", "takes a number, and is given true or false"),
        ("{{contact.age | date}}", "date", "takes a date or moment, and is given a number"),
        ("{{contact.age | plus:contact.tags}}", "contact.tags", "the number of plus is a number"),
        ("{{contact.age | plus:contact.agee}}", "contact.agee", "did you mean age?"),
        ("Dear {{contact}}", "contact", "this is an object, not a text; name one of its fields"),
    ],
)
def test_what_cannot_be_is_found_with_its_place(text, marked, said):
    (error,) = check(parse(text), KNOWN).errors
    assert text[error.start : error.end] == marked
    assert said in error.sentence


def test_all_that_is_wrong_is_found_at_once():
    found = check(parse("{{contact.a1b2 | upper}} {{contact.tags | round}}"), KNOWN)
    assert len(found.errors) == 2


def test_an_expression_is_checked_alone_as_within_a_template():
    assert check(parse_expression("contact.age"), KNOWN).shape == NUMBER
    assert check(parse_expression("contact.ago"), KNOWN).errors


def test_a_sample_tells_the_shape_of_values_like_it():
    sample = {"a": 1, "b": [{"c": "x"}], "d": None, "e": "2026-01-31", "f": "2026-01-31T10:00:00Z"}
    shape = shape_of(sample)
    kinds = {name: each.kind for name, each in shape.fields.items()}
    assert kinds == {
        "a": Kind.NUMBER,
        "b": Kind.LIST,
        "d": Kind.ANY,
        "e": Kind.DATE,
        "f": Kind.MOMENT,
    }
    assert shape.fields["b"].items.fields["c"] == TEXT
    # other samples may have fields that this one has not
    assert check(parse("{{other}}"), shape).errors == ()
    assert shape_of({"a": []}).fields["a"].items is None
