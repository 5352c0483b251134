"""Who there is: one agency with its locations, one marketplace app, and a key to sign with."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from instep.sandbox.gohighlevel.identifiers import new_hex_id, new_id
from instep.sandbox.state import State

_NAME = "Quayside Partners"
_TIMEZONES = {
    "AU": "Australia/Sydney",
    "CA": "America/Toronto",
    "GB": "Europe/London",
    "NZ": "Pacific/Auckland",
    "US": "America/New_York",
}

Location = dict[str, Any]


class Company:
    """The agency. Everything is invented once per data directory and then stays."""

    def __init__(self, state: State, country: str) -> None:
        self._state = state
        kept = state.kept("company", lambda: _invent(country))
        self.id: str = kept["id"]
        self.user_id: str = kept["user_id"]
        self.client_id: str = kept["client_id"]
        self.client_secret: str = kept["client_secret"]
        self.country: str = kept.get("country", country)
        self.locations: dict[str, Location] = {each["id"]: each for each in kept["locations"]}
        self.webhook_key = Ed25519PrivateKey.from_private_bytes(
            base64.b64decode(kept["webhook_key"])
        )

    @property
    def location_id(self) -> str:
        """The first location's id: the one people are loaded into."""
        return next(iter(self.locations))

    @property
    def app_id(self) -> str:
        """The marketplace app's id."""
        # facts: ghl 3.1
        return self.client_id.partition("-")[0]

    @property
    def webhook_public_key(self) -> str:
        """The public half of the key webhooks are signed with: base64 of its SPKI form."""
        # facts: ghl 5.3
        raw = self.webhook_key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return base64.b64encode(raw).decode()

    @property
    def profile(self) -> dict[str, Any]:
        """What is told of the agency itself."""
        website = f"https://www.{_NAME.replace(' ', '-').lower()}.example"
        return {
            "id": self.id,
            "name": _NAME,
            "email": f"hello@{website.removeprefix('https://www.')}",
            "website": website,
            "country": self.country,
            "timezone": timezone_of(self.country),
            "customerType": "agency",
            "status": "active",
            "plan": 1,
            "isReselling": False,
            "locationCount": len(self.locations),
        }

    @contextmanager
    def changing(self) -> Iterator[dict[str, Location]]:
        """Give the locations to change. They are kept with what else is written in this block.

        An exception undoes the block, in the file and in memory.
        """
        before = {identifier: {**each} for identifier, each in self.locations.items()}
        try:
            with self._state.transaction():
                yield self.locations
                kept = self._state.kept("company", dict)
                kept["locations"] = list(self.locations.values())
                self._state.keep("company", kept)
        except BaseException:
            # others hold on to this very dictionary
            self.locations.clear()
            self.locations.update(before)
            raise

    def allows(self, location_id: str, setting: str, *, otherwise: bool) -> bool:
        """Return one of a location's yes-or-no settings, or `otherwise` where it is not set."""
        settings = self.locations[location_id].get("settings", {})
        return bool(settings.get(setting, otherwise))


def timezone_of(country: str) -> str:
    """Return the time zone that a location in this country begins with."""
    return _TIMEZONES.get(country, "Etc/UTC")


def _invent(country: str) -> dict[str, Any]:
    company_id = new_id()
    key = Ed25519PrivateKey.generate().private_bytes_raw()
    return {
        "id": company_id,
        "user_id": new_id(),
        "country": country,
        "client_id": f"{new_hex_id()}-{secrets.token_hex(4)}",
        "client_secret": secrets.token_urlsafe(24),
        "webhook_key": base64.b64encode(key).decode(),
        "locations": [
            _location(company_id, name, country) for name in ("Harbour Brokers", "Hillside Brokers")
        ],
    }


def _location(company_id: str, name: str, country: str) -> Location:
    timezone = timezone_of(country)
    website = f"https://www.{name.replace(' ', '-').lower()}.example"
    place = {"address": "1 Market Street", "country": country, "website": website}
    return {
        "id": new_id(),
        "companyId": company_id,
        "name": name,
        **place,
        "timezone": timezone,
        "email": f"office@{website.removeprefix('https://www.')}",
        "business": {"name": name, **place, "timezone": timezone},
        "social": {},
    }
