"""Read what a webhook says of a record, field by field; each refusal names the field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from instep.core.errors import UserError
from instep.core.records import Field, FieldType, Value
from instep.sdk import custom
from instep.sdk.resource import Resource
from instep.sdk.webhooks import Told

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_YES = frozenset({"true", "yes", "1"})
_NO = frozenset({"false", "no", "0"})
_OWN = ("id", "changed_at")
"""What a record has besides its fields."""


def told_of(resource: type[Resource], raw: Any, place: str, *, gone: bool, new: bool) -> Told:
    """Return what is said of one record, which stands at `place` of the body.

    Raises UserError that names the place and what is expected there.
    """
    if not isinstance(raw, dict):
        raise UserError(f"{place} has to be an object with an id and the record's fields.")
    parent = resource.parent
    parent_id = None if parent is None else _id(raw.get(parent.field), f"{place}.{parent.field}")
    if parent is not None and parent_id is None and new:
        raise UserError(
            f"{place}.{parent.field} is missing: a new {resource.canonical} needs the id of its "
            f"{parent.kind}."
        )
    record_id = _id(raw.get("id"), f"{place}.id")
    if record_id is None:
        raise UserError(f"{place}.id is missing: the sending app's own id of the record.")
    return Told(
        kind=resource.canonical,
        record_id=record_id,
        values={} if gone else _values(resource, raw, place),
        parent_id=parent_id,
        changed_at=_changed_at(raw.get("changed_at"), f"{place}.changed_at"),
        gone=gone,
    )


def _values(resource: type[Resource], raw: Mapping[str, Any], place: str) -> dict[str, Value]:
    parent = resource.parent.field if resource.parent is not None else None
    fields = {each.name: each for each in resource.fields}
    values: dict[str, Value] = {}
    for name, value in raw.items():
        if name in _OWN or name == parent:
            continue
        field = fields.get(name)
        if field is None and name.startswith(custom.PREFIX):
            field = Field(name, name, custom=True)
        if field is None:
            raise UserError(
                f"{place}.{name} is no field of a {resource.canonical}. There are: "
                f"{', '.join(sorted(fields))}; custom fields are called {custom.PREFIX}Name."
            )
        values[name] = None if value in (None, "", []) else _read(field, value, f"{place}.{name}")
    return values


def _read(field: Field, value: Any, place: str) -> Value:
    if field.link is not None:
        return _id(value, place)
    return _BY_TYPE.get(field.type, _text)(value, place)


def _id(raw: Any, place: str) -> str | None:
    """Return an id as text; None if there is none."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise UserError(f"{place} has to be an id: a text or a whole number.")
    return str(raw)


def _text(raw: Any, place: str) -> str:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise UserError(f"{place} has to be a text.")
    return str(raw)


def _day(raw: Any, place: str) -> str:
    day = _text(raw, place).strip()
    try:
        if _DAY.match(day):
            datetime.fromisoformat(day[:10])
            return day[:10]
    except ValueError:
        pass  # the 30th of February: refused like any other text
    raise UserError(f"{place} has to be a date such as 1980-02-29.")


def _moment(raw: Any, place: str) -> str:
    return _instant(raw, place).isoformat().replace("+00:00", "Z")


def _instant(raw: Any, place: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(raw, place).strip())
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        moment = None
    why = "it lacks its zone (Z, or +01:00)" if moment is not None else "it is no time"
    raise UserError(f"{place} has to be a time such as 2026-01-05T15:00:00Z: {why}.")


def _changed_at(raw: Any, place: str) -> datetime | None:
    return None if raw in (None, "") else _instant(raw, place)


def _yes_or_no(raw: Any, place: str) -> bool:
    word = str(raw).strip().lower()
    if isinstance(raw, bool | str | int) and word in _YES | _NO:
        return word in _YES
    raise UserError(f"{place} has to be true or false.")


def _words(raw: Any, place: str) -> tuple[str, ...]:
    words = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(words, list) or not all(isinstance(each, str) for each in words):
        raise UserError(f"{place} has to be a list of words, or words separated by commas.")
    return tuple(sorted({each.strip() for each in words if each.strip()}))


_BY_TYPE: Mapping[FieldType, Callable[[Any, str], Value]] = {
    FieldType.DATE: _day,
    FieldType.MOMENT: _moment,
    FieldType.BOOLEAN: _yes_or_no,
    FieldType.CONSENT: _yes_or_no,
    FieldType.WORDS: _words,
}
