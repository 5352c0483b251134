"""What there is for a flow to use: the port that the checks ask, filled from catalogue and connectors."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from instep.core.template import Shape


@dataclass(frozen=True, slots=True)
class Input:
    """One thing an operation takes. `allowed` are the only texts it may be, where there are such."""

    shape: Shape = field(default_factory=Shape)
    required: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferedAction:
    """An operation that a step may call. `output` is what later steps read of its answer."""

    inputs: Mapping[str, Input]
    output: Shape
    effect: Literal["read", "write", "destructive"]
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferedTrigger:
    """A read that can be polled, or an event. `item` is what the steps read as `trigger`.

    `calls` is how many calls one poll takes at least.
    """

    item: Shape
    inputs: Mapping[str, Input] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    calls: int = 1


class Offer(Protocol):
    """What the workspace's connections offer. What is asked for by name was listed before."""

    def connections(self) -> Collection[str]:
        """Return the names of all connections."""

    def actions(self, connection: str) -> Mapping[str, OfferedAction]:
        """Return a connection's operations by name."""

    def polls(self, connection: str) -> Mapping[str, OfferedTrigger]:
        """Return a connection's reads that can be polled, by name."""

    def events(self, connection: str) -> Mapping[str, OfferedTrigger]:
        """Return what a connection's app tells by itself, by name."""

    def syncs(self) -> Collection[str]:
        """Return the names of all syncs."""

    def granted(self, connection: str) -> Collection[str] | None:
        """Return the scopes a connection carries; None where its app does not tell."""

    def calls_per_day(self, connection: str) -> int | None:
        """Return the calls a day that flows may make there; None where there is no limit."""

    def timetable(self, cron: str, zone: str) -> str | None:
        """Say in a sentence why a schedule cannot be; None if it can."""
