"""What starts a flow at a connection: the reads that can be polled, and the events it tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from instep import catalogue
from instep.catalogue import Operation
from instep.catalogue.arguments import Argument, arguments_of
from instep.catalogue.item_shapes import item_shape
from instep.catalogue.shapes import shape_of
from instep.catalogue.values import as_text
from instep.catalogue.watching import can_be_watched
from instep.core.flow.offer import Input, OfferedTrigger
from instep.core.records import FieldType
from instep.core.template import Kind, Shape
from instep.engine.clients import Reached
from instep.engine.flows.triggers import narrowing
from instep.engine.flows.triggers.resource_polls import CUSTOM, parent_input, watched_resources
from instep.engine.operation_services import APP, Line
from instep.sdk import custom
from instep.sdk.connector import Connector
from instep.sdk.resource import Resource

_Made = TypeVar("_Made")

_TEXT = Shape(Kind.TEXT)
_KINDS: Mapping[FieldType, Shape] = {
    FieldType.NUMBER: Shape(Kind.NUMBER),
    FieldType.BOOLEAN: Shape(Kind.BOOLEAN),
    FieldType.CONSENT: Shape(Kind.BOOLEAN),
    FieldType.DATE: Shape(Kind.TIME),
    FieldType.MOMENT: Shape(Kind.TIME),
    FieldType.WORDS: Shape(Kind.LIST, items=_TEXT),
}


class Lazy(Mapping[str, _Made]):
    """Things by name, each made when it is first asked for."""

    def __init__(self, makers: Mapping[str, Callable[[], _Made]]) -> None:
        self._makers = makers
        self._made: dict[str, _Made] = {}

    def __getitem__(self, name: str) -> _Made:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def polls(reached: Reached) -> Mapping[str, OfferedTrigger]:
    """Return what can be polled at a connection, by the name that a trigger gives as operation.

    `product.name` for the reads of GoHighLevel's catalogue, `contact.changed` for a resource.
    """
    makers: dict[str, Callable[[], OfferedTrigger]] = {
        name: _later(_of_resource, kind)
        for name, kind in watched_resources(reached.connector.resources).items()
    }
    if reached.connector.name == APP:
        line = Line(reached.connector, reached.account, reached.client)
        known = frozenset(name for name, value in line.defaults.items() if value is not None)
        makers |= {
            each.id: _later(_of_operation, (each, known))
            for each in catalogue.all_operations()
            if can_be_watched(each)
        }
    return Lazy(makers)


def events(connector: Connector) -> Mapping[str, OfferedTrigger]:
    """Return what a connector's app tells by itself, by the app's own word for it."""
    return {
        name: OfferedTrigger(each.body, scopes=each.scopes)
        for name, each in connector.events.items()
    }


_Asked = TypeVar("_Asked")


def _later(make: Callable[[_Asked], _Made], asked: _Asked) -> Callable[[], _Made]:
    return lambda: make(asked)


def _of_resource(kind: type[Resource]) -> OfferedTrigger:
    fields = {
        each.name: _KINDS.get(each.type, _TEXT)
        for each in kind.fields
        if not each.name.startswith(custom.PREFIX)
    }
    own = {CUSTOM: Shape(Kind.OBJECT, more=True)}
    told = {"id": _TEXT, "changed_at": Shape(Kind.TIME), "version": _TEXT}
    parent = parent_input(kind)
    inputs = {} if parent is None else {parent: Input(_TEXT, required=True)}
    item = Shape(Kind.OBJECT, {**own, **fields, **told})
    return OfferedTrigger(item, inputs, tuple(kind.read_scopes))


def _of_operation(asked: tuple[Operation, frozenset[str]]) -> OfferedTrigger:
    operation, known = asked
    address = operation.address()
    turning = frozenset(operation.paging.parameters if operation.paging else ())
    size = operation.paging.size if operation.paging else None
    optional = {size, *narrowing.filled_by_itself(operation)} | {_plain(each) for each in known}
    inputs = {
        name: Input(
            shape_of(operation.product, argument.schema),
            argument.required and name not in optional and _plain(name) not in optional,
            _allowed(operation, argument),
        )
        for name, argument in arguments_of(operation, "v2").items()
        if name not in turning
    }
    return OfferedTrigger(item_shape(operation), inputs, address.scopes)


def _plain(name: str) -> str:
    # as the catalogue reads the names of both views (facts: ghl 2.3)
    return name.replace("_", "").lower()


def _allowed(operation: Operation, argument: Argument) -> tuple[str, ...]:
    schema = catalogue.resolve(operation.product, argument.schema)
    return tuple(map(as_text, schema.get("enum") or ()))
