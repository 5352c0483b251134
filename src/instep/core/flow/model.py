"""A flow that was read: one trigger and its steps, as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from instep.core.flow.filling import Filling, Where


@dataclass(frozen=True, slots=True)
class Event:
    """What an app tells by itself starts a run."""

    connection: str
    event: str


@dataclass(frozen=True, slots=True)
class Poll:
    """Each new item of a repeated read starts a run, and each changed one where `changed` is set.

    `everything` says that the first poll emits what is already there.
    """

    connection: str
    operation: str
    inputs: Mapping[str, Any]
    minutes: int
    changed: bool
    everything: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """The clock starts a run: `cron` has five fields and is meant in `zone`."""

    cron: str
    zone: str


@dataclass(frozen=True, slots=True)
class Manual:
    """A person starts a run, with an item they give."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """What somebody posts to the flow's own address starts a run."""

    order_by: str | None


Trigger = Event | Poll | Schedule | Manual | Bridge


class Then(StrEnum):
    """What follows when a step failed for good."""

    STOP = "stop"
    GO_ON = "go_on"
    DEAD_LETTER = "dead_letter"


class Doubt(StrEnum):
    """What follows when nobody can tell whether a step was carried out."""

    ASK = "ask"
    REPEAT = "repeat"
    GO_ON = "go_on"


@dataclass(frozen=True, slots=True)
class OnError:
    """How often a step is tried, the longest wait between in seconds, and what follows then."""

    attempts: int = 8
    longest_wait: int = 300
    then: Then = Then.DEAD_LETTER


@dataclass(frozen=True, slots=True)
class Filter:
    """Unless its conditions hold, the list of steps it stands in ends here."""

    id: str
    title: str | None
    where: Where


@dataclass(frozen=True, slots=True)
class Way:
    """One way of a branch."""

    title: str | None
    where: Where
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """The first way whose conditions hold is taken, else `otherwise`; after it the flow goes on."""

    id: str
    title: str | None
    ways: tuple[Way, ...]
    otherwise: tuple[Step, ...]

    @property
    def lists(self) -> tuple[tuple[Step, ...], ...]:
        """The steps of each way, those of `otherwise` last."""
        return (*(way.steps for way in self.ways), self.otherwise)


@dataclass(frozen=True, slots=True)
class Action:
    """An operation of a connection is called."""

    id: str
    title: str | None
    connection: str
    operation: str
    inputs: Mapping[str, Filling]
    on_error: OnError
    on_unknown: Doubt


@dataclass(frozen=True, slots=True)
class ForEach:
    """Its steps are carried out for each item of a list, one item after the other."""

    id: str
    title: str | None
    items: Filling
    steps: tuple[Step, ...]
    at_most: int


@dataclass(frozen=True, slots=True)
class Delay:
    """The run waits: for so many seconds, or until a moment. One of the two is given."""

    id: str
    title: str | None
    seconds: int | None
    until: Filling | None


@dataclass(frozen=True, slots=True)
class SyncNow:
    """A sync is run."""

    id: str
    title: str | None
    sync: str
    on_error: OnError


@dataclass(frozen=True, slots=True)
class SetValues:
    """Values are worked out once, for later steps to read as `values.NAME`."""

    id: str
    title: str | None
    values: Mapping[str, Filling]


Step = Filter | Branch | Action | ForEach | Delay | SyncNow | SetValues


@dataclass(frozen=True, slots=True)
class Flow:
    """A trigger and the steps that follow it. `document` is what it was read from."""

    id: str
    title: str | None
    trigger: Trigger
    steps: tuple[Step, ...]
    document: Mapping[str, Any]

    def all_steps(self) -> Iterator[Step]:
        """Every step, those inside others too, in the order of the document."""
        yield from _all(self.steps)


def inner_lists(step: Step) -> tuple[tuple[Step, ...], ...]:
    """Return the lists of steps that stand inside a step."""
    match step:
        case Branch():
            return step.lists
        case ForEach():
            return (step.steps,)
        case _:
            return ()


def _all(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        for inner in inner_lists(step):
            yield from _all(inner)
