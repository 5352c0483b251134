"""Say whether two apps are in step by reading both afresh; our own tables are not asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass

from instep.core.fingerprint import dump, fingerprint
from instep.core.kinship import Kinship, names_in
from instep.core.mapping import FieldMapping, SideName
from instep.core.pairs import other_side
from instep.core.records import Record, Value, Values
from instep.engine.visiting import is_visited, parents_of
from instep.engine.work import Side, Work
from instep.store import agreements, kin, visits


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many records each side has, and how many have no equal on the other side.

    `agreed` pairs differ, as both sides agreed: one app lent a title, or somebody undid a change.
    They and what the sync's rules leave alone are counted apart from those without an equal.
    """

    a: int
    b: int
    only_a: int
    only_b: int
    agreed: int = 0
    left_alone: int = 0

    @property
    def in_step(self) -> bool:
        """Whether both sides hold the same records, as far as the mapping goes."""
        return not self.only_a and not self.only_b


async def compare(work: Work) -> Comparison:
    """Read every page of both sides and compare the records as multisets of mapped values.

    Both sides equal means: each record here has its own equal there. Only fingerprints are kept,
    16 bytes or so a record. Whose a record is, is compared by the links of the records it names;
    one that belongs to nobody the other side has is left out.
    """
    a = await _read_all(work, work.a)
    b = await _read_all(work, work.b)
    only_a, only_b = _without_equal(a, b), _without_equal(b, a)
    excused = await work.read(lambda tx: agreements.excused(tx, work.sync.id, only_a, only_b))
    return Comparison(
        len(a),
        len(b),
        len(only_a) - len(excused.agreed) - excused.left_a,
        len(only_b) - len(excused.agreed) - excused.left_b,
        agreed=len(excused.agreed),
        left_alone=excused.left_a + excused.left_b,
    )


@dataclass(frozen=True, slots=True)
class _Prints:
    """Two fingerprints of one record: as both sides would hold it, and as the sync keeps it."""

    compared: str
    kept: str


def _without_equal(here: Mapping[str, _Prints], there: Mapping[str, _Prints]) -> dict[str, str]:
    """Return the records whose values nobody on the other side has: how they are kept, by id."""
    left = Counter(each.compared for each in there.values())
    lonely: dict[str, str] = {}
    for record_id, prints in here.items():
        if left[prints.compared]:
            left[prints.compared] -= 1
        else:
            lonely[record_id] = prints.kept
    return lonely


async def _read_all(work: Work, side: Side) -> dict[str, _Prints]:
    """Return the fingerprints of every record of a side, by id."""
    prints: dict[str, _Prints] = {}
    async for page in _pages(work, side):
        projected = {
            record.id: work.mapping.project(record.values, side.name, side.country)
            for record in page
        }
        kinship = await _kinship(work, side, projected.values())
        for record_id, values in projected.items():
            named = kinship.inward(values, side.name, work.mapping)
            if work.mapping.parent is not None and not named.get(work.mapping.parent):
                continue
            compared = fingerprint(dump(_as_both_hold(work.mapping, named, side.name)))
            prints[record_id] = _Prints(compared, fingerprint(dump(values)))
    return prints


async def _pages(work: Work, side: Side) -> AsyncIterator[Sequence[Record]]:
    """Yield the pages of a side's list, or of the lists below each parent that has a partner."""
    resources = [side.resource]
    if is_visited(side):
        parents = await work.read(lambda tx: visits.linked(tx, parents_of(work, side), side.name))
        resources = [side.below(each) for each in parents]
    for resource in resources:
        async for page in side.pages(resource, resource.list()):
            yield page


async def _kinship(work: Work, side: Side, projected: Iterable[Values]) -> Kinship:
    names = {name for values in projected for name in names_in(values, side.name, work.mapping)}
    return Kinship(await work.read(lambda tx: kin.partners(tx, work.family, names)))


def _as_both_hold(mapping: FieldMapping, values: Values, side: SideName) -> dict[str, Value]:
    other = other_side(side)
    return {
        pair.key: pair.fit(pair.fit(values.get(pair.key), other), side) for pair in mapping.pairs
    }
