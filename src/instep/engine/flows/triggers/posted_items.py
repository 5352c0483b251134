"""What somebody posts to a flow's own address, as items: read strictly, and told apart. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from instep.core.errors import UserError
from instep.sdk.webhooks import Incoming, content_id

MOST_ITEMS = 1_000
"""Items in one list; who has more parts them."""

_FORM = "application/x-www-form-urlencoded"
_KEYS = ("webhook-id", "idempotency-key")
_LONGEST = 500


def items_in(incoming: Incoming) -> Sequence[Any]:
    """Return the items of a body: of an object one, of a list one each, of a form one.

    Raises UserError for anything else.
    """
    kind = incoming.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _FORM:
        return [_form(incoming.body)]
    read = _json(incoming.body)
    items = read if isinstance(read, list) else [read]
    if not items or not all(isinstance(each, dict) for each in items):
        raise UserError("The body has to be a JSON object, a list of such, or a form.")
    if len(items) > MOST_ITEMS:
        raise UserError(f"The list has {len(items):,} items; send at most {MOST_ITEMS:,} at once.")
    return items


def sending_of(incoming: Incoming) -> str:
    """Return what makes a posting the same as another: its key, else its content of this minute.

    A key is webhook-id, as in Standard Webhooks, or Idempotency-Key.
    """
    for name in _KEYS:
        key = incoming.headers.get(name, "").strip()
        if key:
            plain = key if key.isprintable() and len(key) <= _LONGEST else _digest(key)
            return f"key:{plain}"
    return content_id(incoming)


def key_in(item: Mapping[str, Any], order_by: str | None) -> str | None:
    """Return the value that keeps an item in order with others; None if it has none."""
    value: Any = item
    for name in order_by.split(".") if order_by else ():
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or value == "":
        return None
    text = str(value)
    return text if text.isprintable() and len(text) <= _LONGEST else _digest(text)


def _form(body: bytes) -> dict[str, Any]:
    """Return a form as an object; a name that comes again has a list."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_ITEMS)
    except ValueError:
        raise UserError("The form cannot be read.") from None
    item: dict[str, Any] = {}
    for name, value in pairs:
        if name in item:
            before = item[name] if isinstance(item[name], list) else [item[name]]
            item[name] = [*before, value]
        else:
            item[name] = value
    if not item:
        raise UserError("The form is empty.")
    return item


def _json(body: bytes) -> Any:
    try:
        read = json.loads(body, parse_constant=_refuse)
        # half a character, or a number beyond all bounds, is kept by no database
        json.dumps(read, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise UserError("The body is no JSON that can be kept.") from None
    return read


def _refuse(_word: str) -> NoReturn:
    raise ValueError


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
