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

_RAW = {
    FieldType.TEXT: texts | st.integers() | st.floats() | st.booleans(),
    FieldType.EMAIL: texts,
    FieldType.PHONE: phones,
    FieldType.COUNTRY: country_texts,
    FieldType.DATE: dates,
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
