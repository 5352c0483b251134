"""What becomes of a record that Instep keeps when its app tells of it. Pure.

Apps that cannot be asked tell us in pieces, late and twice: a webhook names some of a record's
fields, and an older one may come after a newer one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from instep.core.records import Values


@dataclass(frozen=True, slots=True)
class Kept:
    """A record as it is kept. Times are epoch milliseconds.

    `told_at` is the time its app last told of. `written` are the fields that Instep wrote since,
    with the time it did: the app has heard of them, or will.
    """

    values: Values
    parent_id: str | None = None
    told_at: int | None = None
    gone: bool = False
    written: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class News:
    """What an app told of one record at `at`: some of its fields, or that it is gone."""

    at: int
    values: Values
    parent_id: str | None = None
    gone: bool = False


def after(known: Kept | None, news: News) -> Kept:
    """Return the record as it is once this was told; the same object if that is overtaken.

    What the news leave out is untouched. Of two told of one moment the later one to come counts.
    A field that Instep wrote later than the news are stays as it was written. A record that was
    gone and is told of again begins anew.
    """
    if known is None:
        known = Kept({})
    elif known.told_at is not None and news.at < known.told_at:
        return known
    parent_id = news.parent_id or known.parent_id
    if news.gone:
        return Kept({}, parent_id, news.at, gone=True)
    held = {} if known.gone else known.values
    young = {
        name: value
        for name, value in news.values.items()
        if known.written.get(name, news.at) <= news.at
    }
    written = {name: at for name, at in known.written.items() if name not in young}
    return Kept({**held, **young}, parent_id, news.at, written=written)


def says_something_new(before: Kept | None, now: Kept) -> bool:
    """Whether anything of a record changed but the times at which it was told and written."""
    same_times = None if before is None else replace(before, told_at=now.told_at)
    return same_times is None or replace(same_times, written=now.written) != now
