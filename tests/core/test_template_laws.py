"""What holds of every template, whoever wrote it and whatever the values are."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from instep.core.shapes import Kind
from instep.core.template import (
    RenderRefused,
    Template,
    TemplateError,
    check,
    parse,
    parse_expression,
    shape_of,
)
from instep.core.template.expressions import Call, Expression, Literal, Path
from instep.core.template.modifiers import MODIFIERS
from instep.core.time_formats import written
from instep.core.times import UNITS, Length, NoTime, iso, read_length, read_time, zone_named

ANY_TEXT = st.text(st.characters(), max_size=40)
"""Every character there is: also NUL and halves of characters."""

# what the language is made of, thrown together
_bits = ["{{", "}}", "{", "}", "|", ":", ",", ".", "[", "]", '"', "'", "\\", "a", "contact", " "]
_bits += [
    *MODIFIERS,
    "true",
    "null",
    "0",
    "-1",
    "1.5",
    "\n",
    "\u200b",
    "é",
    "\x00",
    "“",
    "99999999",
]
soups = st.lists(st.sampled_from(_bits) | ANY_TEXT, max_size=25).map("".join)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | st.dates().map(str),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b", "contact"]) | ANY_TEXT, inner, max_size=4)
    ),
    max_leaves=10,
)

_kept = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), max_size=9
)
_numbers = st.integers(-(10**14), 10**14) | st.integers(-9999, 9999).map(lambda n: n / 64)
literals = (_kept | _numbers | st.none() | st.booleans()).map(Literal)
_steps = st.lists(_kept | st.integers(-999, 999), max_size=4)
paths = st.tuples(_kept.filter(lambda name: name not in {"true", "false", "null"}), _steps).map(
    lambda parts: Path((parts[0], *parts[1]))
)
operands = literals | paths


@st.composite
def calls(draw):
    modifier = draw(st.sampled_from(list(MODIFIERS.values())))
    most = len(modifier.arguments) + 2 if modifier.most is None else modifier.most
    count = draw(st.integers(modifier.least, most))
    return Call(modifier, tuple(draw(paths) for _ in range(count)))


expressions = st.builds(Expression, operands, st.lists(calls(), max_size=4).map(tuple), st.just(""))
_plain = _kept.filter(lambda text: text and "{" not in text)


@st.composite
def templates(draw):
    parts = []
    for _ in range(draw(st.integers(0, 3))):
        parts += [draw(_plain)] if draw(st.booleans()) else []
        parts += [draw(expressions)]
    return Template(tuple(parts) or ("",))


def tried(call, refused):
    """Return what comes of a call, and the error if it is one that may be."""
    try:
        return call(), None
    except refused as error:
        return None, error


@given(soups)
def test_reading_any_text_works_or_says_where_it_does_not(text):
    for read in (parse, parse_expression):
        found, error = tried(partial(read, text), TemplateError)
        if error is None:
            assert read(str(found)) == found
        else:
            assert 0 <= error.start <= len(text)
            assert error.start < error.end
            assert error.pointed().count("\n") == 1
            assert str(error).isprintable()


@given(templates())
def test_what_is_written_out_is_read_back(template):
    assert parse(str(template)) == template


@given(templates(), values)
def test_rendering_any_values_works_or_is_refused(template, held):
    read = parse(str(template))
    came, error = tried(lambda: read.render(held), RenderRefused)
    if error is not None:
        assert 0 <= error.start < len(read.source)
    elif len(read.parts) > 1:
        came.encode()
        assert "\x00" not in came


@given(st.sampled_from(sorted(MODIFIERS)), st.lists(literals, max_size=4), values)
def test_no_modifier_raises_anything_of_its_own(name, arguments, held):
    text = ",".join(map(str, arguments))
    source = f"v | {name}:{text}" if text else f"v | {name}"
    refused = (TemplateError, RenderRefused)
    _, error = tried(lambda: parse_expression(source).value({"v": held}), refused)
    assert error is None or error.sentence


@given(templates(), values)
def test_checking_never_raises_and_a_sample_never_contradicts_itself(template, sample):
    read = parse(str(template))
    found = check(read, shape_of(sample))
    if not found.errors and found.shape.kind in {Kind.NUMBER, Kind.LIST, Kind.BOOLEAN}:
        try:
            came = read.render(sample)
        except RenderRefused:
            return
        wanted = {Kind.NUMBER: (int, float), Kind.LIST: (list, tuple), Kind.BOOLEAN: bool}
        assert came is None or isinstance(came, wanted[found.shape.kind])


@given(ANY_TEXT)
def test_a_value_is_never_evaluated(text):
    held = {"v": "{{v}}" + text + "{{v | upper}}"}
    kept = text.encode(errors="ignore").decode().replace("\x00", "")
    assert parse("<{{v}}>").render(held) == "<{{v}}" + kept + "{{v | upper}}>"


@given(st.dates() | st.datetimes())
def test_a_day_and_a_moment_are_read_as_they_were_written(when):
    if isinstance(when, datetime):
        when = when.replace(microsecond=when.microsecond // 1000 * 1000)
    assert read_time(iso(when)) == when


@given(ANY_TEXT)
def test_times_zones_lengths_and_formats_of_any_text_are_read_or_refused(text):
    for read in (read_time, read_length, zone_named, lambda form: written(date(2026, 1, 5), form)):
        _, error = tried(partial(read, text), NoTime)
        assert error is None or str(error)


@given(
    st.datetimes(timezones=st.sampled_from([zone_named("Europe/Berlin"), zone_named("UTC")])),
    st.integers(-999_999, 999_999),
    st.sampled_from(UNITS),
)
def test_any_length_after_any_moment_is_a_moment_or_refused(start, count, unit):
    length = Length(count, unit)
    try:
        there = length.after(start)
    except NoTime:
        return
    assert there.tzinfo is start.tzinfo
    if count and abs(count) > 1:
        assert (there > start) == (count > 0)
