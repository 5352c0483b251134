"""The table that finds the operation a call means, in the view it is asked in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from instep import catalogue
from instep.catalogue import Address
from instep.sandbox.gohighlevel.operations import Handler, Operation
from instep.sandbox.gohighlevel.refusals import no_route, removed_in_v3, unauthorized
from instep.sandbox.gohighlevel.schemas import body_shape, query_shape
from instep.sandbox.gohighlevel.shapes import Shape
from instep.sandbox.gohighlevel.versions import View

_LOCATION_NAMES = ("locationId", "location_id", "altId")


@dataclass(frozen=True, slots=True)
class Route:
    """One operation in one view. `handler` None: it is not simulated.

    `location` says where a call names its location: place, name and whether it must; None where it
    does not, and the operation finds out itself. Where the body is a list (`takes_list`), its shape
    is that of each item.
    """

    id: str
    address: Address
    segments: tuple[str, ...]
    handler: Handler | None
    query: Shape | None
    body: Shape | None
    location: tuple[str, str, bool] | None
    takes_list: bool

    @property
    def open(self) -> bool:
        """Whether it can be called without a token."""
        return self.id == "oauth.get_token"


Found = tuple[Route, dict[str, str]]


class Routes:
    """Finds routes by view, method and path; fixed words in a path win over parameters."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        simulated = {each.id: each for each in operations}
        # no address begins with a parameter, so the first word narrows the choice
        self._by_start: dict[tuple[View, str, int, str], list[Route]] = {}
        for operation in catalogue.all_operations():
            for view in View:
                route = _route(operation, view, simulated.get(operation.id))
                if route is not None:
                    start = (view, route.address.method, len(route.segments), route.segments[0])
                    self._by_start.setdefault(start, []).append(route)
        for routes in self._by_start.values():
            routes.sort(key=lambda route: [each.startswith("{") for each in route.segments])

    def check_known(self, method: str, path: str) -> None:
        """Raise Refusal for a path that is in no view at all."""
        segments = path.strip("/").split("/")
        if all(self._match(view, method, segments) is None for view in View):
            self.find(View.V2, method, path)

    def find(self, view: View, method: str, path: str, query: str = "") -> Found:
        """Return the route and its path parameters. Raises Refusal if there is none."""
        segments = path.strip("/").split("/")
        found = self._match(view, method, segments)
        if found is not None:
            return found
        other = View.V3 if view is View.V2 else View.V2
        if view is View.V3 and self._match(other, method, segments) is not None:
            # facts: ghl 2.2
            raise removed_in_v3(f"{path}?{query}" if query else path)
        lowered = [segment.lower() for segment in segments]
        for route in self._alike(view, method, segments):
            if _parameters([each.lower() for each in route.segments], lowered) is not None:
                # facts: ghl 3.5 (wrong letter case in a path)
                raise unauthorized("Unauthorized")
        raise no_route(method, path)

    def _match(self, view: View, method: str, segments: list[str]) -> Found | None:
        start = (view, method, len(segments), segments[0])
        for route in self._by_start.get(start, ()):
            parameters = _parameters(route.segments, segments)
            if parameters is not None:
                return route, parameters
        return None

    def _alike(self, view: View, method: str, segments: list[str]) -> Iterator[Route]:
        """Yield the routes of this view, method and length, whatever they begin with."""
        for (*kind, _), routes in self._by_start.items():
            if kind == [view, method, len(segments)]:
                yield from routes


def _route(operation: catalogue.Operation, view: View, simulated: Operation | None) -> Route | None:
    address = operation.views.get(view.value)
    if address is None and simulated is not None and view in simulated.views:
        address = operation.address()
    if address is None:
        return None
    query = body = None
    if simulated is not None:
        query = simulated.query or query_shape(operation.product, address)
        body = simulated.body or body_shape(operation.product, address)
    return Route(
        operation.id,
        address,
        tuple(address.path.strip("/").split("/")),
        simulated.handler if simulated else None,
        query,
        body,
        _location(operation, address),
        _takes_list(operation.product, address),
    )


def _takes_list(product: str, address: Address) -> bool:
    if address.body is None:
        return False
    return catalogue.resolve(product, address.body.schema).get("type") == "array"


def _location(operation: catalogue.Operation, address: Address) -> tuple[str, str, bool] | None:
    """Return where a call names its location: in the path, the query or the body."""
    for name in _LOCATION_NAMES:
        for each in address.parameters:
            if each.name == name and each.place != "header":
                return each.place, name, each.required
    if address.body is not None:
        schema = catalogue.resolve(operation.product, address.body.schema)
        for name in _LOCATION_NAMES:
            if name in schema.get("properties", {}):
                return "body", name, name in schema.get("required", ())
    return None


def _parameters(pattern: Iterable[str], segments: list[str]) -> dict[str, str] | None:
    parameters = {}
    for expected, segment in zip(pattern, segments, strict=True):
        if expected.startswith("{"):
            parameters[expected[1:-1]] = segment
        elif expected != segment:
            return None
    return parameters
