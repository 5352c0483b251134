"""Who is who on the other side, for the records that other records name. Pure.

A task names its contact by the id its own app gave it. Both sides' ids are brought into one form,
side A's, by the links of the sync that keeps the contacts equal; what is written goes back into
the target's own form. An id without a link means nothing to the other side: such a field counts as
not read, until the link is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from instep.core.fingerprint import dump, fingerprint
from instep.core.mapping import FieldMapping
from instep.core.merge import Conflict, FieldChange, Merge
from instep.core.pairs import Pair, SideName
from instep.core.plan import Item, Known
from instep.core.records import Value, Values

Name = tuple[str, SideName, str]
"""A record as another one names it: canonical kind, side, the id it has there."""


@dataclass(frozen=True, slots=True)
class Kinship:
    """The partners of named records: `partners` gives the id each has on the other side."""

    partners: Mapping[Name, str] = field(default_factory=dict)

    def known(self, known: Known, side: SideName, mapping: FieldMapping) -> Known:
        """Return what is known of a record, with every name in the form that is compared."""
        if not _names_any(known.values, mapping) and not _names_any(known.base or {}, mapping):
            return known
        base = None if known.base is None else self.inward(known.base, side, mapping)
        return replace(known, values=self.inward(known.values, side, mapping), base=base)

    def inward(self, values: Values, side: SideName, mapping: FieldMapping) -> dict[str, Value]:
        """Return values whose names are side A's ids; a name without a link is left out."""
        turned = dict(values)
        for pair in mapping.links:
            named = turned.get(pair.key)
            if isinstance(named, str):
                partner = self.partner(pair, side, named)
                if partner is None:
                    del turned[pair.key]
                else:
                    turned[pair.key] = named if side == "a" else partner
        return turned

    def partner(self, pair: Pair, side: SideName, named: str) -> str | None:
        """Return the other side's id of a record that `side` calls `named`."""
        return self.partners.get((kind_of(pair), side, named))

    def outward(self, item: Item, mapping: FieldMapping) -> Item:
        """Return a plan whose names are each in the form of the side that holds them."""
        if not mapping.links or not _moves(item.merge, mapping):
            return item
        merge = item.merge
        outward = Merge(
            tuple(self._change(each, mapping) for each in merge.changes),
            tuple(self._conflict(each, mapping) for each in merge.conflicts),
            merge.base_a,
            self._in_b(merge.base_b, mapping),
        )
        return replace(item, merge=outward)

    def _change(self, change: FieldChange, mapping: FieldMapping) -> FieldChange:
        if change.unmapped:
            return change
        pair = mapping.by_key[change.key]
        if pair not in mapping.links:
            return change
        if change.side == "a":
            return replace(change, source=self._turn(pair, change.source))
        after, before = self._turn(pair, change.after), self._turn(pair, change.before)
        return replace(change, after=after, before=before)

    def _conflict(self, conflict: Conflict, mapping: FieldMapping) -> Conflict:
        pair = mapping.by_key[conflict.key]
        return (
            replace(conflict, b=self._turn(pair, conflict.b)) if pair in mapping.links else conflict
        )

    def _in_b(self, values: Values, mapping: FieldMapping) -> dict[str, Value]:
        turned = {
            pair.key: self._turn(pair, values[pair.key])
            for pair in mapping.links
            if pair.key in values
        }
        return {**values, **turned}

    def _turn(self, pair: Pair, named: Value) -> Value:
        """Return side B's id of a record by side A's; whatever is compared has both."""
        return self.partner(pair, "a", named) if isinstance(named, str) else named


def kind_of(pair: Pair) -> str:
    """Return the canonical kind of the records that a pair of names is about."""
    return pair.a.link or ""


def names_in(values: Values, side: SideName, mapping: FieldMapping) -> Iterator[Name]:
    """Yield the records that these values name."""
    for pair in mapping.links:
        named = values.get(pair.key)
        if isinstance(named, str):
            yield kind_of(pair), side, named


def unlinked(
    values: Values, side: SideName, mapping: FieldMapping, kinship: Kinship
) -> Iterator[tuple[str, str]]:
    """Yield kind and id of the records that these values name and that have no link yet."""
    for kind, _, named in names_in(values, side, mapping):
        if (kind, side, named) not in kinship.partners:
            yield kind, named


def part_key(values: Values, mapping: FieldMapping) -> str | None:
    """Return what tells a child from its siblings, after its parent's id: "parent|fingerprint".

    None where a field of it was not read, or where the kind has no such fields. Words count, not
    how they are spaced or capitalised.
    """
    if not mapping.parts or any(pair.key not in values for pair in mapping.parts):
        return None
    said = {pair.key: _folded(pair, values[pair.key]) for pair in mapping.parts}
    parent = values.get(mapping.parent) if mapping.parent is not None else None
    return f"{parent or ''}|{fingerprint(dump(said))}"


def sought_key(key: str | None, partner: str | None) -> str | None:
    """Return the key under which the other side would have the same child of `partner`."""
    return None if key is None else f"{partner or ''}|{key.rpartition('|')[2]}"


def _folded(pair: Pair, value: Value) -> Value:
    held = pair.fit(pair.fit(value, "a"), "b")
    return " ".join(held.split()).casefold() if isinstance(held, str) else held


def _moves(merge: Merge, mapping: FieldMapping) -> bool:
    if _names_any(merge.base_b, mapping):
        return True
    keys = {pair.key for pair in mapping.links}
    changed = any(each.key in keys for each in merge.changes)
    return changed or any(each.key in keys for each in merge.conflicts)


def _names_any(values: Values, mapping: FieldMapping) -> bool:
    return any(isinstance(values.get(pair.key), str) for pair in mapping.links)
