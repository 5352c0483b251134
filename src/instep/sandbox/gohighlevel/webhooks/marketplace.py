"""The marketplace app as its developer set it up: its webhook URL and events, and who has it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from instep.core.errors import UserError
from instep.sandbox.gohighlevel.company import Company
from instep.sandbox.gohighlevel.webhooks.kinds import ABOUT_THE_APP, SUBSCRIBABLE
from instep.sandbox.state import State

ALL = "*"
"""Stands for every event."""

_NAME = "marketplace_app"


class MarketplaceApp:
    """The one app of the sandbox. Kept, so that it stays as it is over a restart.

    `installed` holds ids of locations, and the agency's. While `installed_everywhere`, which it is
    at first, the app gets the webhooks of every location, as if each had installed it.
    """

    def __init__(self, state: State, company: Company) -> None:
        self._state = state
        self._company = company
        kept = state.kept(_NAME, _new)
        self.webhook_url: str | None = kept["webhook_url"]
        self.events: frozenset[str] = frozenset(kept["events"])
        self.redirect_uris: tuple[str, ...] = tuple(kept["redirect_uris"])
        self.installed_everywhere: bool = kept["installed_everywhere"]
        self.installed: frozenset[str] = frozenset(kept["installed"])
        self._unannounced: frozenset[str] = frozenset(kept["unannounced"])

    def hears(self, event: str, account: str) -> bool:
        """Whether the app is told of this event in this location (or in the agency)."""
        if self.webhook_url is None:
            return False
        # not in the facts: an app is told of its own installation without subscribing to it
        if event in ABOUT_THE_APP:
            return True
        return event in self.events and self.is_installed(account)

    def is_installed(self, account: str) -> bool:
        """Whether the app is installed in this location, or in the whole agency."""
        if self.installed_everywhere or self._company.id in self.installed:
            return True
        return account in self.installed

    def install(self, account: str, *, announced: bool) -> bool:
        """Note an installation; say whether it is a new one.

        `announced` False: its webhook is held back until `announce` says that it is due.
        """
        if account in self.installed or self._company.id in self.installed:
            return False
        self.installed |= {account}
        if not announced:
            self._unannounced |= {account}
        self._keep()
        return True

    def announce(self, account: str) -> bool:
        """Whether the webhook of this installation was held back until now; it is not any more."""
        if account not in self._unannounced:
            return False
        self._unannounced -= {account}
        self._keep()
        return True

    def uninstall(self, account: str) -> None:
        """Take the app out of a location, or out of the agency and all its locations.

        Where it was installed everywhere, it stays installed in the other locations.
        """
        if account == self._company.id:
            self.installed = frozenset()
        else:
            others = frozenset(each for each in self._company.locations if each != account)
            everywhere = self.installed_everywhere or self._company.id in self.installed
            self.installed = others if everywhere else self.installed - {account}
        self.installed_everywhere = False
        self._unannounced &= self.installed
        self._keep()

    def describe(self) -> dict[str, Any]:
        """Return the app's settings as JSON."""
        return {
            "app_id": self._company.app_id,
            "client_id": self._company.client_id,
            "webhook_url": self.webhook_url,
            "events": [event for event in SUBSCRIBABLE if event in self.events],
            "redirect_uris": list(self.redirect_uris),
            "installed_everywhere": self.installed_everywhere,
            "installed": sorted(self.installed),
        }

    def change(self, wanted: dict[str, Any]) -> None:
        """Set some of `webhook_url`, `events`, `redirect_uris`, `installed_everywhere`.

        Raises UserError, and sets none, if one is unknown or cannot be.
        """
        readers = {
            "webhook_url": _read_url,
            "events": _read_events,
            "redirect_uris": _read_uris,
            "installed_everywhere": _read_flag,
        }
        unknown = sorted(set(wanted) - set(readers))
        if unknown:
            raise UserError(f"The app has no {unknown[0]!r} to set; it has {', '.join(readers)}.")
        read = {name: readers[name](value) for name, value in wanted.items()}
        for name, value in read.items():
            setattr(self, name, value)
        self._keep()

    def _keep(self) -> None:
        told = self.describe() | {"unannounced": sorted(self._unannounced)}
        self._state.keep(_NAME, {name: told[name] for name in _new()})


def _new() -> dict[str, Any]:
    return {
        "webhook_url": None,
        "events": list(SUBSCRIBABLE),
        "redirect_uris": [],
        "installed_everywhere": True,
        "installed": [],
        "unannounced": [],
    }


def _read_url(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if not _is_url(value):
        raise UserError(
            f"The webhook URL must be a whole address such as https://…, not {value!r}."
        )
    return str(value)


def _read_events(value: Any) -> frozenset[str]:
    names = _texts(value, "events")
    if ALL in names:
        return frozenset(SUBSCRIBABLE)
    unknown = sorted(set(names) - set(SUBSCRIBABLE))
    if unknown:
        raise UserError(f"There is no event {unknown[0]!r}; there are {', '.join(SUBSCRIBABLE)}.")
    return frozenset(names)


def _read_uris(value: Any) -> tuple[str, ...]:
    uris = tuple(_texts(value, "redirect_uris"))
    wrong = [uri for uri in uris if not urlsplit(uri).scheme]
    if wrong:
        raise UserError(f"A redirect URI must be a whole address, not {wrong[0]!r}.")
    return uris


def _read_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise UserError(f"installed_everywhere is true or false, not {value!r}.")
    return value


def _texts(value: Any, name: str) -> Iterable[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise UserError(f"The app's {name} must be a list of texts.")
    return value


def _is_url(value: Any) -> bool:
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
