"""At which steps a story is killed: at every one (`make crash`), or at some (`make test`)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count

EVERY = "INSTEP_EVERY_STEP"
"""Set by `make crash`: no step is left out."""

STRIDES = {"sqlite": 12, "postgresql": 36}
"""After one step is before the next, so that both together look at twice as many boundaries.
PostgreSQL gets fewer: what differs there is the database, not the story."""


def steps(database, *, after: bool) -> Iterator[int]:
    """Yield the numbers of the steps to be killed at, without end: a story says when it is over."""
    if os.environ.get(EVERY):
        return count(1)
    stride = STRIDES["sqlite" if database.is_sqlite else "postgresql"]
    return count(1 + (stride // 2 if after else 0), stride)
