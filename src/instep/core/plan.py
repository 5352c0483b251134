"""The plan: what a run will do with each record and why, as data.

The same plan is shown by a preview, carried out by a run and written to the history. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from instep.core.bases import WordsMoved, as_set
from instep.core.decide import Decision, Standing, decide
from instep.core.deleting import USUAL, Terms, follow
from instep.core.mapping import FieldMapping, SideName
from instep.core.match import Doubt, Match
from instep.core.merge import FieldChange, Merge, Reason, merge
from instep.core.pairs import other_side
from instep.core.records import FieldType, Value, Values, Write


class Kind(StrEnum):
    """What happens to one record or pair."""

    NOTHING = "nothing"  # in step already
    LINK = "link"  # matched just now
    UPDATE = "update"
    CREATE = "create"
    DELETE = "delete"  # its partner is gone, and the sync's rules say so
    REVIEW = "review"  # a person decides
    EXCLUDED = "excluded"  # the sync's own rules leave it alone
    WAITING = "waiting"  # the record it belongs to has no partner yet


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of one side's record: its values now, and what it last agreed on."""

    id: str
    values: Values
    base: Values | None = None
    changed_at: int | None = None  # epoch milliseconds, the app's word
    gone: bool = False

    @property
    def standing(self) -> Standing:
        """Where this side stands, compared with what it last agreed on."""
        if self.gone:
            return Standing.GONE
        base = self.base
        agrees = base is not None and all(
            key in base and base[key] == value for key, value in self.values.items()
        )
        return Standing.UNCHANGED if agrees else Standing.CHANGED


@dataclass(frozen=True, slots=True)
class Item:
    """The plan for one record or pair. `why` is a sentence for people where no field says it."""

    kind: Kind
    label: str
    a_id: str | None = None
    b_id: str | None = None
    merge: Merge = field(default_factory=Merge)
    matched_by: str | None = None
    why: str | None = None
    candidates: tuple[str, ...] = ()
    over: bool = False  # gone on both sides: the pair is left alone from here on

    def changes_on(self, side: SideName) -> tuple[FieldChange, ...]:
        """Return the field changes to write to `side`."""
        return tuple(change for change in self.merge.changes if change.side == side)

    def as_json(self) -> dict[str, Any]:
        """Return the item as a preview shows it."""
        return {
            "what": self.kind.value,
            "record": self.label,
            "a": self.a_id,
            "b": self.b_id,
            "matched_by": self.matched_by,
            "why": self.why,
            "candidates": list(self.candidates),
            "changes": [
                {
                    "field": change.key,
                    "side": change.side,
                    "before": change.before,
                    "after": change.after,
                    "why": change.why.value,
                }
                for change in self.merge.changes
                if change.before != change.after
            ],
            "conflicts": [
                {"field": conflict.key, "a": conflict.a, "b": conflict.b}
                for conflict in self.merge.conflicts
            ],
        }


class Action(StrEnum):
    """What an intent does to a record of its side."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Intent:
    """One write to one app, as an effect will store it.

    `write` uses the target's own canonical names. `basis` is what the target held when we decided
    (it is re-read before writing), `source` what the other side's base becomes once it is done,
    `after` what the target is to hold; `moved` what the other side added to and removed from
    words; all by pair key. `held` is why the pair is left alone once this is done.
    """

    side: SideName
    action: Action
    write: Write
    basis: Mapping[str, Value]
    source: Mapping[str, Value]
    after: Mapping[str, Value]
    why: Mapping[str, str]
    moved: Mapping[str, WordsMoved] = field(default_factory=dict)
    held: str | None = None


def plan_pair(
    mapping: FieldMapping,
    label: str,
    a: Known,
    b: Known,
    matched_by: str | None = None,
    *,
    terms: Terms = USUAL,
) -> Item:
    """Plan a linked pair, or one that `matched_by` has just linked."""
    if terms.held is not None:
        return Item(Kind.EXCLUDED, label, a.id, b.id, why=terms.held)
    decision = decide(a.standing, b.standing)
    if decision is Decision.NOTHING:
        return Item(Kind.NOTHING, label, a.id, b.id)
    if decision in _LEFT:
        return _plan_left(mapping, label, (a, b), _LEFT[decision], terms)
    if decision in _GONE:
        over = decision is Decision.FORGET
        return Item(Kind.EXCLUDED, label, a.id, b.id, why=_GONE[decision], over=over)
    refused = mapping.refusal(a.values, "a") or mapping.refusal(b.values, "b")
    if refused is not None:
        return Item(Kind.REVIEW, label, a.id, b.id, matched_by=matched_by, why=refused)
    bases = (a.base, b.base) if a.base is not None and b.base is not None else None
    merged = merge(mapping, (a.values, b.values), bases, newest=_newest(a, b))
    kind = Kind.NOTHING
    if merged.changes:
        kind = Kind.UPDATE
    elif merged.conflicts:
        kind = Kind.REVIEW
    elif matched_by:
        kind = Kind.LINK
    why = "both sides changed it differently" if merged.conflicts else None
    return Item(kind, label, a.id, b.id, merged, matched_by, why)


_LEFT: Mapping[Decision, SideName] = {Decision.DELETED_IN_A: "b", Decision.DELETED_IN_B: "a"}
"""The side that is left when the other one's record is gone: its policy speaks."""

# an edit beats a delete under every policy, and a deleted twin is not created again
_GONE = {
    Decision.KEEP_A: "it is gone on side B, but was edited on side A since: it is kept there",
    Decision.KEEP_B: "it is gone on side A, but was edited on side B since: it is kept there",
    Decision.FORGET: "it is gone on both sides",
}


def _plan_left(
    mapping: FieldMapping, label: str, sides: tuple[Known, Known], left: SideName, terms: Terms
) -> Item:
    """Plan a record whose partner is gone, and which nobody touched since."""
    a, b = sides
    here, partner = (a, b) if left == "a" else (b, a)
    done = follow(mapping, left, terms.side(left), here.values, partner.base or {})
    kind = Kind.EXCLUDED
    if done.changes:
        kind = Kind.DELETE if done.deletes else Kind.UPDATE
    return Item(kind, label, a.id, b.id, Merge(done.changes), why=done.why)


def plan_new(mapping: FieldMapping, label: str, side: SideName, record: Known) -> Item:
    """Plan a record of `side` that the other side does not have: create it there."""
    target = other_side(side)
    changes = tuple(
        FieldChange(pair.key, target, None, pair.fit(value, target), value, Reason.CREATED)
        for pair in mapping.pairs
        if (value := record.values.get(pair.key)) is not None
        and pair.reaches(target, creating=True)
    )
    a_id, b_id = (record.id, None) if side == "a" else (None, record.id)
    if (refused := mapping.refusal(record.values, side)) is not None:
        return Item(Kind.REVIEW, label, a_id, b_id, why=refused)
    if not changes:
        why = _stays(mapping, side)
        return Item(Kind.EXCLUDED, label, a_id, b_id, why=why)
    return Item(Kind.CREATE, label, a_id, b_id, Merge(changes))


def _stays(mapping: FieldMapping, side: SideName) -> str:
    target = other_side(side)
    if any(pair.reaches(target, creating=True) for pair in mapping.pairs):
        return "the mapping lets none of its fields travel to the other side"
    return f"the sync goes from side {target.upper()} to side {side.upper()} only"


def plan_doubt(label: str, side: SideName, record_id: str, verdict: Match) -> Item:
    """Plan a record whose match is not certain: a person decides."""
    doubt = verdict.doubt or Doubt.NOTHING_KNOWN
    a_id, b_id = (record_id, None) if side == "a" else (None, record_id)
    return Item(
        Kind.REVIEW,
        label,
        a_id,
        b_id,
        matched_by=verdict.by,
        why=doubt.format(key=verdict.by),
        candidates=verdict.candidates,
    )


def intents(item: Item, mapping: FieldMapping) -> list[Intent]:
    """Return the writes an item asks for, at most one per side."""
    if not item.merge.changes:
        return []
    sides: tuple[SideName, SideName] = ("a", "b")
    return [_intent(item, side, mapping) for side in sides if item.changes_on(side)]


def _intent(item: Item, side: SideName, mapping: FieldMapping) -> Intent:
    changes = item.changes_on(side)
    if item.kind is Kind.DELETE:
        return _delete(side, changes)
    pairs = mapping.by_key
    plain: dict[str, Value] = {}
    added: dict[str, tuple[str, ...]] = {}
    removed: dict[str, tuple[str, ...]] = {}
    for change in changes:
        if change.unmapped:
            _write_unmapped(change, plain, added)
            continue
        pair = pairs[change.key]
        field = pair.field(side)
        # no app adds a single choice to a custom field: those are written whole, as lists are
        whole = item.kind is Kind.CREATE or field.custom or field.whole
        if pair.type is FieldType.WORDS and not whole:
            before, after = as_set(change.before), as_set(change.after)
            added[field.name] = tuple(sorted(after - before))
            removed[field.name] = tuple(sorted(before - after))
        else:
            plain[field.name] = pair.outward(change.after, side)
    return Intent(
        side=side,
        action=Action.CREATE if item.kind is Kind.CREATE else Action.UPDATE,
        write=Write(plain, _filled(added), _filled(removed)),
        basis={change.key: change.before for change in changes},
        source={change.key: change.source for change in changes},
        after={change.key: change.after for change in changes},
        why={change.key: change.why.value for change in changes},
        moved={change.key: change.moved for change in changes if change.moved is not None},
    )


def _delete(side: SideName, changes: tuple[FieldChange, ...]) -> Intent:
    """Return the delete of a record that still holds what we know of it."""
    basis = {change.key: change.before for change in changes}
    why = {change.key: change.why.value for change in changes}
    return Intent(side, Action.DELETE, Write(), basis, {}, {}, why)


def _write_unmapped(
    change: FieldChange, plain: dict[str, Value], added: dict[str, tuple[str, ...]]
) -> None:
    """Write a field the mapping leaves out, so that nothing is known of what it holds now."""
    if isinstance(change.after, tuple):
        added[change.key] = change.after
    else:
        plain[change.key] = change.after


def _filled(words: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {name: each for name, each in words.items() if each}


def _newest(a: Known, b: Known) -> SideName | None:
    """Say which side changed last, where both apps tell."""
    if a.changed_at is None or b.changed_at is None or a.changed_at == b.changed_at:
        return None
    return "a" if a.changed_at > b.changed_at else "b"
