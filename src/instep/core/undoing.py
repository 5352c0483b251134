"""Take back what a run did to one record: from its history and what it holds now. Pure.

The lines of the run are unwound from the newest to the oldest. A field goes back only while it still
holds what the run gave it; of words, what the run added is taken away and what it removed is added.
Whatever somebody changed since is left alone, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from instep.core.bases import WordsMoved, as_set, as_words
from instep.core.mapping import FieldMapping, Pair, SideName
from instep.core.merge import FieldChange, Reason
from instep.core.plan import Kind
from instep.core.records import FieldType, Value, Values


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the run's history about a record: created, updated or deleted, and its values."""

    what: str
    before: Values
    after: Values


@dataclass(frozen=True, slots=True)
class Present:
    """How the record stands now.

    `agreed` is what the other side last agreed on, `since` who wrote a field after the run, as a
    sentence goes on ("by run run_1"); `app` is who else could have. `deletes`: the app can delete.
    """

    side: SideName
    values: Values
    gone: bool
    app: str
    deletes: bool = True
    agreed: Values = field(default_factory=dict)
    since: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refused:
    """What is not taken back, and why. No `field`: none of it is."""

    why: str
    field: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as a preview shows it."""
        return {"field": self.field, "why": self.why}


@dataclass(frozen=True, slots=True)
class Undone:
    """What takes it back: update, create again, delete, or nothing; and what is refused."""

    kind: Kind
    changes: tuple[FieldChange, ...] = ()
    refused: tuple[Refused, ...] = ()


class _Refusal(Exception):
    """Nothing of this record is taken back."""


@dataclass(slots=True)
class _Unwound:
    """The record as it stood before the lines unwound so far."""

    exists: bool
    values: dict[str, Value]
    refused: dict[str, str]


def undo(mapping: FieldMapping, lines: Sequence[Line], present: Present) -> Undone:
    """Return what takes these lines back; `lines` are of one record and one run, oldest first."""
    unwound = _Unwound(not present.gone, dict(present.values), {})
    try:
        for line in reversed(lines):
            _UNWIND[line.what](mapping, line, present, unwound)
        undone = _undone(mapping, present, unwound)
    except _Refusal as refusal:
        return Undone(Kind.NOTHING, refused=(Refused(str(refusal)),))
    if undone.kind is Kind.NOTHING and not undone.refused:
        return Undone(Kind.NOTHING, refused=(Refused("it is as it was before already"),))
    return undone


def _unwind_update(mapping: FieldMapping, line: Line, present: Present, unwound: _Unwound) -> None:
    if not unwound.exists:
        raise _Refusal(f"it is not in {present.app} any more")
    for key in line.before:
        pair, after = mapping.by_key.get(key), line.after.get(key)
        if pair is None:
            unwound.refused[key] = "the mapping leaves it out now"
        elif key not in line.after or key not in unwound.values:
            unwound.refused[key] = f"{present.app} did not tell what it holds"
        elif pair.type is FieldType.WORDS:
            unwound.values[key] = _without(unwound.values.get(key), line.before.get(key), after)
        elif unwound.values.get(key) == after:
            unwound.values[key] = line.before.get(key)
        elif unwound.values.get(key) != line.before.get(key):
            unwound.refused[key] = _changed(key, present)


def _without(now: Value, before: Value, after: Value) -> Value:
    """Return words without what was added to them, and with what was removed."""
    had, has = as_set(before), as_set(after)
    return as_words((as_set(now) - (has - had)) | (had - has))


def _unwind_create(mapping: FieldMapping, line: Line, present: Present, unwound: _Unwound) -> None:
    if not unwound.exists:
        raise _Refusal(f"it is not in {present.app} any more")
    changed = [
        pair.key
        for pair in mapping.pairs
        if pair.key in unwound.values
        and not _same(pair, unwound.values[pair.key], line.after.get(pair.key))
    ]
    if changed:
        what = ", ".join(f"{key} was {_changed(key, present)}" for key in changed)
        raise _Refusal(f"it does not hold any more what was created: {what}")
    unwound.exists = False


def _same(pair: Pair, one: Value, other: Value) -> bool:
    # where nobody said anything about consent, nobody opted out
    return one == other or (pair.type is FieldType.CONSENT and bool(one) == bool(other))


def _unwind_delete(_mapping: FieldMapping, line: Line, present: Present, unwound: _Unwound) -> None:
    if unwound.exists:
        raise _Refusal(f"it is in {present.app} again")
    unwound.exists, unwound.values = True, dict(line.before)


_UNWIND = {"updated": _unwind_update, "created": _unwind_create, "deleted": _unwind_delete}

LINES = tuple(_UNWIND)
"""The kinds of lines in the history that can be taken back."""


def _changed(key: str, present: Present) -> str:
    return f"changed since {present.since.get(key, f'in {present.app}')}"


def _undone(mapping: FieldMapping, present: Present, unwound: _Unwound) -> Undone:
    """Return the way from what is there now to what was there before."""
    if present.gone:
        return _again(mapping, present, unwound) if unwound.exists else Undone(Kind.NOTHING)
    if not unwound.exists:
        if not present.deletes:
            raise _Refusal(f"{present.app} cannot delete it")
        return Undone(Kind.DELETE, tuple(_gone(present)))
    changes = []
    for key, after in unwound.values.items():
        if after == present.values.get(key) or key in unwound.refused:
            continue
        pair = mapping.by_key[key]
        if pair.reaches(present.side):
            changes.append(_back(pair, present, after))
        else:
            unwound.refused[key] = "the mapping does not let it be written there any more"
    refused = tuple(Refused(why, key) for key, why in unwound.refused.items())
    return Undone(Kind.UPDATE if changes else Kind.NOTHING, tuple(changes), refused)


def _back(pair: Pair, present: Present, after: Value) -> FieldChange:
    before = present.values.get(pair.key)
    moved = None
    if pair.type is FieldType.WORDS:
        added, removed = as_set(after) - as_set(before), as_set(before) - as_set(after)
        moved = WordsMoved(tuple(sorted(added)), tuple(sorted(removed)), stays=True)
    # the other side's base stays what it was: the two agree to differ, and only an edit travels
    source = present.agreed.get(pair.key)
    return FieldChange(pair.key, present.side, before, after, source, Reason.UNDONE, moved=moved)


def _gone(present: Present) -> list[FieldChange]:
    return [
        FieldChange(key, present.side, value, None, None, Reason.UNDONE)
        for key, value in present.values.items()
    ]


def _again(mapping: FieldMapping, present: Present, unwound: _Unwound) -> Undone:
    changes = tuple(
        FieldChange(pair.key, present.side, None, value, value, Reason.UNDONE)
        for pair in mapping.pairs
        if (value := unwound.values.get(pair.key)) is not None
        and pair.reaches(present.side, creating=True)
    )
    if not changes:
        raise _Refusal("the mapping lets none of its fields be written there any more")
    return Undone(Kind.CREATE, changes)


def held(kind: Kind, run: str, *, partner_gone: bool) -> str | None:
    """Say why a pair is left alone once its record was deleted or created again by an undo."""
    if kind is Kind.DELETE:
        return f"a person undid its creation in run {run}"
    if kind is Kind.CREATE and partner_gone:
        return f"a person undid its delete in run {run}, and its partner is gone"
    return None
