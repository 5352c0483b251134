"""What a run does next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from instep.core.flow.model import Action, SyncNow
from instep.core.flow.outcomes import Outcome


class Reason(StrEnum):
    """Why a run stopped before its end."""

    FAILED = "failed"  # a step failed, and the flow says to stop
    DEAD_LETTER = "dead_letter"  # the same, and it is kept for replay
    UNKNOWN = "unknown"  # a person has to say whether a step was carried out
    BROKEN = "broken"  # a connection has to be renewed first


@dataclass(frozen=True, slots=True)
class Do:
    """Carry out a step. That it was started is stored first, with these inputs."""

    place: str
    step: Action | SyncNow
    inputs: Mapping[str, Any]
    attempt: int


@dataclass(frozen=True, slots=True)
class FindOut:
    """A step was started and nobody knows what came of it: look that up before anything else."""

    place: str
    step: Action | SyncNow
    inputs: Mapping[str, Any]
    attempt: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is to be done before `until` (UTC, aware)."""

    place: str
    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The run does not go on by itself. `why` is a sentence."""

    place: str
    reason: Reason
    why: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The run is at its end. `why` says which filter ended it early, if one did."""

    why: str | None = None


Move = Do | FindOut | Wait | Stop | Finish


@dataclass(frozen=True, slots=True)
class Advance:
    """What was settled on the way, by place, and the move that follows.

    What was settled is stored together with the start of the move, in one transaction: so a run
    that was interrupted decides nothing twice.
    """

    settled: Mapping[str, Outcome]
    move: Move
