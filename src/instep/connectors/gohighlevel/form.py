"""The form of one kind of record: canonical values out of GoHighLevel's JSON, and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from instep.connectors.gohighlevel.times import instant, outgoing
from instep.core.errors import RecordRejected
from instep.core.records import Field, FieldType, Value, Values
from instep.sdk.request import JsonObject


@dataclass(frozen=True)
class Form:
    """How one kind of record is read and written.

    `cleared` is what empties a field whose schema refuses null; a field of `never_empty` cannot be
    emptied at all. `times` and `numbers` name the fields that are such. `apart` are written by
    calls of their own and so never stand in a body of an update.
    """

    fields: tuple[Field, ...]
    cleared: Mapping[str, Any] = field(default_factory=dict)
    never_empty: Collection[str] = ()
    times: Collection[str] = ()
    numbers: Collection[str] = ()
    apart: Collection[str] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by canonical name."""
        return {each.name: each for each in self.fields}

    def named(self, sent: JsonObject) -> dict[str, Value]:
        """Read the fields that this JSON object names; an empty one is None."""
        values: dict[str, Value] = {}
        for each in self.fields:
            keys = [key for key in (each.path, *each.fallbacks) if key in sent]
            if keys:
                filled = (sent[key] for key in keys if sent[key] not in (None, ""))
                values[each.name] = self._incoming(each, next(filled, None))
        return values

    def whole(self, sent: JsonObject, unread: Collection[str] = ()) -> dict[str, Value]:
        """Read every field. A missing one is empty, or of `unread`, and then unknown."""
        named = self.named(sent)
        absent = {name: None for name in self.by_name if name not in named and name not in unread}
        return named | absent

    def new(self, values: Values) -> JsonObject:
        """Return the body of a create: what is filled and may be written then."""
        names = {each.name for each in self.fields if not (each.readonly or each.update_only)}
        return self._body({k: v for k, v in values.items() if v not in (None, "", ())}, names)

    def changed(self, values: Values) -> JsonObject:
        """Return the body of an update. Raises RecordRejected if it cannot be carried out."""
        names = {each.name for each in self.fields if not (each.readonly or each.create_only)}
        return self._body(values, names - {*self.apart})

    def _body(self, values: Values, writable: Collection[str]) -> JsonObject:
        return {
            self.by_name[name].path: self._outgoing(name, value)
            for name, value in values.items()
            if name in writable
        }

    def _incoming(self, each: Field, raw: Any) -> Value:
        if raw is None:
            return None
        if each.name in self.times:
            return instant(raw)
        if each.type is FieldType.WORDS:
            return tuple(sorted(raw)) or None
        if each.choices:
            return dict(each.choices).get(raw, str(raw))
        return f"{raw:.15g}" if each.name in self.numbers and not isinstance(raw, str) else raw

    def _outgoing(self, name: str, value: Value) -> Any:
        if value in (None, "", ()):
            if name in self.never_empty:
                raise RecordRejected(f"GoHighLevel cannot keep a record without {name}.")
            return self.cleared.get(name)
        if name in self.times:
            return outgoing(value)
        if self.by_name[name].choices:
            several = value if isinstance(value, tuple) else (value,)
            words = [_choice(self.by_name[name], each) for each in several]
            return words if isinstance(value, tuple) else words[0]
        if name in self.numbers:
            return _number(name, value)
        return list(value) if isinstance(value, tuple) else value


def _choice(each: Field, value: Value) -> str:
    theirs = {ours.casefold(): word for word, ours in reversed(each.choices)}
    if str(value).casefold() not in theirs:
        there = ", ".join(sorted({ours for _, ours in each.choices}))
        raise RecordRejected(f"GoHighLevel has no {each.name} {value!r}; it has {there}.")
    return theirs[str(value).casefold()]


def _number(name: str, value: Value) -> float | int:
    try:
        number = float(str(value))
    except ValueError:
        raise RecordRejected(f"{value!r} is no number, which {name} has to be.") from None
    return int(number) if number.is_integer() else number
