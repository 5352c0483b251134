"""Where a value stands in a JSON body: `data.items.0.id`, or a list of keys where keys have dots."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator

WHOLE = "@"
"""The body itself."""

UNTOLD: Any = object()
"""What stands where nothing stands, not even a null."""

_NUMBER = re.compile(r"-?\d{1,4}")


def place_of(text: Any) -> Any:
    """Read a place; whatever is no text and no list is left for the type check to refuse."""
    if isinstance(text, list):
        return tuple(text)
    if not isinstance(text, str):
        return text
    if text == WHOLE:
        return ()
    if not text or "" in text.split("."):
        raise ValueError("a place looks like data.email; @ is the whole body")
    return tuple(int(part) if _NUMBER.fullmatch(part) else part for part in text.split("."))


Place = Annotated[tuple[str | int, ...], BeforeValidator(place_of)]


def told(place: Sequence[str | int]) -> str:
    """Return a place as people write it."""
    return ".".join(map(str, place)) or WHOLE


def dig(body: Any, place: Sequence[str | int]) -> Any:
    """Return what stands there; UNTOLD where the way there ends."""
    for step in place:
        if isinstance(body, dict):
            body = body.get(str(step), UNTOLD)
        elif isinstance(body, list) and isinstance(step, int) and -len(body) <= step < len(body):
            body = body[step]
        else:
            return UNTOLD
        if body is UNTOLD:
            return UNTOLD
    return body


def plant(body: Any, place: Sequence[str | int], value: Any) -> Any:
    """Return `body` with `value` there, making objects and lists on the way. Changes `body`."""
    if not place:
        return value
    step, *rest = place
    if isinstance(step, int) and not isinstance(body, dict):
        items = body if isinstance(body, list) else []
        items += [{} for _ in range(step + 1 - len(items))]
        items[step] = plant(items[step], rest, value)
        return items
    known = body if isinstance(body, dict) else {}
    known[str(step)] = plant(known.get(str(step)), rest, value)
    return known


def blended(one: Any, other: Any) -> Any:
    """Return `one` with what `other` says on top; objects blend, anything else replaces."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return other
    return {**one, **{key: blended(one.get(key), value) for key, value in other.items()}}
