"""The port by which a trigger reads an app again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from instep.core.flow.arrivals import Watch
from instep.core.flow.model import Poll


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll brought. `items` may hold what was emitted before: whoever emits tells it apart.

    `cursor` is handed in at the next poll; it may only be stored together with what was made of the
    items. `more` says that the next poll should follow at once: this one was cut short.
    """

    items: Sequence[Any]
    watch: Watch
    cursor: str | None
    more: bool = False


class Poller(Protocol):
    """Reads what triggers watch, within the limits of each credential."""

    async def poll(self, trigger: Poll, cursor: str | None) -> Polled:
        """Read what is there, or what may have changed since the cursor; None is the first time.

        Raises one of the error tree.
        """
