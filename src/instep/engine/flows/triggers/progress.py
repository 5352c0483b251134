"""How far a trigger has read: an opaque cursor, which holds good after every page."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from instep.core.errors import UserError
from instep.core.flow.arrivals import Watch
from instep.engine.flows.triggers.polling import Polled

MOST_PAGES = 50
"""Pages of one poll; what is left follows in the next one, so that others get their turn."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page that was read. `following` is where the next one is, None if it was the last.

    `began` is the app's time when this reply was asked for, less the overlap. `slips` says that
    pages are counted from the list's beginning: what moves meanwhile can be passed over.
    """

    items: Sequence[Any]
    watch: Watch
    began: str
    following: Any = None
    slips: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a trigger's reading stands.

    `since` is when the last time through began, None before there was one; `whole_at` when the
    last one began that left nothing out. Of a time through on its way, `began` is its beginning,
    `following` its next page and `whole` whether it leaves nothing out. `again` says that the
    baseline is read a second time, for what slipped past the first.
    """

    since: str | None = None
    whole_at: str | None = None
    began: str | None = None
    following: Any = None
    whole: bool = True
    again: bool = False

    @classmethod
    def load(cls, cursor: str | None) -> Progress:
        """Read a cursor; None is the first poll. Raises UserError for one that is none of ours."""
        if cursor is None:
            return cls()
        try:
            return cls(**json.loads(cursor))
        except (ValueError, TypeError):
            raise UserError(
                "The trigger's cursor cannot be read. Reset the trigger: it begins anew with a "
                "baseline."
            ) from None

    def dump(self) -> str:
        """Return it as a cursor."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @property
    def is_baseline(self) -> bool:
        """Whether nothing was read to its end yet."""
        return self.since is None

    @property
    def is_under_way(self) -> bool:
        """Whether there is more to read before it is the next poll's turn."""
        return self.following is not None or self.again

    def through(self, *, whole: bool) -> Progress:
        """Return it at the beginning of a time through."""
        return replace(self, whole=whole)

    def after(self, page: Page) -> Progress:
        """Return it after a page.

        A baseline whose pages can slip is read twice: what was passed over would be taken for new
        later.
        """
        began = self.began or page.began
        if page.following is not None:
            return replace(self, began=began, following=page.following)
        if self.is_baseline and page.slips and self.following is not None and not self.again:
            return replace(self, began=began, following=None, again=True)
        whole_at = began if self.whole else self.whole_at
        return Progress(since=began, whole_at=whole_at)


async def follow(
    progress: Progress, read: Callable[[Progress], Awaitable[Page]]
) -> AsyncIterator[Polled]:
    """Yield page after page from where it stands, to the end of the time through or of the poll."""
    for _ in range(MOST_PAGES):
        baseline = progress.is_baseline
        page = await read(progress)
        progress = progress.after(page)
        more = progress.is_under_way
        yield Polled(page.items, page.watch, progress.dump(), baseline, more)
        if not more:
            return
