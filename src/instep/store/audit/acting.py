"""On whose word the present work is done: known in its task, and in the threads that work for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from instep.core.people.roles import Actor


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does: `act` in words (sync pause), `name` of what it is about if it has one.

    `told` are the nouns of which an entry was written already, where one for an act is enough.
    """

    actor: Actor
    act: str
    name: str | None = None
    told: set[str] = field(default_factory=set, compare=False)


_ACT: ContextVar[Act | None] = ContextVar("instep_act", default=None)


def present() -> Act | None:
    """Return the act that is under way here; None if no person asked for it."""
    return _ACT.get()


def begin(act: Act) -> None:
    """Say what is done from here on, until this task ends: for a request, which is one."""
    _ACT.set(act)


@contextmanager
def acting(act: Act | None) -> Iterator[None]:
    """Say what is done while the block runs; None is the engine's own work."""
    before = _ACT.set(act)
    try:
        yield
    finally:
        _ACT.reset(before)
