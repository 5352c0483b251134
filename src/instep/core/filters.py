"""Which records a sync is about: rows of field, operator and value, all or any of them. Pure.

A filter stands on one side and looks at that side's own fields: a business, a tag, any field. A
record outside it is left alone, never deleted. A record that leaves it keeps its link: it stops
travelling, and goes on where it stopped if it comes back.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from instep.core.errors import UserError
from instep.core.groups import Place, Rows, read_group
from instep.core.normalise import normalise
from instep.core.records import Field, FieldType, Value, Values


class Operator(StrEnum):
    """How a field is compared. Text and words are compared without case."""

    EQ = "eq"
    NOT = "not"  # true of an empty field, too
    CONTAINS = "contains"  # of tags: the whole tag; of text: any part of it
    IN = "in"  # one of several
    EXISTS = "exists"  # whether it is filled


@dataclass(frozen=True, slots=True)
class Condition:
    """One row. `wanted` is in the form that is compared; of EXISTS it is (True,) or (False,).

    `words` is how people say it where the values mean nothing to them, such as a business's id.
    """

    field: Field
    operator: Operator
    wanted: tuple[Value, ...]
    words: str | None = None

    def matches(self, values: Values, country: str | None) -> bool:
        """Whether a record with these values, by canonical name, meets the condition.

        A field that was not read meets none: what is not known is left alone.
        """
        if self.field.name not in values:
            return False
        held = _folded(normalise(values[self.field.name], self.field, country))
        match self.operator:
            case Operator.EXISTS:
                return (held is not None) is self.wanted[0]
            case Operator.CONTAINS:
                return self._contains(held)
            case Operator.NOT:
                return held not in self.wanted
            case Operator.EQ | Operator.IN:
                return held in self.wanted

    def _contains(self, held: Value) -> bool:
        (wanted,) = self.wanted
        if isinstance(wanted, tuple):
            return isinstance(held, tuple) and set(wanted) <= set(held)
        return isinstance(held, str) and isinstance(wanted, str) and wanted in held

    def sentence(self) -> str:
        """Return the condition in plain words: "city is Ulm"."""
        if self.words is not None:
            return self.words
        if self.operator is Operator.EXISTS:
            return f"{self.field.name} is {'filled' if self.wanted[0] else 'empty'}"
        words = " or ".join(map(_shown, self.wanted))
        return f"{self.field.name} {_VERBS[self.operator]} {words}"


_VERBS = {
    Operator.EQ: "is",
    Operator.NOT: "is not",
    Operator.CONTAINS: "contains",
    Operator.IN: "is",
}


@dataclass(frozen=True, slots=True)
class Group(Rows[Condition]):
    """Conditions and groups of which all (or, with `every` False, at least one) have to be met."""

    def matches(self, values: Values, country: str | None) -> bool:
        """Whether a record with these values, by canonical name, is one the sync is about."""
        return self.holds(lambda row: row.matches(values, country))

    @property
    def fields(self) -> frozenset[str]:
        """The canonical names of the fields it looks at: all of them have to be read."""
        return frozenset(row.field.name for row in self.rows())


def excluded(group: Group, values: Values, country: str | None, *, linked: bool) -> str | None:
    """Say in a sentence why a record is left alone; None if the sync is about it."""
    if group.matches(values, country):
        return None
    unread = unread_of(group, values)
    if unread:
        return f"its {' and '.join(unread)} was not read, so that the filter cannot be applied"
    outside = f"it is outside the filter: {group.sentence()}"
    return f"{outside}. Its link is kept, and nothing is deleted" if linked else outside


def unread_of(group: Group, values: Values) -> list[str]:
    """Return the fields that the filter looks at and these values do not tell."""
    return sorted(group.fields - values.keys())


def _folded(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(sorted(word.casefold() for word in value))
    return value.casefold() if isinstance(value, str) else value


def _shown(value: Value) -> str:
    if isinstance(value, tuple):
        return " and ".join(value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


# Reading the stored or typed form

_PARTS = ("field", "operator", "value", "words")


def build_filter(
    raw: Any, fields: Sequence[Field], whose: str, country: str | None = None
) -> Group:
    """Read {"all": [{"field": …, "operator": …, "value": …}, {"any": […]}]}.

    `whose` is what the side is called in messages ("Insightly contacts"); `country` completes
    phone numbers. Raises UserError that names the place, such as "all[2].any[1]".
    """
    named = {field.name: field for field in fields}
    reader = _Reader(named, whose, country, Place(f"The filter of {whose}"))
    return read_group(raw, Group, reader.row, reader.at)


@dataclass(frozen=True, slots=True)
class _Reader:
    fields: Mapping[str, Field]
    whose: str
    country: str | None
    at: Place

    def row(self, raw: Mapping[str, Any], place: str) -> Condition:
        for name in raw:
            if name not in _PARTS:
                raise self._wrong(place, f"has {name!r}; a condition has {', '.join(_PARTS)}")
        field = self._field(raw["field"], place)
        operator = self._operator(raw.get("operator", "eq"), place)
        words = raw.get("words")
        if not isinstance(words, str | None):
            raise self._wrong(place, f"has the words {words!r}, which are no text")
        return Condition(field, operator, self._wanted(field, operator, raw, place), words)

    def _field(self, name: Any, place: str) -> Field:
        if isinstance(name, str) and name in self.fields:
            return self.fields[name]
        near = difflib.get_close_matches(str(name), self.fields, n=1)
        hint = (
            f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(self.fields))}"
        )
        raise self._wrong(
            place, f"names the field {name!r}, which {self.whose} do not have; {hint}"
        )

    def _operator(self, name: Any, place: str) -> Operator:
        try:
            return Operator(name)
        except ValueError:
            raise self._wrong(
                place, f"has the operator {name!r}; it can be {', '.join(Operator)}"
            ) from None

    def _wanted(
        self, field: Field, operator: Operator, raw: Mapping[str, Any], place: str
    ) -> tuple[Value, ...]:
        value = raw.get("value", True if operator is Operator.EXISTS else None)
        if operator is Operator.EXISTS:
            if not isinstance(value, bool):
                raise self._wrong(place, f"has the value {value!r}; of exists it is true or false")
            return (value,)
        if operator is Operator.CONTAINS and field.type in _UNDIVIDED:
            raise self._wrong(
                place, f"says contains, but {field.name} is {field.type}: it has no parts"
            )
        if operator is not Operator.IN:
            return (self._normal(field, value, place),)
        if not isinstance(value, (list, tuple)) or not value:
            raise self._wrong(place, "needs a list of values, as the operator is in")
        return tuple(self._normal(field, each, place) for each in value)

    def _normal(self, field: Field, value: Any, place: str) -> Value:
        single = isinstance(value, (str, bool, int, float))
        listed = field.type is FieldType.WORDS and isinstance(value, (list, tuple))
        if single or (listed and all(isinstance(each, str) for each in value)):
            if field.type is FieldType.WORDS and isinstance(value, str):
                value = [value]  # a comma in it is the tag's own
            normal = _folded(normalise(value, field, self.country))
            if normal is not None:
                return normal
        raise self._wrong(
            place, f"has the value {value!r}; ask for an empty field by exists and false"
        )

    def _wrong(self, place: str, what: str) -> UserError:
        return self.at.wrong(place, what)


_UNDIVIDED = frozenset({FieldType.BOOLEAN, FieldType.CONSENT, FieldType.MOMENT, FieldType.NUMBER})


def filter_rows(group: Group) -> dict[str, Any]:
    """Return the stored form of a filter; `build_filter` reads it back."""
    return group.stored(_row)


def _row(part: Condition) -> dict[str, Any]:
    several = part.operator is Operator.IN
    values = [list(each) if isinstance(each, tuple) else each for each in part.wanted]
    row = {
        "field": part.field.name,
        "operator": part.operator.value,
        "value": values if several else values[0],
    }
    return row if part.words is None else {**row, "words": part.words}
