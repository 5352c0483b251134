"""How well a person is looked after, as points with a sentence for each. Pure.

What nobody knows counts neither for nor against: the score is the share of what could be known.
Times are epoch milliseconds, UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from instep.core.person.timeline import Happening
from instep.core.why import Stand

_DAY_MS = 86_400_000
_CONTACT = ((7, 30), (30, 20), (90, 10))
"""Contact within so many days is worth so many points."""

_PER_TASK = 10
_TOUCHING = ("message", "note", "appointment")
_STANDS = {
    Stand.IN_STEP: (15, "Every app says the same."),
    Stand.WAITING: (10, "A change is on its way to another app."),
    Stand.NOTICED: (10, "A change is about to be looked at."),
    Stand.EXCLUDED: (10, "The sync leaves this record alone."),
}
_NOT_IN_STEP = "The apps do not say the same; the link says why."


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score: `points` of `most`, None where it is not known, and why."""

    name: str
    points: int | None
    most: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Health:
    """`score` is out of 100, None where nothing is known."""

    score: int | None
    parts: tuple[Part, ...]


def health(
    happenings: Sequence[Happening], stands: Sequence[Stand], known: frozenset[str], now: int
) -> Health:
    """Return how well a person is looked after.

    `known` are the kinds of things that some app was able to tell about; `stands` how each link of
    the person stands.
    """
    parts = (
        _last_contact(happenings, known, now),
        _tasks(happenings, known, now),
        _appointment(happenings, known, now),
        _answer(happenings, known, now),
        _in_step(stands),
    )
    told = [each for each in parts if each.points is not None]
    most = sum(each.most for each in told)
    got = sum(each.points or 0 for each in told)
    return Health(round(100 * got / most) if most else None, parts)


def _last_contact(happenings: Sequence[Happening], known: frozenset[str], now: int) -> Part:
    name, most = "last contact", _CONTACT[0][1]
    if known.isdisjoint(_TOUCHING):
        return Part(name, None, most, "No app tells of messages, notes or appointments.")
    past = [
        each.at
        for each in happenings
        if each.kind in _TOUCHING and each.at is not None and each.at <= now
    ]
    if not past:
        return Part(name, 0, most, "Nobody has been in touch yet, as far as the apps tell.")
    days = (now - max(past)) // _DAY_MS
    points = next((points for within, points in _CONTACT if days <= within), 0)
    return Part(name, points, most, f"The last contact was {_ago(days)}.")


def _tasks(happenings: Sequence[Happening], known: frozenset[str], now: int) -> Part:
    name, most = "tasks", 2 * _PER_TASK
    if "task" not in known:
        return Part(name, None, most, "No app tells of tasks.")
    late = [
        each.at
        for each in happenings
        if each.kind == "task" and not each.done and each.at is not None and each.at < now
    ]
    if not late:
        return Part(name, most, most, "No task is overdue.")
    which = "1 task is" if len(late) == 1 else f"{len(late)} tasks are"
    days = (now - min(late)) // _DAY_MS
    points = max(0, most - _PER_TASK * len(late))
    return Part(name, points, most, f"{which} overdue, the oldest was due {_ago(days)}.")


def _appointment(happenings: Sequence[Happening], known: frozenset[str], now: int) -> Part:
    name, most = "next appointment", 15
    if "appointment" not in known:
        return Part(name, None, most, "No app tells of appointments.")
    ahead = [
        each.at
        for each in happenings
        if each.kind == "appointment"
        and each.status not in {"cancelled", "invalid"}
        and each.at is not None
        and each.at > now
    ]
    if not ahead:
        return Part(name, 0, most, "No appointment is ahead.")
    days = (min(ahead) - now) // _DAY_MS
    when = {0: "within a day", 1: "in a day"}.get(days, f"in {days} days")
    return Part(name, most, most, f"The next appointment is {when}.")


def _answer(happenings: Sequence[Happening], known: frozenset[str], now: int) -> Part:
    name, most = "unanswered message", 20
    if "message" not in known:
        return Part(name, None, most, "No app tells of messages.")
    said = [
        each
        for each in happenings
        if each.kind == "message" and each.at is not None and each.at <= now and each.direction
    ]
    newest = max(said, key=lambda each: each.place, default=None)
    if newest is None or newest.direction != "inbound":
        return Part(name, most, most, "No message waits for an answer.")
    days = (now - (newest.at or now)) // _DAY_MS
    return Part(name, 0, most, f"The last message has no answer; it came {_ago(days)}.")


def _in_step(stands: Sequence[Stand]) -> Part:
    name, most = "in step", 15
    if not stands:
        return Part(name, None, most, "No sync knows this person.")
    worst = min((_STANDS.get(each, (0, _NOT_IN_STEP)) for each in stands), key=lambda each: each[0])
    return Part(name, worst[0], most, worst[1])


def _ago(days: int) -> str:
    return {0: "today", 1: "a day ago"}.get(days, f"{days:,} days ago")
