"""The two apps as their own users see them: plain HTTP through the apps' pages, nothing of ours.

A door is one kind of record in one app. Whatever the chaos test says about lost, doubled or
repeated records rests on these and on the apps' own journals, not on our connectors or tables.
"""

from __future__ import annotations

import base64
import http.client
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import urlsplit

_BY_HAND = "/_sandbox/by-hand"


@dataclass(frozen=True)
class Shown:
    """One record as its app shows it: what is filled, by canonical name, and its tags; folded."""

    id: str
    values: Mapping[str, str]
    tags: frozenset[str] = frozenset()


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

    def by_hand(self, method: str, path: str, body: Any = None) -> Any:
        """Do something as a user of the app does it."""
        return self._call(method, f"{_BY_HAND}{path}", body)

    def close(self) -> None:
        """Let go of the socket."""
        self._connection.close()

    def _call(self, method: str, path: str, body: Any) -> Any:
        data = None if body is None else json.dumps(body).encode()
        self._connection.request(method, path, data, self._headers)
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
    """One kind of record in one app. `keys` are the app's names by canonical name."""

    keys: ClassVar[Mapping[str, str]]
    id_key: ClassVar[str]

    def __init__(self, app: App, described: Mapping[str, Any]) -> None:
        self.app = app
        self._location = described.get("location_id")
        self._names = {key: name for name, key in self.keys.items()}

    @abstractmethod
    def everything(self) -> Iterator[dict[str, Any]]:
        """Read every record, as the app shows it."""

    @abstractmethod
    def show(self, raw: Mapping[str, Any]) -> Shown:
        """Bring a record of the app into plain form."""

    @abstractmethod
    def add(self, values: Mapping[str, str]) -> str:
        """Create a record and return its id."""

    @abstractmethod
    def edit(self, record_id: str, name: str, value: str | None) -> None:
        """Set one field, or empty it."""

    @abstractmethod
    def tag(self, record_id: str, tag: str, *, on: bool) -> None:
        """Put a tag on a record, or take it off."""

    @abstractmethod
    def remove(self, record_id: str) -> None:
        """Delete a record."""

    @abstractmethod
    def written(self, call: Mapping[str, Any]) -> Written | None:
        """Read one call of the journal; None if it writes no record of this kind."""

    def all_shown(self) -> list[Shown]:
        """Read every record in plain form."""
        return [self.show(raw) for raw in self.everything()]

    def ids_told(self, got: Any) -> set[str]:
        """Return the ids of the records that an answer shows."""
        if isinstance(got, list):
            return {each for item in got for each in self.ids_told(item)}
        if not isinstance(got, dict):
            return set()
        if self.id_key in got:
            return {str(got[self.id_key])}
        return {each for item in got.values() for each in self.ids_told(item)}

    def _fields(self, sent: Mapping[str, Any]) -> dict[str, str | None]:
        return {self._names[key]: fold(each) for key, each in sent.items() if key in self._names}

    def _filled(self, raw: Mapping[str, Any]) -> dict[str, str]:
        return {name: text for name, text in self._fields(raw).items() if text is not None}


class GhlContacts(Door):
    """Contacts of a location."""

    id_key = "id"
    keys: ClassVar = {
        "first_name": "firstName",
        "last_name": "lastName",
        "email": "email",
        "phone": "phone",
        "address": "address1",
        "city": "city",
        "state": "state",
        "postal_code": "postalCode",
    }

    def everything(self) -> Iterator[dict[str, Any]]:
        body: dict[str, Any] = {"locationId": self._location, "pageLimit": 100}
        while page := self.app.by_hand("POST", "/contacts/search", body)["contacts"]:
            yield from ({**each, "address1": each.get("address")} for each in page)
            body["searchAfter"] = page[-1]["searchAfter"]

    def show(self, raw: Mapping[str, Any]) -> Shown:
        return Shown(raw["id"], self._filled(raw), words(raw.get("tags")))

    def add(self, values: Mapping[str, str]) -> str:
        body = {self.keys[name]: value for name, value in values.items()}
        made = self.app.by_hand("POST", "/contacts/", {"locationId": self._location, **body})
        return made["contact"]["id"]

    def edit(self, record_id: str, name: str, value: str | None) -> None:
        emptied = "" if name == "postal_code" else None
        body = {self.keys[name]: emptied if value is None else value}
        self.app.by_hand("PUT", f"/contacts/{record_id}", body)

    def tag(self, record_id: str, tag: str, *, on: bool) -> None:
        method = "POST" if on else "DELETE"
        self.app.by_hand(method, f"/contacts/{record_id}/tags", {"tags": [tag]})

    def remove(self, record_id: str) -> None:
        self.app.by_hand("DELETE", f"/contacts/{record_id}")

    def written(self, call: Mapping[str, Any]) -> Written | None:
        method, parts, sent = call["method"], call["path"].strip("/").split("/"), call["sent"]
        match (method, parts):
            case "POST", ["contacts"]:
                return Written(None, self._fields(sent), words(sent.get("tags")))
            case "PUT", ["contacts", record_id]:
                return Written(record_id, self._fields(sent))
            case "POST", ["contacts", record_id, "tags"]:
                return Written(record_id, add=words(sent["tags"]))
            case "DELETE", ["contacts", record_id, "tags"]:
                return Written(record_id, remove=words(sent["tags"]))
            case "DELETE", ["contacts", record_id]:
                return Written(record_id, removes_record=True)
        return None


class InsightlyContacts(Door):
    """Contacts of an instance."""

    id_key = "CONTACT_ID"
    keys: ClassVar = {
        "first_name": "FIRST_NAME",
        "last_name": "LAST_NAME",
        "email": "EMAIL_ADDRESS",
        "phone": "PHONE_MOBILE",
        "address": "ADDRESS_MAIL_STREET",
        "city": "ADDRESS_MAIL_CITY",
        "state": "ADDRESS_MAIL_STATE",
        "postal_code": "ADDRESS_MAIL_POSTCODE",
    }

    def everything(self) -> Iterator[dict[str, Any]]:
        skip = 0
        while page := self.app.by_hand("GET", f"/Contacts?top=500&skip={skip}"):
            yield from page
            skip += len(page)

    def show(self, raw: Mapping[str, Any]) -> Shown:
        tags = [tag["TAG_NAME"] for tag in raw["TAGS"] or []]
        return Shown(str(raw["CONTACT_ID"]), self._filled(raw), words(tags))

    def add(self, values: Mapping[str, str]) -> str:
        body = {self.keys[name]: value for name, value in values.items()}
        return str(self.app.by_hand("POST", "/Contacts", body)["CONTACT_ID"])

    def edit(self, record_id: str, name: str, value: str | None) -> None:
        body = {"CONTACT_ID": int(record_id), self.keys[name]: value}
        self.app.by_hand("PUT", "/Contacts", body)

    def tag(self, record_id: str, tag: str, *, on: bool) -> None:
        method = "POST" if on else "DELETE"
        self.app.by_hand(method, f"/Contacts/{record_id}/Tags", {"TAG_NAME": tag})

    def remove(self, record_id: str) -> None:
        self.app.by_hand("DELETE", f"/Contacts/{record_id}")

    def written(self, call: Mapping[str, Any]) -> Written | None:
        method, parts, sent = call["method"], call["path"].strip("/").split("/"), call["sent"]
        match (method, parts):
            case "POST", ["Contacts"]:
                tags = [tag["TAG_NAME"] for tag in sent.get("TAGS") or []]
                return Written(None, self._fields(sent), words(tags))
            case "PUT", ["Contacts"]:
                return Written(str(sent["CONTACT_ID"]), self._fields(sent))
            case "POST", ["Contacts", record_id, "Tags"]:
                return Written(record_id, add=words([sent["TAG_NAME"]]))
            case "DELETE", ["Contacts", record_id, "Tags"]:
                return Written(record_id, remove=words([sent["TAG_NAME"]]))
            case "DELETE", ["Contacts", record_id]:
                return Written(record_id, removes_record=True)
        return None


def fold(value: Any) -> str | None:
    """Return a value in the form in which both apps' spellings are equal; None if it is empty."""
    return " ".join(str(value).split()).casefold() or None if value is not None else None


def words(tags: Any) -> frozenset[str]:
    """Return tags as a set, letter case aside."""
    return frozenset(tag.casefold() for tag in tags or ())
