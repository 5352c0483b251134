"""What an operation takes, and what was given brought to its places: path, query, headers, body.

Everything is checked here, before anything is sent, against what the catalogue says.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from instep.catalogue.operation import Address, Operation, ViewName
from instep.catalogue.reading import get
from instep.catalogue.signature import WHOLE_BODY, Argument, Place, arguments_of, view_of
from instep.catalogue.values import as_text, check, fields_of, is_list
from instep.core.errors import UserError

__all__ = [
    "WHOLE_BODY",
    "Argument",
    "MissingArguments",
    "Parts",
    "UnknownArgument",
    "argument_called",
    "arguments_of",
    "choose_part",
    "sort_arguments",
    "unfilled",
    "view_of",
]

# facts: ghl 2.2: a call without the header is refused; an established path takes any version
_USUAL_VERSION: Mapping[ViewName, str] = {"v2": "2021-07-28", "v3": "v3"}
_PARAMETER = re.compile(r"\{[^}]*\}")


class UnknownArgument(UserError):
    """An operation has no argument of this `name`. `nearest` are those that could be meant."""

    def __init__(self, operation: Operation, name: str, takes: Mapping[str, Argument]) -> None:
        self.name = name
        self.nearest = tuple(difflib.get_close_matches(name, takes, n=2, cutoff=0.55))
        super().__init__(_no_such_argument(operation, name, self.nearest, takes))


class MissingArguments(UserError):
    """An operation needs what was not given: `names`."""

    def __init__(self, operation: Operation, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(f"{operation.id} needs {' and '.join(names)}; nothing was sent.")


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
    companyId, altId …) fill what is required and not given. A None is null in a JSON body, and
    counts as not given elsewhere, for a name that goes to the body and to another place as well.
    Raises UnknownArgument, MissingArguments, and UserError for what is of the wrong type or none
    of the allowed values.
    """
    view = view_of(operation, view)
    takes = arguments_of(operation, view)
    named = _named(operation, takes, given)
    filled = _filled(operation, view, takes, named, defaults)
    for name, value in filled.items():
        check(operation.product, takes[name].schema, value, name, takes[name].is_text)
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


def _named(
    operation: Operation, takes: Mapping[str, Argument], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what was given by the names of this view. The other view's spelling is understood."""
    named: dict[str, Any] = {}
    for name, value in given.items():
        meant = _spelt(takes, name)
        if meant is None:
            raise UnknownArgument(operation, name, takes)
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


def _no_such_argument(
    operation: Operation, name: str, nearest: tuple[str, ...], takes: Mapping[str, Argument]
) -> str:
    if not takes:
        return f"{operation.id} takes no arguments, and was given {name}."
    meant = f"Did you mean {' or '.join(nearest)}?" if nearest else f"It takes {', '.join(takes)}."
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
    missing = tuple(
        name for name, each in takes.items() if each.required and _is_missing(each, named)
    )
    if missing:
        raise MissingArguments(operation, missing)
    return {
        name: value for name, value in named.items() if value is not None or takes[name].may_be_null
    }


def _is_missing(argument: Argument, named: Mapping[str, Any]) -> bool:
    if argument.name in named:
        return named[argument.name] is None and not argument.may_be_null
    return not (argument.places == ("query",) and "default" in argument.schema)


def _sorted(
    operation: Operation, view: ViewName, takes: Mapping[str, Argument], values: Mapping[str, Any]
) -> Parts:
    address = operation.views[view]
    by_place: dict[Place, dict[str, Any]] = {"path": {}, "query": {}, "header": {}, "body": {}}
    for name, value in values.items():
        for place in takes[name].places:
            by_place[place][name] = value
    query, lists = _query(operation.product, takes, by_place["query"])
    given = {name: as_text(value) for name, value in by_place["header"].items()}
    return Parts(
        path=_path(address, by_place["path"]),
        query=query,
        lists=lists,
        headers={"Version": _version(operation, view), **given},
        body=_body(operation, address, by_place["body"]),
    )


def _version(operation: Operation, view: ViewName) -> str:
    """Return the Version header: as the specs name it, but v3 for a path that only v3 has."""
    # facts: ghl 2.2: such a path under an older version is a 404, whatever the specs name
    paths = {name: _PARAMETER.sub("", each.path) for name, each in operation.views.items()}
    if view == "v3" and paths.get("v2") != paths["v3"]:
        return "v3"
    return operation.views[view].version or _USUAL_VERSION[view]


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
