"""Requests and replies as plain data. Nothing here sends anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

JsonObject = dict[str, Any]
"""A JSON object as an app sent or wants it; typed only once a connector has read it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart upload: a value, or a file if it has a `filename`."""

    name: str
    content: str | bytes
    filename: str | None = None
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One call of an app.

    `path` is relative to the connection's base URL (an absolute URL is used as it is). `json`,
    `form`, `parts` (an upload) and `content` (the very bytes of a body) exclude each other. `lists` are query parameters that are given
    more than once. `raw` asks for the body of a yes as bytes. `repeatable` says whether sending it
    twice is harmless: None means "by method" (GET, HEAD: yes; everything else: no). `carry` is
    never sent: it is what the resource wants to remember for the next page. A request that uploads
    nothing survives `dump` and `load`, so a page token is simply the next request.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool | None = None
    carry: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    parts: Sequence[Part] | None = None
    raw: bool = False
    content: bytes | None = None

    @property
    def safe_to_repeat(self) -> bool:
        """Whether a second sending does no harm."""
        if self.repeatable is not None:
            return self.repeatable
        return self.method in {"GET", "HEAD"}

    def with_query(self, **more: str) -> Request:
        """Return a copy with these query parameters added."""
        return replace(self, query={**self.query, **more})

    def with_json(self, **more: Any) -> Request:
        """Return a copy with these keys added to its JSON object."""
        return replace(self, json={**(self.json or {}), **more})

    def dump(self) -> JsonObject:
        """Return this request as a JSON object that `load` reads back."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def load(cls, dumped: JsonObject) -> Request:
        """Rebuild a request from `dump`."""
        return cls(**dumped)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. Header names are lower-case; `body` is parsed JSON, text, bytes, or None."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None

    @property
    def ok(self) -> bool:
        """Whether the app says it worked."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the range is HTTP's own
