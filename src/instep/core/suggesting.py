"""Which fields of two sides probably belong together, and why. A person says yes or no. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from instep.core.errors import UserError
from instep.core.mapping import FieldMapping, rows_of
from instep.core.mapping_rows import Row, towards
from instep.core.pairs import Authority, Direction, Pair
from instep.core.records import Field, FieldType
from instep.core.synonyms import is_apart, plain, tokens, words_of

SAME, SYNONYM, SPELT = 100, 95, 90
"""The score of equal names and of two words for one thing; the most that a like spelling gets."""

NEAR = 80
"""How far two spellings must be alike, in hundredths."""

_CUSTOM = "custom."


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two fields that may belong together: `score` from 0 to 100, and the reason for people."""

    a: Field
    b: Field
    score: int
    reason: str


def suggest(
    a: Sequence[Field], b: Sequence[Field], kind: str, mapping: FieldMapping
) -> list[Suggestion]:
    """Return what may be added to a mapping, the best first. Each field is named at most once.

    Only fields that are not mapped yet, and only pairs that a mapping can have: two fields of one
    type, one of which can be written. Consent and the ids of other records are left to a person,
    as is what can only be given to a new record: the two sides could not stay equal.
    """
    mapped_a = {pair.a.name for pair in mapping.pairs}
    mapped_b = {pair.b.name for pair in mapping.pairs}
    found = [
        Suggestion(one, other, *judged)
        for one in a
        if one.name not in mapped_a and _is_open(one)
        for other in b
        if other.name not in mapped_b and _is_open(other) and _fits(one, other)
        if (judged := _judged(one, other, kind)) is not None
    ]
    return _best(found)


def likeness(one: str, other: str) -> int:
    """Return how far two words are spelt alike, in hundredths; 0 below NEAR. It is symmetric."""
    first, second = sorted((one, other))  # the measure itself depends on the order at times
    measure = difflib.SequenceMatcher(None, first, second, autojunk=False)
    for bound in (measure.real_quick_ratio, measure.quick_ratio, measure.ratio):
        ratio = round(bound() * 100)
        if ratio < NEAR:
            return 0
    return ratio


def rows_with(mapping: FieldMapping, accepted: Sequence[Suggestion]) -> list[Row]:
    """Return a mapping's rows with those accepted, which go the way of the others if all go one.

    Raises UserError for one that cannot go that way.
    """
    ways = {pair.direction for pair in mapping.pairs}
    way = ways.pop() if len(ways) == 1 else Direction.BOTH
    whose = {pair.authority for pair in mapping.pairs}
    who = whose.pop() if len(whose) == 1 else Authority.A
    added = towards(
        FieldMapping(tuple(Pair(each.a, each.b, authority=who) for each in accepted)), way
    )
    lost = [each.a.name for each in accepted if each.a.name not in added.by_key]
    if lost:
        raise UserError(
            f"{', '.join(lost)} cannot travel {way.value} like the other fields of this sync: the "
            "app only lets us read it."
        )
    return [*rows_of(mapping), *rows_of(added)]


def chosen(offered: Sequence[Suggestion], names: Sequence[str]) -> list[Suggestion]:
    """Return the suggestions for these fields of side A. Raises UserError for any other name."""
    by_name = {each.a.name: each for each in offered}
    for name in names:
        if name not in by_name:
            near = difflib.get_close_matches(name, by_name, n=1) or sorted(by_name)
            meant = f"; did you mean {' or '.join(near)}?" if near else ": there is none at all."
            raise UserError(f"There is no suggestion for a field {name!r} of side A{meant}")
    return [by_name[name] for name in dict.fromkeys(names)]


def _is_open(field: Field) -> bool:
    return field.type is not FieldType.CONSENT and field.link is None and not field.create_only


def _fits(a: Field, b: Field) -> bool:
    return a.type.canonical is b.type.canonical and not (a.readonly and b.readonly)


def _judged(a: Field, b: Field, kind: str) -> tuple[int, str] | None:
    """Return the score of two fields and the reason for it, by the words that speak for them most."""
    judgements = [
        judged
        for one in _words(a, kind)
        for other in _words(b, kind)
        if (judged := _compared(one, other, kind)) is not None
    ]
    return max(judgements, default=None)


def _words(field: Field, kind: str) -> Iterator[str]:
    """Yield what a field is called: by its name, and by the app where the name is none we know."""
    name = field.name.removeprefix(_CUSTOM)
    yield name
    if not field.custom and plain(name) not in words_of(kind):
        yield field.path.rpartition(".")[2]


def _compared(one: str, other: str, kind: str) -> tuple[int, str] | None:
    mine, theirs = plain(one), plain(other)
    if not mine or not theirs:
        return None
    if mine == theirs:
        return SAME, "they are called the same"
    if is_apart(tokens(one), tokens(other)):
        return None
    here, there = sorted((one, other))
    meant = words_of(kind).get(mine)
    if meant is not None and meant == words_of(kind).get(theirs):
        return SYNONYM, f"{here!r} and {there!r} are two words for {meant}"
    return _spelling(here, there)


def _spelling(one: str, other: str) -> tuple[int, str] | None:
    mine, theirs = tokens(one), tokens(other)
    if mine == theirs:
        return SPELT, f"{one!r} and {other!r} are the same words in another order"
    near = 0 if _numbers(mine) != _numbers(theirs) else likeness(plain(one), plain(other))
    if near == 0:
        return None
    return near * SPELT // 100, f"{one!r} and {other!r} are spelt alike ({near} %)"


def _numbers(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if word.isdigit())


def _best(found: Sequence[Suggestion]) -> list[Suggestion]:
    """Return the best, then the best of what is left: a sure pair never gives way to two doubtful ones."""
    taken_a: set[str] = set()
    taken_b: set[str] = set()
    kept = []
    for each in sorted(found, key=_rank):
        if each.a.name not in taken_a and each.b.name not in taken_b:
            taken_a.add(each.a.name)
            taken_b.add(each.b.name)
            kept.append(each)
    return kept


def _rank(each: Suggestion) -> tuple[int, list[str]]:
    return -each.score, sorted((each.a.name, each.b.name))  # the same seen from either side
