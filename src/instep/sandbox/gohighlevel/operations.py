"""An operation, declared by its id in the catalogue; and the call that reaches it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import QueryParams

from instep.sandbox.gohighlevel.credentials import Token
from instep.sandbox.gohighlevel.reading import Upload
from instep.sandbox.gohighlevel.refusals import wrong_location
from instep.sandbox.gohighlevel.services import Services, T
from instep.sandbox.gohighlevel.shapes import Shape
from instep.sandbox.gohighlevel.versions import View

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Raw:
    """A reply that is not JSON; `headers` are those it has besides its Content-Type."""

    content: bytes
    media_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One call that has passed the gate. `token` is None only for open operations.

    `body` is the JSON object (or the form) that was sent, `items` the JSON array where it is one,
    `files` a form's files by field.
    """

    services: Services
    view: View
    url: str
    path: Mapping[str, str]
    query: QueryParams
    body: JsonObject
    token: Token | None
    items: list[Any] | None = None
    files: Mapping[str, list[Upload]] = field(default_factory=dict)

    @property
    def bearer(self) -> Token:
        """The token, where the operation needs one."""
        if self.token is None:
            raise LookupError("an open operation has no token")
        return self.token

    @property
    def now(self) -> int:
        """The sandbox's time in milliseconds since 1970."""
        return self.services.clock.milliseconds()

    def part(self, kind: Callable[[Services], T]) -> T:
        """Return what keeps one kind of record, such as `AddressBook`."""
        return self.services.part(kind)

    def reached(self, record: JsonObject) -> JsonObject:
        """Return the record. Raises Refusal if the token may not touch its location."""
        if not self.bearer.reaches(record["locationId"]):
            raise wrong_location()
        return record


Handler = Callable[[Call], JsonObject | list[Any] | Raw]


@dataclass(frozen=True, slots=True)
class Operation:
    """How the sandbox carries one operation of the catalogue out.

    Address, status, token class, scopes and the shapes of query and body are the catalogue's.
    `query` and `body` replace its shapes where the real one takes other values than its spec says;
    `views` adds views in which it answers although its spec lacks it there.
    """

    id: str
    handler: Handler
    query: Shape | None = None
    body: Shape | None = None
    views: frozenset[View] = frozenset()
