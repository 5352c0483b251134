"""The port by which a trigger reads an app again and again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from instep.core.flow.arrivals import Watch
from instep.core.flow.model import Poll


@dataclass(frozen=True, slots=True)
class Polled:
    """One page of a poll. `items` may hold what was emitted before: whoever emits tells it apart.

    `cursor` is handed in to go on after this page, also after a kill: it may only be stored
    together with what was made of the items. `baseline` says that the items belong to the first
    time through: they were there before anybody looked. `more` says that the time through is not
    at its end; if it is still set on the last page of a poll, the next one should follow at once.
    """

    items: Sequence[Any]
    watch: Watch
    cursor: str
    baseline: bool
    more: bool


class Poller(Protocol):
    """Reads what triggers watch, within the limits of each credential."""

    def pages(self, trigger: Poll, cursor: str | None) -> AsyncIterator[Polled]:
        """Yield the pages of one poll: what is there, or may have changed since the cursor.

        Without a cursor it is the first poll. At least one page comes, and not more than a bounded
        number. Asked again with the cursor of any page, it goes on after that page. Raises one of
        the error tree; what was yielded before counts.
        """
