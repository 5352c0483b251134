"""What a step was filled in with, brought to the types that an operation asks for.

An expression within a text gives text, so "20" stands where a JSON body needs 20.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from instep.catalogue import Operation
from instep.catalogue.arguments import argument_called
from instep.catalogue.operation import Schema, ViewName
from instep.catalogue.reading import resolve
from instep.catalogue.values import as_text, fields_of, from_text
from instep.core.errors import RecordRejected, UserError

_FROM_TEXT = frozenset({"number", "integer", "boolean", "array", "object"})


def typed(operation: Operation, view: ViewName, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs in the types of the catalogue; what it does not know stays as it is.

    Raises RecordRejected, naming the input, for what cannot be brought there.
    """
    found = {}
    for name, value in inputs.items():
        argument = argument_called(operation, view, name)
        if argument is None or _is_left_out(operation.product, argument.schema, value):
            if argument is None:
                found[name] = value  # whoever checks the call names the nearest
            continue
        found[name] = _typed(operation.product, argument.schema, value, name)
    return found


def _is_left_out(product: str, schema: Schema, value: Any) -> bool:
    """Whether there is nothing to send: an empty text is no number, no list and no object."""
    return value == "" and resolve(product, schema).get("type") in _FROM_TEXT


def _typed(product: str, schema: Schema, value: Any, name: str) -> Any:
    schema = resolve(product, schema)
    kind = schema.get("type")
    if schema.get("format") == "binary":
        raise RecordRejected(f"{name} takes a file, which a flow cannot send.")
    match value:
        case str() if kind in _FROM_TEXT:
            return _read(product, schema, value, name)
        case float() if not isfinite(value):
            raise RecordRejected(f"{name} is {value}, which is no number that can be sent.")
        case bool() | int() | float() if kind == "string":
            return as_text(value)
        case list() | tuple():
            inner = schema.get("items") or {}
            return [
                _typed(product, inner, each, f"{name}[{number}]")
                for number, each in enumerate(value, start=1)
            ]
        case Mapping():
            fields, _ = fields_of(product, schema)
            return {
                key: _typed(product, fields.get(key, {}), each, f"{name}.{key}")
                for key, each in value.items()
                if not _is_left_out(product, fields.get(key, {}), each)
            }
    return value


def _read(product: str, schema: Schema, text: str, name: str) -> Any:
    if text.strip() == "null":
        return text  # a word that somebody wrote; nothing is emptied by it
    try:
        return from_text(product, schema, text.strip(), name)
    except UserError as error:
        raise RecordRejected(str(error)) from None
