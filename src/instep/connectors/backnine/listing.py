"""The list of applications: the one list BackNine is known to have (facts: apps 2).

How a page is asked for is not public. `meta` tells a total and a page, so `page` is taken to be the
parameter, and the answer has to confirm it: a list that does not turn its page stops the reading
with a sentence, since quietly reading the first page again would leave applications out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from instep.core.errors import RetryLater, UserError
from instep.sdk.request import Reply, Request

PATH = "/api/v1/electronic_applications"
_ROWS = "electronic_applications"
_PAGE = "page"


def first() -> Request:
    """Ask for the first page, as the one known consumer does: without any parameter."""
    return Request("GET", PATH)


def rows(reply: Reply) -> Sequence[Any]:
    """Return the applications of a page. Raises UserError where there is no list."""
    body = reply.body
    # a plain list was provided for by that consumer, too
    found = body.get(_ROWS) if isinstance(body, dict) else body
    if not isinstance(found, list):
        raise UserError(
            "BackNine answered without its list of applications; check the base_url of the "
            "connection."
        )
    return found


def following(last: Request, reply: Reply) -> Request | None:
    """Return the request for the page after `last`; None where that was the last one.

    Raises UserError where BackNine does not turn the page, RetryLater where the list ends early.
    """
    here, meta = rows(reply), _meta(reply)
    total, page = _number(meta.get("total")), _number(meta.get(_PAGE))
    before = int(last.carry.get("seen", "0"))
    seen = before + len(here)
    asked = last.query.get(_PAGE)
    turned = asked is None or page == int(asked)
    if turned and (total is None or seen >= total):
        return None
    if not turned or page is None:
        raise UserError(
            f"BackNine says that there are {total} applications, but shows only the first "
            f"{before or seen}: how to ask for more is not public. Set `pages` of this connection "
            "to first, and let webhooks tell the rest."
        )
    if not here:
        raise RetryLater(f"BackNine's list ended at {seen} of {total} applications.")
    return Request("GET", PATH, {_PAGE: str(page + 1)}, carry={**last.carry, "seen": str(seen)})


def _meta(reply: Reply) -> Mapping[str, Any]:
    meta = reply.body.get("meta") if isinstance(reply.body, dict) else None
    return meta if isinstance(meta, dict) else {}


def _number(raw: Any) -> int | None:
    """Return a whole number, which others may have written as text."""
    text = str(raw) if isinstance(raw, int | str) and not isinstance(raw, bool) else ""
    return int(text) if text.isascii() and text.isdecimal() else None
