"""The events that operations fire. A webhook tells the marketplace app of each."""

from __future__ import annotations

from typing import Any

from instep.sandbox.clock import Clock
from instep.sandbox.gohighlevel.company import Company
from instep.sandbox.gohighlevel.settings import Settings
from instep.sandbox.state import State


class Events:
    """Takes events in, within the transaction of the change that caused them."""

    def __init__(self, state: State, clock: Clock, company: Company, settings: Settings) -> None:
        self._state = state
        self._clock = clock
        self._company = company
        self._settings = settings

    def fire(self, kind: str, location_id: str, record: dict[str, Any]) -> None:
        """Say that `kind` ("TaskCreate" …) happened to this record of this location.

        `record` holds the fields by the names of the event's page, and may hold more.
        """
