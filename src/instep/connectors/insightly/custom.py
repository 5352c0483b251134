"""Custom fields of an instance: how they are declared, read and written (facts: apps insightly.json)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from instep.connectors.insightly.form import DAY, IN_ZONE, PLAIN, Form, Manner
from instep.core.errors import RecordRejected
from instep.core.records import Field, FieldType, Value
from instep.sdk.custom import named_apart
from instep.sdk.request import JsonObject, Reply, Request

# not in the facts: the words of FIELD_TYPE, and so what they mean; letter case and other signs do
# not count, and what is not here is only read, as text
_TYPES: Mapping[str, FieldType] = {
    **dict.fromkeys(("TEXT", "URL", "DROPDOWN"), FieldType.TEXT),
    **dict.fromkeys(("MULTILINETEXT", "TEXTAREA"), FieldType.LONG_TEXT),
    **dict.fromkeys(("NUMERIC", "NUMBER", "PERCENT", "CURRENCY"), FieldType.NUMBER),
    **dict.fromkeys(("BIT", "CHECKBOX", "BOOLEAN"), FieldType.BOOLEAN),
    "MULTISELECT": FieldType.WORDS,
    "DATE": FieldType.DATE,
    "DATETIME": FieldType.MOMENT,
    "EMAIL": FieldType.EMAIL,
    "PHONE": FieldType.PHONE,
}
_CHOSEN = {"DROPDOWN", "MULTISELECT"}
_BETWEEN = ";"
"""Not in the facts: what stands between the choices of a MULTISELECT. A list is read as well."""


def asked(path: str) -> Request:
    """Ask for the custom fields of one kind of record."""
    # not in the facts: what the path calls the kinds; taken for the plurals of all other paths
    return Request("GET", f"/CustomFields{path}")


def declared(reply: Reply) -> Sequence[Field]:
    """Read the answer, a bare list."""
    labels = [(str(each.get("FIELD_LABEL") or ""), each["FIELD_NAME"]) for each in reply.body]
    names = named_apart(labels)
    return [_field(name, each) for name, each in zip(names, reply.body, strict=True)]


def form_of(fields: Sequence[Field]) -> Form:
    """Return how custom fields are read and written once they are `flat`."""
    return Form(tuple(fields), {each.name: _manner(each) for each in fields})


def flat(row: JsonObject) -> JsonObject:
    """Return a record's custom values by the name of their field."""
    return {each["FIELD_NAME"]: each.get("FIELD_VALUE") for each in row.get("CUSTOMFIELDS") or ()}


def rows(bare: JsonObject) -> JsonObject:
    """Return what a body holds of custom fields."""
    # not in the facts: that those a body does not name stay as they are, as its other fields do
    values = [{"FIELD_NAME": name, "FIELD_VALUE": value} for name, value in bare.items()]
    return {"CUSTOMFIELDS": values} if values else {}


def _field(name: str, told: JsonObject) -> Field:
    kind = re.sub(r"[^A-Z]", "", str(told.get("FIELD_TYPE")).upper())
    options = told.get("CUSTOM_FIELD_OPTIONS") or () if kind in _CHOSEN else ()
    words = [str(each["OPTION_VALUE"]) for each in options]
    return Field(
        name,
        told["FIELD_NAME"],
        _TYPES.get(kind, FieldType.TEXT),
        readonly=kind not in _TYPES or told.get("EDITABLE") is False,
        choices=tuple((word, word) for word in words),
        custom=True,
        whole_seconds=kind == "DATETIME",
    )


def _manner(each: Field) -> Manner:
    """Return how a value travels."""
    match each.type:
        case FieldType.WORDS:
            return Manner(lambda raw, _: _several(raw), lambda value, _: _joined(value))
        case FieldType.MOMENT:
            # not in the facts: whose time it is; that of due dates, which name no zone either
            return IN_ZONE
        case FieldType.NUMBER:
            return Manner(lambda raw, _: raw, lambda value, _: _number(each, value))
        case FieldType.BOOLEAN:
            return PLAIN
        case FieldType.DATE:
            return DAY
        case _:
            return Manner(lambda raw, _: str(raw), lambda value, _: value)


def _several(raw: Any) -> tuple[str, ...]:
    words = raw if isinstance(raw, list) else str(raw).split(_BETWEEN)
    return tuple(sorted(word for each in words if (word := str(each).strip())))


def _joined(value: Value) -> Value:
    return _BETWEEN.join(value) if isinstance(value, tuple) else value


def _number(each: Field, value: Value) -> float | int:
    try:
        number = float(str(value))
    except ValueError:
        raise RecordRejected(f"{value!r} is no number, which {each.name} has to be.") from None
    return int(number) if number.is_integer() else number
