"""Which field of one side goes with which field of the other, and how far each may go."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

from instep.core.errors import UserError
from instep.core.normalise import normalise
from instep.core.pairs import Authority, Direction, Pair, SideName, check_turning
from instep.core.records import Field, FieldType, Identity, Value, Values
from instep.core.transforms import read_transforms, read_value_map

__all__ = [
    "Authority",
    "Direction",
    "FieldMapping",
    "Pair",
    "SideName",
    "build",
    "default_mapping",
    "read_each",
    "rows_of",
]

_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True)
class FieldMapping:
    """The pairs of one sync, in the order they are shown.

    `parent` is the key of the pair that names the record each of these belongs to, where the
    kind has such a parent.
    """

    pairs: tuple[Pair, ...]
    parent: str | None = None

    @cached_property
    def by_key(self) -> Mapping[str, Pair]:
        """The pairs by key."""
        return {pair.key: pair for pair in self.pairs}

    @cached_property
    def _columns(self) -> Mapping[SideName, tuple[tuple[str, Field], ...]]:
        return {
            "a": tuple((pair.key, pair.a) for pair in self.pairs),
            "b": tuple((pair.key, pair.b) for pair in self.pairs),
        }

    @cached_property
    def strong(self) -> tuple[Pair, ...]:
        """The pairs that recognise a record by themselves."""
        return tuple(pair for pair in self.pairs if Identity.STRONG in pair.identities)

    @cached_property
    def known_by(self) -> str:
        """What people call the field that recognises a record by itself."""
        is_email = not self.strong or self.strong[0].type is FieldType.EMAIL
        return "e-mail" if is_email else self.strong[0].key

    @cached_property
    def weak(self) -> tuple[Pair, ...]:
        """The pairs that recognise a record where nothing speaks against it."""
        return tuple(pair for pair in self.pairs if Identity.WEAK in pair.identities)

    @cached_property
    def links(self) -> tuple[Pair, ...]:
        """The pairs that name another record: each side by its own app's id."""
        return tuple(pair for pair in self.pairs if pair.a.link is not None)

    @cached_property
    def parts(self) -> tuple[Pair, ...]:
        """The pairs that together tell a child from its siblings."""
        return tuple(pair for pair in self.pairs if Identity.PART in pair.identities)

    def project(self, values: Values, side: SideName, country: str | None) -> dict[str, Value]:
        """Return one side's raw values as normalised values by pair key.

        A field that was not read is left out, so that it never counts as emptied; so is a word
        that a value map drops.
        """
        projected = {
            key: normalise(values[field.name], field, country)
            for key, field in self._columns[side]
            if field.name in values
        }
        for pair in self._turned:
            value = projected.get(pair.key)
            if pair.drops and not pair.knows(value, side):
                del projected[pair.key]
            elif value is not None:
                projected[pair.key] = pair.inward(value, side)
        return projected

    @cached_property
    def _turned(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if pair.turned is not None)

    def outward(self, values: Values, side: SideName) -> dict[str, Value]:
        """Return values by pair key as values by `side`'s own canonical names."""
        named = ((self.by_key[key], value) for key, value in values.items())
        return {pair.field(side).name: pair.outward(value, side) for pair, value in named}

    def refusal(self, values: Values, side: SideName) -> str | None:
        """Say which word of one side's projected values a value map refuses, if it refuses one."""
        for pair in self._turned:
            value = pair.outward(values.get(pair.key), side)
            if pair.refuses and not pair.knows(value, side):
                return (
                    f"its {pair.field(side).name} is {value!r}, which the value map does not know: "
                    "add the word to the mapping, or change it in the app"
                )
        return None


def default_mapping(
    a: Sequence[Field], b: Sequence[Field], authority: Authority = Authority.A
) -> FieldMapping:
    """Map every canonical field that both sides have.

    Consent is left for a person to map: an opt-out of e-mail in one app is not an opt-out of
    everything in the other. A field that can be written only while creating is left out too: the
    two sides could not stay equal. So is a field that the two sides hold in different types, one
    that an account made itself, and the id of a record that no sync keeps equal: it means nothing
    elsewhere.
    """
    others = {field.name: field for field in b}
    pairs = []
    for field in a:
        other = others.get(field.name)
        if (
            other is None
            or field.type is FieldType.CONSENT
            or field.type.canonical is not other.type.canonical
            or field.link != other.link
            or field.custom
            or other.custom
            or (field.link is None and (field.create_only or other.create_only))
            or (field.link is not None and field.link not in LINKED_KINDS)
        ):
            continue
        direction = _possible(field, other)
        if direction is not None:
            pairs.append(Pair(field, other, direction, authority))
    return FieldMapping(tuple(pairs))


LINKED_KINDS = ("business", "contact")
"""The kinds whose records others name, parents first."""


def with_parent(
    mapping: FieldMapping, kind: str, a: Sequence[Field], b: Sequence[Field]
) -> FieldMapping:
    """Return the mapping with the pair that names each record's parent, adding it if need be.

    Raises UserError where a side has no field for it.
    """
    pair = next((pair for pair in mapping.links if pair.a.link == kind), None)
    if pair is not None:
        return FieldMapping(mapping.pairs, pair.key)
    ends = [next((each for each in fields if each.link == kind), None) for fields in (a, b)]
    one, other = ends
    if one is None or other is None:
        raise UserError(f"One of the two apps does not say which {kind} these records belong to.")
    added = Pair(one, other, _possible(one, other) or Direction.BOTH)
    return FieldMapping((*mapping.pairs, added), added.key)


def _possible(a: Field, b: Field) -> Direction | None:
    if a.readonly:
        return None if b.readonly else Direction.TO_B
    return Direction.TO_A if b.readonly else Direction.BOTH


def build(
    rows: Iterable[Mapping[str, Any]],
    a: Sequence[Field],
    b: Sequence[Field],
    names: tuple[str, str],
) -> FieldMapping:
    """Build a mapping from its stored or typed form: rows of a, b and the options (`_OPTIONS`).

    `names` are what the two sides are called in messages ("GoHighLevel contacts"). Raises
    UserError that names the row, the field and the nearest field there is.
    """
    pairs: list[Pair] = []
    for each in read_each(rows, a, b, names):
        if isinstance(each, UserError):
            raise each
        pairs.append(each)
    if not pairs:
        raise UserError("The mapping is empty: name at least one field, for example email.")
    return FieldMapping(tuple(pairs))


def read_each(
    rows: Iterable[Mapping[str, Any]],
    a: Sequence[Field],
    b: Sequence[Field],
    names: tuple[str, str],
) -> list[Pair | UserError]:
    """Read every row as `build` does; in the place of one that cannot be: what is wrong with it."""
    known = {field.name: field for field in a}, {field.name: field for field in b}
    read: list[Pair | UserError] = []
    for number, row in enumerate(rows, start=1):
        try:
            pair = _pair(row, known, names, number)
            _check(pair, [each for each in read if isinstance(each, Pair)], names, number)
        except UserError as wrong:
            read.append(wrong)
        else:
            read.append(pair)
    return read


def _pair(
    row: Mapping[str, Any],
    known: tuple[Mapping[str, Field], Mapping[str, Field]],
    names: tuple[str, str],
    number: int,
) -> Pair:
    _check_options(row, number)
    return Pair(
        _named(row.get("a"), known[0], names[0], number),
        _named(row.get("b", row.get("a")), known[1], names[1], number),
        _choice(Direction, row.get("direction", "both"), "direction", number),
        _choice(Authority, row.get("authority", "a"), "authority", number),
        clears=row.get("clears", False),
        to_a=read_transforms(row.get("to_a"), f"to_a in row {number} of the mapping"),
        to_b=read_transforms(row.get("to_b"), f"to_b in row {number} of the mapping"),
        value_map=read_value_map(
            row.get("value_map"), row.get("unknown"), f"Row {number} of the mapping"
        ),
    )


def rows_of(mapping: FieldMapping) -> list[dict[str, Any]]:
    """Return the stored form of a mapping; `build` reads it back."""
    return [
        {
            "a": pair.a.name,
            "b": pair.b.name,
            "direction": pair.direction.value,
            "authority": pair.authority.value,
            "clears": pair.clears,
            **_turning(pair),
        }
        for pair in mapping.pairs
    ]


def _turning(pair: Pair) -> dict[str, Any]:
    """Return the stored form of what turns a pair's values; nothing for most pairs."""
    if pair.value_map is not None:
        words = [list(each) for each in pair.value_map.words]
        return {"value_map": words, "unknown": pair.value_map.unknown.value}
    if pair.to_a is not None:
        return {"to_a": pair.to_a.rows()}
    return {"to_b": pair.to_b.rows()} if pair.to_b is not None else {}


_OPTIONS = (
    *("a", "b", "direction", "authority", "clears"),
    *("to_a", "to_b", "value_map", "unknown"),
)


def _check_options(row: Mapping[str, Any], number: int) -> None:
    for name in row:
        if name not in _OPTIONS:
            near = difflib.get_close_matches(str(name), _OPTIONS, n=1) or _OPTIONS
            raise UserError(
                f"Row {number} of the mapping has an option {name!r}, which there is not. "
                f"Did you mean {' or '.join(near)}?"
            )
    if not isinstance(row.get("clears", False), bool):
        raise UserError(
            f"Row {number} of the mapping has clears {row['clears']!r}; it can be true or false."
        )


def _named(name: Any, fields: Mapping[str, Field], where: str, number: int) -> Field:
    if isinstance(name, str) and name in fields:
        return fields[name]
    near = difflib.get_close_matches(str(name), fields, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(sorted(fields))}."
    raise UserError(
        f"Row {number} of the mapping names the field {name!r}, which {where} do not have. {hint}"
    )


def _choice(kind: type[_Choice], text: Any, what: str, number: int) -> _Choice:
    try:
        return kind(text)
    except ValueError:
        choices = ", ".join(kind)
        raise UserError(
            f"Row {number} of the mapping has the {what} {text!r}; it can be {choices}."
        ) from None


def _check(pair: Pair, earlier: Sequence[Pair], names: tuple[str, str], number: int) -> None:
    for other in earlier:
        if pair.a.name == other.a.name or pair.b.name == other.b.name:
            raise UserError(
                f"Row {number} of the mapping uses {pair.a.name} or {pair.b.name} a second time; "
                "each field goes with one partner."
            )
    if pair.a.link != pair.b.link:
        raise UserError(
            f"Row {number} of the mapping pairs {pair.a.name} with {pair.b.name}, which do not "
            "name records of one kind."
        )
    if pair.a.type.canonical is not pair.b.type.canonical:
        raise UserError(
            f"Row {number} of the mapping pairs {pair.a.name} ({pair.a.type}) with {pair.b.name} "
            f"({pair.b.type}); the two have to be of one type."
        )
    if pair.a.readonly and pair.b.readonly:
        raise UserError(
            f"Row {number} of the mapping pairs {pair.a.name} and {pair.b.name}, which both apps "
            "only let us read: nothing could ever travel. Leave the row out."
        )
    _check_writable(pair.a, pair.direction is Direction.TO_B, names[0], number, "to_b")
    _check_writable(pair.b, pair.direction is Direction.TO_A, names[1], number, "to_a")
    if pair.turned is not None:
        check_turning(pair, pair.turned, f"Row {number} of the mapping")


def _check_writable(field: Field, only_read: bool, where: str, number: int, way_out: str) -> None:  # noqa: FBT001 - private, named by its call
    if field.readonly and not only_read:
        raise UserError(
            f"Row {number} of the mapping would write {field.name}, which {where} only let us "
            f"read; set its direction to {way_out}."
        )
