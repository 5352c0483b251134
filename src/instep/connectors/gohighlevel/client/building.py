"""From an operation and its arguments to the request that is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from instep.connectors.gohighlevel.client.arguments import Bound, Signature, bind
from instep.connectors.gohighlevel.client.encoding import (
    encode,
    form,
    in_milliseconds,
    part,
    query,
    segment,
)
from instep.connectors.gohighlevel.client.errors import WrongArguments
from instep.connectors.gohighlevel.client.meaning import OPERATION
from instep.connectors.gohighlevel.client.spelling import spelt_for
from instep.sdk.request import Part, Request

# facts: ghl 2.2: a call without the header is refused; an established path takes any version
_USUAL_VERSION = {"v2": "2021-07-28", "v3": "v3"}


def request_for(
    signature: Signature, given: Mapping[str, Any], known: Mapping[str, Any]
) -> Request:
    """Return the request of one call. Raises WrongArguments; nothing has been sent then."""
    bound = bind(signature, given, known)
    address, operation = signature.address, signature.operation
    single, many = _query(signature, bound)
    raw = operation.media == "audio"
    return Request(
        address.method,
        _path(signature, bound),
        query=single,
        lists=many,
        **_body(signature, bound),
        headers=_headers(signature, raw=raw),
        repeatable=True if operation.effect == "read" else None,
        carry={OPERATION: operation.id},
        raw=raw,
    )


def _headers(signature: Signature, *, raw: bool) -> dict[str, str]:
    version = signature.address.version or _USUAL_VERSION[signature.view]
    return {"Version": version, "Accept": "*/*"} if raw else {"Version": version}


def _path(signature: Signature, bound: Bound) -> str:
    path = signature.address.path
    for name, value in bound.path.items():
        path = path.replace(f"{{{name}}}", quote(segment(value, name), safe=""))
    return path


def _query(signature: Signature, bound: Bound) -> tuple[dict[str, str], dict[str, list[str]]]:
    single: dict[str, str] = {}
    many: dict[str, list[str]] = {}
    for name, value in bound.query.items():
        if value is None:
            continue
        text = query(value, name, milliseconds=_counts(signature, name))
        if isinstance(text, list):
            # the specification tells no style for lists, so OpenAPI's own holds: once for each
            many[name] = text
        else:
            single[name] = text
    return single, many


def _body(signature: Signature, bound: Bound) -> dict[str, Any]:
    body = signature.address.body
    if body is None:
        return {}
    if body.content == "json":
        return {"json": _json(signature, bound)}
    if not isinstance(bound.body, Mapping):
        raise WrongArguments(f"{signature.operation.id}() takes a mapping as its body.")
    if body.content == "form":
        return {"form": {name: form(value, name) for name, value in _said(bound.body)}}
    parts: list[Part] = []
    for name, value in _said(bound.body):
        several = value if isinstance(value, list | tuple) else [value]
        parts += [part(each, name) for each in several]
    return {"parts": tuple(parts)}


def _said(body: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in body.items() if value is not None]


def _json(signature: Signature, bound: Bound) -> Any:
    if not isinstance(bound.body, Mapping):
        return encode(bound.body, "body")
    view = signature.view
    return {
        name: encode(spelt_for(view, name, value), name, milliseconds=_counts(signature, name))
        for name, value in bound.body.items()
    }


def _counts(signature: Signature, name: str) -> bool:
    argument = signature.arguments.get(name) or signature.arguments.get(f"{name}_")
    schema = argument.schema if argument is not None else {}
    return in_milliseconds(signature.operation.id, name, schema)
