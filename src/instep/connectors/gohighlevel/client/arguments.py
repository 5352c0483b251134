"""An operation's arguments as Python takes them, bound by the catalogue.

What is the client's own: a reserved word gets a `_`, and refusals are told as Python tells them.
"""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from instep import catalogue
from instep.catalogue import Address, Operation
from instep.catalogue.arguments import (
    Argument as Taken,
)
from instep.catalogue.arguments import (
    MissingArguments,
    Parts,
    UnknownArgument,
    argument_called,
    arguments_of,
    sort_arguments,
    unfilled,
    view_of,
)
from instep.connectors.gohighlevel.client.errors import UserError, WrongArguments
from instep.connectors.gohighlevel.client.removed import removed_in_v3
from instep.connectors.gohighlevel.client.spelling import ViewName

FILLED = ("locationId", "location_id", "altId", "altType", "companyId")
"""Arguments that the client knows by itself."""


def written(name: str) -> str:
    """Return a name as Python takes it: a reserved word gets a `_` at its end."""
    return f"{name}_" if keyword.iskeyword(name) else name


@dataclass(frozen=True, slots=True)
class Argument(Taken):
    """One argument, its schema without references."""

    @property
    def written(self) -> str:
        """The name as Python takes it."""
        return written(self.name)


@dataclass(frozen=True, slots=True)
class Signature:
    """What one operation takes in one view.

    `arguments` goes by the written name. `unfilled` are arguments the client knows and still does
    not fill in by itself.
    """

    operation: Operation
    view: ViewName
    address: Address
    arguments: Mapping[str, Argument]
    unfilled: frozenset[str]

    def called(self, name: str) -> Argument | None:
        """Return the argument a name means, in the spelling of either view; None if none."""
        meant = argument_called(self.operation, self.view, name)
        return None if meant is None else self.arguments[written(meant.name)]


@cache
def signature_of(identifier: str, profile: ViewName) -> Signature:
    """Return what an operation takes. Raises UserError if there is none, RemovedInV3."""
    operation = catalogue.get(identifier)
    if profile == "v3" and [*operation.views] == ["v2"]:
        raise removed_in_v3(operation)
    view = view_of(operation, profile)
    address = operation.views[view]
    arguments = {
        written(name): _argument(operation, taken)
        for name, taken in arguments_of(operation, view).items()
    }
    return Signature(operation, view, address, arguments, unfilled(operation, address))


def _argument(operation: Operation, taken: Taken) -> Argument:
    schema = catalogue.resolve(operation.product, taken.schema)
    return Argument(taken.name, taken.places, taken.required, schema, taken.is_text)


def bind(signature: Signature, given: Mapping[str, Any], known: Mapping[str, Any]) -> Parts:
    """Put arguments where they belong, filling in what the client knows.

    Raises WrongArguments for unknown, doubled and missing ones, and for values that do not fit.
    """
    try:
        return sort_arguments(signature.operation, signature.view, given, known)
    except UnknownArgument as error:
        raise WrongArguments(_unknown(signature, error)) from None
    except MissingArguments as error:
        word = "argument" if len(error.names) == 1 else "arguments"
        names = ", ".join(map(written, error.names))
        raise WrongArguments(f"{signature.operation.id}() needs the {word} {names}.") from None
    except UserError as error:
        raise WrongArguments(str(error)) from None


def _unknown(signature: Signature, error: UnknownArgument) -> str:
    if error.nearest:
        hint = f"did you mean {' or '.join(map(written, error.nearest))}?"
    elif signature.arguments:
        hint = f"it takes {', '.join(signature.arguments)}."
    else:
        hint = "it takes none."
    return f"{signature.operation.id}() has no argument {error.name!r}; {hint}"
