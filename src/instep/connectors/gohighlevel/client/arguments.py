"""What an operation takes: path, query and body as one flat set of keyword arguments."""

from __future__ import annotations

import difflib
import keyword
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from instep import catalogue
from instep.catalogue import Address, Operation, Schema
from instep.connectors.gohighlevel.client.errors import WrongArguments
from instep.connectors.gohighlevel.client.removed import removed_in_v3
from instep.connectors.gohighlevel.client.spelling import ViewName, plain

Place = Literal["path", "query", "body"]
WHOLE_BODY = "body"
"""The argument that is the whole body where the body is no object of known properties."""

FILLED = ("locationId", "location_id", "altId", "altType", "companyId")
"""Arguments that the client knows by itself."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: GoHighLevel's own name, and every place of the request it goes to."""

    name: str
    places: tuple[Place, ...]
    required: bool
    schema: Schema

    @property
    def written(self) -> str:
        """The name as Python takes it: a reserved word gets a `_` at its end."""
        return f"{self.name}_" if keyword.iskeyword(self.name) else self.name


@dataclass(frozen=True, slots=True)
class Signature:
    """What one operation takes in one view.

    `arguments` goes by the written name. `aliases` leads from the other view's spelling to this
    one's. `whole` says that the body is one argument, `body`. `unfilled` are arguments the client
    knows and still does not fill in by itself.
    """

    operation: Operation
    view: ViewName
    address: Address
    arguments: Mapping[str, Argument]
    aliases: Mapping[str, str]
    whole: bool
    unfilled: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Bound:
    """Arguments by the place they go to, under GoHighLevel's own names, not yet encoded."""

    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None


@cache
def signature_of(identifier: str, profile: ViewName) -> Signature:
    """Return what an operation takes. Raises UserError if there is none, RemovedInV3."""
    operation = catalogue.get(identifier)
    if profile == "v3" and [*operation.views] == ["v2"]:
        raise removed_in_v3(operation)
    view: ViewName = profile if profile in operation.views else next(iter(operation.views))
    address = operation.views[view]
    listed, whole = _arguments(operation, address)
    return Signature(
        operation,
        view,
        address,
        {each.written: each for each in listed},
        _aliases(operation, view, listed),
        whole,
        _unfilled(operation, address),
    )


def body_schema(operation: Operation, address: Address) -> Schema | None:
    """Return the schema of the body, None where nothing is sent."""
    if address.body is None:
        return None
    return catalogue.resolve(operation.product, address.body.schema)


def _arguments(operation: Operation, address: Address) -> tuple[list[Argument], bool]:
    found: dict[str, Argument] = {}
    for each in address.parameters:
        if each.place != "header":
            schema = catalogue.resolve(operation.product, each.schema)
            _add(found, Argument(each.name, (each.place,), each.required, schema))
    body = body_schema(operation, address)
    if body is None:
        return [*found.values()], False
    properties: Mapping[str, Schema] = body.get("properties", {})
    if not properties:
        must = bool(address.body and address.body.required) and body.get("type") != "object"
        _add(found, Argument(WHOLE_BODY, ("body",), must, body))
        return [*found.values()], True
    required = body.get("required", ())
    for name, schema in properties.items():
        known = catalogue.resolve(operation.product, schema)
        _add(found, Argument(name, ("body",), name in required, known))
    return [*found.values()], False


def _add(found: dict[str, Argument], more: Argument) -> None:
    """Add an argument; a name that two places share is one argument that goes to both."""
    before = found.get(more.name)
    if before is None:
        found[more.name] = more
        return
    places = before.places + tuple(each for each in more.places if each not in before.places)
    required = before.required or more.required
    found[more.name] = Argument(more.name, places, required, before.schema)


def _aliases(operation: Operation, view: ViewName, listed: Iterable[Argument]) -> dict[str, str]:
    """Return the other view's names that mean one of this view's."""
    own = {plain(each.name): each.written for each in listed}
    names = {each.written for each in listed}
    aliases = {}
    for other, address in operation.views.items():
        if other == view:
            continue
        for each in _arguments(operation, address)[0]:
            meant = own.get(plain(each.name))
            if each.written not in names and meant is not None:
                aliases[each.written] = meant
    return aliases


def _unfilled(operation: Operation, address: Address) -> frozenset[str]:
    """Name what a caller has to say in full: whose end it would be."""
    last = address.path.rstrip("/").rpartition("/")[2]
    if operation.effect == "destructive" and last in {"{locationId}", "{companyId}"}:
        return frozenset({last.strip("{}")})
    return frozenset()


def bind(signature: Signature, given: Mapping[str, Any], known: Mapping[str, Any]) -> Bound:
    """Put arguments where they belong, filling in what the client knows.

    Raises WrongArguments for unknown, doubled and missing ones.
    """
    arguments = _named(signature, given)
    for name, argument in signature.arguments.items():
        if name not in arguments and argument.required:
            _fill(signature, argument, arguments, known)
    return _placed(signature, arguments)


def _named(signature: Signature, given: Mapping[str, Any]) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for name, value in given.items():
        meant = name if name in signature.arguments else signature.aliases.get(name)
        if meant is None:
            raise _unknown(signature, name)
        if meant in arguments:
            raise WrongArguments(f"{signature.operation.id}() was given {meant} twice.")
        arguments[meant] = value
    return arguments


def _fill(
    signature: Signature, argument: Argument, arguments: dict[str, Any], known: Mapping[str, Any]
) -> None:
    name = argument.written
    value = None if name in signature.unfilled else known.get(name)
    if value is None and "default" in argument.schema and argument.places == ("query",):
        return  # GoHighLevel's own default holds
    if value is None:
        raise _missing(signature, arguments)
    arguments[name] = value


def _placed(signature: Signature, arguments: Mapping[str, Any]) -> Bound:
    bound = Bound(body=None if signature.address.body is None else {})
    for name, value in arguments.items():
        argument = signature.arguments[name]
        for place in argument.places:
            if place == "path":
                bound.path[argument.name] = value
            elif place == "query":
                bound.query[argument.name] = value
            elif not signature.whole:
                bound.body[argument.name] = value
    if signature.whole:
        return Bound(bound.path, bound.query, arguments.get(WHOLE_BODY, {}))
    return bound


def _unknown(signature: Signature, name: str) -> WrongArguments:
    there = [*signature.arguments]
    near = difflib.get_close_matches(name, there, n=1) or [
        each for each in there if plain(each) == plain(name)
    ]
    if near:
        hint = f"did you mean {near[0]}?"
    elif there:
        hint = f"it takes {', '.join(there)}."
    else:
        hint = "it takes none."
    return WrongArguments(f"{signature.operation.id}() has no argument {name!r}; {hint}")


def _missing(signature: Signature, arguments: Mapping[str, Any]) -> WrongArguments:
    missing = [
        name
        for name, argument in signature.arguments.items()
        if argument.required and name not in arguments and name not in FILLED
    ] or [
        name
        for name, argument in signature.arguments.items()
        if argument.required and name not in arguments
    ]
    word = "argument" if len(missing) == 1 else "arguments"
    return WrongArguments(f"{signature.operation.id}() needs the {word} {', '.join(missing)}.")
