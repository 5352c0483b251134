"""What becomes of records outside their side's filter: linked ones that left it, and new ones. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from instep.core.bases import WordsMoved, as_set, as_words
from instep.core.deleting import TAGS
from instep.core.filters import Group
from instep.core.mapping import FieldMapping, Pair, SideName
from instep.core.merge import FieldChange, Merge, Reason
from instep.core.pairs import other_side
from instep.core.plan import Action, Intent, Item, Kind, Known
from instep.core.rules import Leaving

LEFT = "left the filter"
"""The tag that a record gets whose partner left the filter, where the sync says so."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Why each side's record is outside its side's filter; None: it is inside.

    `was_told` says that the one outside was left alone already when it was decided last.
    """

    a: str | None = None
    b: str | None = None
    was_told: bool = False

    @property
    def left(self) -> SideName | None:
        """The side whose record is outside; side A if both are, None if neither is."""
        if self.a is not None:
            return "a"
        return "b" if self.b is not None else None


def plan_left(
    mapping: FieldMapping, label: str, ends: tuple[Known, Known], outside: Outside, leaving: Leaving
) -> Item | None:
    """Plan a linked pair of which a record has left the filter; None: plan it like any other.

    Its link and its bases stay as they are, so that it goes on where it stopped if it comes back.
    """
    left = outside.left
    if left is None or leaving is Leaving.KEEP:
        return None
    a, b = ends
    why = (
        f"on side {left.upper()} {outside.a if left == 'a' else outside.b}; its link is kept, and "
        "nothing is deleted"
    )
    item = Item(Kind.EXCLUDED, label, a.id, b.id, why=why)
    both = outside.a is not None and outside.b is not None
    if leaving is Leaving.STOP or both or outside.was_told:
        return item
    change = _tagged(mapping, left, ends)
    if change is None:
        return item
    told = f"{why}; side {change.side.upper()} gets the tag {LEFT!r}"
    return replace(item, merge=Merge((change,)), why=told)


def _tagged(mapping: FieldMapping, left: SideName, ends: tuple[Known, Known]) -> FieldChange | None:
    """Return the tag for the partner of the record that left; None where it may not be written.

    Where tags are mapped, the tag counts as agreed on both sides: it does not travel, and it is
    taken off again when the record comes back, as one that its own side does not have.
    """
    a, b = ends
    side = other_side(left)
    partner, other = (b, a) if left == "a" else (a, b)
    is_reached = any(pair.reaches(side) for pair in mapping.pairs)
    pair = tags_of(mapping, side)
    before = None if pair is None else partner.values.get(pair.key)
    if partner.gone or not is_reached or LEFT in as_set(before):
        return None
    return FieldChange(
        key=TAGS if pair is None else pair.key,
        side=side,
        before=before,
        after=as_words(as_set(before) | {LEFT}),
        source=None if pair is None else other.values.get(pair.key),
        why=Reason.LEFT,
        moved=None if pair is None else WordsMoved((LEFT,), ()),
        unmapped=pair is None,
    )


def tags_of(mapping: FieldMapping, side: SideName) -> Pair | None:
    """Return the pair that carries a side's tags, if they are mapped."""
    return next((pair for pair in mapping.pairs if pair.field(side).name == TAGS), None)


def plan_outside(label: str, side: SideName, record_id: str, why: str) -> Item:
    """Plan a record without a link that the sync is not about: it is left alone."""
    a_id, b_id = (record_id, None) if side == "a" else (None, record_id)
    return Item(Kind.EXCLUDED, label, a_id, b_id, why=why)


def outside_once_made(intent: Intent, group: Group | None, country: str | None) -> str | None:
    """Say why a record must not be created: it would be outside the filter of its new side.

    What a create does not say is empty in the new record.
    """
    if group is None or intent.action is not Action.CREATE:
        return None
    values = {**dict.fromkeys(group.fields), **intent.write.set}
    if group.matches(values, country):
        return None
    return f"on side {intent.side.upper()} it would be outside the filter: {group.sentence()}"
