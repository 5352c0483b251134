"""The form of one kind of record: canonical values out of Insightly's JSON, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from instep.connectors.insightly import times
from instep.core.errors import RecordRejected
from instep.core.normalise import cut
from instep.core.records import Field, FieldType, Value, Values
from instep.sdk.request import JsonObject

_Reader = Callable[[Any, ZoneInfo], Value]

_UNTOLD: Any = object()
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Manner:
    """How the values of a field travel: in from Insightly's JSON, out to it. Never given a null.

    The zone is the one that `timezone` of the connection names.
    """

    incoming: _Reader
    outgoing: Callable[[Value, ZoneInfo], Any]


def _number(value: Value) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise RecordRejected(f"{value!r} is no number, as Insightly's ids are.") from None


def _with_midnight(value: Value) -> Value:
    # facts: apps 1.2 (dates in bodies carry a time)
    is_day = isinstance(value, str) and _DAY.fullmatch(value)
    return f"{value} 00:00:00" if is_day else value


PLAIN = Manner(lambda raw, _: raw, lambda value, _: value)
DAY = Manner(lambda raw, _: raw, lambda value, _: _with_midnight(value))
NUMBER = Manner(lambda raw, _: str(raw), lambda value, _: _number(value))
TAGS = Manner(
    lambda raw, _: tuple(sorted(tag["TAG_NAME"] for tag in raw)),
    lambda value, _: [{"TAG_NAME": tag} for tag in value] if isinstance(value, tuple) else value,
)
IN_UTC = Manner(lambda raw, _: times.instant(raw), lambda value, _: times.outgoing(value))
IN_ZONE = Manner(times.instant, times.outgoing)

_BY_TYPE = {FieldType.DATE: DAY, FieldType.WORDS: TAGS}


@dataclass(frozen=True)
class Form:
    """How one kind of record is read and written.

    `manners` name the fields that do not travel as their type says. A field of `never_empty`
    cannot be emptied. `apart` are written by calls of their own once the record is there.
    """

    fields: tuple[Field, ...]
    manners: Mapping[str, Manner] = field(default_factory=dict)
    never_empty: Collection[str] = ()
    apart: Collection[str] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by canonical name."""
        return {each.name: each for each in self.fields}

    @cached_property
    def _readers(self) -> Sequence[tuple[str, tuple[str, ...], _Reader | None]]:
        return [(each.name, _keys(each), self._reader(each)) for each in self.fields]

    def named(self, sent: JsonObject, zone: ZoneInfo) -> dict[str, Value]:
        """Read the fields that this JSON object names; an empty one is None.

        A time that could mean two moments is left out.
        """
        values: dict[str, Value] = {}
        for name, keys, read in self._readers:
            raw = _first(sent, keys)
            if raw is _UNTOLD:
                continue
            if raw is None or read is None:
                values[name] = raw
                continue
            try:
                values[name] = read(raw, zone)
            except times.Ambiguous:
                continue
        return values

    def whole(self, sent: JsonObject, zone: ZoneInfo) -> dict[str, Value]:
        """Read every field; one that is not there is empty."""
        values = self.named(sent, zone)
        if len(values) < len(self._readers):
            for name, keys, _ in self._readers:
                if _first(sent, keys) is _UNTOLD:
                    values[name] = None
        return values

    def new(self, values: Values, zone: ZoneInfo) -> JsonObject:
        """Return the body of a create: what is filled and may be written then."""
        names = {each.name for each in self.fields if not (each.readonly or each.update_only)}
        filled = {name: value for name, value in values.items() if value not in (None, "", ())}
        return self._body(filled, names, zone)

    def changed(self, values: Values, zone: ZoneInfo) -> JsonObject:
        """Return the body of an update. Raises RecordRejected if it cannot be carried out."""
        names = {each.name for each in self.fields if not (each.readonly or each.create_only)}
        return self._body(values, names - {*self.apart}, zone)

    def _body(self, values: Values, writable: Collection[str], zone: ZoneInfo) -> JsonObject:
        return {
            self.by_name[name].path: self._outgoing(self.by_name[name], value, zone)
            for name, value in values.items()
            if name in writable
        }

    def _reader(self, each: Field) -> _Reader | None:
        """Return what reads a raw value; None where it is taken as it is."""
        if not each.choices or each.type is FieldType.WORDS:
            manner = self._manner(each)
            return None if manner in (PLAIN, DAY) else manner.incoming
        ours = {theirs.casefold(): word for theirs, word in each.choices}
        return lambda raw, _: ours.get(str(raw).casefold(), str(raw))

    def _outgoing(self, each: Field, value: Value, zone: ZoneInfo) -> Any:
        if value in (None, "", ()):
            if each.name in self.never_empty:
                raise RecordRejected(f"Insightly cannot keep a record without {each.name}.")
            # facts: apps 1.2 (null empties a field)
            return False if each.type is FieldType.BOOLEAN else None
        if each.choices:
            several = value if isinstance(value, tuple) else (value,)
            words = tuple(_choice(each, word) for word in several)
            value = words if isinstance(value, tuple) else words[0]
        return self._manner(each).outgoing(cut(value, each), zone)

    def _manner(self, each: Field) -> Manner:
        return self.manners.get(each.name) or _BY_TYPE.get(each.type, PLAIN)


def _first(sent: JsonObject, keys: tuple[str, ...]) -> Any:
    """Return the first filled value, None if all are empty, _UNTOLD if no key is there."""
    found: Any = _UNTOLD
    for key in keys:
        if key in sent:
            raw = sent[key]
            if raw is not None and raw != "":
                return raw
            found = None
    return found


def _keys(each: Field) -> tuple[str, ...]:
    return (each.path, *each.fallbacks)


def _choice(each: Field, value: Value) -> str:
    theirs = {ours.casefold(): word for word, ours in reversed(each.choices)}
    if str(value).casefold() not in theirs:
        there = ", ".join(sorted({ours for _, ours in each.choices}))
        raise RecordRejected(f"Insightly has no {each.name} {value!r}; it has {there}.")
    return theirs[str(value).casefold()]
