"""JSON Schema as Python types, as a caller writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from instep import catalogue
from instep.connectors.gohighlevel.client.encoding import is_time

_PLAIN = {"string": "str", "number": "float", "integer": "int", "boolean": "bool"}
_MOST_LITERALS = 40


def type_of(product: str, name: str, schema: Mapping[str, Any], *, upload: bool = False) -> str:
    """Return the type of an argument: what may be given, not how it is sent."""
    schema = catalogue.resolve(product, schema)
    if upload and (schema.get("format") == "binary" or not schema):
        return "Upload"
    found = _without_null(product, name, schema)
    return f"{found} | None" if schema.get("nullable") and found != "Any" else found


def _without_null(product: str, name: str, schema: Mapping[str, Any]) -> str:
    literals = schema.get("enum")
    if literals and len(literals) <= _MOST_LITERALS and all(map(_is_literal, literals)):
        return f"Literal[{', '.join(map(json.dumps, literals))}]"
    kind = schema.get("type")
    if kind == "array":
        return f"Sequence[{_inner(product, schema.get('items') or {})}]"
    if kind == "object":
        # a few values are called objects in the specification that are none (facts: ghl 6.6)
        return "Moment" if name == "dateOfBirth" else "Mapping[str, Any]"
    if kind not in _PLAIN:
        return "Any"
    if is_time(name, schema):
        return "Moment" if kind == "string" else f"{_PLAIN[kind]} | datetime"
    return _PLAIN[kind]


def _inner(product: str, schema: Mapping[str, Any]) -> str:
    found = catalogue.resolve(product, schema)
    return "Mapping[str, Any]" if found.get("type") == "object" else type_of(product, "", found)


def _is_literal(value: Any) -> bool:
    return isinstance(value, str | int)


def reply_of(operation: catalogue.Operation) -> str:
    """Return the type of a reply's body."""
    if operation.media != "json":
        return "bytes" if operation.media == "audio" else "str"
    schema = next((each.reply for each in operation.views.values() if each.reply), None)
    if schema is None:
        return "Any"
    found = catalogue.resolve(operation.product, schema)
    return "dict[str, Any]" if found.get("type") == "object" else "Any"
