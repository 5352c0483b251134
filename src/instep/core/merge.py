"""Three-way merge of one linked pair, field by field. The field is the unit of change. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from instep.core.bases import WordsMoved, as_set, as_words
from instep.core.mapping import Authority, FieldMapping, Pair, SideName
from instep.core.pairs import other_side
from instep.core.records import FieldType, Value, Values


class Reason(StrEnum):
    """Why a field is changed or held. Each has its sentence in `explain`."""

    ONLY_THIS_SIDE_CHANGED = "changed there only"
    FILLED = "was empty here"
    YES = "just linked: of yes and no, yes is kept"
    REFILLED = "emptied here, but an empty value does not overwrite a filled one"
    CLEARED = "emptied there, and the mapping says that clears"
    AUTHORITY = "both sides changed it; the other side has authority"
    NEWEST = "both sides changed it; the other side is newer"
    CONSENT = "an opt-out is never taken back by itself"
    WORDS = "added or removed there"
    CREATED = "new on the other side"
    SETTLED = "a person settled it"
    PARTNER_GONE = "its partner is gone, and the sync's rules say what follows"
    LEFT = "its partner left the filter"
    UNDONE = "a person undid it"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field-level write to do on `side`.

    `before` is what `side` holds now and `after` what it will hold; `source` is the value of the
    other side the decision was made on. `lost` says that `before` was somebody's edit which the
    authority overrules: the history keeps it. `moved` says of a words field what the other side
    added and removed. `unmapped`: `key` is the side's own name of a field the mapping leaves out.
    """

    key: str
    side: SideName
    before: Value
    after: Value
    source: Value
    why: Reason
    lost: bool = False
    moved: WordsMoved | None = None
    unmapped: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field both sides changed differently and nobody has authority over: a person decides."""

    key: str
    a: Value
    b: Value


@dataclass(frozen=True, slots=True)
class Merge:
    """The outcome for one pair: what to write where, what is already agreed, what waits.

    `base_a` and `base_b` hold the fields that agree now without any write; fields with a change
    get their base when the change is done.
    """

    changes: tuple[FieldChange, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    base_a: Mapping[str, Value] = field(default_factory=dict)
    base_b: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Now:
    """One field of both sides: now, and what each last agreed on (or None with `met` false)."""

    pair: Pair
    a: Value
    b: Value
    base_a: Value
    base_b: Value
    met: bool
    newest: SideName | None

    @property
    def moved_a(self) -> bool:
        return not self.met or self.a != self.base_a

    @property
    def travels_both_ways(self) -> bool:
        return self.pair.reaches("a") and self.pair.reaches("b")

    @property
    def moved_b(self) -> bool:
        return not self.met or self.b != self.base_b


def merge(
    mapping: FieldMapping,
    sides: tuple[Values, Values],
    bases: tuple[Values, Values] | None,
    newest: SideName | None = None,
) -> Merge:
    """Merge both sides' values, given what each side last agreed on (None: just linked).

    Values are normalised and keyed by pair. `newest` says which side changed last, where known;
    without it the `newest` authority falls back to side A.
    """
    a, b = sides
    base_a, base_b = bases if bases is not None else ({}, {})
    changes: list[FieldChange] = []
    conflicts: list[Conflict] = []
    agreed_a: dict[str, Value] = {}
    agreed_b: dict[str, Value] = {}
    for pair in mapping.pairs:
        key = pair.key
        if key not in a or key not in b:
            continue  # one side was not read: no verdict about this field
        met = key in base_a and key in base_b
        if a[key] == b[key]:  # nearly every field of nearly every pair
            if key not in base_a or base_a[key] != a[key]:
                agreed_a[key] = a[key]
            if key not in base_b or base_b[key] != b[key]:
                agreed_b[key] = b[key]
            continue
        now = _Now(pair, a[key], b[key], base_a.get(key), base_b.get(key), met, newest)
        if met and not now.moved_a and not now.moved_b:
            continue
        verdict = _merge_field(now)
        if isinstance(verdict, Conflict):
            conflicts.append(verdict)
        else:
            changes.extend(verdict)
            agreed_a |= _agreed(now, "a", verdict)
            agreed_b |= _agreed(now, "b", verdict)
    return Merge(tuple(changes), tuple(conflicts), agreed_a, agreed_b)


def _agreed(now: _Now, side: SideName, changes: Sequence[FieldChange]) -> dict[str, Value]:
    """Return what this side's base becomes without any write, by key; nothing if it stays.

    Of words, all but what still has to be written to the other side. An edit that may not travel
    stays an edit, so that overwriting it later is told.
    """
    value, base = (now.a, now.base_a) if side == "a" else (now.b, now.base_b)
    other = other_side(side)
    if now.pair.type is FieldType.WORDS:
        for change in changes:
            if change.side == other:
                after, before = as_set(change.after), as_set(change.before)
                value = as_words((as_set(value) - (after - before)) | (before - after))
    elif changes or not (now.pair.same(now.a, now.b) or (now.met and now.pair.reaches(other))):
        return {}
    return {} if now.met and value == base else {now.pair.key: value}


def _merge_field(now: _Now) -> list[FieldChange] | Conflict:
    """Return the changes for one moved field: none if both sides agree, or if it may not travel."""
    if now.pair.type is FieldType.WORDS:
        return _merge_words(now)
    if now.pair.same(now.a, now.b):
        return []
    if now.pair.type is FieldType.CONSENT:
        return _merge_consent(now)
    if now.a is None or now.b is None:
        return _merge_empty(now)
    if now.moved_a and now.moved_b:
        return _settle(now)
    source: SideName = "a" if now.moved_a else "b"
    return _copy(now, source, Reason.ONLY_THIS_SIDE_CHANGED)


def _merge_empty(now: _Now) -> list[FieldChange]:
    """One side is empty, the other is not: fill it, unless emptying was meant to travel."""
    empty: SideName = "a" if now.a is None else "b"
    filled = other_side(empty)
    emptied = now.met and (now.moved_a if empty == "a" else now.moved_b)
    edited = now.met and (now.moved_b if empty == "a" else now.moved_a)
    if emptied and not edited and now.pair.clears and now.pair.reaches(filled):
        return _copy(now, empty, Reason.CLEARED)
    if emptied:
        return _copy(now, filled, Reason.REFILLED)
    return _copy(now, filled, Reason.ONLY_THIS_SIDE_CHANGED if now.met else Reason.FILLED)


def _settle(now: _Now) -> list[FieldChange] | Conflict:
    """Both sides changed it differently: the declared authority decides.

    Of yes and no, "no" is mostly what nobody has said: a task that was done when it was linked
    stays done.
    """
    if not now.travels_both_ways:
        return _copy(now, "b" if now.pair.reaches("a") else "a", Reason.AUTHORITY, lost=True)
    if now.pair.type is FieldType.BOOLEAN and not now.met:
        return _copy(now, "a" if now.a else "b", Reason.YES, lost=True)
    match now.pair.authority:
        case Authority.ASK:
            return Conflict(now.pair.key, now.a, now.b)
        case Authority.NEWEST:
            return _copy(now, now.newest or "a", Reason.NEWEST, lost=True)
        case Authority.A:
            return _copy(now, "a", Reason.AUTHORITY, lost=True)
        case Authority.B:
            return _copy(now, "b", Reason.AUTHORITY, lost=True)


def _merge_consent(now: _Now) -> list[FieldChange] | Conflict:
    """Let an opt-out become stricter by itself, never looser."""
    return _copy(now, "a" if now.a else "b", Reason.CONSENT)


def _merge_words(now: _Now) -> list[FieldChange]:
    """Merge sets by difference: what one side added or removed, the other adds or removes."""
    a, b, base_a, base_b = map(as_set, (now.a, now.b, now.base_a, now.base_b))
    added_a, added_b = a - base_a, b - base_b
    # a word added on one side while the other removed it stays: an edit beats a delete
    moved_a = (added_a, (base_a - a) - added_b)
    moved_b = (added_b, (base_b - b) - added_a)
    return _move_words(now, "b", b, moved_a) + _move_words(now, "a", a, moved_b)


def _move_words(
    now: _Now, side: SideName, have: frozenset[str], moved: tuple[frozenset[str], frozenset[str]]
) -> list[FieldChange]:
    added, removed = moved
    after = (have | added) - removed
    if after == have or not now.pair.reaches(side):
        return []
    change = FieldChange(
        key=now.pair.key,
        side=side,
        before=as_words(have),
        after=as_words(after),
        source=now.a if side == "b" else now.b,
        why=Reason.WORDS,
        moved=WordsMoved(tuple(sorted(added)), tuple(sorted(removed))),
    )
    return [change]


def _copy(now: _Now, source: SideName, why: Reason, *, lost: bool = False) -> list[FieldChange]:
    """Copy the field from `source` to the other side, if the mapping lets it travel there."""
    side = other_side(source)
    if not now.pair.reaches(side):
        return []
    value, before = (now.a, now.b) if source == "a" else (now.b, now.a)
    return [
        FieldChange(now.pair.key, side, before, now.pair.fit(value, side), value, why, lost=lost)
    ]
