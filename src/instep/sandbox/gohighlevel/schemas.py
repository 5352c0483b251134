"""Makes shapes out of the catalogue's schemas, so that a body is checked as its spec describes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from instep.catalogue import Address, Schema, resolve
from instep.sandbox.gohighlevel.shapes import (
    ANYTHING,
    BOOLEAN,
    STRING,
    Property,
    Shape,
    checked,
    listing,
    nested,
    nullable,
    one_of,
    real_number,
    required,
    text,
)

_DEEPEST = 8  # a shape that holds itself is not followed further

Resolve = Callable[[Schema], Schema]


def query_shape(product: str, address: Address) -> Shape:
    """Return the shape of an operation's query; values arrive there as text."""
    properties = {}
    for each in address.parameters:
        if each.place == "query":
            inner = _in_query(resolve(product, each.schema))
            properties[each.name] = required(inner) if each.required else inner
    return Shape(properties, open_=True)


def body_shape(product: str, address: Address) -> Shape | None:
    """Return the shape of an operation's JSON object; None where the spec does not describe one.

    Of a body that is a list it is the shape of each item.
    """
    if address.body is None:
        return None
    schema = resolve(product, address.body.schema)
    if schema.get("type") == "array":
        schema = resolve(product, schema.get("items") or {})
    schema = _flat(schema, product)
    if not schema.get("properties"):
        return None
    return _shape(schema, product, 0)


def _shape(schema: Schema, product: str, depth: int) -> Shape:
    needed = schema.get("required", ())
    properties = {}
    for name, inner in schema.get("properties", {}).items():
        made = _property(inner, product, depth + 1)
        properties[name] = required(made) if name in needed else made
    return Shape(properties)


def _property(schema: Schema, product: str, depth: int) -> Property:
    whole = _flat(resolve(product, schema), product)
    made = _of_kind(whole, product, depth)
    # what need not be there may be null: the real validator skips both alike
    return nullable(made) if whole.get("nullable") else made


def _of_kind(schema: Schema, product: str, depth: int) -> Property:
    choices = schema.get("oneOf") or schema.get("anyOf")
    if choices:
        return _any_of([_property(each, product, depth + 1) for each in choices])
    if schema.get("enum"):
        return _one_of(schema["enum"])
    kind = schema.get("type")
    if kind in {"number", "integer"}:
        return real_number(schema.get("minimum"), schema.get("maximum"))
    if kind == "array":
        return listing(
            _property(schema.get("items") or {}, product, depth + 1), schema.get("maxItems")
        )
    if kind == "object" and schema.get("properties") and depth < _DEEPEST:
        return nested(_shape(schema, product, depth))
    return _text(schema) if kind == "string" else _PLAIN.get(kind or "", ANYTHING)


def _text(schema: Schema) -> Property:
    return text(schema["maxLength"]) if "maxLength" in schema else STRING


_PLAIN = {
    "boolean": BOOLEAN,
    "object": checked(lambda value: isinstance(value, dict), "be an object"),
}


def _flat(schema: Schema, product: str) -> Schema:
    """Return a schema with what it is combined of merged into it."""
    merged: dict[str, Any] = {**schema}
    for each in merged.pop("allOf", ()):
        inner = _flat(resolve(product, each), product)
        properties = {**merged.get("properties", {}), **inner.get("properties", {})}
        needed = [*merged.get("required", ()), *inner.get("required", ())]
        merged = {**inner, **merged}
        if properties:
            merged |= {"properties": properties, "required": needed, "type": "object"}
    return merged


def _one_of(values: list[Any]) -> Property:
    if all(isinstance(value, str) for value in values):
        return one_of(*values)
    words = ", ".join(map(str, values))
    return checked(lambda value: value in values, f"be one of the following values: {words}")


def _any_of(choices: list[Property]) -> Property:
    def check(path: str, value: Any, view: Any) -> list[str]:
        found = [each.problems(path, value, view) for each in choices]
        return [] if any(not problems for problems in found) else found[0]

    return Property(check)


def _in_query(schema: Schema) -> Property:
    """Return what a query's text must be; lists arrive as repeated or comma-separated texts."""
    if schema.get("enum") and schema.get("type") == "string":
        return one_of(*schema["enum"])
    if schema.get("type") in {"number", "integer"}:
        inner = real_number(schema.get("minimum"), schema.get("maximum"))
        return Property(lambda path, value, view: inner.check(path, _as_number(value), view))
    if schema.get("type") == "boolean":
        return checked(lambda value: value in {"true", "false"}, "be a boolean value")
    return ANYTHING


def _as_number(text: Any) -> Any:
    try:
        return float(text)
    except (TypeError, ValueError):
        return text
