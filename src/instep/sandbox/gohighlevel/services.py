"""Everything an operation works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from instep.sandbox.clock import Clock
from instep.sandbox.faults import Faults
from instep.sandbox.gohighlevel.company import Company
from instep.sandbox.gohighlevel.credentials import Credentials
from instep.sandbox.gohighlevel.events import Events
from instep.sandbox.gohighlevel.lifecycle import Lifecycle
from instep.sandbox.gohighlevel.settings import Settings
from instep.sandbox.state import State

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Services:
    """What all products of one sandboxed GoHighLevel share, and the parts they keep themselves."""

    state: State
    clock: Clock
    faults: Faults
    settings: Settings
    company: Company
    credentials: Credentials
    lifecycle: Lifecycle
    events: Events
    _parts: dict[Any, Any] = field(default_factory=dict)

    def part(self, kind: Callable[[Services], T]) -> T:
        """Return the one part of this kind; the first time, make it.

        A part keeps one kind of record. It is a class made of the services; it may ask for other
        parts, and follow what becomes of their records.
        """
        if kind not in self._parts:
            self._parts[kind] = kind(self)
        made: T = self._parts[kind]
        return made
