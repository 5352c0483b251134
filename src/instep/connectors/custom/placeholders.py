"""What a manifest may leave open in a path, a parameter or a body: `{config.pod}`, `{id}` and the like.

Nothing is computed here: a placeholder is replaced by a value, and there is no other syntax.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from instep.core.errors import RecordRejected

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

LEFT_OUT: Any = object()
"""What an entry of a body becomes whose value is not in this write."""

Values = Mapping[str, Callable[[], Any]]
"""Placeholder → what gives its value, asked only where it is needed."""


def names_in(template: Any) -> Iterator[str]:
    """Yield the placeholders of a text, or of everything in an object or a list."""
    match template:
        case str():
            yield from PLACEHOLDER.findall(template)
        case dict():
            for value in template.values():
                yield from names_in(value)
        case list() | tuple():
            for value in template:
                yield from names_in(value)


def stray_brace(template: Any) -> str | None:
    """Return the first text with a brace that belongs to no placeholder."""
    match template:
        case str():
            return template if {"{", "}"} & set(PLACEHOLDER.sub("", template)) else None
        case dict():
            return next(filter(None, map(stray_brace, template.values())), None)
        case list() | tuple():
            return next(filter(None, map(stray_brace, template)), None)
    return None


def filled(template: Any, values: Values) -> Any:
    """Return a body or its like with every placeholder replaced.

    A text that is nothing but one placeholder becomes the value itself, a number a number. What
    holds a placeholder whose value is LEFT_OUT is left out.
    """
    match template:
        case str():
            return _text(template, values)
        case dict():
            pairs = {key: filled(value, values) for key, value in template.items()}
            return {key: value for key, value in pairs.items() if value is not LEFT_OUT}
        case list():
            several = [filled(value, values) for value in template]
            return [value for value in several if value is not LEFT_OUT]
    return template


def path_of(template: str, values: Values) -> str:
    """Return a path; values are encoded, so that none of them changes where it leads.

    Raises RecordRejected for a value that would (`..`).
    """
    return PLACEHOLDER.sub(lambda found: _segment(values[found[1]]()), template)


def format_of(template: str) -> str:
    """Return `{config.pod}` as the connector's format: `{pod}`."""
    return template.replace("{config.", "{")


def _text(template: str, values: Values) -> Any:
    alone = PLACEHOLDER.fullmatch(template)
    if alone:
        return values[alone[1]]()
    found = {name: values[name]() for name in names_in(template)}
    if any(value is LEFT_OUT for value in found.values()):
        return LEFT_OUT
    return PLACEHOLDER.sub(lambda each: str(found[each[1]]), template)


def _segment(value: Any) -> str:
    text = str(value)
    if text in {"", ".", ".."}:
        raise RecordRejected(f"{text!r} cannot stand in a path; it is no id.")
    return quote(text, safe="")
