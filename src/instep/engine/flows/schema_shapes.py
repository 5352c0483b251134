"""What the catalogue's schemas say of inputs and answers, as the shapes that a flow is checked by."""

from __future__ import annotations

from collections.abc import Mapping

from instep.catalogue.operation import Schema
from instep.catalogue.reading import resolve
from instep.catalogue.values import as_text, fields_of
from instep.core.flow.offer import Input
from instep.core.template import Kind, Shape
from instep.core.template.shapes import ANYTHING

_DEEPEST = 6
"""Levels that are looked into: a schema may hold itself."""

_KINDS: Mapping[str, Kind] = {
    "string": Kind.TEXT,
    "number": Kind.NUMBER,
    "integer": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
}
_TIMES = frozenset({"date", "date-time"})


def shape_of_schema(product: str, schema: Schema, depth: int = _DEEPEST) -> Shape:
    """Return what is known of a value; anything where the specs leave it open."""
    schema = resolve(product, schema)
    kind = schema.get("type")
    if depth == 0 or "oneOf" in schema or "anyOf" in schema or _slipped(schema):
        return ANYTHING
    if kind == "array":
        inner = shape_of_schema(product, schema.get("items") or {}, depth - 1)
        return Shape(Kind.LIST, items=inner)
    fields, _ = fields_of(product, schema)
    if fields:
        shapes = {name: shape_of_schema(product, each, depth - 1) for name, each in fields.items()}
        # what the app answers besides is not in the specs (facts: ghl 7 no. 23)
        return Shape(Kind.OBJECT, shapes, more=True)
    if kind == "object" and "additionalProperties" in schema:
        return Shape(Kind.OBJECT, more=True)
    if schema.get("format") in _TIMES:
        return Shape(Kind.TIME)
    # a bare object stands where the specs' generator knew no type (facts: ghl 6.6)
    return Shape(_KINDS[kind]) if isinstance(kind, str) and kind in _KINDS else ANYTHING


def input_of(product: str, schema: Schema, *, required: bool) -> Input:
    """Return what an operation takes under a name."""
    told = resolve(product, schema)
    allowed = () if _slipped(told) else tuple(map(as_text, told.get("enum", ())))
    return Input(shape_of_schema(product, told), required, allowed)


def _slipped(schema: Schema) -> bool:
    """Whether the allowed values are a slip of the specs: a list among them."""
    return any(isinstance(each, list) for each in schema.get("enum", ()))
