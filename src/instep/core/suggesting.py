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
    others = [(each, [*_words(each, kind)]) for each in b if each.name not in mapped_b]
    found = []
    for one in a:
        if one.name in mapped_a or not _is_open(one):
            continue
        words = [*_words(one, kind)]
        found += [
            Suggestion(one, other, *judged)
            for other, theirs in others
            if _fits(one, other) and (judged := _judged(words, theirs)) is not None
        ]
    return _best(found)


def likeness(one: str, other: str) -> int:
    """Return how far two words are spelt alike, in hundredths; 0 below NEAR. It is symmetric."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - slow to load, and rarely needed

    return round(fuzz.ratio(one, other, score_cutoff=NEAR))


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
    is_of_one_type = a.type.canonical is b.type.canonical
    return is_of_one_type and _is_open(b) and not (a.readonly and b.readonly)


@dataclass(frozen=True, slots=True)
class _Word:
    """One of the words that a field is called by: as it is, and as it is compared."""

    text: str
    plain: str
    tokens: frozenset[str]
    means: str | None


def _words(field: Field, kind: str) -> Iterator[_Word]:
    """Yield what a field is called: by its name, and by the app where the name is none we know."""
    name = field.name.removeprefix(_CUSTOM)
    texts = [name]
    if not field.custom and plain(name) not in words_of(kind):
        texts.append(field.path.rpartition(".")[2])
    for text in texts:
        bare = plain(text)
        if bare:
            yield _Word(text, bare, tokens(text), words_of(kind).get(bare))


def _judged(mine: Sequence[_Word], theirs: Sequence[_Word]) -> tuple[int, str] | None:
    """Return the score of two fields and the reason for it, by the words that speak for them most."""
    judgements = [
        judged for one in mine for other in theirs if (judged := _compared(one, other)) is not None
    ]
    return max(judgements, default=None)


def _compared(one: _Word, other: _Word) -> tuple[int, str] | None:
    if one.plain == other.plain:
        return SAME, "they are called the same"
    judged = _alike(one, other)
    return None if judged is None or is_apart(one.tokens, other.tokens) else judged


def _alike(one: _Word, other: _Word) -> tuple[int, str] | None:
    here, there = sorted((one.text, other.text))
    if one.means is not None and one.means == other.means:
        return SYNONYM, f"{here!r} and {there!r} are two words for {one.means}"
    if one.tokens and one.tokens == other.tokens:
        return SPELT, f"{here!r} and {there!r} are the same words"
    near = _near(one.tokens, other.tokens)
    if near == 0:
        return None
    return near * SPELT // 100, f"{here!r} and {there!r} are spelt alike ({near} %)"


def _near(mine: frozenset[str], theirs: frozenset[str]) -> int:
    """Return how far two names are alike, in hundredths, that differ in the spelling of one word.

    0 for all others: names that differ by a whole word mean two things.
    """
    left, right = [*(mine - theirs)], [*(theirs - mine)]
    if len(left) != 1 or len(right) != 1 or left[0].isdigit() or right[0].isdigit():
        return 0
    near = likeness(left[0], right[0])
    if near == 0:
        return 0
    differing, shared = len(left[0] + right[0]), 2 * sum(map(len, mine & theirs))
    return (shared * 100 + differing * near) // (shared + differing)


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


def _rank(each: Suggestion) -> tuple[int, list[str], str]:
    # the same seen from either side: two that share both names name four fields, and never compete
    return -each.score, sorted((each.a.name, each.b.name)), each.a.name
