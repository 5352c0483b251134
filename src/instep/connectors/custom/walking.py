"""From one page to the next, by the kind of paging a manifest names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from instep.connectors.custom.parts import (
    LinkedPages,
    NoPages,
    NumberedPages,
    OffsetPages,
    Paging,
    TokenPages,
)
from instep.connectors.custom.places import UNTOLD, dig
from instep.core.errors import RetryLater
from instep.sdk.pages import LinkHeader, NextToken, Offset, PageNumber
from instep.sdk.request import Reply, Request

_UNTIL_EMPTY = 1
_BORDER_AND_ONE = 2


def first(request: Request, paging: Paging) -> Request:
    """Return a request for the first page."""
    if isinstance(paging, NoPages):
        return request
    if paging.limit is not None:
        if isinstance(paging, TokenPages) and paging.place == "body":
            request = request.with_json(**{paging.limit: paging.size})
        else:
            request = request.with_query(**{paging.limit: str(paging.size)})
    if isinstance(paging, OffsetPages):
        return request.with_query(**{paging.offset: "0"})
    if isinstance(paging, NumberedPages):
        return request.with_query(**{paging.page: str(paging.first)})
    return request


def following(
    last: Request, reply: Reply, ids: Sequence[str], paging: Paging, address: str
) -> Request | None:
    """Return the request after `last`, whose page held these ids, or None after the last page.

    `address` is the base URL, to which a relative link leads back.
    """
    match paging:
        case OffsetPages():
            # begun on the last record of the page before, so even a last page holds one
            size = paging.size if paging.stop == "short_page" else max(_BORDER_AND_ONE, len(ids))
            return Offset(size, paging.offset).next(last, ids)
        case NumberedPages():
            size = paging.size if paging.stop == "short_page" else _UNTIL_EMPTY
            return PageNumber(size, paging.page).next(last, ids)
        case TokenPages():
            if paging.more is not None and not _says_more(reply.body, paging):
                return None
            return NextToken(paging.token, paging.param, _place(paging)).next(last, reply)
        case LinkedPages():
            return _linked(last, reply, paging, address)
    return None


def _says_more(body: Any, paging: TokenPages) -> bool:
    said = dig(body, paging.more or ())
    return said is not UNTOLD and str(said).lower() not in {"", "0", "false", "none"}


def _place(paging: TokenPages) -> Any:
    return "json" if paging.place == "body" else "query"


def _linked(last: Request, reply: Reply, paging: LinkedPages, address: str) -> Request | None:
    home = f"{address.rstrip('/')}/"
    if paging.link is None:
        following = LinkHeader().next(last, reply)
        link = None if following is None else following.path
    else:
        said = dig(reply.body, paging.link)
        link = said if isinstance(said, str) and said else None
    if link is None:
        return None
    path = (
        last.path if last.path.startswith(("http://", "https://")) else home + last.path.lstrip("/")
    )
    here = replace(last, path=urljoin(path, link), query={})
    if (here.path, here.query) == (last.path, last.query):
        raise RetryLater(f"{last.method} {last.path} points to itself as its next page.")
    return here
