"""What every app of the sandbox is: a state, faults, a clock, and an ASGI application."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from instep.sandbox.calls import Calls
from instep.sandbox.clock import Clock
from instep.sandbox.faults import Faults
from instep.sandbox.journal import Journal
from instep.sandbox.people import Person
from instep.sandbox.state import State


class SandboxApp(ABC):
    """One app on its own port. A subclass is an emulator: it fills in the abstract methods.

    `data` is the directory its state is kept in (None: in memory), `pace` multiplies the vendor's
    rate limits, `country` (ISO alpha-2) is the account's, `seed` makes chance repeatable.
    """

    name: ClassVar[str]
    """The connector's name; also the name of the state file."""

    def __init__(
        self,
        data: Path | None = None,
        *,
        pace: int = 1,
        country: str = "US",
        seed: int | None = None,
    ) -> None:
        self.pace = pace
        self.country = country
        self.faults = Faults(seed)
        self.calls = Calls()
        self.journal = Journal()
        self.clock = Clock(self.faults)
        self.state = State(data / f"{self.name}.sqlite" if data else None)

    @abstractmethod
    def asgi(self) -> ASGIApp:
        """Return the app itself; `server` wraps it with faults, counting and `/_sandbox`."""

    @abstractmethod
    def describe(self, url: str) -> dict[str, Any]:
        """Return what a client needs to call the app at this URL, as JSON."""

    @abstractmethod
    def load(self, people: Iterable[Person]) -> int:
        """Add people in one transaction; say how many were taken (doubles may be refused)."""

    @abstractmethod
    def refuse(self, fault: str, request: Request) -> Response:
        """Answer as the vendor does for `rate_limit_burst`, `rate_limit_daily`, `server_error`."""

    def revoke(self, request: Request) -> None:  # noqa: B027 - an app without tokens has nothing to do
        """Revoke the token of this call, for the fault `token_revoked`."""

    async def start(self) -> None:  # noqa: B027 - most apps have nothing to begin
        """Begin what the app does by itself, once it answers calls."""

    async def stop(self) -> None:  # noqa: B027 - as start
        """End what `start` began."""

    def controls(self) -> Sequence[Route]:
        """Return further routes for `/_sandbox`: the app's own switches."""
        return ()

    def close(self) -> None:
        """Let go of the state."""
        self.state.close()
