"""The wire of an app in memory: the same requests and replies, no socket."""

from __future__ import annotations

from collections.abc import Mapping

from instep.connectors.memory.app import MemoryApp, named
from instep.connectors.memory.keeper import MemoryKeeper
from instep.connectors.memory.kinds import RESOURCES
from instep.core.errors import OutcomeUnknown, RetryLater
from instep.sdk.kept import Answering
from instep.sdk.kept.wire import problem
from instep.sdk.request import Reply, Request


def open_transport(config: Mapping[str, str]) -> MemoryTransport:
    """Return the wire to the app that the connection's settings name."""
    return MemoryTransport(named(config["name"]))


class MemoryTransport:
    """Carries requests to one app in memory."""

    def __init__(self, app: MemoryApp) -> None:
        self._app = app
        self._answering = Answering(MemoryKeeper(app), RESOURCES)

    async def send(self, request: Request, headers: Mapping[str, str]) -> Reply:
        """Answer as the app would. Raises OutcomeUnknown or RetryLater for a dropped reply."""
        self._app.calls[request.method] += 1
        refusal = self._refusal({name.lower(): text for name, text in headers.items()})
        if refusal is not None:
            return refusal
        reply = await self._answer(request)
        if request.method != "GET" and self._app.faults.dropped:
            self._app.faults.dropped -= 1
            broken = RetryLater if request.safe_to_repeat else OutcomeUnknown
            raise broken(f"The app {self._app.name} gave no answer.")
        return reply

    async def close(self) -> None:
        """Nothing to let go of."""

    def _refusal(self, headers: Mapping[str, str]) -> Reply | None:
        faults = self._app.faults
        if headers.get("authorization") != f"Bearer {self._app.token}":
            return problem(401, "The token is not valid.")
        if faults.throttled:
            faults.throttled -= 1
            wait = {"retry-after": f"{faults.throttled_seconds:g}"}
            return Reply(429, wait, {"message": "Too many calls."})
        if faults.failing:
            faults.failing -= 1
            return problem(faults.failing_status, "The app has a fault.")
        return None

    async def _answer(self, request: Request) -> Reply:
        return await self._answering.answer(request)
