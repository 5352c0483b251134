"""The two apps as their own users see them: plain HTTP through the apps' pages, nothing of ours.

A door is one kind of record in one app. Whatever the chaos test says about lost, doubled or
repeated records rests on these and on the apps' own journals, not on our connectors or tables.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import urlsplit

_BY_HAND = "/_sandbox/by-hand"


@dataclass(frozen=True)
class Shown:
    """One record as its app shows it: what is filled, by canonical name, and its tags; folded.

    `parent_id` is its own app's id of the contact it belongs to.
    """

    id: str
    values: Mapping[str, str]
    tags: frozenset[str] = frozenset()
    parent_id: str | None = None


@dataclass(frozen=True)
class Written:
    """What one call of an app's journal was to write. `id` None: it creates; values None: empty."""

    id: str | None
    values: Mapping[str, str | None] = field(default_factory=dict)
    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()
    removes_record: bool = False


class App:
    """One app over HTTP: its control API, and its pages for people."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        self.url = url
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        self._headers = {"User-Agent": "chaos", "Content-Type": "application/json", **headers}

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API."""
        return self._call(method, f"/_sandbox{path}", body)

    def by_hand(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Do something as a user of the app does it. Raises KeyError for what is not there."""
        return self._call(method, f"{_BY_HAND}{path}", body, headers)

    def close(self) -> None:
        """Let go of the socket."""
        self._connection.close()

    def _call(
        self, method: str, path: str, body: Any, headers: Mapping[str, str] = MappingProxyType({})
    ) -> Any:
        data = None if body is None else json.dumps(body).encode()
        self._connection.request(method, path, data, {**self._headers, **headers})
        reply = self._connection.getresponse()
        raw = reply.read()
        if reply.status == 404:
            raise KeyError(path)
        assert reply.status < 400, f"{method} {path}: {reply.status} {raw!r}"
        return json.loads(raw) if raw else None


def open_ghl(described: Mapping[str, Any]) -> App:
    """Open GoHighLevel for its users."""
    token = described["private_integration_token"]
    app = App(described["url"], {"Authorization": f"Bearer {token}", "Version": "2021-07-28"})
    # the harder setting: a create that is sent twice makes a double
    app.control("PUT", "/settings", {"allow_duplicate_contact": True})
    return app


def open_insightly(described: Mapping[str, Any]) -> App:
    """Open Insightly for its users."""
    pair = base64.b64encode(f"{described['api_key']}:".encode()).decode()
    return App(described["url"], {"Authorization": f"Basic {pair}"})


class Door(ABC):
    """One kind of record in one app.

    `keys` are the app's names by canonical name, `moments` the canonical names of those that are
    times. `calls` says which calls of the API write: method, path, and what they do (create, set,
    tag, untag, remove); the path's group, if it has one, is the record's id. `parents` are the ids
    of the records below which there may be any, where the app lists them so.
    """

    keys: ClassVar[Mapping[str, str]]
    id_key: ClassVar[str]
    calls: ClassVar[Sequence[tuple[str, str, str]]]
    moments: ClassVar[Sequence[str]] = ()

    def __init__(self, app: App, described: Mapping[str, Any]) -> None:
        self.app = app
        self.parents: Sequence[str] = ()
        self._location = described.get("location_id")
        self._names = {key: name for name, key in self.keys.items()}

    @abstractmethod
    def everything(self) -> Iterator[dict[str, Any]]:
        """Read every record, as the app shows it."""

    @abstractmethod
    def add(self, values: Mapping[str, Any], parent_id: str | None) -> str:
        """Create a record and return its id."""

    @abstractmethod
    def edit(self, shown: Shown, name: str, value: Any) -> None:
        """Set one field, or empty it."""

    @abstractmethod
    def remove(self, shown: Shown) -> None:
        """Delete a record."""

    def tag(self, record_id: str, tag: str, *, on: bool) -> None:
        """Put a tag on a record, or take it off."""
        raise NotImplementedError

    def all_shown(self) -> list[Shown]:
        """Read every record in plain form."""
        return [self.show(raw) for raw in self.everything()]

    def show(self, raw: Mapping[str, Any]) -> Shown:
        """Bring a record of the app into plain form."""
        tags, parent = words(self._tags(raw)), self._parent(raw)
        return Shown(str(raw[self.id_key]), self._filled(raw), tags, parent)

    def written(self, call: Mapping[str, Any]) -> Written | None:
        """Read one call of the journal; None if it writes no record of this kind."""
        for method, path, what in self.calls:
            found = re.fullmatch(path, call["path"])
            if found is not None and method == call["method"]:
                return self._written(call["sent"], what, found.groupdict().get("id"))
        return None

    def _written(self, sent: Any, what: str, record_id: str | None) -> Written:
        match what:
            case "create":
                return Written(None, self._fields(sent), words(self._tags(sent)))
            case "set":
                return Written(record_id or str(sent[self.id_key]), self._fields(sent))
            case "tag":
                return Written(record_id, add=words(self._tags(sent)))
            case "untag":
                return Written(record_id, remove=words(self._tags(sent)))
        return Written(record_id, removes_record=True)

    def ids_told(self, got: Any) -> set[str]:
        """Return the ids of the records that an answer shows."""
        return {str(raw[self.id_key]) for raw in self.records_told(got)}

    def records_told(self, got: Any) -> Iterator[Mapping[str, Any]]:
        """Return the records of this kind that an answer shows, however deep they lie."""
        if isinstance(got, list):
            for item in got:
                yield from self.records_told(item)
        elif isinstance(got, dict) and self.is_one(got):
            yield got
        elif isinstance(got, dict):
            for item in got.values():
                yield from self.records_told(item)

    def is_one(self, raw: Mapping[str, Any]) -> bool:
        """Whether a piece of an answer is a record of this kind."""
        return self.id_key in raw

    def _tags(self, raw: Mapping[str, Any]) -> Any:
        return raw.get("tags")

    def _parent(self, raw: Mapping[str, Any]) -> str | None:
        return None

    def _fields(self, sent: Mapping[str, Any]) -> dict[str, str | None]:
        names = ((self._names[key], each) for key, each in sent.items() if key in self._names)
        return {name: self.folded(name, each) for name, each in names}

    def folded(self, name: str, value: Any) -> str | None:
        """Return a value in the form in which both apps' spellings are equal."""
        return moment(value) if name in self.moments else fold(value)

    def _filled(self, raw: Mapping[str, Any]) -> dict[str, str]:
        return {name: text for name, text in self._fields(raw).items() if text is not None}

    def _sent(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values as the app takes them."""
        return {self.keys[name]: self._as_sent(name, each) for name, each in values.items()}

    def _as_sent(self, name: str, value: Any) -> Any:
        return value


def fold(value: Any) -> str | None:
    """Return a value in the form in which both apps' spellings are equal; None if it is empty."""
    return " ".join(str(value).split()).casefold() or None if value is not None else None


def words(tags: Any) -> frozenset[str]:
    """Return tags as a set, letter case aside."""
    return frozenset(tag.casefold() for tag in tags or ())


def moment(value: Any) -> str | None:
    """Return a time in one form, whole seconds in UTC; None if it is empty."""
    if value is None or value == "":
        return None
    if isinstance(value, int):
        return f"{datetime.fromtimestamp(value / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
    read = datetime.fromisoformat(str(value))
    read = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    return f"{read:%Y-%m-%dT%H:%M:%SZ}"
