"""What an answer to a posted webhook means, and when it is posted again. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

SCHEDULE = (5, 30, 120, 600, 3_600, 10_800, 28_800)
"""Seconds after the first, second … attempt that failed. After the last, nobody tries by itself."""

ATTEMPTS = len(SCHEDULE) + 1

REFUSED_ATTEMPTS = 4
"""A receiver that says no is asked less often than one that cannot answer: it may still be mended,
as when a Zap is switched on again."""

PAUSES = (5, 30, 120, 300)
"""Seconds in which a receiver is left alone altogether, after so many rounds without an answer."""

_SPREAD = 0.2
"""Up to this share of a wait is added by chance, so that many do not all come back at once."""

# HTTP's own numbers: https://www.rfc-editor.org/rfc/rfc9110#name-status-codes
_GONE = 410
_OVERLOADED = frozenset({429, 502, 503, 504})
_TRANSIENT = frozenset({408, 425, 429})
_YES = range(200, 300)
_NO = range(300, 500)
_REDIRECTS = range(300, 400)


class Next(StrEnum):
    """What becomes of a posting after an attempt."""

    SENT = "sent"
    WAITING = "waiting"
    DEAD = "dead"
    STOPPED = "stopped"  # of this one and all others of its connection, until a person lets go on


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one attempt.

    `status` is HTTP's, None without an answer. `sentence` tells what was wrong, without any word of
    the receiver's; "" for a yes. `retry_at` is the receiver's own word for when to come again.
    `ours` says that it cannot be sent at all before a person changes something here.
    """

    status: int | None
    sentence: str = ""
    retry_at: datetime | None = None
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows: `wait` (seconds) until the next attempt, if there is one.

    `busy` says that the receiver as a whole does not answer or asks for patience, so that the
    connection's other postings are better left alone for a while, too.
    """

    next: Next
    wait: float | None = None
    busy: bool = False


def judge(answer: Answer, attempt: int, now: datetime, chance: float) -> Verdict:
    """Decide what follows the `attempt`-th attempt (1, 2, …); `chance` is in [0, 1)."""
    status = answer.status
    if status in _YES:
        return Verdict(Next.SENT)
    if answer.ours or status == _GONE:
        return Verdict(Next.STOPPED)
    busy = status is None or status in _OVERLOADED
    refused = status in _NO and status not in _TRANSIENT
    if attempt >= (REFUSED_ATTEMPTS if refused else ATTEMPTS):
        return Verdict(Next.DEAD, busy=busy)
    wait = SCHEDULE[attempt - 1] * (1 + _SPREAD * chance)
    if answer.retry_at is not None:
        # the receiver's word may make it later, never sooner: attempts are not used up in a hurry
        wait = max(wait, (answer.retry_at - now).total_seconds())
    return Verdict(Next.WAITING, wait, busy)


def pause(rounds: int) -> float:
    """Return for how many seconds a receiver is left alone after the `rounds`-th round (1, 2, …)."""
    return PAUSES[min(rounds, len(PAUSES)) - 1]


def told(status: int, where: str) -> str:
    """Say in words what a receiver at `where` (host and port) answered; "" if that is a yes."""
    if status in _YES:
        return ""
    said = f"{where} answered {status}"
    if status == _GONE:
        return (
            f"{said}: it wants no more webhooks. Correct outbound_url by instep connect --renew, or "
            "let it go on by instep bridge replay."
        )
    if status in _REDIRECTS:
        return f"{said}: it points elsewhere, and redirects are not followed."
    return f"{said}: it does not take this webhook." if status in _NO else f"{said}."
