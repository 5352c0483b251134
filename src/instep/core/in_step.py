"""Whether everything is in step, in one sentence, and what to do where it is not. Pure.

Times are epoch milliseconds, UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from instep.core.why import moment

MOST_TOLD = 3
"""So many troubles are named in the sentence; the others are counted."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that keeps things from being in step: what it is about, since when, what to do.

    `advice` is a command. `since` None: nobody knows. `kind` is that of an alert, or `review`.
    """

    what: str  # sync, flow, connection, channel, review
    name: str
    since: int | None
    sentence: str
    advice: str | None = None
    kind: str = "failure"

    @property
    def subject(self) -> str:
        """How a sentence begins that is about it."""
        return f"{self.what} {self.name}" if self.name else self.what


@dataclass(frozen=True, slots=True)
class Work:
    """What there is, and what is on its way without being in trouble.

    `begun` are the syncs whose first run is under way, `asleep` those that somebody paused.
    """

    syncs: int = 0
    flows: int = 0
    connections: int = 0
    waiting: int = 0
    begun: Sequence[str] = field(default_factory=tuple)
    asleep: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`state`: in_step, working, paused, trouble, empty. The troubles: the oldest first."""

    state: str
    sentence: str
    since: int | None
    advice: str | None
    troubles: tuple[Trouble, ...] = ()


def judge(troubles: Sequence[Trouble], work: Work) -> Verdict:
    """Say how everything stands: in trouble before anything else."""
    if troubles:
        return _in_trouble(troubles)
    if not work.syncs and not work.flows:
        return _empty(work)
    if work.begun:
        names = ", ".join(work.begun[:MOST_TOLD])
        return Verdict(
            "working", f"Nothing is wrong: the first run of {names} is under way.", None, None
        )
    if work.asleep and work.asleep == work.syncs + work.flows:
        sentence = "Nothing runs: every sync and flow is paused."
        return Verdict("paused", sentence, None, "instep sync list")
    if work.waiting:
        what = "1 change that is" if work.waiting == 1 else f"{work.waiting:,} changes that are"
        sentence = f"Everything is in step, but for {what} on the way."
        return Verdict("working", sentence, None, None)
    return Verdict("in_step", "Everything is in step.", None, None)


def _empty(work: Work) -> Verdict:
    if work.connections:
        return Verdict(
            "empty",
            "Nothing is kept in step yet: the apps are connected, and no sync or flow is set up.",
            None,
            "instep recipe list",
        )
    return Verdict(
        "empty", "Nothing is set up yet: connect an app first.", None, "instep connect gohighlevel"
    )


def _in_trouble(troubles: Sequence[Trouble]) -> Verdict:
    oldest = sorted(troubles, key=lambda each: (each.since is None, each.since or 0, each.name))
    first = oldest[0]
    since = "" if first.since is None else f", since {moment(first.since)}"
    if len(oldest) == 1:
        sentence = f"Not everything is in step: {first.subject}{since}: {first.sentence}"
    else:
        named = ", ".join(dict.fromkeys(each.subject for each in oldest[:MOST_TOLD]))
        more = f" and {len(oldest) - MOST_TOLD} more" if len(oldest) > MOST_TOLD else ""
        sentence = (
            f"Not everything is in step: {len(oldest)} things are in trouble ({named}{more})"
            f"{since}. First: {first.sentence}"
        )
    return Verdict("trouble", sentence, first.since, first.advice, tuple(oldest))
