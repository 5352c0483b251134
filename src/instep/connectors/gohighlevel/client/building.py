"""From an operation and its arguments to the request that is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from instep.connectors.gohighlevel.client.arguments import Argument, Signature, bind
from instep.connectors.gohighlevel.client.encoding import (
    encode,
    form,
    in_milliseconds,
    part,
)
from instep.connectors.gohighlevel.client.errors import WrongArguments
from instep.connectors.gohighlevel.client.meaning import OPERATION
from instep.connectors.gohighlevel.client.spelling import spelt_for
from instep.sdk.request import Part, Request


def request_for(
    signature: Signature, given: Mapping[str, Any], known: Mapping[str, Any]
) -> Request:
    """Return the request of one call. Raises WrongArguments; nothing has been sent then."""
    values = {name: _sendable(signature, name, value) for name, value in given.items()}
    parts = bind(signature, values, known)
    address, operation = signature.address, signature.operation
    raw = operation.media == "audio"
    return Request(
        address.method,
        parts.path,
        query=parts.query,
        lists=parts.lists,
        **_body(signature, parts.body),
        headers={**parts.headers, "Accept": "*/*"} if raw else parts.headers,
        repeatable=True if operation.effect == "read" else None,
        carry={OPERATION: operation.id},
        raw=raw,
    )


def _sendable(signature: Signature, name: str, value: Any) -> Any:
    """Return a value as the catalogue checks it: JSON, or what is uploaded as it is."""
    argument = signature.called(name)
    if argument is None or _is_uploaded(signature, argument):
        return value
    counts = in_milliseconds(signature.operation.id, argument.name, argument.schema)
    spelt = spelt_for(signature.view, argument.name, value)
    return encode(spelt, argument.written, milliseconds=counts)


def _is_uploaded(signature: Signature, argument: Argument) -> bool:
    body = signature.address.body
    return body is not None and body.content == "multipart" and "body" in argument.places


def _body(signature: Signature, values: Any) -> dict[str, Any]:
    body = signature.address.body
    if body is None:
        return {}
    if body.content == "json":
        return {"json": values}
    if not isinstance(values, Mapping):
        raise WrongArguments(f"{signature.operation.id}() takes a mapping as its body.")
    if body.content == "form":
        return {"form": {name: form(value, name) for name, value in _said(values)}}
    return {"parts": tuple(_parts(values))}


def _parts(values: Mapping[str, Any]) -> Iterator[Part]:
    for name, value in _said(values):
        several = value if isinstance(value, list | tuple) else [value]
        yield from (part(each, name) for each in several)


def _said(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in body.items() if value is not None)
