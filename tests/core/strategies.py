"""What the tests of the core are fed with: fields, raw values, projected values, mappings."""

from __future__ import annotations

from hypothesis import strategies as st

from instep.core.mapping import Authority, Direction, FieldMapping, Pair
from instep.core.normalise import normalise
from instep.core.records import Field, FieldType, Identity, Value

CALM = st.characters(blacklist_categories=("Cs",))
"""Every character but lone surrogates, which have tests of their own."""

names = st.text("abcdefghij_", min_size=1, max_size=6)
limits = st.none() | st.integers(1, 40)
countries = st.sampled_from([None, "US", "AU", "GB", "DE", "BR", "JP"])

# Characters whose lower case, composition or white space is peculiar, and plain ones.
peculiar = st.text(
    st.sampled_from("aBcßẞİıſΣςJHTWẀ\u030c\u0331\u0308\u030a\u0345é \u00a0\u2003\t\n,")
)
texts = st.text(CALM, max_size=30) | peculiar

_phones = st.sampled_from(
    [
        "0412 345 678",
        "(02) 9374 4000",
        "+61 412 345 678",
        "0061412345678",
        "020 7946 0958",
        "1-800-FLOWERS",
        "650.253.0000 x123",
        "＋４４ ２０ ７９４６ ０９５８",
        "+1 555",
        "call me",
    ]
)
phones = _phones | st.from_regex(r"\+?[0-9 ()\-.]{3,16}(x[0-9]{1,5})?", fullmatch=True) | texts
_numbers = st.from_regex(r"[0-9]{4}[-/._][0-9]{1,2}[-/._][0-9]{1,2}(T[0-9:]{5})?", fullmatch=True)
dates = _numbers | st.dates().map(str) | st.sampled_from(["0000-00-00", "0001-1-1"]) | texts
_named = ["us", "USA", "England", "united kingdom", "Korea", "Cote D'Ivoire", "Nowhere", "U.K."]
country_texts = st.sampled_from(_named) | texts
flags = st.booleans() | st.integers(0, 2) | st.sampled_from(["true", "Yes", " 1 ", "no", "off", ""])
word_lists = st.lists(texts, max_size=5) | st.lists(texts, max_size=4).map(",".join)

_offsets = st.sampled_from(["", "Z", "+00:00", "-05:00", "+10:30", " +01:00"])
_instants = st.builds(lambda when, offset: f"{when.isoformat()}{offset}", st.datetimes(), _offsets)
_broken = st.sampled_from(["0001-01-01T00:00:00+14:00", "soon", "2026-13-01T00:00:00Z"])
moments = _instants | _broken | texts
_decimals = st.decimals(allow_nan=True, allow_infinity=True).map(str)
_digits = st.from_regex(r"[+-]?[0-9]{0,45}(\.[0-9]{0,45})?([eE][+-]?[0-9]{1,4})?", fullmatch=True)
numbers = st.integers() | st.floats() | _decimals | _digits | texts
_breaks = st.sampled_from(["\n", "\r\n", "\r", "\n\n\n", " \n", "\u2028", "\t", "  ", "x", "é"])
long_texts = texts | st.lists(_breaks | texts, max_size=8).map("".join)

_RAW = {
    FieldType.TEXT: texts | st.integers() | st.floats() | st.booleans(),
    FieldType.EMAIL: texts,
    FieldType.PHONE: phones,
    FieldType.COUNTRY: country_texts,
    FieldType.LONG_TEXT: long_texts,
    FieldType.HTML: long_texts,
    FieldType.DATE: dates,
    FieldType.MOMENT: moments,
    FieldType.NUMBER: numbers,
    FieldType.BOOLEAN: flags,
    FieldType.CONSENT: flags,
    FieldType.WORDS: word_lists,
}


def raw_of(kind: FieldType):
    """Raw values as an app might send them for a field of this type."""
    return st.none() | st.just("") | _RAW[kind]


@st.composite
def normal_values(draw, kind: FieldType = FieldType.TEXT) -> Value:
    """Values in the form in which they are compared and stored."""
    return normalise(draw(raw_of(kind)), Field("any", "any", kind), draw(countries))


stored_values = st.sampled_from(FieldType).flatmap(normal_values) | st.floats(allow_nan=False)
stored = st.dictionaries(names, stored_values, max_size=6)


@st.composite
def fields(draw, name: str, kind: FieldType) -> Field:
    return Field(
        name,
        draw(names),
        kind,
        readonly=draw(st.booleans()),
        create_only=draw(st.booleans()),
        max_length=draw(limits),
        identity=draw(st.none() | st.sampled_from(Identity)),
        whole_seconds=draw(st.booleans()),
    )


@st.composite
def pairs(draw, key: str) -> Pair:
    kind = draw(st.sampled_from(FieldType))
    a = draw(fields(key, kind))
    b = draw(fields(draw(st.sampled_from([key, f"{key}_there"])), kind))
    directions = [
        each
        for each in Direction
        if not (a.readonly and each is not Direction.TO_B)
        and not (b.readonly and each is not Direction.TO_A)
    ]
    if not directions:
        b = Field(b.name, b.path, kind, max_length=b.max_length)
        directions = [Direction.TO_B]
    return Pair(
        a,
        b,
        draw(st.sampled_from(directions)),
        draw(st.sampled_from(Authority)),
        clears=draw(st.booleans()),
    )


@st.composite
def mappings(draw) -> FieldMapping:
    """Mappings that `build` would accept."""
    keys = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    return FieldMapping(tuple(draw(pairs(key)) for key in keys))
