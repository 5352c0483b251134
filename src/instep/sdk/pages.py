"""Kinds of paging, as small pieces a resource composes: each makes the next request of the last.

What they have to remember travels in the request's `carry`, so every one of them survives a stop
between two pages. None goes round in circles: an app that repeats itself ends the reading, with an
error wherever records could have been left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from instep.core.errors import RetryLater
from instep.sdk.request import Reply, Request

_LINK = re.compile(r"<([^>]*)>([^<]*)")
_NEXT = re.compile(
    r""";\s*rel\s*=\s*"?(?:[^";]*\s)?next(?:\s[^";]*)?"?\s*(?:[;,]|$)""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PageNumber:
    """`page=1`, `page=2` … until a page is not full, or is the one before once more."""

    size: int
    parameter: str = "page"

    def next(self, last: Request, ids: Sequence[str]) -> Request | None:
        """Return the request after `last`, whose page held these ids."""
        if len(ids) < self.size or ids[0] == last.carry.get("first"):
            return None
        number = int(last.query.get(self.parameter, "1")) + 1
        return _moved(last, self.parameter, number, {"first": ids[0]})


@dataclass(frozen=True, slots=True)
class Offset:
    """`skip=0`, `skip=99`, `skip=198` … over a list that may lose rows meanwhile.

    Every page begins on the last row of the one before. When that row is not there, earlier rows
    were removed and later ones moved up past our place: step back until it is found. So rows may
    come twice; none is left out that was there all the time.
    """

    size: int
    parameter: str = "skip"

    def next(self, last: Request, ids: Sequence[str]) -> Request | None:
        """Return the request after `last`, whose page held these ids."""
        skip = int(last.query.get(self.parameter, "0"))
        border = last.carry.get("border")
        if skip and border is not None and border not in ids:
            back = max(0, skip - self.size + 1)
            return _moved(last, self.parameter, back, {"border": border})
        if len(ids) < self.size:
            return None
        return _moved(last, self.parameter, skip + len(ids) - 1, {"border": ids[-1]})


@dataclass(frozen=True, slots=True)
class NextToken:
    """A token in the reply leads to the next page: a cursor, or the last row's place in the order.

    `found` is where it stands in the body, such as `("meta", "next")` or `("rows", -1, "sort")`.
    """

    found: tuple[str | int, ...]
    parameter: str
    place: Literal["query", "json"] = "query"

    def next(self, last: Request, reply: Reply) -> Request | None:
        """Return the request after `last`. Raises RetryLater if the token does not move on."""
        token = _dig(reply.body, self.found)
        if token in (None, "", []):
            return None
        if self.place == "json":
            return _unlike(last, last.with_json(**{self.parameter: token}))
        return _unlike(last, last.with_query(**{self.parameter: str(token)}))


@dataclass(frozen=True, slots=True)
class LinkHeader:
    """The `Link` header with rel="next" (RFC 8288) holds the whole address of the next page."""

    def next(self, last: Request, reply: Reply) -> Request | None:
        """Return the request after `last`. Raises RetryLater if it links to itself."""
        for address, parameters in _LINK.findall(reply.headers.get("link", "")):
            if _NEXT.search(parameters):
                return _unlike(last, replace(last, path=address, query={}))
        return None


def _moved(last: Request, parameter: str, place: int, carry: Mapping[str, str]) -> Request:
    return replace(last.with_query(**{parameter: str(place)}), carry={**last.carry, **carry})


def _unlike(last: Request, following: Request) -> Request:
    """Return `following`; quietly ending where the app repeats itself would leave records out."""
    if following == last:
        raise RetryLater(f"{last.method} {last.path} points to itself as its next page.")
    return following


def _dig(body: Any, place: Sequence[str | int]) -> Any:
    """Return what stands at `place`; None where the way there ends."""
    for step in place:
        try:
            body = body[step]
        except (LookupError, TypeError):
            return None
    return body
