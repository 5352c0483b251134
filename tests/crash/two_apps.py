"""The two apps as somebody sees them who does not know Instep: plain HTTP, nothing of ours.

Each person is read as the same plain fields from either app, so that what the crash test says about
lost and doubled people rests on the apps alone, not on our connectors or tables.
"""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

_TOO_MANY = 429
_PATIENCE = 60


@dataclass(frozen=True)
class Seen:
    """One person of one app, with the text fields and tags both apps have, in lower case."""

    id: str
    fields: dict[str, str]
    tags: frozenset[str]

    @property
    def key(self) -> str:
        """What tells this person from any other: the e-mail, else the phone."""
        return self.fields.get("email") or self.fields["phone"]


class App:
    """One app over HTTP, as patient as its limits ask for."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self._url = url
        self._headers = {"User-Agent": "crash-test", "Content-Type": "application/json", **headers}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, self._headers, method=method)
        for _ in range(_PATIENCE):
            try:
                with urllib.request.urlopen(request, timeout=30) as reply:
                    return json.loads(reply.read() or b"null")
            except urllib.error.HTTPError as error:
                if error.code != _TOO_MANY:
                    raise AssertionError(f"{method} {path}: {error.code} {error.read()}") from None
                time.sleep(0.2)  # the app's own window has to pass
        raise AssertionError(f"{method} {path} was refused for too long")


class GoHighLevel(App):
    """Contacts of a location."""

    name = "gohighlevel"
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

    def __init__(self, described: dict[str, str]) -> None:
        token = described["private_integration_token"]
        super().__init__(
            described["url"], {"Authorization": f"Bearer {token}", "Version": "2021-07-28"}
        )
        self._location = described["location_id"]
        # the harder setting: a create that is sent twice makes a double
        self.call("PUT", "/_sandbox/settings", {"allow_duplicate_contact": True})

    def everyone(self) -> list[Seen]:
        return [self._seen(contact) for page in self._pages() for contact in page]

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        body: dict[str, Any] = {"locationId": self._location, "pageLimit": 100}
        while page := self.call("POST", "/contacts/search", body)["contacts"]:
            yield page
            body["searchAfter"] = page[-1]["searchAfter"]

    def _seen(self, contact: dict[str, Any]) -> Seen:
        values = {**contact, "address1": contact.get("address1") or contact.get("address")}
        fields = {name: str(values[key]) for name, key in self.keys.items() if values.get(key)}
        return Seen(contact["id"], _folded(fields), _words(contact.get("tags") or []))

    def edit(self, contact_id: str, field: str, value: str) -> None:
        self.call("PUT", f"/contacts/{contact_id}", {self.keys[field]: value})

    def tag(self, contact_id: str, tag: str) -> None:
        self.call("POST", f"/contacts/{contact_id}/tags", {"tags": [tag]})

    def add(self, fields: dict[str, str]) -> None:
        body = {self.keys[name]: value for name, value in fields.items()}
        self.call("POST", "/contacts/", {"locationId": self._location, **body})


class Insightly(App):
    """Contacts of an instance."""

    name = "insightly"
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

    def __init__(self, described: dict[str, str]) -> None:
        pair = base64.b64encode(f"{described['api_key']}:".encode()).decode()
        super().__init__(described["url"], {"Authorization": f"Basic {pair}"})

    def everyone(self) -> list[Seen]:
        return [self._seen(contact) for page in self._pages() for contact in page]

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        skip = 0
        while page := self.call("GET", f"/Contacts?top=100&skip={skip}"):
            yield page
            skip += len(page)

    def _seen(self, contact: dict[str, Any]) -> Seen:
        fields = {name: str(contact[key]) for name, key in self.keys.items() if contact.get(key)}
        tags = [tag["TAG_NAME"] for tag in contact["TAGS"] or []]
        return Seen(str(contact["CONTACT_ID"]), _folded(fields), _words(tags))

    def edit(self, contact_id: str, field: str, value: str) -> None:
        self.call("PUT", "/Contacts", {"CONTACT_ID": int(contact_id), self.keys[field]: value})

    def tag(self, contact_id: str, tag: str) -> None:
        self.call("POST", f"/Contacts/{contact_id}/Tags", {"TAG_NAME": tag})

    def add(self, fields: dict[str, str]) -> None:
        self.call("POST", "/Contacts", {self.keys[name]: value for name, value in fields.items()})


def _folded(fields: dict[str, str]) -> dict[str, str]:
    return {name: " ".join(value.split()).casefold() for name, value in fields.items()}


def _words(tags: list[str]) -> frozenset[str]:
    return frozenset(tag.casefold() for tag in tags)
