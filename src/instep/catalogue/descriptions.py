"""An operation described in plain words: its arguments, their types, an example of a call."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from instep.catalogue.arguments import Argument, arguments_of
from instep.catalogue.operation import Address, Operation, Paging, Schema, ViewName
from instep.catalogue.reading import resolve
from instep.catalogue.values import fields_of

_CALLED = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "true or false",
    "object": "object",
}
_EXAMPLES = {"number": "1", "integer": "1", "boolean": "true", "object": "{}"}
_LIMITS = (
    ("minimum", "from"),
    ("maximum", "to"),
    ("minLength", "at least"),
    ("maxLength", "at most"),
)
_DEEPEST = 4  # a shape may hold itself
_FILLED_IN = ("locationId", "location_id", "companyId", "altId", "altType")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of what is sent or answered. `name` is dotted; `[]` stands for each of a list.

    `place` is path, query, header, body or reply; a name that goes to two of them says both.
    """

    name: str
    place: str
    required: bool
    type: str


def describe(operation: Operation) -> dict[str, Any]:
    """Return everything about an operation as one JSON object."""
    listed = operation.listed
    return {
        "id": operation.id,
        "official": operation.official,
        "title": operation.title,
        "name": listed.name if listed else None,
        "category": listed.category if listed else None,
        "kind": listed.kind if listed else None,
        "product": operation.product,
        "effect": operation.effect,
        "flags": [*operation.flags],
        "replaced_by": operation.replaced_by,
        "parts": [*operation.parts],
        "events": [*operation.events],
        "media": operation.media,
        "paging": asdict(operation.paging) if operation.paging else None,
        "items": operation.items,
        "record": operation.record,
        "key": operation.key,
        "takes": [asdict(each) for each in takes(operation, usual_view(operation))],
        "answers": [asdict(each) for each in answers(operation, usual_view(operation))],
        "views": {name: _address(each) for name, each in operation.views.items()},
        "example": example_call(operation),
    }


def remarks(operation: Operation) -> dict[str, str]:
    """Return what only some operations have, in words: pages, webhooks, flags and the like."""
    paging = operation.paging
    told = {
        "made of": ", ".join(operation.parts),
        "pages": _pages(paging) if paging else "",
        "records in": operation.items or operation.record or "",
        "webhooks": ", ".join(operation.events),
        "answers": "" if operation.media == "json" else operation.media,
        "flags": ", ".join(operation.flags).replace("_", " "),
        "in v3 call": operation.replaced_by or "",
    }
    return {name: text for name, text in told.items() if text}


def usual_view(operation: Operation) -> ViewName:
    """Return the view an operation is shown in: v2, unless only v3 has it."""
    return "v3" if [*operation.views] == ["v3"] else "v2"


def takes(operation: Operation, view: ViewName) -> list[Field]:
    """Return what an operation takes, the fields within after what holds them."""
    found = []
    for argument in arguments_of(operation, view).values():
        place = " and ".join(argument.places)
        kind = describe_type(operation.product, argument.schema)
        found.append(Field(argument.name, place, argument.required, kind))
        if argument.places == ("body",):
            found += _fields(operation.product, argument.schema, argument.name, place, 1)
    return found


def answers(operation: Operation, view: ViewName) -> list[Field]:
    """Return the fields of an operation's yes, as far as the catalogue knows them."""
    if operation.parts or operation.views[view].reply is None:
        return []
    return [*_fields(operation.product, operation.views[view].reply or {}, "", "reply", 1)]


def describe_type(product: str, schema: Schema) -> str:
    """Return what a schema asks for: `text`, `list of object`, `one of add, remove`."""
    schema = resolve(product, schema)
    kind = schema.get("type")
    if kind == "array":
        return f"list of {describe_type(product, schema.get('items') or {})}"
    if schema.get("enum"):
        return f"one of {', '.join(map(str, schema['enum']))}"
    if "oneOf" in schema or "anyOf" in schema:
        return "one of several objects"
    if isinstance(kind, str) and kind in _CALLED:
        said = ", ".join(f"{words} {schema[name]}" for name, words in _LIMITS if name in schema)
        return f"{_CALLED[kind]} ({said})" if said else _CALLED[kind]
    return "object" if "properties" in schema or "allOf" in schema else "anything"


def example_call(operation: Operation) -> str:
    """Return a command line that calls the operation, with a value for each required argument."""
    words = ["instep", "op", "call", operation.id]
    for name, argument in arguments_of(operation, usual_view(operation)).items():
        if argument.required and name not in _FILLED_IN:
            words.append(shlex.quote(f"{name}={_example(operation.product, argument)}"))
    if operation.effect == "destructive":
        words.append("--yes")
    return " ".join(words)


def _pages(paging: Paging) -> str:
    size = f", size {paging.size}" if paging.size else ""
    largest = f" to {paging.largest}" if paging.largest else ""
    led = ", ".join(paging.parameters)
    return f"{paging.kind.replace('_', ' ')}, by {led}{size}{largest}"


def _address(address: Address) -> dict[str, Any]:
    return {
        "method": address.method,
        "path": address.path,
        "version": address.version,
        "token": address.token,
        "scopes": [*address.scopes],
        "status": address.status,
        "body": address.body.content if address.body else None,
        "deprecated": address.deprecated,
    }


def _fields(product: str, schema: Schema, before: str, place: str, depth: int) -> Iterator[Field]:
    schema = resolve(product, schema)
    if schema.get("type") == "array":
        yield from _fields(product, schema.get("items") or {}, f"{before}[]", place, depth)
    elif depth <= _DEEPEST:
        fields, required = fields_of(product, schema)
        for name, inner in fields.items():
            path = f"{before}.{name}" if before else name
            yield Field(path, place, name in required, describe_type(product, inner))
            yield from _fields(product, inner, path, place, depth + 1)


def _example(product: str, argument: Argument) -> str:
    schema = resolve(product, argument.schema)
    if schema.get("enum"):
        return str(schema["enum"][0])
    name = "".join(f"_{each}" if each.isupper() else each for each in argument.name).upper()
    if schema.get("type") == "array":
        inner = resolve(product, schema.get("items") or {})
        return name if inner.get("type", "string") == "string" else "[]"
    return _EXAMPLES.get(str(schema.get("type")), name)
