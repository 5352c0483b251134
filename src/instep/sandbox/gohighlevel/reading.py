"""Reads what was sent: JSON, a form, or a form with files."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from instep.sandbox.gohighlevel.refusals import bad_request

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a form."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """A body as read: an object or a form's fields, an array, a form's files."""

    body: JsonObject = field(default_factory=dict)
    items: list[Any] | None = None
    files: dict[str, list[Upload]] = field(default_factory=dict)


def read(content_type: str, raw: bytes) -> Sent:
    """Return what was sent; a body of no known type counts as empty. Raises Refusal."""
    kind = content_type.partition(";")[0].strip().lower()
    if not raw:
        return Sent()
    if kind == _FORM:
        return Sent(dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)))
    if kind == _MULTIPART:
        return _read_parts(content_type, raw)
    if kind != _JSON:
        return Sent()
    try:
        body = json.loads(raw, parse_constant=_refuse_constant, parse_float=_finite)
        if b"\\ud" in raw.lower():
            json.dumps(body, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        raise bad_request("Unexpected token in JSON") from None
    if isinstance(body, list):
        return Sent(items=body)
    if not isinstance(body, dict):
        raise bad_request("The body must be a JSON object")
    return Sent(body)


def _read_parts(content_type: str, raw: bytes) -> Sent:
    message = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n" + raw
    )
    sent = Sent()
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            continue
        filename = part.get_filename()
        if filename is None:
            sent.body[name] = content.decode("utf-8", "replace")
        else:
            upload = Upload(filename, part.get_content_type(), content)
            sent.files.setdefault(name, []).append(upload)
    return sent


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
