"""A person's edit of one field of a linked pair, made into a plan like any other. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from instep.core.errors import UserError
from instep.core.mapping import FieldMapping
from instep.core.merge import FieldChange, Merge, Reason
from instep.core.normalise import normalise
from instep.core.pairs import Pair, SideName, other_side
from instep.core.plan import Item, Kind, Known
from instep.core.records import FieldType, Value

LONGEST = 10_000

_YES_NO = frozenset({FieldType.BOOLEAN, FieldType.CONSENT})
_BOOLEANS = frozenset({"true", "false", "yes", "no", "1", "0"})


@dataclass(frozen=True, slots=True)
class Edit:
    """One field (a pair's key) and the text that it is to hold; of words, commas part them."""

    field: str
    value: str
    person: str

    @property
    def sentence(self) -> str:
        """Why it was written, as the history keeps it."""
        return f"{self.person} edited it"


def edit_pair(
    mapping: FieldMapping,
    label: str,
    sides: Mapping[SideName, Known],
    edit: Edit,
    countries: Mapping[SideName, str | None],
    lead: SideName,
) -> Item:
    """Return the plan that writes an edit to the leading side, and to the other as the sync would.

    Raises UserError for a field that is not mapped, cannot be written or cannot hold the value.
    """
    pair = mapping.by_key.get(edit.field)
    if pair is None:
        known = ", ".join(mapping.by_key)
        raise UserError(f"The sync keeps no field {edit.field!r}; there is {known}.")
    if pair.a.link is not None:
        raise UserError(f"{edit.field} names another record; change it in the app.")
    wanted = _wanted(pair, sides, edit, countries, lead)
    changes = [
        FieldChange(
            key=pair.key,
            side=side,
            before=sides[side].values.get(pair.key),
            after=wanted[side],
            source=wanted[other_side(side)],
            why=Reason.SETTLED,
            lost=True,
        )
        for side in _written(pair, lead)
        if sides[side].values.get(pair.key) != wanted[side]
    ]
    kind = Kind.UPDATE if changes else Kind.NOTHING
    return Item(kind, label, sides["a"].id, sides["b"].id, Merge(tuple(changes)))


def _written(pair: Pair, lead: SideName) -> list[SideName]:
    """Return the sides that are written: the leading one, and the other if the pair goes there."""
    field, other = pair.field(lead), other_side(lead)
    if field.readonly or field.create_only:
        raise UserError(f"{pair.key} cannot be changed in the app that has authority over it.")
    if not pair.reaches(lead) and pair.turned == lead:
        raise UserError(
            f"{pair.key} is transformed on its way and cannot be turned back: change it in the app."
        )
    return [lead, other] if pair.reaches(other) else [lead]


def _wanted(
    pair: Pair,
    sides: Mapping[SideName, Known],
    edit: Edit,
    countries: Mapping[SideName, str | None],
    lead: SideName,
) -> dict[SideName, Value]:
    """Return what each side is to hold, in the form that is compared."""
    other = other_side(lead)
    typed = _typed(pair, lead, edit, countries[lead])
    stays = sides[other].values.get(pair.key)
    return {lead: typed, other: pair.fit(typed, other) if pair.reaches(other) else stays}


def _typed(pair: Pair, side: SideName, edit: Edit, country: str | None) -> Value:
    said = edit.value.strip()
    if len(said) > LONGEST:
        raise UserError(f"{pair.key} cannot be longer than {LONGEST:,} characters.")
    if pair.type in _YES_NO and said.lower() not in _BOOLEANS:
        raise UserError(f"{pair.key} can be true or false, not {said!r}.")
    field = pair.field(side)
    raw = [each.strip() for each in said.split(",")] if pair.type is FieldType.WORDS else said
    value = pair.fit(pair.inward(normalise(raw, field, country), side), side)
    if value is None or (value == () and not said):
        raise UserError(f"A value is missing for {pair.key}: nothing is emptied from here.")
    if field.choices and value not in [ours for _, ours in field.choices]:
        raise UserError(f"{pair.key} can be {', '.join(ours for _, ours in field.choices)}.")
    return value
