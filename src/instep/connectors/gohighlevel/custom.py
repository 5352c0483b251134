"""Custom fields of a location: how they are declared, read and written (facts: ghl 6.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from instep.connectors.gohighlevel.form import Form
from instep.connectors.gohighlevel.plain import safe
from instep.core.records import Field, FieldType, Values
from instep.sdk.custom import named_apart
from instep.sdk.request import JsonObject, Reply, Request

_TYPES: Mapping[str, FieldType] = {
    "TEXT": FieldType.TEXT,
    "LARGE_TEXT": FieldType.LONG_TEXT,
    "NUMERICAL": FieldType.NUMBER,
    "MONETORY": FieldType.NUMBER,
    "FLOAT": FieldType.NUMBER,
    "PHONE": FieldType.PHONE,
    "EMAIL": FieldType.EMAIL,
    "DATE": FieldType.DATE,
    "TIME": FieldType.TEXT,
    "SINGLE_OPTIONS": FieldType.TEXT,
    "RADIO": FieldType.TEXT,
    "MULTIPLE_OPTIONS": FieldType.WORDS,
    "CHECKBOX": FieldType.WORDS,
}
"""What can be written. Files, signatures and whatever else there is are only read, as text."""

_CHOSEN = {"SINGLE_OPTIONS", "RADIO", "MULTIPLE_OPTIONS", "CHECKBOX"}


def asked(location_id: str, model: str) -> Request:
    """Ask for the custom fields that a location has on one kind of record."""
    return Request("GET", f"/locations/{safe(location_id)}/customFields", {"model": model})


def declared(reply: Reply) -> Sequence[Field]:
    """Read the answer."""
    told = reply.body["customFields"]
    keys = [str(each.get("fieldKey") or each["id"]) for each in told]
    labels = [(str(each.get("name") or ""), key) for each, key in zip(told, keys, strict=True)]
    names = named_apart(labels)
    return [_field(name, each) for name, each in zip(names, told, strict=True)]


def form_of(fields: Sequence[Field]) -> Form:
    """Return how custom fields are read and written once they are `flat`."""
    words = {each.name for each in fields if each.type is FieldType.WORDS}
    return Form(
        tuple(fields),
        # not in the facts: what empties one; clients send an empty text or list
        cleared={each.name: [] if each.name in words else "" for each in fields},
        numbers=[each.name for each in fields if each.type is FieldType.NUMBER],
    )


def flat(form: Form, sent: JsonObject) -> JsonObject:
    """Return a record's custom values by the id of their field, each as its type has it."""
    types = {each.path: each.type for each in form.fields}
    entries = ((each.get("id"), each.get("value")) for each in sent.get("customFields") or ())
    return {key: _incoming(types[key], raw) for key, raw in entries if key in types}


def new(form: Form, values: Values) -> JsonObject:
    """Return what the body of a create holds of custom fields."""
    return _written(form.new(values))


def changed(form: Form, values: Values) -> JsonObject:
    """Return what the body of an update holds of custom fields: those not named stay."""
    return _written(form.changed(values))


def _field(name: str, told: JsonObject) -> Field:
    kind = str(told.get("dataType"))
    options = told.get("picklistOptions") or ()
    strict = kind in _CHOSEN and not told.get("isAllowedCustomOption")
    words = [each if isinstance(each, str) else str(each.get("label")) for each in options]
    return Field(
        name,
        str(told["id"]),
        _TYPES.get(kind, FieldType.LONG_TEXT),
        readonly=kind not in _TYPES,
        choices=tuple((word, word) for word in words) if strict else (),
        custom=True,
    )


def _written(bare: JsonObject) -> JsonObject:
    values = [{"id": key, "field_value": value} for key, value in bare.items()]
    return {"customFields": values} if values else {}


def _incoming(kind: FieldType, raw: Any) -> Any:
    """Return a value in the form its type is read from."""
    if kind is FieldType.WORDS:
        several = raw if isinstance(raw, list) else [raw]
        return [str(each) for each in several if each not in (None, "")]
    if kind is FieldType.DATE and isinstance(raw, int | float):
        # facts: ghl 3.3 (milliseconds since 1970, seen in the old API)
        return f"{datetime.fromtimestamp(raw / 1000, UTC):%Y-%m-%d}"
    return raw if isinstance(raw, str | int | float | None) else _described(raw)


def _described(raw: Any) -> str:
    """Return files, or whatever came, as lines of text: the addresses of files, or their keys."""
    if isinstance(raw, dict):
        urls = [
            each.get("url", key) if isinstance(each, dict) else key for key, each in raw.items()
        ]
        return "\n".join(map(str, urls))
    return "\n".join(map(str, raw)) if isinstance(raw, list) else str(raw)
