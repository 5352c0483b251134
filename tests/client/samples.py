"""A value that fits each argument of the catalogue, as its schema asks for it."""

from __future__ import annotations

from instep import File, catalogue
from instep.catalogue.values import fields_of
from instep.connectors.gohighlevel.client.arguments import FILLED

_PLAIN = {"string": "text", "number": 7, "integer": 7, "boolean": True}
_DEEPEST = 4


def sample(product, schema, depth=0):
    """A value of this schema; its required fields only, and no deeper than a few levels."""
    schema = catalogue.resolve(product, schema)
    if schema.get("enum"):
        return schema["enum"][0]
    match schema.get("type"):
        case "array":
            return (
                [] if depth > _DEEPEST else [sample(product, schema.get("items") or {}, depth + 1)]
            )
        case "object":
            fields, required = fields_of(product, schema)
            return {name: sample(product, fields[name], depth + 1) for name in sorted(required)}
        case kind:
            binary = schema.get("format") == "binary"
            return File("text.txt", b"text") if binary else _PLAIN.get(kind, "text")


def everything(signature):
    """A value for each argument that the client does not know."""
    product = signature.operation.product
    return {
        name: {"f1": "text"} if not argument.schema else sample(product, argument.schema)
        for name, argument in signature.arguments.items()
        if argument.name not in FILLED or name in signature.unfilled
    }
