"""A template that cannot be: every message says what is wrong, where, and what to write."""

from __future__ import annotations

import contextlib
import pickle
import time

import pytest

from instep.core.errors import RecordRejected, UserError
from instep.core.template import RenderRefused, TemplateError, parse, parse_expression
from instep.core.template.reading import (
    LONGEST,
    MOST_ARGUMENTS,
    MOST_CALLS,
    MOST_EXPRESSIONS,
    MOST_STEPS,
)

# template, what is pointed at, what is said of it
CASES = [
    ("Hi {{a", "{{", "not closed"),
    ("{{", "{{", "not closed"),
    ("{{a}", "}", "write }}"),
    ("{{}}", "}}", "write a name, such as {{contact.email}}"),
    ("{{ {{a}} }}", "{", "cannot stand within another"),
    ("{{a | titel}}", "titel", "did you mean title?"),
    ("{{a | Upper}}", "Upper", "did you mean upper?"),
    ("{{a | zzzzz}}", "zzzzz", "there are: add_time"),
    ("{{a | }}", "}}", "the name of a modifier has to follow |"),
    ("{{a upper}}", "upper", "did you mean | upper?"),
    ("{{a 'b'}}", "'b'", "one thing too many"),
    ("{{a, b}}", ",", "arguments follow a modifier's name"),
    ("{{a | truncate}}", "truncate", "needs 1: count, ending"),
    ("{{a | upper:1}}", "upper:1", "takes no arguments"),
    ("{{a | join:',',','}}", "join:',',','", "takes at most 1: between"),
    ("{{a | truncate:0}}", "0", "whole number from 1"),
    ("{{a | truncate:1.5}}", "1.5", "whole number from 1"),
    ("{{a | truncate:'x'}}", "'x'", "has to be a number"),
    ("{{a | truncate:}}", "}}", "has to stand here"),
    ("{{a | date:'yyyy'}}", "'yyyy'", "YYYY"),
    ("{{a | date:'YYYY','Mars/Base'}}", "'Mars/Base'", "name of a time zone"),
    ("{{a | date:'YYYY','../../etc/passwd'}}", "'../../etc/passwd'", "time zone"),
    ("{{a | add_time:'1 fortnight'}}", "'1 fortnight'", "such as +1d"),
    ("{{a | phone:'Nowhere'}}", "'Nowhere'", "has to be a country"),
    ("{{a | decimals:2,'ab'}}", "'ab'", "one character"),
    ("{{a | epoch:'h'}}", "'h'", "has to be s or ms"),
    ("{{“a”}}", "“", "use straight ones"),
    ("{{\N{CYRILLIC SMALL LETTER A}bc}}", "\N{CYRILLIC SMALL LETTER A}", 'in quotes: ["…"]'),
    ("{{a\u200bb}}", "\u200b", "U+200B ZERO WIDTH SPACE means nothing"),
    ("{{a\u202e}}", "\u202e", "U+202E RIGHT-TO-LEFT OVERRIDE"),
    ("{{a | truncate:１}}", "１", "U+FF11 FULLWIDTH DIGIT ONE"),
    ("{{a.0}}", "0", "[0] is the first"),
    ("{{a.}}", "}}", "a name has to follow the point"),
    ("{{a[}}", "}}", "ends too early"),
    ("{{a[0}}", "}}", "] has to stand here"),
    ("{{a[b]}}", "b", "a place, such as [0]"),
    ("{{a[1.5]}}", "1.5", "a place, such as [0]"),
    ("{{a[1234567]}}", "1234567", "a place, such as [0]"),
    ("{{'a}}", "'", "no closing '"),
    (r"{{'a\q'}}", r"\q", r"for \ write \\"),
    ("{{1234567890123456}}", "1234567890123456", "at most 15 digits"),
    ("{{a + 1}}", "+", "use | plus:"),
    ("{{upper(a)}}", "(", "there are no brackets"),
    ("{{a == 1}}", "=", "conditions"),
    ("{{a ; b}}", ";", "';' means nothing here"),
    ("a\x00{{b}}", "\x00", "cannot be stored"),
    ("\ud800", "\ud800", "cannot be stored"),
]


@pytest.mark.parametrize(("text", "marked", "said"), CASES)
def test_an_error_points_at_what_is_wrong(text, marked, said):
    with pytest.raises(TemplateError) as caught:
        parse(text)
    error = caught.value
    assert text[error.start : error.end] == marked
    assert said in error.sentence
    assert f"at character {error.start + 1}: " in str(error)
    assert "\n" not in str(error)
    assert "\x00" not in str(error)


def test_the_place_is_drawn_below_the_line():
    with pytest.raises(TemplateError) as caught:
        parse(f"{'x' * 60}{{{{contact.name | titel}}}}{'y' * 60}")
    line, marks = caught.value.pointed().split("\n")
    assert line.startswith("…xxx")
    assert line.endswith("y…")
    assert line[marks.index("^") : marks.rindex("^") + 1] == "titel"


def test_an_error_is_the_same_after_it_was_stored():
    for kind in (TemplateError, RenderRefused):
        error = kind("there is no x", "a {{x}}", 4, 5)
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), again.pointed()) == (kind, str(error), error.pointed())


def test_errors_are_of_the_kinds_that_say_what_happens_next():
    assert issubclass(TemplateError, UserError)
    assert issubclass(RenderRefused, RecordRejected)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * (LONGEST + 1), "more than 20,000 characters"),
        ("{{a}}" * (MOST_EXPRESSIONS + 1), "more than 500 expressions"),
        ("-{{a}}" * (MOST_EXPRESSIONS + 1), "more than 500 expressions"),
        ("{{a" + "|upper" * (MOST_CALLS + 1) + "}}", "more than 20 modifiers"),
        ("{{a" + ".a" * MOST_STEPS + "}}", "at most 20 steps"),
        ("{{a|default:1" + ",1" * MOST_ARGUMENTS + "}}", "more than 200 arguments"),
    ],
)
def test_a_template_of_any_size_is_refused(text, said):
    with pytest.raises(TemplateError, match=said):
        parse(text)


def test_what_is_just_within_the_bounds_is_read():
    parse("-{{a}}" * MOST_EXPRESSIONS)
    parse("{{a" + "|upper" * MOST_CALLS + "}}")
    parse("{{a" + ".a" * (MOST_STEPS - 1) + "}}")
    parse("{{a|default:1" + ",1" * (MOST_ARGUMENTS - 1) + "}}")


@pytest.mark.parametrize(
    "unit",
    [
        "{",
        "{{",
        "}",
        "{{a}}",
        "{{'",
        "{{a|",
        "{{a[",
        "\\",
        '{{"\\',
        "{{ ",
        "{{a.",
        "{{-1",
        "\n",
        "{{a\t",
    ],
)
def test_reading_takes_time_in_proportion_to_the_length(unit):
    """A quadratic reader would take minutes for the longest of these; a minute is far too much."""
    text = unit * (LONGEST // len(unit))
    start = time.process_time()
    for each in (text, "{{'" + text, "{{" + text):
        for read in (parse, parse_expression):
            with contextlib.suppress(TemplateError):
                read(each[:LONGEST])
    assert time.process_time() - start < 2
