"""A pair: one field of side A and its partner on side B, and what becomes of a value between them.

Where values are transformed or mapped word for word, one side's are turned: they are compared and
stored in the form of the other side, to which the transforms lead. What is stored can be written
out and read in again without a change (tested), so an echo equals its base.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Literal

from instep.core.errors import UserError
from instep.core.normalise import cut
from instep.core.records import Field, FieldType, Identity, Value
from instep.core.transforms import Transforms, Unknown, ValueMap

SideName = Literal["a", "b"]

SIDES: tuple[SideName, SideName] = ("a", "b")


def other_side(side: str) -> SideName:
    """Return the side opposite `side`, which is "a" or "b"."""
    return "b" if side == "a" else "a"


class Direction(StrEnum):
    """Which way a field may travel."""

    BOTH = "both"
    TO_A = "to_a"
    TO_B = "to_b"


class Authority(StrEnum):
    """Who wins a field when both sides changed it differently."""

    A = "a"
    B = "b"
    NEWEST = "newest"
    ASK = "ask"


@dataclass(frozen=True)
class Pair:
    """One field of side A and its partner on side B. `clears`: an emptied field empties the other.

    A pair has at most one of `to_a` and `to_b`, the transforms of what travels to that side, and
    `value_map`. Its values are then compared and stored in the form of the side they lead to.
    """

    a: Field
    b: Field
    direction: Direction = Direction.BOTH
    authority: Authority = Authority.A
    clears: bool = False
    to_a: Transforms | None = None
    to_b: Transforms | None = None
    value_map: ValueMap | None = None

    @cached_property
    def key(self) -> str:
        """The pair's name in stored values, plans and history: side A's canonical name."""
        return self.a.name

    @cached_property
    def type(self) -> FieldType:
        """How the pair is merged; both sides have the same canonical type (see `build`)."""
        return self.a.type.canonical

    @cached_property
    def identities(self) -> frozenset[Identity | None]:
        """How far either app says that this field identifies a record."""
        return frozenset((self.a.identity, self.b.identity))

    def field(self, side: SideName) -> Field:
        """Return this side's field."""
        return self.a if side == "a" else self.b

    def reaches(self, side: SideName, *, creating: bool = False) -> bool:
        """Whether a value may be written to `side`."""
        target = self.field(side)
        if target.readonly or (target.create_only and not creating):
            return False
        return self.direction in {Direction.BOTH, Direction.TO_A if side == "a" else Direction.TO_B}

    @property
    def drops(self) -> bool:
        """Whether an unknown word is left alone on both sides."""
        return self.value_map is not None and self.value_map.unknown is Unknown.DROP

    @property
    def refuses(self) -> bool:
        """Whether a record with an unknown word waits for a person."""
        return self.value_map is not None and self.value_map.unknown is Unknown.REFUSE

    @cached_property
    def turned(self) -> SideName | None:
        """The side that holds other words than are compared; None if neither does."""
        if self.to_a is None and self.to_b is None and self.value_map is None:
            return None
        return "b" if self.to_a is not None or self.direction is Direction.TO_A else "a"

    def inward(self, value: Value, side: SideName) -> Value:
        """Return a normalised value of `side` in the form that is compared."""
        if side != self.turned or not isinstance(value, str):
            return value
        if self.value_map is not None:
            return self.value_map.towards(value, other_side(side))
        transforms = self.to_a or self.to_b
        return (
            transforms.forward(value, self.field(other_side(side)).max_length)
            if transforms
            else value
        )

    def outward(self, value: Value, side: SideName) -> Value:
        """Return a value as `side` writes it: the way back of `inward`."""
        if side != self.turned or not isinstance(value, str):
            return value
        if self.value_map is not None:
            return self.value_map.towards(value, side)
        transforms = self.to_a or self.to_b
        return transforms.back(value) if transforms else value

    def fit(self, value: Value, side: SideName) -> Value:
        """Return `value` as `side` can hold it (its length limit applied)."""
        if side != self.turned:
            return cut(value, self.field(side))
        if self.direction is not Direction.BOTH:
            return value  # it is never written there
        return self.inward(cut(self.outward(value, side), self.field(side)), side)

    def knows(self, value: Value, side: SideName) -> bool:
        """Whether the value map, if there is one, has this word of a side that it speaks for."""
        if self.value_map is None or not isinstance(value, str):
            return True
        if side != self.turned and self.direction is not Direction.BOTH:
            return True  # whatever stands there is overwritten
        return self.value_map.knows(value, side)

    def same(self, a: Value, b: Value) -> bool:
        """Whether the two sides hold the same, as far as both can hold it.

        Where nobody said anything about consent, nobody opted out.
        """
        if self.type is FieldType.CONSENT:
            return bool(a) == bool(b)
        return a == b or self.fit(self.fit(a, "b"), "a") == self.fit(self.fit(b, "a"), "b")


def check_turning(pair: Pair, turned: SideName, where: str) -> None:
    """Check that a pair whose values are turned can work. Raises UserError, which begins `where`."""
    if sum(each is not None for each in (pair.to_a, pair.to_b, pair.value_map)) > 1:
        raise UserError(
            f"{where} has more than one of to_a, to_b and value_map; choose one. What to_b does on "
            "the way to side B is undone on the way to side A."
        )
    if pair.a.type is not FieldType.TEXT or pair.b.type is not FieldType.TEXT:
        raise UserError(
            f"{where} would transform {pair.a.name} ({pair.a.type}) and {pair.b.name} "
            f"({pair.b.type}); only text can be transformed."
        )
    idle = Direction.TO_B if pair.to_a is not None else Direction.TO_A
    if pair.value_map is None and pair.direction is idle:
        raise UserError(
            f"{where} transforms what travels one way, but its direction is {idle}: nothing does."
        )
    if pair.value_map is not None:
        _check_words(pair, pair.value_map, turned, where)
    elif transforms := pair.to_a or pair.to_b:
        _check_transforms(pair, transforms, other_side(turned), where)


def _check_transforms(pair: Pair, transforms: Transforms, target: SideName, where: str) -> None:
    if pair.direction is Direction.BOTH and not transforms.undoable:
        raise UserError(
            f"{where} travels both ways, but {transforms.tidying} cannot be undone on the way back; "
            f"set its direction to to_{target}, or leave {transforms.tidying} out."
        )
    limit = pair.field(target).max_length
    if limit is not None and transforms.room >= limit:
        raise UserError(
            f"{where} has a prefix and suffix of {transforms.room} characters, but "
            f"{pair.field(target).name} holds {limit}."
        )


def _check_words(pair: Pair, words: ValueMap, turned: SideName, where: str) -> None:
    unique: tuple[SideName, ...] = SIDES if pair.direction is Direction.BOTH else (turned,)
    for side in unique:
        folded = [word.casefold() for word in words.of(side)]
        doubled = next((word for word in words.of(side) if folded.count(word.casefold()) > 1), None)
        if doubled is not None:
            raise UserError(
                f"{where} has {doubled!r} twice in its value_map, so that it could mean two words."
            )
    _check_held(pair.a, words.of("a"), where)
    _check_held(pair.b, words.of("b"), where)


def _check_held(field: Field, words: Sequence[str], where: str) -> None:
    choices = [ours for _, ours in field.choices]
    for word in words:
        if cut(word, field) != word:
            raise UserError(f"{where} has {word!r}, which is too long for {field.name}.")
        if choices and word not in choices:
            raise UserError(
                f"{where} has {word!r} in its value_map; {field.name} can be {', '.join(choices)}."
            )
