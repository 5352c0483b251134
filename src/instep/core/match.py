"""Find the other side of a record that has no link yet. Once, and never by a guess. Pure.

A strong key (e-mail) matches by itself. A weak key (phone) matches only where nothing speaks
against it: families share a phone. Whatever is not certain goes to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from textwrap import shorten

from instep.core.mapping import FieldMapping, Pair
from instep.core.normalise import to_e164
from instep.core.records import FieldType, Values


@dataclass(frozen=True, slots=True)
class Keys:
    """What a record can be recognised by, normalised. `label` is its name for people."""

    strong: str | None = None
    weak: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that shares a key with the one in question. `linked` to whatever record."""

    id: str
    keys: Keys
    linked: bool = False


class Doubt(StrEnum):
    """Why a person has to look. The value is the sentence's middle."""

    SEVERAL_THERE = "several records on the other side share its {key}"
    SEVERAL_HERE = "another record on the same side has the same {key}"
    TAKEN = "the record with the same {key} is already linked to another record"
    PHONE_ONLY = "the phone is the same, but the names or e-mails differ"
    NAME_ONLY = "it has neither e-mail nor phone, and a record on the other side has its name"
    NOTHING_KNOWN = "it has neither a name nor an e-mail nor a phone"


@dataclass(frozen=True, slots=True)
class Match:
    """The verdict: `other` is the matching record's id; `doubt` means review; neither: it is new."""

    other: str | None = None
    doubt: Doubt | None = None
    candidates: tuple[str, ...] = ()
    by: str = "e-mail"


def keys_of(values: Values, mapping: FieldMapping) -> Keys:
    """Return the keys of projected values (by pair key).

    A record that has none of a person's names is called by its title, or how its text begins.
    """
    strong = _first(values, mapping.strong)
    weak = _first(values, mapping.weak)
    label = " ".join(value for name in _NAMES if isinstance(value := values.get(name), str))
    return Keys(strong, weak, label or _headline(values))


def _headline(values: Values) -> str | None:
    said = next((each for name in _TITLES if isinstance(each := values.get(name), str)), None)
    return shorten(said, _LONGEST_LABEL, placeholder=" …") if said is not None else None


_NAMES = ("first_name", "last_name", "name")
_TITLES = ("title", "body")
_LONGEST_LABEL = 80


def _first(values: Values, pairs: Sequence[Pair]) -> str | None:
    for pair in pairs:
        value = values.get(pair.key)
        # a number that is not valid is too vague to recognise anybody by
        if isinstance(value, str) and (
            pair.type is not FieldType.PHONE or to_e164(value, None) == value
        ):
            # a business is the same one however its name is capitalised
            return value.casefold() if pair.key in _NAMES else value
    return None


def match(
    keys: Keys, there: Sequence[Candidate], here: Sequence[Candidate], named: str = "e-mail"
) -> Match:
    """Match one unlinked record with `there` (the other side) and `here` (its own side).

    Both hold the records which share a key with it (the name only where it has no other key);
    `here` does not hold the record itself. `named` is what the strong key is called.
    """
    if keys.strong is not None:
        found = _by_strong(keys, there, here, named)
        if found is not None:
            return found
    if keys.weak is not None:
        found = _by_weak(keys, there, here)
        if found is not None:
            return found
    if keys.strong is None and keys.weak is None:
        return _by_name(keys, there)
    return Match()


def _by_name(keys: Keys, there: Sequence[Candidate]) -> Match:
    if keys.label is None:
        return Match(doubt=Doubt.NOTHING_KNOWN)
    ids = tuple(each.id for each in there if not each.linked and _same_name(keys, each.keys))
    return Match(doubt=Doubt.NAME_ONLY, candidates=ids, by="name") if ids else Match()


def _by_strong(
    keys: Keys, there: Sequence[Candidate], here: Sequence[Candidate], named: str
) -> Match | None:
    others = [each for each in there if each.keys.strong == keys.strong]
    twins = [each for each in here if each.keys.strong == keys.strong]
    if twins:
        ids = tuple(each.id for each in twins)
        return Match(doubt=Doubt.SEVERAL_HERE, candidates=ids, by=named)
    return _only(others, named)


def _by_weak(keys: Keys, there: Sequence[Candidate], here: Sequence[Candidate]) -> Match | None:
    others = [each for each in there if each.keys.weak == keys.weak]
    likely = [each for each in others if not contradicts(keys, each.keys)]
    doubtful = [each for each in others if _same_name(keys, each.keys) and each not in likely]
    twins = [
        each for each in here if each.keys.weak == keys.weak and not contradicts(keys, each.keys)
    ]
    if likely and doubtful:
        ids = tuple(each.id for each in (*likely, *doubtful))
        return Match(doubt=Doubt.PHONE_ONLY, candidates=ids, by="phone")
    if likely and twins:
        ids = tuple(each.id for each in twins)
        return Match(doubt=Doubt.SEVERAL_HERE, candidates=ids, by="phone")
    if likely:
        return _only(likely, "phone")
    if doubtful:
        ids = tuple(each.id for each in doubtful)
        return Match(doubt=Doubt.PHONE_ONLY, candidates=ids, by="phone")
    return None


def _only(others: Sequence[Candidate], by: str) -> Match | None:
    ids = tuple(each.id for each in others)
    if len(others) > 1:
        return Match(doubt=Doubt.SEVERAL_THERE, candidates=ids, by=by)
    if not others:
        return None
    if others[0].linked:
        return Match(doubt=Doubt.TAKEN, candidates=ids, by=by)
    return Match(other=others[0].id, candidates=ids, by=by)


def contradicts(one: Keys, other: Keys) -> bool:
    """Whether the strong keys or the names say that these are two people."""
    if one.strong and other.strong:
        return one.strong != other.strong
    return bool(one.label and other.label) and not _same_name(one, other)


def _same_name(one: Keys, other: Keys) -> bool:
    return bool(one.label and other.label) and (
        (one.label or "").casefold() == (other.label or "").casefold()
    )
