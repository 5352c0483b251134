"""A step's inputs as the values an app is given, just as a sync would give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any

from instep.core.defaults import value_of
from instep.core.errors import RecordRejected
from instep.core.flow.problems import nearest, shown
from instep.core.normalise import normalise
from instep.core.records import Field, FieldType, Value, Values, Write
from instep.engine.flows.actions.record_actions import REMOVE, Verb, written_fields
from instep.sdk.resource import Resource

_TRUTHS = frozenset({"true", "false", "yes", "no", "1", "0"})
_YES_NO = frozenset({FieldType.BOOLEAN, FieldType.CONSENT})
_CALLED: Mapping[FieldType, str] = {
    FieldType.NUMBER: "a number",
    FieldType.BOOLEAN: "true or false",
    FieldType.CONSENT: "true or false",
    FieldType.DATE: "a date such as 2026-01-05",
    FieldType.MOMENT: "a time with its offset such as 2026-01-05T09:00:00Z",
    FieldType.WORDS: "a list of words",
}


@dataclass(frozen=True, slots=True)
class Given:
    """What one action is given. `parent_id` is the record that the record belongs to."""

    record_id: str | None
    parent_id: str | None
    write: Write


def given(resource: Resource, verb: Verb, inputs: Mapping[str, Any], now_ms: int) -> Given:
    """Return the inputs of an action by their use.

    Raises RecordRejected, naming the input, for one that is unknown, missing or of another type.
    """
    record_id = _word(inputs, "id") if verb in {"update", "delete", "get"} else None
    parent = resource.parent
    parent_id = None if parent is None else _optional(inputs, parent.field)
    if parent is not None and verb == "create" and parent.required and parent_id is None:
        raise RecordRejected(f"{parent.field} is missing: a {resource.canonical} belongs to one.")
    fields = {each.name: each for each in written_fields(resource, verb)}
    write = Write()
    for name, value in inputs.items():
        if name in _used(resource, verb):
            continue
        write = _with(write, name, value, fields, resource, verb)
    if verb == "create":
        write = Write({**_insisted(resource, write.set, now_ms), **write.set})
    return Given(record_id, parent_id, write)


def searched(inputs: Mapping[str, Any], resource: Resource) -> tuple[str, str]:
    """Return by which field and for what to search. Raises RecordRejected."""
    name, value = _word(inputs, "field"), _word(inputs, "value")
    field = next((each for each in resource.fields if each.name == name), None)
    if field is None:
        known = [each.name for each in resource.fields]
        raise RecordRejected(
            f"{name} is no field of a {resource.canonical}. {nearest(name, known)}"
        )
    plain = normalise(value, field, resource.account.country)
    return name, plain if isinstance(plain, str) else value


def _used(resource: Resource, verb: Verb) -> frozenset[str]:
    """Return the inputs that are no values to write."""
    parent = resource.parent
    own = {"field", "value"} if verb == "find" else {"id"} if verb != "create" else set()
    # whose record it becomes is written; whose it is only leads there
    leads = parent is not None and verb != "create" and not _is_written(resource, verb)
    return frozenset(own | ({parent.field} if parent is not None and leads else set()))


def _is_written(resource: Resource, verb: Verb) -> bool:
    parent = resource.parent
    return parent is not None and any(
        each.name == parent.field for each in written_fields(resource, verb)
    )


def _with(
    write: Write,
    name: str,
    value: Any,
    fields: Mapping[str, Field],
    resource: Resource,
    verb: Verb,
) -> Write:
    """Return a write with one more input."""
    country = resource.account.country
    parent = resource.parent
    field = fields.get(name)
    if field is None and name.startswith(REMOVE) and _is_words(fields, name):
        taken = _value(value, fields[name.removeprefix(REMOVE)], country, name)
        words = taken if isinstance(taken, tuple) else ()
        return Write(write.set, write.add, {**write.remove, name.removeprefix(REMOVE): words})
    if field is None and parent is not None and name == parent.field:
        return write
    if field is None:
        known = (*fields, *_used(resource, verb))
        raise RecordRejected(f"{name} is unknown to the operation. {nearest(name, known)}")
    plain = _value(value, field, country, name)
    if verb == "update" and field.type is FieldType.WORDS and not field.whole:
        words = plain if isinstance(plain, tuple) else ()
        return Write(write.set, {**write.add, name: words}, write.remove)
    return Write({**write.set, name: plain}, write.add, write.remove)


def _is_words(fields: Mapping[str, Field], name: str) -> bool:
    field = fields.get(name.removeprefix(REMOVE))
    return field is not None and field.type is FieldType.WORDS


def _insisted(resource: Resource, values: Values, now_ms: int) -> dict[str, Value]:
    """Return what the app insists on and nobody gave. Raises RecordRejected where none is known."""
    fields = {each.name: each for each in resource.fields}
    found: dict[str, Value] = {}
    for each in resource.required:
        if values.get(each.field) not in (None, "", ()):
            continue
        if each.default is None:
            raise RecordRejected(f"{each.field} is missing: {each.why}")
        if each.field in fields:
            country = resource.account.country
            found[each.field] = value_of(each.default, fields[each.field], country, now_ms)
    return found


def _value(value: Any, field: Field, country: str | None, name: str) -> Value:
    """Return a value in the form that apps are given. Raises RecordRejected."""
    if value is None or value == "":
        return None
    if isinstance(value, Mapping) or (
        isinstance(value, (list, tuple)) and field.type is not FieldType.WORDS
    ):
        raise RecordRejected(f"{name} takes {_called(field)}, not {shown(value)}.")
    if isinstance(value, bool) and field.type not in _YES_NO:
        value = "true" if value else "false"
    elif field.type is FieldType.WORDS and not isinstance(value, (str, list, tuple)):
        value = [str(value)]
    plain = normalise(value, field, country)
    if not _fits(plain, value, field):
        raise RecordRejected(f"{name} takes {_called(field)}, not {shown(value)}.")
    return plain


def _fits(plain: Value, value: Any, field: Field) -> bool:
    words = {ours for _, ours in field.choices}
    match field.type:
        case FieldType.NUMBER:
            return _reads(_finite, plain)
        case FieldType.BOOLEAN | FieldType.CONSENT:
            return not isinstance(value, str) or value.strip().lower() in _TRUTHS
        case FieldType.DATE:
            return plain is None or _reads(date.fromisoformat, plain)
        case FieldType.MOMENT:
            return _reads(datetime.fromisoformat, plain) and str(plain).endswith("Z")
    return not words or plain in words


def _finite(text: Any) -> None:
    """Raise ValueError for what is no number, or none that can be written down."""
    if not isfinite(float(text)):
        raise ValueError(text)


def _reads(read: Any, text: Value) -> bool:
    try:
        read(text)
    except (TypeError, ValueError):
        return False
    return True


def _called(field: Field) -> str:
    if field.choices:
        return f"one of {', '.join(ours for _, ours in field.choices)}"
    return _CALLED.get(field.type, "text")


def _word(inputs: Mapping[str, Any], name: str) -> str:
    found = _optional(inputs, name)
    if found is None:
        raise RecordRejected(f"{name} is missing: the operation needs it.")
    return found


def _optional(inputs: Mapping[str, Any], name: str) -> str | None:
    value = inputs.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, (Mapping, list, tuple)):
        raise RecordRejected(f"{name} takes text, not {shown(value)}.")
    return str(value)
