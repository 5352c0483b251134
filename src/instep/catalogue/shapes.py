"""What the catalogue's schemas tell of values beforehand, as the shapes that templates are checked by."""

from __future__ import annotations

from collections.abc import Mapping

from instep.catalogue.operation import Schema
from instep.catalogue.reading import resolve
from instep.catalogue.values import fields_of, is_untold
from instep.core.shapes import ANYTHING, Kind, Shape

_DEEPEST = 6
_KINDS: Mapping[str, Kind] = {
    "string": Kind.TEXT,
    "number": Kind.NUMBER,
    "integer": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "array": Kind.LIST,
    "object": Kind.OBJECT,
}
_MOMENTS = frozenset({"date", "date-time"})


def shape_of(
    product: str, schema: Schema | None, depth: int = _DEEPEST, *, answered: bool = False
) -> Shape:
    """Return the shape of what a schema of a product describes, `depth` levels of it.

    What the specs leave open is anything: a bare `object`, a choice between several, and what has
    no schema. Below the depth only kinds are told. A time may be a date or a moment, and a text is
    taken for one. What is `answered` may hold more than is documented (facts: ghl 7 no. 23).
    """
    schema = resolve(product, schema or {})
    if is_untold(schema):
        return ANYTHING
    fields, _ = fields_of(product, schema)
    if fields and depth:
        known = {
            name: shape_of(product, each, depth - 1, answered=answered)
            for name, each in fields.items()
        }
        more = answered or bool(schema.get("additionalProperties"))
        return Shape(Kind.OBJECT, known, more=more)
    kind = Kind.OBJECT if fields else _KINDS.get(str(schema.get("type")), Kind.ANY)
    if kind is Kind.TEXT and schema.get("format") in _MOMENTS:
        kind = Kind.TIME
    items = schema.get("items") if kind is Kind.LIST and depth else None
    inner = shape_of(product, items, depth - 1, answered=answered) if items else None
    return Shape(kind, items=inner, more=kind is Kind.OBJECT)
