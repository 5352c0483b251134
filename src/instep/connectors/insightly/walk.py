"""Walk a list by offset while it changes, without missing a record.

Insightly pages by `skip` and `top` and gives no page token. A record removed before our place
moves every later one to the left, and the next page would jump over one. So each page starts on
the last row of the page before. Rows come in ascending id (facts: apps 1.2): as long as a page
starts at or before the highest id seen, nothing can lie between. If it starts behind it, rows were
removed and we step back a whole page, as often as it takes. Records that enter the list behind our
back only bring rows a second time; what they hold is read by the next poll.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from instep.core.errors import RetryLater
from instep.sdk.request import Reply, Request

PAGE = 500  # the most a list gives (facts: apps 1.2)


def first_page(path: str, **query: str) -> Request:
    """Ask for the first page of a list."""
    paging = {"top": str(PAGE), "skip": "0", "count_total": "true"}
    return Request("GET", path, {**query, **paging})


def next_page(last: Request, reply: Reply, ids: Sequence[int]) -> Request | None:
    """Ask for the page after `last`, whose rows have these ids; None when it was the last one.

    Raises RetryLater when the app counts records that it does not send.
    """
    skip = int(last.query["skip"])
    seen = int(last.carry.get("seen", 0))
    read = skip + len(ids)
    total = int(reply.headers.get("x-total-count", read))
    if read < total and len(ids) <= 1:
        raise RetryLater(
            f"Insightly counts {total} records in {last.path} but sent only the first {read}."
        )
    if skip and (not ids or ids[0] > seen):
        return _at(last, max(0, skip - PAGE), seen)
    if len(ids) < PAGE and read >= total:
        return None
    return _at(last, read - 1, max(seen, *ids))


def _at(last: Request, skip: int, seen: int) -> Request:
    return replace(last.with_query(skip=str(skip)), carry={"seen": str(seen)})
