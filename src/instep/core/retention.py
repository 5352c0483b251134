"""What is kept for some days only, and for how many it may be. Pure."""

from __future__ import annotations

from enum import StrEnum

from instep.core.errors import UserError

LEAST_DAYS, MOST_DAYS = 1, 3650


class What(StrEnum):
    """What goes after a while. The history of syncs and the audit log stay for ever."""

    RUNS = "runs"
    """Runs of flows that are over, with what their steps took and gave."""
    SENT = "sent"
    """Webhooks that were sent, with what they told; alerts that are over, and their messages."""


def read_what(text: str) -> What:
    """Return what has this name. Raises UserError with the names there are."""
    try:
        return What(text.strip().lower())
    except ValueError:
        names = " or ".join(What)
        raise UserError(f"Nothing called {text!r} is kept for some days. Choose {names}.") from None


def check_days(days: int) -> int:
    """Return a number of days. Raises UserError for one that cannot be."""
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise UserError(f"Choose between {LEAST_DAYS} and {MOST_DAYS:,} days.")
    return days
