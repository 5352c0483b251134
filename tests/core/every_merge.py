"""Every case of merging one field there is: values, bases, direction, authority, clearing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product

from instep.core.mapping import Authority, Direction, FieldMapping, Pair, SideName
from instep.core.merge import FieldChange, Merge
from instep.core.records import Field, FieldType, Value
from tests.core.carrying_out import Pairing

KEY = "it"
VALUES: dict[FieldType, tuple[Value, ...]] = {
    FieldType.TEXT: (None, "x", "y", "z"),
    FieldType.BOOLEAN: (None, False, True),
    FieldType.CONSENT: (None, False, True),
    FieldType.WORDS: (None, ("x",), ("y",), ("x", "y")),
}
MIRRORED = {
    Direction.TO_A: Direction.TO_B,
    Direction.TO_B: Direction.TO_A,
    Authority.A: Authority.B,
    Authority.B: Authority.A,
    "a": "b",
    "b": "a",
}


@dataclass(frozen=True)
class Case:
    """One field of one linked pair. `bases` None: just linked."""

    kind: FieldType
    a: Value
    b: Value
    bases: tuple[Value, Value] | None
    direction: Direction
    authority: Authority
    clears: bool
    newest: SideName | None

    @cached_property
    def pairing(self) -> Pairing:
        one = Field(KEY, KEY, self.kind)
        pair = Pair(one, one, self.direction, self.authority, clears=self.clears)
        bases = None if self.bases is None else ({KEY: self.bases[0]}, {KEY: self.bases[1]})
        mapping = FieldMapping((pair,))
        return Pairing(mapping, {KEY: self.a}, {KEY: self.b}, bases, newest=self.newest)

    @cached_property
    def merged(self) -> Merge:
        return self.pairing.merged()

    @property
    def changes(self) -> tuple[FieldChange, ...]:
        return self.merged.changes

    def now(self, side: str) -> Value:
        return self.a if side == "a" else self.b

    def base(self, side: str) -> Value:
        return None if self.bases is None else self.bases[side == "b"]

    def moved(self, side: str) -> bool:
        """Whether somebody edited this side since both agreed (or they never did)."""
        return self.bases is None or self.now(side) != self.base(side)

    def reaches(self, side: str) -> bool:
        return self.direction in {Direction.BOTH, f"to_{side}"}

    def mirrored(self) -> Case:
        """The same case with the two sides' names swapped."""
        return Case(
            self.kind,
            self.b,
            self.a,
            None if self.bases is None else (self.bases[1], self.bases[0]),
            MIRRORED.get(self.direction, self.direction),
            MIRRORED.get(self.authority, self.authority),
            self.clears,
            MIRRORED.get(self.newest),
        )


@cache
def cases(*kinds: FieldType) -> tuple[Case, ...]:
    return tuple(case for kind in kinds or VALUES for case in _cases(kind))


def _cases(kind: FieldType) -> Iterator[Case]:
    values = VALUES[kind]
    for a, b, bases, direction, authority, clears in product(
        values,
        values,
        (None, *product(values, repeat=2)),
        Direction,
        Authority,
        (False, True),
    ):
        for newest in (None, "a", "b") if authority is Authority.NEWEST else (None,):
            yield Case(kind, a, b, bases, direction, authority, clears, newest)


def other(side: str) -> str:
    return "b" if side == "a" else "a"
