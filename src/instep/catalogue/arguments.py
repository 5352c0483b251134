"""What an operation takes, and what was given brought to its places: path, query, headers, body.

Everything is checked here, before anything is sent, against what the catalogue says.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal
from urllib.parse import quote

from instep.catalogue.operation import Address, Operation, Schema, ViewName
from instep.catalogue.reading import get, resolve
from instep.catalogue.values import as_text, check, fields_of, is_list
from instep.core.errors import UserError

Place = Literal["path", "query", "header", "body"]

WHOLE_BODY = "body"
"""The argument that is the whole body, where the body is no object of named fields."""

# facts: ghl 2.2: a call without the header is refused; an established path takes any version
_USUAL_VERSION: Mapping[ViewName, str] = {"v2": "2021-07-28", "v3": "v3"}


@dataclass(frozen=True, slots=True)
class Argument:
    """One thing an operation takes: GoHighLevel's own name, and every place it goes to."""

    name: str
    places: tuple[Place, ...]
    required: bool
    schema: Schema


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one request. `path` is filled in; `lists` are given once for each value.

    `body` is what is sent as the address says (JSON, form or multipart), None where nothing is.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


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


def argument_called(operation: Operation, view: ViewName, name: str) -> Argument | None:
    """Return the argument a name means, in the spelling of either view; None if there is none."""
    takes = arguments_of(operation, view)
    meant = _spelt(takes, name)
    return None if meant is None else takes[meant]


def sort_arguments(
    operation: Operation, view: ViewName, given: Mapping[str, Any], defaults: Mapping[str, Any]
) -> Parts:
    """Bring arguments to their places.

    `given` goes by GoHighLevel's names, in the spelling of either view. `defaults` (locationId,
    companyId, altId …) fill what is required and not given; a None counts as not given in path,
    query and headers, and as null in a body. Raises UserError for what is unknown, missing, of the
    wrong type or none of the allowed values.
    """
    view = view_of(operation, view)
    takes = arguments_of(operation, view)
    named = _named(operation, takes, given)
    filled = _filled(operation, view, takes, named, defaults)
    for name, value in filled.items():
        check(operation.product, takes[name].schema, value, name, _in_text(takes[name]))
    return _sorted(operation, view, takes, filled)


def choose_part(operation: Operation, view: ViewName, given: Mapping[str, Any]) -> Operation:
    """Return the operation to call: itself, or the first part of a composite that fits.

    Raises UserError if no part takes all that was given.
    """
    if not operation.parts:
        return operation
    for each in map(get, operation.parts):
        takes = arguments_of(each, view_of(each, view))
        own = [name for name, argument in takes.items() if "path" in argument.places]
        if given and all(_spelt(takes, name) for name in given) and all(map(given.get, own)):
            return each
    known = ", ".join(arguments_of(operation, view))
    raise UserError(
        f"{operation.id} is made of {', '.join(operation.parts)}, and none of them takes just what "
        f"was given. Together they take {known}."
    )


def unfilled(operation: Operation, address: Address) -> frozenset[str]:
    """Name what is never filled in by itself: whose end a destructive operation would be."""
    last = address.path.rstrip("/").rpartition("/")[2]
    if operation.effect == "destructive" and last.startswith("{"):
        return frozenset({last.strip("{}")})
    return frozenset()


@cache
def _arguments(identifier: str, view: ViewName) -> Mapping[str, Argument]:
    operation = get(identifier)
    if operation.parts:
        parts = [arguments_of(part, view_of(part, view)) for part in map(get, operation.parts)]
        return {
            name: Argument(name, each.places, required=False, schema=each.schema)
            for part in reversed(parts)
            for name, each in part.items()
        }
    address = operation.views[view_of(operation, view)]
    found: dict[str, Argument] = {}
    for parameter in address.parameters:
        place, required = parameter.place, parameter.required
        _add(found, Argument(parameter.name, (place,), required, parameter.schema))
    for argument in _in_body(operation.product, address):
        _add(found, argument)
    return found


def _in_body(product: str, address: Address) -> Iterable[Argument]:
    if address.body is None:
        return
    schema = resolve(product, address.body.schema)
    fields, required = fields_of(product, schema)
    if not fields:
        must = address.body.required and schema.get("type", "object") != "object"
        yield Argument(WHOLE_BODY, ("body",), must, schema)
    for name, inner in fields.items():
        yield Argument(name, ("body",), name in required, inner)


def _add(found: dict[str, Argument], more: Argument) -> None:
    """Add an argument; a name that two places share is one argument that goes to both."""
    known = found.get(more.name)
    if known is None:
        found[more.name] = more
    else:
        places = tuple(dict.fromkeys((*known.places, *more.places)))
        found[more.name] = Argument(
            known.name, places, known.required or more.required, known.schema
        )


def _named(
    operation: Operation, takes: Mapping[str, Argument], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what was given by the names of this view. The other view's spelling is understood."""
    named: dict[str, Any] = {}
    for name, value in given.items():
        meant = _spelt(takes, name)
        if meant is None:
            raise UserError(_no_such_argument(operation, takes, name))
        if meant in named:
            raise UserError(f"{operation.id} was given {meant} twice.")
        named[meant] = value
    return named


def _spelt(takes: Mapping[str, Argument], name: str) -> str | None:
    """Return the argument a name means. facts: ghl 2.3 (location_id in v2, locationId in v3)."""
    if name in takes:
        return name
    return next((each for each in takes if _plain(each) == _plain(name)), None)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _no_such_argument(operation: Operation, takes: Mapping[str, Argument], name: str) -> str:
    if not takes:
        return f"{operation.id} takes no arguments, and was given {name}."
    near = difflib.get_close_matches(name, takes, n=2, cutoff=0.55)
    meant = f"Did you mean {' or '.join(near)}?" if near else f"It takes {', '.join(takes)}."
    return f"{operation.id} has no argument {name}. {meant}"


def _filled(
    operation: Operation,
    view: ViewName,
    takes: Mapping[str, Argument],
    named: dict[str, Any],
    defaults: Mapping[str, Any],
) -> dict[str, Any]:
    known = {_plain(name): value for name, value in defaults.items() if value is not None}
    for name in unfilled(operation, operation.views[view]):
        known.pop(_plain(name), None)
    for name, argument in takes.items():
        if argument.required and named.get(name) is None and _plain(name) in known:
            named[name] = known[_plain(name)]
    missing = [
        name for name, each in takes.items() if each.required and _is_missing(each, name, named)
    ]
    if missing:
        raise UserError(f"{operation.id} needs {' and '.join(missing)}; nothing was sent.")
    return {
        name: value
        for name, value in named.items()
        if value is not None or "body" in takes[name].places
    }


def _is_missing(argument: Argument, name: str, named: Mapping[str, Any]) -> bool:
    if name in named:
        return named[name] is None and _in_text(argument)
    return not (argument.places == ("query",) and "default" in argument.schema)


def _in_text(argument: Argument) -> bool:
    return argument.places != ("body",)


def _sorted(
    operation: Operation, view: ViewName, takes: Mapping[str, Argument], values: Mapping[str, Any]
) -> Parts:
    address = operation.views[view]
    by_place: dict[Place, dict[str, Any]] = {"path": {}, "query": {}, "header": {}, "body": {}}
    for name, value in values.items():
        for place in takes[name].places:
            by_place[place][name] = value
    query, lists = _query(operation.product, takes, by_place["query"])
    version = address.version or _USUAL_VERSION[view]
    given = {name: as_text(value) for name, value in by_place["header"].items()}
    return Parts(
        path=_path(address, by_place["path"]),
        query=query,
        lists=lists,
        headers={"Version": version, **given},
        body=_body(operation, address, by_place["body"]),
    )


def _path(address: Address, values: Mapping[str, Any]) -> str:
    path = address.path
    for name, value in values.items():
        text = as_text(value)
        if text.strip() in {"", ".", ".."}:
            raise UserError(f"{name} is {text!r}, which cannot stand in an address.")
        path = path.replace(f"{{{name}}}", quote(text, safe=""))
    return path


def _query(
    product: str, takes: Mapping[str, Argument], values: Mapping[str, Any]
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    query: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = {}
    for name, value in values.items():
        if is_list(product, takes[name].schema):
            # not in the facts: the specs tell no style, so OpenAPI's own holds, once for each
            several = value if isinstance(value, (list, tuple)) else [value]
            lists[name] = tuple(map(as_text, several))
        else:
            query[name] = as_text(value)
    return query, lists


def _body(operation: Operation, address: Address, values: Mapping[str, Any]) -> Any:
    if address.body is None:
        return None
    fields, _ = fields_of(operation.product, address.body.schema)
    if fields:
        return dict(values) if values or address.body.required else None
    return values.get(WHOLE_BODY, {} if address.body.required else None)
