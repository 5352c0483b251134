"""Call any operation of GoHighLevel's catalogue: over a stored connection, or with a token alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from instep.catalogue import Address, Operation
from instep.catalogue.arguments import Parts, choose_part, sort_arguments, view_of
from instep.catalogue.operation import ViewName
from instep.catalogue.paging import next_arguments, records_in, with_size
from instep.core.errors import ScopeMissing, UserError
from instep.engine.clients import Clients
from instep.sdk.auth import Credential, GivenCredential
from instep.sdk.client import Client
from instep.sdk.clock import SystemClock
from instep.sdk.connector import Connector
from instep.sdk.limits import Purpose
from instep.sdk.pacing import LocalLimiter
from instep.sdk.request import Part, Request
from instep.sdk.resource import Account

_APP = "gohighlevel"
_HIDDEN = "Bearer …"


@dataclass(frozen=True, slots=True)
class Line:
    """A way to the app: whose account, by which connector, through which client."""

    connector: Connector
    account: Account
    client: Client

    @property
    def defaults(self) -> dict[str, Any]:
        """What an operation need not be told: whose account it is."""
        known = self.account.config
        return {
            "locationId": self.account.id or None,
            "altId": self.account.id or None,
            "altType": "location" if self.account.id else None,
            "companyId": known.get("company_id"),
        }


@dataclass(frozen=True, slots=True)
class Prepared:
    """A call checked against the catalogue, ready to be sent."""

    operation: Operation
    view: ViewName
    arguments: Mapping[str, Any]
    request: Request

    @property
    def address(self) -> Address:
        """Where the request goes."""
        return self.operation.views[self.view]


async def with_connection(clients: Clients, name: str | None) -> Line:
    """Open the line of a stored connection, by default the one called gohighlevel.

    Raises UserError if there is none, or if it belongs to another app.
    """
    reached = await clients.named(name or _APP)
    if reached.connector.name != _APP:
        raise UserError(
            f"{name!r} is a connection of {reached.connector.title}; operations are GoHighLevel's."
        )
    return Line(reached.connector, reached.account, reached.client)


@asynccontextmanager
async def with_token(
    connectors: Mapping[str, Connector], url: str | None, token: str, location: str
) -> AsyncIterator[Line]:
    """Open a line with a token alone. Nothing is stored. `url` None is GoHighLevel itself."""
    connector = connectors[_APP]
    settings = {each.name: each.default for each in connector.settings if each.default}
    account = Account(location, None, settings | ({"base_url": url} if url else {}))
    clock = SystemClock()
    client = Client(
        connector=connector,
        account=account,
        tokens=GivenCredential(Credential("private_integration", {"token": token})),
        limiter=LocalLimiter(connector.limits("private_integration", account.config), clock),
        clock=clock,
    )
    try:
        yield Line(connector, account, client)
    finally:
        await client.close()


def prepare(
    operation: Operation, view: ViewName, given: Mapping[str, Any], defaults: Mapping[str, Any]
) -> Prepared:
    """Check a call and make its request.

    Raises UserError for arguments that do not fit, naming the nearest.
    """
    operation = choose_part(operation, view, given)
    view = view_of(operation, view)
    parts = sort_arguments(operation, view, given, defaults)
    return Prepared(operation, view, given, _request(operation, operation.views[view], parts))


def described(line: Line, request: Request) -> dict[str, Any]:
    """Return a request as it would be sent, its secrets hidden."""
    base = line.connector.base_url.format_map(line.account.config).rstrip("/")
    query = [*request.query.items()]
    query += [(name, value) for name, values in request.lists.items() for value in values]
    body = request.json if request.json is not None else request.form
    if request.parts:
        body = {each.name: each.filename or each.content for each in request.parts}
    return {
        "method": request.method,
        "url": f"{base}{request.path}" + (f"?{urlencode(query)}" if query else ""),
        "headers": {
            **line.connector.headers,
            **request.headers,
            "Authorization": _HIDDEN,
        },
        "body": body,
    }


async def call_once(line: Line, prepared: Prepared, purpose: Purpose = Purpose.PERSON) -> Any:
    """Send a prepared call and return the body of the yes. `purpose` says whose budget it uses.

    Raises ScopeMissing naming the scope, and whatever else the app answers.
    """
    try:
        reply = await line.client.send(prepared.request, purpose)
    except ScopeMissing as error:
        raise _naming_scope(prepared, error) from error
    return reply.body


async def call_all(
    line: Line, operation: Operation, view: ViewName, given: Mapping[str, Any], most: int | None
) -> AsyncIterator[Any]:
    """Yield the records of a list, page after page, at most `most` of them.

    Stops at a record it has had. Raises UserError for an operation that is no list.
    """
    operation = choose_part(operation, view, given)
    if operation.items is None:
        raise UserError(f"{operation.id} answers no list of records, so it has no pages.")
    arguments: dict[str, Any] | None = with_size(operation, given, most)
    left, firsts = most, set[str]()
    while arguments is not None:
        reply = await call_once(line, prepare(operation, view, arguments, line.defaults))
        records = records_in(operation, reply)
        # facts: ghl 7 row 1 (a wrong cursor hands out the first page again)
        if not records or _mark(operation, records[0]) in firsts:
            return
        firsts.add(_mark(operation, records[0]))
        for record in records[:left]:
            yield record
        left = None if left is None else left - len(records)
        if left is not None and left <= 0:
            return
        arguments = next_arguments(operation, arguments, reply)


def _mark(operation: Operation, record: Any) -> str:
    keyed = isinstance(record, Mapping) and operation.key in record
    return str(record[operation.key] if keyed else record)


def _request(operation: Operation, address: Address, parts: Parts) -> Request:
    raw = operation.media == "audio"
    content = address.body.content if address.body else None
    body = parts.body if isinstance(parts.body, Mapping) else {}
    return Request(
        address.method,
        parts.path,
        query=parts.query,
        lists=parts.lists,
        json=parts.body if content == "json" else None,
        form=_texts(body) if content == "form" else None,
        parts=_uploads(body) if content == "multipart" else None,
        headers={**parts.headers, **({"Accept": "*/*"} if raw else {})},
        repeatable=True if operation.effect == "read" else None,
        raw=raw,
    )


def _texts(body: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in body.items() if value is not None}


def _uploads(body: Mapping[str, Any]) -> tuple[Part, ...]:
    return tuple(
        Part(name, value.read_bytes(), value.name)
        if isinstance(value, Path)
        else Part(name, str(value))
        for name, value in body.items()
        if value is not None
    )


def _naming_scope(prepared: Prepared, error: ScopeMissing) -> ScopeMissing:
    # the catalogue knows; the connector guesses by the path
    wanted = ", ".join(prepared.address.scopes) or error.scope
    if wanted is None:
        return error
    return ScopeMissing(
        f"The credential lacks the scope {wanted}, which {prepared.operation.id} needs; grant it "
        "and connect again.",
        wanted,
    )
