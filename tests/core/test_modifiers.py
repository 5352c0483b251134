"""What each modifier makes of values: a table of all of them."""

from __future__ import annotations

import contextlib
import time

import pytest

from instep.core.shapes import Kind, kind_of
from instep.core.template import RenderRefused, TemplateError, parse, parse_expression
from instep.core.template.modifiers import GROUPS, MODIFIERS
from instep.core.time_formats import CODES
from tools.templates import SAMPLE

# expression on `v`, the value, what comes of it
CASES = [
    ("title", "  mary-jane   O'NEIL ", "Mary-jane O'neil"),
    ("title", "", ""),
    ("capital", "éa b", "Éa b"),
    ("upper", "straße", "STRASSE"),
    ("upper", 12, "12"),
    ("upper", True, "TRUE"),
    ("upper", None, None),
    ("lower", "ÄB\nC", "äb\nc"),
    ("trim", "\n\u00a0 a b \t", "a b"),
    ("prefix:'Dear '", "Ann", "Dear Ann"),
    ("prefix:'Dear '", None, None),
    ("prefix:'Dear '", "", ""),
    ("suffix:'!'", "", ""),
    ("suffix:'!'", 5, "5!"),
    ("replace:'.',''", "a.b.c", "abc"),
    ("replace:'.*','x'", "a.*b", "axb"),
    ("split", " a, ,b,", ["a", "b"]),
    ("split:' - '", "a - b-c", ["a", "b-c"]),
    ("split", None, None),
    ("truncate:5", "abcde", "abcde"),
    ("truncate:5", "abcdef", "abcd…"),
    ("truncate:5,''", "abcdef", "abcde"),
    ("truncate:2,'...'", "abcdef", ".."),
    ("digits", "+49 (0) ١٢", "49012"),
    ("phone:'AU'", " 0412 345 678", "+61412345678"),
    ("phone:'Australia'", "0412 345 678", "+61412345678"),
    ("phone", "+44 20 7946 0958", "+442079460958"),
    ("phone:'AU'", "call me", None),
    ("phone:'AU'", "4" * 5000, None),
    ("slug", "  Ünïcode & Co. (2026) ", "unicode-co-2026"),
    ("url", "ä/b?c=d e", "%C3%A4%2Fb%3Fc%3Dd%20e"),
    ("number", "1250.50", 1250.5),
    ("number", " 12 ", 12),
    ("number", 0.1, 0.1),
    ("number", "-0", 0),
    ("round", 2.5, 3),
    ("round", -2.5, -3),
    ("round:2", 1.005, 1.01),
    ("round:2", 1e15, 10**15),
    ("decimals", 1234.5, "1234.50"),
    ("decimals:0", 1234.5, "1235"),
    ("decimals:2,',','.'", 1234567.891, "1.234.567,89"),
    ("decimals:2,'.',' '", -1234, "-1 234.00"),
    ("decimals:1", -0.01, "0.0"),
    ("plus:0.2", 0.1, 0.3),
    ("plus:'2'", "1", 3),
    ("minus:1", 0, -1),
    ("times:1.1", 3, 3.3),
    ("divided_by:4", 1, 0.25),
    ("divided_by:3 | round:3", 1, 0.333),
    ("date", "2026-01-05T23:00:00-05:00", "2026-01-05"),
    ("date:'DD.MM.YY HH:mm','UTC'", "2026-01-05T23:00:00-05:00", "06.01.26 04:00"),
    ("date:'HH:mm Z','Europe/Berlin'", "2026-07-01T12:00:00Z", "14:00 +02:00"),
    ("date:'HH:mm','Europe/Berlin'", "2026-07-01T12:00:00", "12:00"),
    ("date:'YYYY-MM-DD','Pacific/Auckland'", "2026-01-05", "2026-01-05"),
    ("date:'ddd, D MMM h:mm a'", "2026-01-05T00:07:00Z", "Mon, 5 Jan 12:07 am"),
    ("date:'dddd [the] D[th] MMMM'", "2026-01-05", "Monday the 5th January"),
    ("date:'iso'", "2026-01-05T23:00:00.120+00:00", "2026-01-05T23:00:00.120Z"),
    ("date", None, None),
    ("add_time:'+1d'", "2026-02-28", "2026-03-01"),
    ("add_time:'1mo'", "2026-01-31", "2026-02-28"),
    ("add_time:'-1y'", "2024-02-29", "2023-02-28"),
    ("add_time:'2w'", "2026-12-25", "2027-01-08"),
    ("add_time:'-90min'", "2026-01-05T00:30:00Z", "2026-01-04T23:00:00Z"),
    # the clocks in Berlin go forward on 29 March 2026, at two
    ("add_time:'+1d','Europe/Berlin'", "2026-03-28T12:00:00+01:00", "2026-03-29T12:00:00+02:00"),
    ("add_time:'+24h','Europe/Berlin'", "2026-03-28T12:00:00+01:00", "2026-03-29T13:00:00+02:00"),
    ("add_time:'+1d','Europe/Berlin'", "2026-03-28T02:30:00+01:00", "2026-03-29T03:30:00+02:00"),
    ("utc:'Europe/Berlin'", "2026-03-29", "2026-03-28T23:00:00Z"),
    ("utc", "2026-03-29T10:00:00", "2026-03-29T10:00:00Z"),
    ("utc", "2026-03-29T10:00:00+10:00", "2026-03-29T00:00:00Z"),
    ("epoch", "1970-01-02", 86400),
    ("epoch:'ms'", "1969-12-31T23:59:59.500Z", -500),
    ("from_epoch", 0, "1970-01-01T00:00:00Z"),
    ("from_epoch:'ms'", "1767225600045", "2026-01-01T00:00:00.045Z"),
    ("default:'there'", "", "there"),
    ("default:'there'", [], "there"),
    ("default:'there'", 0, 0),
    ("default:'there'", False, False),
    ("default:'there'", " ", " "),
    ("default:missing,'there'", None, "there"),
    ("default:missing", "", ""),
    ("required", 0, 0),
    ("text", ["a", None, ["b"], {"c": 1}], 'a, ["b"], {"c": 1}'),
    ("text", 1e21, "1000000000000000000000"),
    ("json", 'a"b', '"a\\"b"'),
    ("json", None, "null"),
    ("json", {"ä": [1, 1.5, True]}, '{"ä": [1, 1.5, true]}'),
    ("boolean", "YES ", True),
    ("boolean", 0, False),
    ("map:'open','Open','won','Won'", "WON", "Won"),
    ("map:'open','Open'", "lost", "lost"),
    ("map:'open','Open','Other'", "lost", "Other"),
    ("map:'none',''", "none", ""),
    ("map:'1','one'", 1, "one"),
    ("length", "añb", 3),
    ("length", [1, [2, 3]], 2),
    ("length", None, 0),
    ("first", [], None),
    ("first", [{"a": 1}, 2], {"a": 1}),
    ("last", ("x", "y"), "y"),
    ("join", ["a", None, 1.0, True], "a, 1, true"),
    ("join:''", ["a", "b"], "ab"),
    ("unique", ["b", "a", "b", 1, "1", 1, ["x"], ["x"]], ["b", "a", 1, "1", ["x"]]),
    ("pick:'id'", [{"id": 1}, {"id": None}, "x", {"id": 2}], [1, 2]),
]


@pytest.mark.parametrize(("text", "value", "came"), CASES)
def test_a_modifier_does_what_it_says(text, value, came):
    found = parse_expression(f"v | {text}").value({"v": value})
    assert (found, type(found)) == (came, type(came))


@pytest.mark.parametrize("modifier", MODIFIERS.values(), ids=MODIFIERS)
def test_the_example_of_a_modifier_is_true(modifier):
    text, came = modifier.example
    assert modifier.name in text
    assert parse(f"<{{{{{text}}}}}>").render(SAMPLE) == f"<{came}>"


@pytest.mark.parametrize("modifier", MODIFIERS.values(), ids=MODIFIERS)
def test_a_modifier_is_declared_as_it_works(modifier):
    assert modifier.what.endswith(".")
    cases = [each for each in CASES if each[0].partition(":")[0] == modifier.name]
    assert cases, "has no case above"
    if modifier.gives is not Kind.ANY and modifier.keeps is None:
        kinds = {kind_of(came) for text, _, came in cases if came is not None and " | " not in text}
        # days and moments are held as text
        gives = Kind.TEXT if modifier.gives in {Kind.TIME, Kind.MOMENT} else modifier.gives
        assert kinds == {gives}
    needed = [each.needed for each in modifier.arguments]
    assert needed == sorted(needed, reverse=True)
    assert not any(each.repeats for each in modifier.arguments[:-1])


def test_a_name_stands_for_one_modifier():
    assert sum(map(len, GROUPS.values())) == len(MODIFIERS)


@pytest.mark.parametrize(
    ("text", "value", "said"),
    [
        ("number", "1,250", "nothing between thousands"),
        ("number", "12 EUR", "nothing between thousands"),
        ("number", True, "has to be a number"),
        ("number", "١٢", "has to be a number"),
        ("number", "9" * 41, "has to be a number"),
        ("times:v | times:v", 10**30, "too many digits"),
        ("boolean", "maybe", "has to be one of true, yes"),
        ("boolean", [True], "has to be one of"),
        ("date", "05/01/2026", "such as 2026-01-31"),
        ("date", "2026-02-30", "such as 2026-01-31"),
        ("date", "2026-W01", "such as 2026-01-31"),
        ("date:'HH Z'", "2026-01-05T10:00:00", "has no offset to show"),
        ("date:'DD','Asia/Tokyo'", "9999-12-31T23:00:00Z", "years 1 to 9999"),
        ("add_time:'+1h'", "2026-01-05", "is a date"),
        ("add_time:'999999y'", "2026-01-05", "years 1 to 9999"),
        ("add_time:'-999999h'", "0001-01-05T00:00:00Z", "years 1 to 9999"),
        ("from_epoch", 10**18, "years 1 to 9999"),
        ("length", {"a": 1}, "is an object"),
        ("join", "abc", "has to be a list, and is a text"),
        ("upper", ["a"], "take one item"),
        ("title", "x" * 2001, "more than 2,000 characters"),
        ("split:''", "abc", "cannot be split at nothing"),
        ("replace:'',''", "abc", "cannot have nothing replaced"),
        ("date:missing", "nonsense", "such as"),
        ("prefix:missing", "a", "the text of prefix is missing"),
        ("truncate:v", "a", "the count of truncate has to be a number"),
        ("phone:v", "nowhere", "the country of phone"),
    ],
)
def test_what_a_modifier_cannot_do_it_refuses(text, value, said):
    with pytest.raises((RenderRefused, TemplateError)) as caught:
        parse_expression(f"v | {text}").value({"v": value})
    assert said in caught.value.sentence


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_a_format_is_explained_by_what_it_writes(code):
    meaning, _ = CODES[code]
    shown = parse_expression(f"v | date:'{code}','Europe/Berlin'").value(
        {"v": "2026-01-05T23:07:09.045+01:00"}
    )
    if " to " not in meaning and " or " not in meaning:
        assert meaning.endswith(f", {shown}")
    else:
        assert shown in {"23", "11", "PM", "pm", "+01:00"}


def test_hostile_texts_do_not_take_a_modifier_long():
    marks = "a" + "\u0301\u0316" * 400_000
    for name in ("title", "slug", "lower", "upper", "trim", "digits", "url", "phone", "capital"):
        with_time_limit(name, marks)
    with_time_limit("split:'a' | unique | join", "a b" * 300_000)


def with_time_limit(text, value):
    start = time.process_time()
    with contextlib.suppress(RenderRefused):
        parse_expression(f"v | {text}").value({"v": value})
    assert time.process_time() - start < 5
