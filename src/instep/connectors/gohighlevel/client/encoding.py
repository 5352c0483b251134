"""Python values as GoHighLevel takes them: JSON, text in a path or query, parts of an upload."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from instep.catalogue import Schema
from instep.connectors.gohighlevel.client.errors import WrongArguments
from instep.sdk.request import Part

_TIME = re.compile(r"(Date|Time|At|Timestamp|Until|On)$|^(date|time|from|to)$|^date[A-Z]")
# facts: ghl 6.8: these are text in the specification and hold milliseconds
_PLAIN = frozenset({str, int, float, bool})
_MILLISECONDS = {
    ("calendars.list_events", "startTime"),
    ("calendars.list_events", "endTime"),
    ("calendars.list_blocked_slots", "startTime"),
    ("calendars.list_blocked_slots", "endTime"),
}


@runtime_checkable
class Wire(Protocol):
    """A value that knows how it is sent, such as a search filter."""

    def wire(self) -> Any:
        """Return it as JSON."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to upload. The content type follows from the name where it is not told."""

    name: str
    content: bytes
    content_type: str | None = None


def is_time(name: str, schema: Schema) -> bool:
    """Say whether an argument's name or format speaks of a moment."""
    if schema.get("format") in {"date", "date-time"}:
        return True
    return schema.get("type") in {"string", "number", "integer"} and bool(_TIME.search(name))


def in_milliseconds(operation: str, name: str, schema: Schema) -> bool:
    """Say whether a moment is sent as milliseconds since 1970."""
    return schema.get("type") in {"number", "integer"} or (operation, name) in _MILLISECONDS


def encode(value: Any, name: str, *, milliseconds: bool = False) -> Any:
    """Return a value as JSON. Raises WrongArguments for naive times and what JSON cannot hold."""
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, date):
        return _moment(value, name, milliseconds=milliseconds)
    return _composed(value, name, milliseconds=milliseconds)


def _composed(value: Any, name: str, *, milliseconds: bool) -> Any:
    match value:
        case Enum():
            return encode(value.value, name, milliseconds=milliseconds)
        case str() | int() | float():
            return value
        case Mapping():
            return {str(key): encode(each, f"{name}.{key}") for key, each in value.items()}
        case list() | tuple() | AbstractSet():
            return _encoded(value, name, milliseconds=milliseconds)
        case Wire():
            return value.wire()
    raise WrongArguments(f"{name} cannot be sent: a {type(value).__name__} has no form in JSON.")


def _encoded(values: Iterable[Any], name: str, *, milliseconds: bool) -> list[Any]:
    """Return a list; what is sent as a list itself is joined to it."""
    encoded: list[Any] = []
    for each in values:
        if isinstance(each, Wire):
            encoded += each.wire()
        else:
            encoded.append(encode(each, name, milliseconds=milliseconds))
    return encoded


def _moment(moment: date, name: str, *, milliseconds: bool) -> str | int:
    if not isinstance(moment, datetime):
        if milliseconds:
            raise WrongArguments(f"{name} is a moment, not a day; give a datetime with a zone.")
        return moment.isoformat()
    # facts: ghl 7 row 15
    if moment.tzinfo is None:
        raise WrongArguments(
            f"{name} is a time without a zone, so nobody knows which moment it is; give it one, "
            "such as tzinfo=ZoneInfo('America/Chicago')."
        )
    return round(moment.timestamp() * 1000) if milliseconds else moment.isoformat()


def segment(value: Any, name: str) -> str:
    """Return a path parameter as text. Raises WrongArguments for what would change the path."""
    text = _text(value, name)
    if text.strip() in {"", ".", ".."}:
        raise WrongArguments(f"{name} is {text!r}, which is no id.")
    return text


def query(value: Any, name: str, *, milliseconds: bool = False) -> str | list[str]:
    """Return a query parameter as text, a list as the texts it is given by, one after the other."""
    encoded = encode(value, name, milliseconds=milliseconds)
    if isinstance(encoded, list):
        return [_text(each, name) for each in encoded]
    return _text(encoded, name)


def form(value: Any, name: str) -> str:
    """Return a field of a form as text."""
    return _text(encode(value, name), name)


def part(value: Any, name: str) -> Part:
    """Return one part of an upload: a file, or a value as text."""
    match value:
        case File():
            kind = value.content_type or _content_type(value.name)
            return Part(name, value.content, value.name, kind)
        case Path():
            return Part(name, value.read_bytes(), value.name, _content_type(value.name))
        case bytes():
            return Part(name, value, name, "application/octet-stream")
    encoded = encode(value, name)
    return Part(
        name, ",".join(map(str, encoded)) if isinstance(encoded, list) else form(value, name)
    )


def _content_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _text(value: Any, name: str) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | float():
            return str(value)
    raise WrongArguments(f"{name} cannot be sent: {type(value).__name__} where text is expected.")
