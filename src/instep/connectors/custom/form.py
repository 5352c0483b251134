"""The form of one kind of record: canonical values out of the app's JSON, and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from instep.connectors.custom import times
from instep.connectors.custom.describing import OneField, OneResource
from instep.connectors.custom.places import UNTOLD, dig, plant, told
from instep.core.errors import RecordRejected
from instep.core.normalise import cut
from instep.core.records import Field, FieldType, Value, Values

_EMPTY: tuple[Any, ...] = (None, "", (), [])


@dataclass(frozen=True)
class Form:
    """How the records of one resource are read and written."""

    resource: OneResource
    title: str

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields as the engine sees them."""
        return tuple(self._field(name, each) for name, each in self.resource.fields.items())

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The same by name."""
        return {each.name: each for each in self.fields}

    def named(self, sent: Any) -> dict[str, Value]:
        """Read the fields that this JSON names; an empty one is None."""
        values: dict[str, Value] = {}
        for name, part in self.resource.fields.items():
            raw = _first(sent, part)
            if raw is not UNTOLD:
                values[name] = None if raw in _EMPTY else _incoming(part, raw)
        return values

    def whole(self, sent: Any) -> dict[str, Value]:
        """Read every field; one that is not there is empty."""
        return {**dict.fromkeys(self.resource.fields), **self.named(sent)}

    def new(self, values: Values) -> dict[str, Any]:
        """Return the fields of a create: what is filled and may be written then."""
        names = {each.name for each in self.fields if not (each.readonly or each.update_only)}
        filled = {name: value for name, value in values.items() if value not in _EMPTY}
        return self.body(filled, names)

    def changed(self, values: Values) -> dict[str, Any]:
        """Return the fields of an update. Raises RecordRejected if it cannot be carried out."""
        names = {each.name for each in self.fields if not (each.readonly or each.create_only)}
        return self.body(values, names - self.apart)

    @cached_property
    def apart(self) -> set[str]:
        """The fields that are written by calls of their own."""
        parent = self.resource.parent
        linked = {parent.field} if parent is not None and parent.link is not None else set()
        return linked | {name for name, each in self.resource.fields.items() if each.add}

    def body(self, values: Values, writable: Collection[str]) -> dict[str, Any]:
        """Return these fields where the app has them."""
        body: dict[str, Any] = {}
        names: dict[tuple[str | int, ...], dict[str, str]] = {}
        for name, value in values.items():
            if name not in writable or name not in self.resource.fields:
                continue
            part = self.resource.fields[name]
            if part.split:
                names.setdefault(part.path, {})[part.split] = str(value or "")
            else:
                body = plant(body, part.path, self.outgoing(name, value))
        for place, parts in names.items():
            full = " ".join(filter(None, (parts.get("first"), parts.get("last"))))
            body = plant(body, place, full)
        return body

    def outgoing(self, name: str, value: Value) -> Any:
        """Return one value as the app takes it. Raises RecordRejected for one it cannot take."""
        part, field = self.resource.fields[name], self.by_name[name]
        if value in _EMPTY:
            if part.never_empty:
                raise RecordRejected(f"{self.title} cannot keep a record without {name}.")
            if part.type in (FieldType.BOOLEAN, FieldType.CONSENT):
                return self._word(name, part, value=False) if part.values else False
            return part.clear
        if part.values:
            return self._words(name, part, value)
        return _outgoing(part, cut(value, field))

    def _words(self, name: str, part: OneField, value: Value) -> Any:
        if isinstance(value, tuple):
            return _list(part, tuple(self._word(name, part, value=each) for each in value))
        return self._word(name, part, value=value)

    def _word(self, name: str, part: OneField, *, value: Value) -> str:
        word = str(value).lower() if isinstance(value, bool) else str(value)
        theirs = {ours.casefold(): each for each, ours in reversed(part.values.items())}
        if word.casefold() not in theirs:
            there = ", ".join(sorted({*part.values.values()}))
            raise RecordRejected(f"{self.title} has no {name} {word!r}; it has {there}.")
        return theirs[word.casefold()]

    def _field(self, name: str, part: OneField) -> Field:
        parent, update = self.resource.parent, self.resource.update
        linked = parent is not None and parent.link is not None and parent.field == name
        # the app has one name, so a part of it can be written only together with the other part
        only_new = part.create_only or part.split is not None or update is None
        return Field(
            name,
            told(part.path),
            part.type,
            fallbacks=tuple(map(told, part.fallbacks)),
            readonly=part.readonly or (self.resource.create is None and update is None),
            create_only=only_new and not linked,
            max_length=part.max,
            identity=part.identity,
            update_only=part.update_only or linked,
            link=part.link,
            choices=() if part.type is FieldType.BOOLEAN else tuple(part.values.items()),
            whole_seconds=part.whole_seconds,
            whole=part.type is FieldType.WORDS and part.add is None,
        )


def _first(sent: Any, part: OneField) -> Any:
    """Return the first filled value, None if all are empty, UNTOLD if no place is there."""
    found: Any = UNTOLD
    for place in (part.path, *part.fallbacks):
        raw = dig(sent, place)
        if raw is UNTOLD:
            continue
        if raw not in _EMPTY:
            return raw
        found = None
    return found


def _incoming(part: OneField, raw: Any) -> Value:  # noqa: PLR0911 - one return for each kind of value
    if part.split:
        first, _, last = " ".join(str(raw).split()).partition(" ")
        return (first if part.split == "first" else last) or None
    if part.type is FieldType.WORDS:
        return _incoming_words(part, raw)
    if part.values:
        ours = {theirs.casefold(): word for theirs, word in part.values.items()}
        return ours.get(_plain(raw).casefold(), _plain(raw))
    match part.type:
        case FieldType.MOMENT:
            return times.instant(raw, part.format or times.ISO, part.timezone)
        case FieldType.DATE:
            return _scalar(times.day(raw, part.format))
        case FieldType.HTML:
            from instep.sdk.markup import text_of  # noqa: PLC0415 - slow to load

            return text_of(str(raw))
    return str(raw) if part.link else _scalar(raw)


def _incoming_words(part: OneField, raw: Any) -> tuple[str, ...]:
    if isinstance(raw, str):
        several: list[Any] = raw.split(part.separator) if part.separator else [raw]
    else:
        several = raw if isinstance(raw, list) else [raw]
    if part.item:
        several = [each.get(part.item) if isinstance(each, dict) else each for each in several]
    ours = {theirs.casefold(): word for theirs, word in part.values.items()}
    words = [str(each).strip() for each in several if each not in (None, "")]
    return tuple(sorted(ours.get(word.casefold(), word) for word in words if word))


def _outgoing(part: OneField, value: Value) -> Any:
    match part.type:
        case FieldType.MOMENT:
            return times.outgoing(value, part.format or times.ISO, part.timezone)
        case FieldType.DATE:
            return times.outgoing_day(value, part.format)
        case FieldType.HTML:
            from instep.sdk.markup import html_of  # noqa: PLC0415 - slow to load

            return html_of(str(value))
        case FieldType.WORDS:
            return _list(part, value if isinstance(value, tuple) else (str(value),))
    as_number = part.sent_as == "number" or (part.type is FieldType.NUMBER and part.sent_as is None)
    return number(value) if as_number else value


def _list(part: OneField, words: tuple[str, ...]) -> Any:
    if part.item:
        return [{part.item: word} for word in words]
    return part.separator.join(words) if part.separator else list(words)


def number(value: Any) -> int | float:
    """Return a number as JSON has it. Raises RecordRejected for what is none."""
    text = str(value)
    try:
        return int(text) if text.lstrip("+-").isdecimal() else float(text)
    except ValueError:
        raise RecordRejected(f"{text!r} is no number, and the app wants one.") from None


def _plain(raw: Any) -> str:
    return str(raw).lower() if isinstance(raw, bool) else str(raw)


def _scalar(raw: Any) -> Value:
    return raw if isinstance(raw, str | bool | int | float) else str(raw)
