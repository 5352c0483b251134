"""A request of a flow's own to an app that its user described: below its address, never elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from instep.core.errors import OutcomeUnknown, RecordRejected, RetryLater, UserError
from instep.core.flow.offer import Input, OfferedAction
from instep.core.flow.problems import shown
from instep.core.template import Kind, Shape
from instep.engine.clients import Reached
from instep.engine.flows.actions.calling import Arrived, Call
from instep.engine.flows.actions.finds import unknown
from instep.engine.operation_services import Line, described
from instep.sdk.limits import Purpose
from instep.sdk.request import Request

NAME = "http.request"
"""The operation's name, beside those of the app's records."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

_TEXT, _OBJECT = Shape(Kind.TEXT), Shape(Kind.OBJECT, more=True)
_REPLY = Shape(
    Kind.OBJECT, {"status": Shape(Kind.NUMBER), "headers": _OBJECT, "body": Shape(Kind.ANY)}
)

OFFERED = OfferedAction(
    {
        "method": Input(_TEXT, required=True, allowed=METHODS),
        "path": Input(_TEXT, required=True),
        "query": Input(_OBJECT),
        "headers": Input(_OBJECT),
        "body": Input(Shape(Kind.ANY)),
    },
    _REPLY,
    "write",
)

_PATH = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/%]*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_KEPT_BACK = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "host",
        "proxy-authorization",
        "transfer-encoding",
    }
)
"""The headers that only the connection says, or HTTP itself."""

_TOLD = frozenset({"content-type", "etag", "last-modified", "link", "location", "retry-after"})
"""The headers of an answer that later steps may read; others may hold a secret of the app's."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The inputs of a request, checked."""

    method: str
    path: str
    query: Mapping[str, str]
    lists: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    body: Any


class OpenRequests:
    """Sends a flow's own requests, with the connection's credential and within its limits."""

    async def call(self, reached: Reached, call: Call) -> Any:
        """Send the request; return status, some headers and body of a yes."""
        try:
            reply = await reached.client.send(_request(reached, call), Purpose.WRITE)
        except OutcomeUnknown as error:
            if error.answered == HTTPStatus.SERVICE_UNAVAILABLE:
                # RFC 9110, 15.6.4: unable to handle the request now; it is waited for, not asked about
                raise RetryLater(str(error), error.at) from error
            raise
        headers = {name: each for name, each in reply.headers.items() if name in _TOLD}
        return {"status": reply.status, "headers": headers, "body": reply.body}

    async def find_out(self, reached: Reached, call: Call) -> Arrived | None:
        """Say that a read, or what carries a key, may be repeated. Raises OutcomeUnknown else."""
        if _request(reached, call).safe_to_repeat:
            return None
        raise unknown(call, "nobody can tell here what it does")

    async def describe(self, reached: Reached, call: Call) -> Sequence[Mapping[str, Any]]:
        """Return the request, its secrets hidden."""
        line = Line(reached.connector, reached.account, reached.client)
        return [described(line, _request(reached, call))]


def _request(reached: Reached, call: Call) -> Request:
    usual = reached.connector.open_requests
    if usual is None:
        raise UserError(f"{reached.connector.title} takes no {NAME}; use its operations.")
    asked = _checked(call.inputs)
    key = reached.connector.idempotency_header if asked.method != "GET" else None
    headers = _merged(usual(reached.account), asked.headers)
    if key is not None:
        headers = _merged(headers, {key: call.key})
    return Request(
        asked.method,
        asked.path,
        query=asked.query,
        lists=asked.lists,
        json=asked.body,
        headers=headers,
        repeatable=None if key is None else True,
    )


def _merged(headers: Mapping[str, str], over: Mapping[str, str]) -> dict[str, str]:
    """Return headers with others over them, whatever the case of their names."""
    taken = {name.lower() for name in over}
    return {**{name: each for name, each in headers.items() if name.lower() not in taken}, **over}


def _checked(inputs: Mapping[str, Any]) -> _Asked:
    """Return the inputs by what they are. Raises RecordRejected, naming the one that is wrong."""
    for name in inputs:
        if name not in OFFERED.inputs:
            known = ", ".join(OFFERED.inputs)
            raise RecordRejected(f"{name} is unknown to {NAME}; it takes {known}.")
    method = inputs.get("method")
    if method not in METHODS:
        raise RecordRejected(f"method is {shown(method)}; it can be {', '.join(METHODS)}.")
    query = _object(inputs, "query")
    return _Asked(
        str(method),
        _path(inputs.get("path")),
        {name: _text(each, f"query.{name}") for name, each in query.items() if _is_one(each)},
        {
            name: [_text(one, f"query.{name}") for one in each]
            for name, each in query.items()
            if isinstance(each, (list, tuple))
        },
        {name: _header(name, each) for name, each in _object(inputs, "headers").items()},
        inputs.get("body"),
    )


def _is_one(value: Any) -> bool:
    return value is not None and not isinstance(value, (list, tuple))


def _path(value: Any) -> str:
    """Return a path below the connection's address. Raises RecordRejected for one that leaves it.

    What a browser or a server might read as another host, or as a step upwards, is refused, also
    where it is written in percent signs, once or several times.
    """
    if not isinstance(value, str) or not value.startswith("/"):
        raise RecordRejected(f"path is {shown(value)}; it begins with / and stands below the app.")
    plain = value
    while (read := unquote(plain)) != plain:
        plain = read
    segments = re.split(r"[/\\;]", plain)
    elsewhere = plain.startswith("//") or "\\" in plain or not {".", ".."}.isdisjoint(segments)
    if elsewhere or any(not each.isprintable() for each in plain):
        raise RecordRejected(f"path is {shown(value)}, which may lead out of the connection's app.")
    if not _PATH.fullmatch(value):
        raise RecordRejected(
            f"path is {shown(value)}; write other characters in percent signs (the modifier "
            "url), and parameters as query."
        )
    return value


def _object(inputs: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = inputs.get(name)
    if value is None or value == "":
        return {}
    if not isinstance(value, Mapping):
        raise RecordRejected(f"{name} takes an object, not {shown(value)}.")
    return value


def _header(name: str, value: Any) -> str:
    if not _HEADER.fullmatch(name) or name.lower() in _KEPT_BACK:
        raise RecordRejected(f"The header {shown(name)} cannot be set here; the connection does.")
    text = _text(value, f"headers.{name}")
    if not text.isprintable():
        raise RecordRejected(f"headers.{name} holds a break of line or another unseen character.")
    return text


def _text(value: Any, name: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise RecordRejected(f"{name} takes text, not {shown(value)}.")
