"""Values for what an app insists on and the other record has empty, when a record is created. Pure.

They are written once and never travel back: the other side's base stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from instep.core.errors import UserError
from instep.core.mapping import FieldMapping, SideName
from instep.core.normalise import normalise
from instep.core.plan import Action, Intent
from instep.core.records import Field, FieldType, Value, Values, Write

_FROM_NOW = re.compile(r"\+(\d{1,4})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_IN_TIME = frozenset({FieldType.MOMENT, FieldType.DATE})
_YES_NO = frozenset({FieldType.BOOLEAN, FieldType.CONSENT})
_BOOLEANS = frozenset({"true", "false", "yes", "no", "1", "0"})


@dataclass(frozen=True, slots=True)
class Defaults:
    """One side's defaults: text by canonical field name, the fields, the account's country."""

    texts: Mapping[str, str] = field(default_factory=dict)
    fields: Sequence[Field] = ()
    country: str | None = None


def complete(values: Values, defaults: Defaults, now_ms: int) -> dict[str, Value]:
    """Return `values`, by a side's canonical names, with its empty fields filled.

    `+1d`, `+3h` and `+30m` are counted from `now_ms`, the time of writing in epoch milliseconds.
    """
    filled = dict(values)
    for each in defaults.fields:
        text = defaults.texts.get(each.name)
        if text is not None and values.get(each.name) in _EMPTY:
            filled[each.name] = value_of(text, each, defaults.country, now_ms)
    return filled


_EMPTY: tuple[Value, ...] = (None, "", ())


def value_of(text: str, named: Field, country: str | None, now_ms: int) -> Value:
    """Return a default as its field holds it."""
    found = _FROM_NOW.fullmatch(text.strip()) if named.type in _IN_TIME else None
    if found is None:
        return normalise(text, named, country)
    later = timedelta(**{_UNITS[found[2]]: int(found[1])})
    return normalise((datetime.fromtimestamp(now_ms / 1000, UTC) + later).isoformat(), named, None)


def check_default(text: str, named: Field, country: str | None, whose: str) -> None:
    """Check that a field can hold this default. Raises UserError that names it and `whose` it is."""
    what = f"The default {text!r} for {named.name} of {whose}"
    if named.readonly or named.update_only:
        raise UserError(f"{what} could not be written: the app does not take it in a new record.")
    value = value_of(text, named, country, 0)
    if value is None:
        raise UserError(f"{what} is empty; leave it out.")
    if named.type in _YES_NO and text.strip().lower() not in _BOOLEANS:
        raise UserError(f"{what} is none; it can be true or false.")
    if named.type is FieldType.MOMENT and not _is_moment(value):
        raise UserError(
            f"{what} is no moment; say +1d, +3h or +30m from the writing on, or a time with its "
            "offset such as 2026-01-05T09:00:00Z."
        )
    if named.choices and value not in [ours for _, ours in named.choices]:
        raise UserError(f"{what} is none; it can be {', '.join(o for _, o in named.choices)}.")


def _is_moment(value: Value) -> bool:
    return isinstance(value, str) and value.endswith("Z") and value[:1].isdigit()


def with_defaults(
    intents: Sequence[Intent],
    mapping: FieldMapping,
    sides: Mapping[SideName, Defaults],
    now_ms: int,
) -> list[Intent]:
    """Return these intents, those that create a record with the defaults of its side.

    `source` stays what the other side holds: nothing. So the two bases differ from the beginning,
    and the default is nobody's change.
    """
    return [
        _completed(each, mapping, sides[each.side], now_ms)
        if each.action is Action.CREATE and sides[each.side].texts
        else each
        for each in intents
    ]


def _completed(intent: Intent, mapping: FieldMapping, defaults: Defaults, now_ms: int) -> Intent:
    values = complete(intent.write.set, defaults, now_ms)
    added = {name: each for name, each in values.items() if intent.write.set.get(name) != each}
    mapped = {
        pair.key: pair.inward(added[name], intent.side)
        for pair in mapping.pairs
        if (name := pair.field(intent.side).name) in added
    }
    return replace(
        intent,
        write=Write(values, intent.write.add, intent.write.remove),
        basis={**intent.basis, **dict.fromkeys(mapped)},
        after={**intent.after, **mapped},
        why={**intent.why, **dict.fromkeys(mapped, FILLED)},
    )


FILLED = "empty there, and the app insists on it: the sync's default"
