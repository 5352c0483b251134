"""At which steps a story is killed: at every one (`make crash`), or at some (`make test`)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count

EVERY = "INSTEP_EVERY_STEP"
"""Set by `make crash`: no step is left out."""

STRIDES = {"sqlite": 24, "postgresql": 72}
"""After one step is before the next, so that both together look at twice as many boundaries.
PostgreSQL gets fewer: what differs there is the database, not the story."""


def steps(database, *, after: bool, stride: tuple[int, int] | None = None) -> Iterator[int]:
    """Yield the numbers of the steps to be killed at, without end: a story says when it is over.

    `stride` are a short story's own, of SQLite and of PostgreSQL.
    """
    if os.environ.get(EVERY):
        return count(1)
    strides = STRIDES if stride is None else dict(zip(STRIDES, stride, strict=True))
    step = strides["sqlite" if database.is_sqlite else "postgresql"]
    return count(1 + (step // 2 if after else 0), step)
