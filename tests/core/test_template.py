"""What comes of a template: text, or the value itself, and nothing that was not asked for."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from instep.core.template import RenderRefused, parse, parse_expression
from instep.core.template.writing import LARGEST_TEXT

VALUES = {
    "contact": {
        "first_name": "ann",
        "nickname": "",
        "age": 41,
        "score": 0,
        "balance": 1250.50,
        "vip": False,
        "born": None,
        "tags": ["VIP", "new lead"],
        "custom.Year in school": "3",
        "address": {"city": "Ulm", "lines": ["a", "b"]},
    },
    "steps": {"find": {"contact": {"id": "c1"}}},
    "trigger": {"tags": ["first", {"name": "second"}]},
    "evil": "{{contact.first_name}} {{",
}


def rendered(text, settings=None):
    return parse(text).render(VALUES, settings or {})


@pytest.mark.parametrize(
    ("text", "came"),
    [
        ("", ""),
        ("no expression { } }} here", "no expression { } }} here"),
        ("Hello {{contact.first_name}}!", "Hello ann!"),
        ("{{ contact.first_name }}{{contact.address.city}}", "annUlm"),
        ("{{steps.find.contact.id}}", "c1"),
        ("{{trigger.tags[0]}} {{trigger.tags[1].name}}", "first second"),
        ("{{trigger.tags[-1].name}}", "second"),
        ('{{contact["custom.Year in school"]}}', "3"),
        ('{{["evil"]}}', "{{contact.first_name}} {{"),
        ('{{contact.first_name | title | default:"there"}}', "Ann"),
        ('Hi {{contact.nickname | default:"there"}}', "Hi there"),
        ("{{\n contact\u00a0.\tfirst_name\n| upper }}", "ANN"),
        (r"{{'it\'s'}} {{" + r'"a\"b\\c\n"}}', "it's a\"b\\c\n"),
        ('{"a":{{{contact.age}}}}', '{"a":{41}}'),
        ('{"name": {{contact.nickname | json}}}', '{"name": ""}'),
        ("{{\"{{\"}} and {{'}}'}}", "{{ and }}"),
    ],
)
def test_a_template_is_text_with_values_in_it(text, came):
    assert rendered(text) == came


@pytest.mark.parametrize(
    ("text", "came"),
    [
        ("{{contact.age}}", 41),
        ("{{contact.vip}}", False),
        ("{{contact.tags}}", ["VIP", "new lead"]),
        ("{{contact.address}}", VALUES["contact"]["address"]),
        ("{{contact.born}}", None),
        ("{{nothing.there[3]}}", None),
        ("{{true}}", True),
        ("{{null}}", None),
        ("{{-1.50}}", -1.5),
        ("{{contact.balance | round}}", 1251),
        ("{{contact.score | default:7}}", 0),
        ("{{contact.vip | default:true}}", False),
        ("{{contact.born | default:contact.age}}", 41),
        ("{{contact.born | default:contact.nickname,null,0}}", 0),
    ],
)
def test_one_expression_alone_keeps_the_type_of_its_value(text, came):
    found = rendered(text)
    assert (found, type(found)) == (came, type(came))


@pytest.mark.parametrize(
    ("text", "came"),
    [
        ("{{contact.age}} years", "41 years"),
        ("{{contact.vip}}.", "false."),
        ("<{{contact.born}}{{nothing}}{{contact.tags[9]}}>", "<>"),
        ("{{contact.tags}}.", "VIP, new lead."),
        ("{{contact.balance}} EUR", "1250.5 EUR"),
        # other tools write [object Object] here
        ("{{contact.address}}.", '{"city": "Ulm", "lines": ["a", "b"]}.'),
        ("{{contact.first_name.upper}}{{contact.__class__}}{{contact.tags.append}}.", "."),
    ],
)
def test_within_text_every_value_is_written_out(text, came):
    assert rendered(text) == came


def test_what_a_value_holds_is_never_read_as_a_template():
    assert rendered("{{evil}}") == VALUES["evil"]
    assert rendered("<{{evil | upper}}>") == "<{{CONTACT.FIRST_NAME}} {{>"


def test_a_path_leads_through_values_and_never_into_python():
    class Odd:
        secret = "s"

    values = {"odd": Odd(), "list": [1], "text": "abc", "frozen": MappingProxyType({"a": 1})}
    for path in ("odd.secret", "odd.__class__", "list.append", "text.upper", "text[0]", "list.a"):
        assert parse_expression(path).value(values) is None
    assert parse_expression("frozen.a").value(values) == 1
    assert parse_expression("a").value(None) is None


def test_text_that_no_database_keeps_is_cleaned_within_text():
    assert parse("<{{a}}>").render({"a": "x\x00y\ud800z"}) == "<xyz>"
    assert parse("{{a | upper}}").render({"a": "x\x00y"}) == "XY"


def test_the_account_says_zone_and_country_where_the_template_does_not():
    settings = {"zone": "Australia/Sydney", "country": "AU"}
    values = {"at": "2026-06-30T23:00:00Z", "phone": "0412 345 678"}
    assert parse('{{at | date:"D.M. HH:mm"}}').render(values, settings) == "1.7. 09:00"
    assert parse('{{at | date:"D.M.","UTC"}}').render(values, settings) == "30.6."
    assert parse("{{phone | phone}}").render(values, settings) == "+61412345678"
    assert parse("{{phone | phone}}").render(values) is None


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("{{contact.email | required}}", 18, "the value before required is missing, and needed"),
        ('{{contact.nickname|required:"a nickname"}}', 19, "a nickname is needed here"),
        ("{{contact.first_name | number}}", 23, "has to be a number"),
        ("a {{contact.tags | upper}}", 19, "has to be text, and is a list; take one item"),
        ("{{contact.address | upper}}", 20, "has to be text, and is an object"),
        ("{{contact.age | first}}", 16, "has to be a list, and is a number"),
        ("{{contact.first_name | date}}", 23, "has to be a date such as"),
        ("{{contact.age | date}}", 16, "has to be a date or moment, and is a number"),
        ("{{contact.age | divided_by:contact.score}}", 16, "cannot be divided by 0"),
        ("{{contact.age | round:contact.first_name}}", 16, "the places of round has to be"),
        ("{{contact.first_name | prefix:contact.born}}", 23, "the text of prefix is missing"),
        (
            '{{"2026-01-01" | date:contact.first_name}}',
            17,
            "the format of date has letters that stand for nothing",
        ),
    ],
)
def test_what_cannot_be_done_with_these_values_says_where_and_repeats_none(text, place, said):
    with pytest.raises(RenderRefused) as caught:
        rendered(text)
    assert said in caught.value.sentence
    assert caught.value.start == place
    assert "'ann'" not in str(caught.value)


def test_an_output_of_any_size_is_refused_before_it_is_made():
    values = {"big": "x" * LARGEST_TEXT}
    for text in ("{{big}}{{big}}", '{{big | replace:"x",big}}', "{{big | prefix:big}}"):
        with pytest.raises(RenderRefused, match="more than 1,000,000 characters"):
            parse(text).render(values)


def shared(levels):
    """A value that is small, and huge when it is written out."""
    value = ["lol"]
    for _ in range(levels):
        value = [value] * 10
    return value


def deep(levels):
    value = "x"
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (shared(40), "too much in it"),
        (deep(100_000), "more than 50 deep"),
        ([float("nan")], "no finite number"),
        (10**5000, "too many digits"),
        ([10**5000], "too many digits"),
        ([object()], "JSON does not know"),
        (float("inf"), "no finite number"),
    ],
    ids=["shared", "deep", "no number", "digits", "digits within", "no JSON", "infinite"],
)
def test_a_value_that_nobody_could_write_is_refused(value, said):
    with pytest.raises(RenderRefused, match=said):
        parse("{{a}}.").render({"a": value})
    # alone it is handed on as it is
    assert parse("{{a}}").render({"a": value}) is value
