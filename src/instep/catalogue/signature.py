"""What an operation takes in one view: its arguments by name, each with every place it goes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from instep.catalogue.operation import Address, Operation, Schema, ViewName
from instep.catalogue.reading import get, resolve
from instep.catalogue.values import fields_of
from instep.core.errors import UserError

Place = Literal["path", "query", "header", "body"]

WHOLE_BODY = "body"
"""The argument that is the whole body, where the body is no object of named fields."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One thing an operation takes: GoHighLevel's own name, and every place it goes to.

    `schema` is that of the first place. `is_text` says that it is sent as text wherever it goes
    (path, query, header, form), where "20" is a number too.
    """

    name: str
    places: tuple[Place, ...]
    required: bool
    schema: Schema
    is_text: bool

    @property
    def may_be_null(self) -> bool:
        """Whether a null can be sent: only within a JSON body, where it empties a field."""
        return self.places == ("body",) and not self.is_text


def view_of(operation: Operation, preferred: ViewName) -> ViewName:
    """Return the preferred view if the operation is there, else the one where it is.

    Raises UserError for an operation that is made of others.
    """
    if not operation.views:
        raise UserError(
            f"{operation.id} is made of {', '.join(operation.parts)}: one of them is called."
        )
    return preferred if preferred in operation.views else next(iter(operation.views))


def arguments_of(operation: Operation, view: ViewName) -> Mapping[str, Argument]:
    """Return what an operation takes, by name. A composite takes what its parts take."""
    return _arguments(operation.id, view)


@cache
def _arguments(identifier: str, view: ViewName) -> Mapping[str, Argument]:
    operation = get(identifier)
    if operation.parts:
        parts = [arguments_of(part, view_of(part, view)) for part in map(get, operation.parts)]
        return {
            name: replace(each, required=False)
            for part in reversed(parts)
            for name, each in part.items()
        }
    address = operation.views[view_of(operation, view)]
    found: dict[str, Argument] = {}
    for each in address.parameters:
        _add(found, Argument(each.name, (each.place,), each.required, each.schema, is_text=True))
    for argument in _in_body(operation.product, address):
        _add(found, argument)
    return found


def _in_body(product: str, address: Address) -> Iterable[Argument]:
    if address.body is None:
        return
    is_text = address.body.content != "json"
    schema = resolve(product, address.body.schema)
    fields, required = fields_of(product, schema)
    if not fields:
        must = address.body.required and schema.get("type") != "object"
        yield Argument(WHOLE_BODY, ("body",), must, schema, is_text)
    for name, inner in fields.items():
        yield Argument(name, ("body",), name in required, inner, is_text)


def _add(found: dict[str, Argument], more: Argument) -> None:
    """Add an argument; a name that two places share is one argument that goes to both.

    Not in the facts: in the specs such a name says the same thing twice (`type` in the query and
    the body of one segment, an id in the path and the query), so one value serves both places.
    """
    known = found.get(more.name)
    if known is None:
        found[more.name] = more
        return
    found[more.name] = Argument(
        known.name,
        tuple(dict.fromkeys((*known.places, *more.places))),
        known.required or more.required,
        known.schema,
        known.is_text and more.is_text,
    )
