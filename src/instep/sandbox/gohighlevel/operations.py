"""An operation, declared; and the table that finds the one a call means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from starlette.datastructures import QueryParams

from instep.sandbox.gohighlevel.credentials import Token
from instep.sandbox.gohighlevel.refusals import no_route, unauthorized
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.gohighlevel.shapes import Shape
from instep.sandbox.gohighlevel.versions import View

JsonObject = dict[str, Any]


class Access(Enum):
    """Which tokens may call. The spec's words: bearer, Agency-Access-Only, and none at all."""

    ANY = auto()
    AGENCY_OAUTH = auto()
    OPEN = auto()


@dataclass(frozen=True, slots=True)
class Call:
    """One call that has passed the gate. `token` is None only for open operations."""

    services: Services
    view: View
    url: str
    path: Mapping[str, str]
    query: QueryParams
    body: JsonObject
    token: Token | None

    @property
    def bearer(self) -> Token:
        """The token, where the operation needs one."""
        if self.token is None:
            raise LookupError("an open operation has no token")
        return self.token


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `views` are those in which it exists; `location` says where it names one.

    `location` is "query", "body" or "path" (there called `locationId`); None: the operation finds
    out itself. `query` and `body` are the shapes of what comes in.
    """

    method: str
    path: str
    handler: Callable[[Call], JsonObject]
    scope: str | None = None
    status: int = 200
    access: Access = Access.ANY
    views: frozenset[View] = frozenset(View)
    location: str | None = None
    query: Shape | None = None
    body: Shape | None = None


V2_ONLY = frozenset({View.V2})
V3_ONLY = frozenset({View.V3})

Found = tuple[Operation, dict[str, str]]


class Operations:
    """Finds operations by method and path; fixed words in a path win over parameters."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._by_size: dict[tuple[str, int], list[tuple[list[str], Operation]]] = {}
        for operation in sorted(operations, key=lambda each: each.path.count("{")):
            segments = _segments(operation.path)
            key = (operation.method, len(segments))
            self._by_size.setdefault(key, []).append((segments, operation))

    def find(self, method: str, path: str) -> Found:
        """Return the operation and its path parameters. Raises Refusal if there is none."""
        segments = _segments(path)
        candidates = self._by_size.get((method, len(segments)), [])
        for pattern, operation in candidates:
            parameters = _match(pattern, segments)
            if parameters is not None:
                return operation, parameters
        lowered = [segment.lower() for segment in segments]
        if any(_match([each.lower() for each in pattern], lowered) for pattern, _ in candidates):
            # facts: ghl 3.5 (wrong letter case in a path)
            raise unauthorized("Unauthorized")
        raise no_route(method, path)


def _segments(path: str) -> list[str]:
    return path.strip("/").split("/")


def _match(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    parameters = {}
    for expected, segment in zip(pattern, segments, strict=True):
        if expected.startswith("{"):
            parameters[expected[1:-1]] = segment
        elif expected != segment:
            return None
    return parameters
