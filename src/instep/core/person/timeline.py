"""What happened with a person, and what is ahead: of every app and kind, in the order of time. Pure.

Times are epoch milliseconds, UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from instep.core.errors import UserError
from instep.core.person.writes import Underway


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing: a task, note, appointment, message, conversation, opportunity or change.

    `at` is when it was, or is to be: a task when it is due. None: no app says. `key` is like no
    other's. `asked_at` is when the app was asked; None: a sync read it. `direction` is of messages:
    inbound or outbound; `unread` of conversations: how many. `waits` are the apps it is on its way to.
    """

    key: str
    kind: str
    connections: tuple[str, ...]
    title: str
    at: int | None = None
    text: str | None = None
    status: str | None = None
    done: bool | None = None
    direction: str | None = None
    unread: int = 0
    person: str | None = None
    asked_at: int | None = None
    waits: tuple[Underway, ...] = ()

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands on the timeline."""
        return (self.at or 0, self.key)


@dataclass(frozen=True, slots=True)
class Sight:
    """What of a timeline is looked at: these kinds, of these connections; none named: all."""

    kinds: frozenset[str] = frozenset()
    connections: frozenset[str] = frozenset()

    def holds(self, each: Happening) -> bool:
        """Whether a happening is looked at."""
        return self.is_of(each.kind) and (
            not self.connections or not self.connections.isdisjoint(each.connections)
        )

    def is_of(self, kind: str) -> bool:
        """Whether happenings of a kind are looked at."""
        return not self.kinds or kind in self.kinds


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a timeline, the newest first; `next` is where the following one begins."""

    happenings: Sequence[Happening]
    next: str | None


def stretch(happenings: Iterable[Happening], before: str | None, limit: int) -> Stretch:
    """Return at most so many, the newest first, those before a place. What has no time is left out.

    Raises UserError for a place that is none.
    """
    place = None if before is None else read_place(before)
    there = [
        each for each in happenings if each.at is not None and (place is None or each.place < place)
    ]
    there.sort(key=lambda each: each.place, reverse=True)
    shown = there[:limit]
    return Stretch(shown, _told(shown[-1]) if len(there) > limit else None)


def read_place(text: str) -> tuple[int, str]:
    """Return where a stretch begins. Raises UserError."""
    at, colon, key = text.partition(":")
    if not colon or not at.removeprefix("-").isdecimal() or len(at) > len(str(2**62)):
        raise UserError(f"{text!r} is no place on a timeline; take it from `next` of a page.")
    return int(at), key


def _told(each: Happening) -> str:
    return f"{each.at}:{each.key}"
