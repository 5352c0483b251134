"""Which call of a manifest a request is, and what stands in its placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from instep.connectors.custom.describing import OneResource
from instep.connectors.custom.manifest import Manifest
from instep.connectors.custom.parts import Call
from instep.connectors.custom.placeholders import PLACEHOLDER

Found = dict[str, str]


@dataclass(frozen=True, slots=True)
class Route:
    """One call of one resource. `role` is what it does: list, find.email, create and the like."""

    role: str
    resource: str
    call: Call
    pattern: re.Pattern[str]
    names: tuple[str, ...]

    def follow(self, method: str, path: str) -> Found | None:
        """Return what the path says, None if this is another call."""
        if method != self.call.method:
            return None
        found = self.pattern.fullmatch(path)
        if found is None:
            return None
        return dict(zip(self.names, map(unquote, found.groups()), strict=True))


def routes_of(manifest: Manifest, config: Mapping[str, str]) -> list[Route]:
    """Return every call of a manifest, those with the fewest placeholders first."""
    found = [
        _route(role, name, call, config)
        for name, resource in manifest.resources.items()
        for role, call in _calls(resource)
    ]
    return sorted(found, key=lambda route: len(route.names))


def extracted(template: Any, sent: Any, config: Mapping[str, str]) -> Found | None:
    """Return what stands in a template's placeholders; None if `sent` is made by another one."""
    match template:
        case str():
            return _text(template, sent, config)
        case dict():
            return _object(template, sent, config)
        case list() | None:
            return {}  # no manifest needs more
    return {} if template == sent else None


def _object(template: Mapping[str, Any], sent: Any, config: Mapping[str, str]) -> Found | None:
    if template and not isinstance(sent, Mapping):
        return None
    parts = [extracted(value, sent.get(key), config) for key, value in template.items()]
    told = all(key in sent for key in template)
    if not told or any(part is None for part in parts):
        return None
    return {name: word for part in parts if part is not None for name, word in part.items()}


def _text(template: str, sent: Any, config: Mapping[str, str]) -> Found | None:
    pattern, names = _pattern(template, config, "(.*)")
    found = re.fullmatch(pattern, str(sent), re.DOTALL)
    return dict(zip(names, found.groups(), strict=True)) if found else None


def _route(role: str, name: str, call: Call, config: Mapping[str, str]) -> Route:
    pattern, names = _pattern(call.path, config, "([^/]+)")
    return Route(role, name, call, re.compile(pattern), tuple(names))


def _pattern(template: str, config: Mapping[str, str], anything: str) -> tuple[str, list[str]]:
    pieces: list[str] = []
    names: list[str] = []
    for place, piece in enumerate(PLACEHOLDER.split(template)):
        if place % 2 == 0:
            pieces.append(re.escape(piece))
        elif piece.startswith("config."):
            pieces.append(re.escape(config.get(piece.removeprefix("config."), "")))
        else:
            pieces.append(anything)
            names.append(piece)
    return "".join(pieces), names


def _calls(resource: OneResource) -> Iterator[tuple[str, Call]]:
    yield from resource.reading.items()
    yield "get", resource.get
    for role in ("create", "update", "delete"):
        call = getattr(resource, role)
        if call is not None:
            yield role, call
    if resource.parent is not None and resource.parent.link is not None:
        yield "link", resource.parent.link
    for name, field in resource.fields.items():
        if field.add is not None and field.remove is not None:
            yield f"words.{name}.add", field.add
            yield f"words.{name}.remove", field.remove
