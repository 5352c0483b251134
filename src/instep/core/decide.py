"""Decide what one linked pair needs: the table you can read aloud. Pure."""

from __future__ import annotations

from enum import Enum, auto


class Standing(Enum):
    """Where one side stands, compared with what both last agreed on."""

    UNCHANGED = auto()
    CHANGED = auto()
    GONE = auto()


class Decision(Enum):
    """What to do so that both sides agree again."""

    NOTHING = auto()
    COPY_TO_A = auto()
    COPY_TO_B = auto()
    MERGE = auto()  # both moved: field by field
    DELETED_IN_A = auto()  # gone there, untouched here: the sync's delete policy speaks
    DELETED_IN_B = auto()
    KEEP_A = auto()  # gone in B, but edited in A since: an edit beats a delete
    KEEP_B = auto()
    FORGET = auto()  # gone on both sides


def decide(a: Standing, b: Standing) -> Decision:
    """Return the verdict for a linked pair.

    Absence is a standing like any other. Our own write coming back (an echo) equals its base, so
    it is UNCHANGED and moves nothing.
    """
    return _TABLE[a, b]


_TABLE = {
    (Standing.UNCHANGED, Standing.UNCHANGED): Decision.NOTHING,
    (Standing.CHANGED, Standing.UNCHANGED): Decision.COPY_TO_B,
    (Standing.UNCHANGED, Standing.CHANGED): Decision.COPY_TO_A,
    (Standing.CHANGED, Standing.CHANGED): Decision.MERGE,
    (Standing.GONE, Standing.UNCHANGED): Decision.DELETED_IN_A,
    (Standing.UNCHANGED, Standing.GONE): Decision.DELETED_IN_B,
    (Standing.CHANGED, Standing.GONE): Decision.KEEP_A,
    (Standing.GONE, Standing.CHANGED): Decision.KEEP_B,
    (Standing.GONE, Standing.GONE): Decision.FORGET,
}
