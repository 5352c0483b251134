"""Whether a value is what a schema of the catalogue asks for, and how people's texts become one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from instep.catalogue.operation import Schema
from instep.catalogue.reading import resolve
from instep.core.errors import UserError

_TRUTHS = {"true": True, "false": False}
_OBJECT_WORDS = frozenset({"properties", "additionalProperties", "allOf"})
_CALLED = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}


def fields_of(product: str, schema: Schema) -> tuple[dict[str, Schema], frozenset[str]]:
    """Return an object's fields by name, and which of them are required."""
    schema = resolve(product, schema)
    fields: dict[str, Schema] = dict(schema.get("properties", {}))
    required = frozenset(schema.get("required", ()))
    for part in schema.get("allOf", ()):
        more, also = fields_of(product, part)
        fields |= more
        required |= also
    return fields, required & fields.keys()


def is_list(product: str, schema: Schema) -> bool:
    """Say whether a schema asks for a list."""
    return resolve(product, schema).get("type") == "array"


def check(product: str, schema: Schema, value: Any, name: str, in_text: bool) -> None:  # noqa: FBT001 - a fact about the place, passed on as it is
    """Raise UserError, naming the argument, if a value is not what the schema asks for.

    `in_text` says that it is sent as text (path, query, header), where "20" is a number too. What
    the specs say of deeper objects is checked as far as they name a type; null is let through,
    because it is how a field is emptied.
    """
    schema = resolve(product, schema)
    kind = schema.get("type")
    if value is None or is_untold(schema):
        return
    if in_text and kind == "array" and not isinstance(value, (list, tuple)):
        value = [value]  # a list of one is written like the one
    if kind in _CALLED and not _is_kind(kind, value, in_text=in_text):
        raise UserError(f"{name} takes {_CALLED[kind]}, not {_shown(value)}.")
    if isinstance(value, (list, tuple)):
        for place, each in enumerate(value):
            inner = schema.get("items") or {}
            check(product, inner, each, f"{name}[{place}]", in_text)
        return
    _check_allowed(schema, value, name)
    if isinstance(value, Mapping):
        fields, _ = fields_of(product, schema)
        for key, inner in fields.items():
            if key in value:
                check(product, inner, value[key], f"{name}.{key}", in_text)


def is_untold(schema: Schema) -> bool:
    """Say whether the specs leave open what a value is; then the app is left to judge it.

    A file may come in any form. A bare `object` stands where the specs' generator knew no type:
    facts: ghl 6.6 (dateOfBirth, which is text) and `monetaryValue` of an opportunity. Not in the
    facts: a list among the allowed values is a slip (countries of the store are such "numbers").
    """
    several = "oneOf" in schema or "anyOf" in schema
    bare = schema.get("type") == "object" and not schema.keys() & _OBJECT_WORDS
    slipped = any(isinstance(each, list) for each in schema.get("enum", ()))
    return several or bare or slipped or schema.get("format") == "binary"


def _check_allowed(schema: Schema, value: Any, name: str) -> None:
    allowed = schema.get("enum")
    if allowed and as_text(value) not in map(as_text, allowed):
        raise UserError(
            f"{name} is one of {', '.join(map(as_text, allowed))}, not {_shown(value)}."
        )


def _is_kind(kind: str, value: Any, *, in_text: bool) -> bool:
    if in_text and isinstance(value, str) and kind in {"number", "integer", "boolean"}:
        return value in _TRUTHS if kind == "boolean" else _number(value) is not None
    match kind:
        case "string":
            # a path is a file to upload
            return isinstance(value, (str, PurePath)) or (
                in_text and isinstance(value, (int, float))
            )
        case "boolean":
            return isinstance(value, bool)
        case "number" | "integer":
            whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            right = whole if kind == "integer" else isinstance(value, (int, float))
            return right and not isinstance(value, bool)
        case "array":
            return isinstance(value, Sequence) and not isinstance(value, (str, bytes))
        case _:
            return isinstance(value, Mapping)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, (list, tuple)):
        return "a list"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 - what fits a sentence


def as_text(value: Any) -> str:
    """Return a value as it stands in an address: true and false in lower case."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def from_text(product: str, schema: Schema, text: str, name: str) -> Any:
    """Return the value a person typed: a number, a truth, JSON, or the text itself.

    A list may be typed as JSON or with commas. Raises UserError for what is not of its type.
    """
    schema = resolve(product, schema)
    kind = schema.get("type")
    if text == "null" and kind != "string":
        return None
    match kind:
        case "boolean":
            return _TRUTHS.get(text.lower(), text)
        case "number" | "integer":
            number = _number(text)
            return text if number is None else number
        case "array" if not text.lstrip().startswith("["):
            return [
                from_text(product, schema.get("items") or {}, each.strip(), name)
                for each in text.split(",")
                if each.strip()
            ]
        case "string":
            return text
    # a bare object may be a text after all, but what is bracketed is meant as JSON
    open_ended = is_untold(schema) and not text.lstrip().startswith(("{", "["))
    return _from_json(text, name, must=kind in {"array", "object"} and not open_ended)


def _from_json(text: str, name: str, *, must: bool) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        if must:
            raise UserError(f"{name} takes JSON, and {_shown(text)} is none.") from None
        return text


def _number(text: str) -> int | float | None:
    for kind in (int, float):
        try:
            number: int | float = kind(text)
        except ValueError:
            continue
        return number if abs(number) < float("inf") else None
    return None
