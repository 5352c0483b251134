"""The JSON Schema of a flow document, for editors. It is written from the form the reader goes by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instep.core.flow import form
from instep.core.flow.form import Entry, Form, Kind

_STEP_LIST = {"type": "array", "items": {"$ref": "#/$defs/step"}, "maxItems": form.MOST_STEPS}
_TEXT = {"type": "string", "minLength": 1}


def flow_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12). What only a whole flow can tell is left to its check."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A flow of Instep",
        **_object(form.FLOW),
        "$defs": {
            "trigger": {"oneOf": [_of_kind(*each) for each in form.TRIGGERS.items()]},
            "step": {
                "oneOf": [_of_kind(kind, (*form.OWN, *own)) for kind, own in form.STEPS.items()]
            },
            "conditions": {
                "type": "object",
                "description": "Rows of field, operator and value, in all or any.",
            },
        },
    }


def _of_kind(kind: str, entries: Form) -> dict[str, Any]:
    schema = _object(entries)
    schema["properties"] = {"kind": {"const": kind}, **schema["properties"]}
    schema["required"] = ["kind", *schema["required"]]
    return schema


def _object(entries: Form) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {each.name: _entry(each) for each in entries},
        "required": [each.name for each in entries if each.required],
        "additionalProperties": False,
    }


def _entry(entry: Entry) -> dict[str, Any]:
    schema = {**_held(entry), "description": entry.says}
    if not entry.required and entry.default is not None:
        schema["default"] = entry.default
    return schema


def _held(entry: Entry) -> Mapping[str, Any]:
    """Return the schema of what an entry holds."""
    lowest, highest = entry.bounds
    schemas: Mapping[Kind, Mapping[str, Any]] = {
        Kind.NAME: {"type": "string", "pattern": form.NAME_PATTERN},
        Kind.TEXT: {**_TEXT, "maxLength": form.LONGEST_NAME},
        Kind.WHOLE: {"type": "integer", "minimum": lowest, "maximum": highest},
        Kind.CHOICE: {"enum": list(entry.choices)},
        Kind.TEMPLATE: {**_TEXT, "maxLength": form.LONGEST_TEXT},
        Kind.PLAIN: {"type": "object"},
        Kind.VALUES: {"type": "object"},
        Kind.OWN_VALUES: {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": form.NAME_PATTERN},
        },
        Kind.CONDITIONS: {"$ref": "#/$defs/conditions"},
        Kind.FORM: _object(entry.form),
        Kind.TRIGGER: {"$ref": "#/$defs/trigger"},
        Kind.STEPS: _STEP_LIST,
        Kind.WAYS: {
            "type": "array",
            "minItems": 1,
            "maxItems": form.MOST_WAYS,
            "items": _object(form.WAY) if entry.kind is Kind.WAYS else {},
        },
    }
    return schemas[entry.kind]
