"""Say whether two apps are in step by reading both afresh; our own tables are not asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from instep.core.fingerprint import dump, fingerprint
from instep.core.mapping import FieldMapping, SideName
from instep.core.records import Value, Values
from instep.engine.work import Side, Work
from instep.sdk.limits import Purpose
from instep.sdk.request import Request


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many records each side has, and how many have no equal on the other side."""

    a: int
    b: int
    only_a: int
    only_b: int

    @property
    def in_step(self) -> bool:
        """Whether both sides hold the same records, as far as the mapping goes."""
        return not self.only_a and not self.only_b


async def compare(work: Work) -> Comparison:
    """Read every page of both sides and compare the records as multisets of mapped values.

    Both sides equal means: each record here has its own equal there. Only fingerprints are kept,
    16 bytes or so a record.
    """
    a = await _read_all(work, work.a)
    b = await _read_all(work, work.b)
    return Comparison(a.total(), b.total(), (a - b).total(), (b - a).total())


async def _read_all(work: Work, side: Side) -> Counter[str]:
    prints: dict[str, str] = {}
    request: Request | None = side.resource.list()
    while request is not None:
        reply = await side.send(request, Purpose.READ)
        for record in side.resource.records(reply):
            values = work.mapping.project(record.values, side.name, side.country)
            prints[record.id] = fingerprint(dump(_as_both_hold(work.mapping, values, side.name)))
        request = side.resource.next(request, reply)
    return Counter(prints.values())


def _as_both_hold(mapping: FieldMapping, values: Values, side: SideName) -> dict[str, Value]:
    other: SideName = "b" if side == "a" else "a"
    return {
        pair.key: pair.fit(pair.fit(values.get(pair.key), other), side) for pair in mapping.pairs
    }
