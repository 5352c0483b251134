"""What GoHighLevel offers to steps: the whole catalogue, each operation worked out when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from instep.catalogue import Operation, all_operations, operations_of, products
from instep.catalogue.arguments import arguments_of, unfilled
from instep.catalogue.descriptions import usual_view
from instep.catalogue.operation import Address, Schema, ViewName
from instep.catalogue.reading import resolve
from instep.catalogue.shapes import shape_of
from instep.catalogue.values import as_text
from instep.core.flow.offer import Input, OfferedAction
from instep.core.shapes import ANYTHING
from instep.core.template import Shape

_SIGN_IN = "oauth"
"""The product whose answers are credentials: no step is to read one."""

_OTHERWISE = frozenset({"conversations.list_messages"})
"""Answers that the real one gives in another form than the published: nothing is known of them."""
# issue 54 of the official API's tracker: the messages are a level deeper

_KEPT = 1000


class OfferedOperations(Mapping[str, OfferedAction]):
    """The operations of the catalogue by id. `filled` are the arguments a connection knows itself."""

    def __init__(self, filled: frozenset[str]) -> None:
        self._filled = frozenset(map(_plain, filled))

    def __getitem__(self, name: str) -> OfferedAction:
        operation = _found(name)
        if operation is None:
            raise KeyError(name)
        return _offered(name, self._filled)

    def __iter__(self) -> Iterator[str]:
        return iter(_names())

    def __len__(self) -> int:
        return len(_names())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and _found(name) is not None


def _found(name: str) -> Operation | None:
    """Return an operation that a step may call. Only its product's file is read."""
    product = name.partition(".")[0]
    operation = operations_of(product).get(name) if product in products() else None
    return operation if operation is not None and _is_offered(operation) else None


def _is_offered(operation: Operation) -> bool:
    """Whether a step may call it: no sign-in, and no upload, as a flow holds no file."""
    addresses = operation.views.values()
    uploads = any(each.body is not None and each.body.content == "multipart" for each in addresses)
    return operation.product != _SIGN_IN and not uploads


@cache
def _names() -> tuple[str, ...]:
    return tuple(each.id for each in all_operations() if _is_offered(each))


@lru_cache(maxsize=_KEPT)
def _offered(name: str, filled: frozenset[str]) -> OfferedAction:
    operation = operations_of(name.partition(".")[0])[name]
    view = usual_view(operation)
    asked = frozenset[str]()
    if operation.views:
        asked = frozenset(map(_plain, unfilled(operation, _address(operation, view))))
    inputs = {
        each.name: _input(
            operation.product,
            each.schema,
            required=_is_needed(each.name, each.places, each.schema, filled - asked)
            if each.required
            else False,
        )
        for each in arguments_of(operation, view).values()
    }
    return OfferedAction(inputs, _output(operation, view), operation.effect, _scopes(operation))


def _input(product: str, schema: Schema, *, required: bool) -> Input:
    """Return what an operation takes under a name."""
    told = resolve(product, schema)
    # not in the facts: a list among the allowed values is a slip of the specs
    slipped = any(isinstance(each, list) for each in told.get("enum", ()))
    allowed = () if slipped else tuple(map(as_text, told.get("enum", ())))
    return Input(shape_of(product, told), required, allowed)


def _is_needed(
    name: str, places: tuple[str, ...], schema: Mapping[str, object], filled: frozenset[str]
) -> bool:
    """Whether a step has to give what an operation requires: nothing else fills it."""
    has_default = places == ("query",) and "default" in schema
    return _plain(name) not in filled and not has_default


def _output(operation: Operation, view: ViewName) -> Shape:
    if not operation.views or operation.id in _OTHERWISE:
        return ANYTHING  # it depends on which of its parts is called
    reply = _address(operation, view).reply
    return ANYTHING if reply is None else shape_of(operation.product, reply, answered=True)


def _scopes(operation: Operation) -> tuple[str, ...]:
    """Return the scopes it takes; of what is made of others those of all its parts."""
    if operation.views:
        return _address(operation, usual_view(operation)).scopes
    parts = [operations_of(each.partition(".")[0])[each] for each in operation.parts]
    return tuple(dict.fromkeys(scope for each in parts for scope in _scopes(each)))


def _address(operation: Operation, view: ViewName) -> Address:
    return operation.address(view)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
