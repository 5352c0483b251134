"""What becomes of a record that Instep keeps when its app tells of it. Pure.

Apps that cannot be asked tell us in pieces, late and twice: a webhook names some of a record's
fields, and an older one may come after a newer one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from instep.core.records import Values


@dataclass(frozen=True, slots=True)
class Kept:
    """A record as it is kept. `told_at` is the time (epoch milliseconds) its app last told of."""

    values: Values
    parent_id: str | None = None
    told_at: int | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """What an app told of one record at `at`: some of its fields, or that it is gone.

    `once`: it counts only where nothing is known of the record yet.
    """

    at: int
    values: Values
    parent_id: str | None = None
    gone: bool = False
    once: bool = False


def after(known: Kept | None, news: News) -> Kept:
    """Return the record as it is once this was told; the same object if that is overtaken.

    What the news leave out is untouched. Of two told of one moment the later one to come counts.
    A record that was gone and is told of again begins anew.
    """
    if known is None:
        known = Kept({})
    elif news.once or (known.told_at is not None and news.at < known.told_at):
        return known
    parent_id = news.parent_id or known.parent_id
    if news.gone:
        return Kept({}, parent_id, news.at, gone=True)
    held = {} if known.gone else known.values
    return Kept({**held, **news.values}, parent_id, news.at)


def says_something_new(before: Kept | None, now: Kept) -> bool:
    """Whether anything of a record changed but the time at which it was told."""
    return before is None or replace(before, told_at=now.told_at) != now
