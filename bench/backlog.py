"""Under a backlog: how much of the rate an app allows is used, and how often it had to say no.

The sandbox keeps the real limits: GoHighLevel lets a private integration token make 25 calls in any
ten seconds, which is 2.5 a second; of Insightly the rate is used that the connection is set to, four a
second. First the one app is empty and then the other: 60 people have to be created there. The rate is
that of all calls of that app as they leave, from the first person created to the last; a refused call
is one that was answered with 429.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.apps import serving
from bench.measuring import Bench, Figures
from bench.syncing import connected_on
from instep import connectors
from instep.sdk.connector import Connector
from instep.sdk.request import Reply, Request
from instep.sdk.transport import HttpTransport
from instep.settings import Settings

PEOPLE = 60
ALLOWED = {"gohighlevel": 2.5, "insightly": 4.0}
_REAL = "real"
_TOO_MANY = 429


@dataclass(slots=True)
class Wire:
    """An app's wire: when each call was sent, when each person was written, what was refused."""

    sent_at: list[float] = field(default_factory=list)
    written_at: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def calls_per_s(self) -> float:
        """How many calls there were a second, from the first person written to the last."""
        if len(self.written_at) != PEOPLE:
            raise AssertionError(f"there were {len(self.written_at)} writes, not {PEOPLE}")
        first, last = self.written_at[0], self.written_at[-1]
        return sum(first < each <= last for each in self.sent_at) / (last - first)

    def over(self, connector: Connector) -> Connector:
        """Return the connector with this wire."""
        return replace(connector, transport=lambda config: _Watched(self, config["base_url"]))


class _Watched:
    """A transport that notes what goes over it."""

    def __init__(self, wire: Wire, base_url: str) -> None:
        self._wire = wire
        self._inner = HttpTransport(base_url)

    async def send(self, request: Request, headers: Mapping[str, str]) -> Reply:
        now = time.monotonic()
        self._wire.sent_at.append(now)
        if request.method == "POST" and not request.path.endswith("/search"):
            self._wire.written_at.append(now)
        reply = await self._inner.send(request, headers)
        self._wire.refused += reply.status == _TOO_MANY
        return reply

    async def close(self) -> None:
        await self._inner.close()


async def measure() -> Figures:
    """Let each app be filled from the other one."""
    figures: dict[str, float] = {"refused_calls": 0}
    for name, allowed in ALLOWED.items():
        wires = await _fill(name)
        figures[f"{name}_quota_used"] = wires[name].calls_per_s / allowed
        figures["refused_calls"] += sum(wire.refused for wire in wires.values())
    return figures


async def _fill(empty: str) -> Mapping[str, Wire]:
    known = connectors.discover()
    wires = {name: Wire() for name in ALLOWED}
    available = {name: wire.over(known[name]) for name, wire in wires.items()}
    with serving(PEOPLE, pace=_REAL, empty=empty) as apps, tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), log_level="warning")
        async with connected_on(settings, apps, insightly={}, available=available) as syncing:
            await syncing.run()
    return wires


BENCH = Bench("backlog", "share of the allowed rate used under a backlog, and refusals", measure)
