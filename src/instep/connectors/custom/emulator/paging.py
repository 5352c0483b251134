"""The pages of an emulated app, in each of the five ways a manifest can name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from instep.connectors.custom.parts import (
    LinkedPages,
    NoPages,
    NumberedPages,
    OffsetPages,
    Paging,
    TokenPages,
)
from instep.connectors.custom.places import plant
from instep.sandbox.state import Document

_AFTER = "after"


@dataclass(frozen=True, slots=True)
class Page:
    """The records of one page, and how it leads to the next."""

    records: Sequence[Document]
    token: str | None = None
    link: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def page_of(request: Request, body: Any, records: Sequence[Document], paging: Paging) -> Page:
    """Return the page that a request asks for. Raises the app's 400."""
    if isinstance(paging, NoPages):
        return Page(records)
    asked = {**request.query_params, **(body if isinstance(body, dict) else {})}
    size = min(_number(asked, paging.limit, paging.size), paging.size)
    if isinstance(paging, OffsetPages):
        begin = _number(asked, paging.offset, 0)
        return Page(records[begin : begin + size])
    if isinstance(paging, NumberedPages):
        begin = (_number(asked, paging.page, paging.first) - paging.first) * size
        return Page(records[max(begin, 0) : max(begin, 0) + size])
    name = paging.param if isinstance(paging, TokenPages) else _AFTER
    rest = _after(records, asked.get(name))
    page, more = rest[:size], len(rest) > size
    token = page[-1]["id"] if page and more else None
    return Page(page, token) if isinstance(paging, TokenPages) else _linked(request, page, token)


def with_token(body: Any, page: Page, paging: Paging) -> Any:
    """Return a reply that says where the next page is, as far as a body can."""
    if isinstance(paging, TokenPages):
        if all(isinstance(step, str) for step in paging.token):
            body = plant(body, paging.token, page.token)
        return body if paging.more is None else plant(body, paging.more, page.token is not None)
    if isinstance(paging, LinkedPages) and paging.link is not None:
        return plant(body, paging.link, page.link)
    return body


def _linked(request: Request, page: Sequence[Document], token: str | None) -> Page:
    if token is None:
        return Page(page)
    link = str(request.url.include_query_params(**{_AFTER: token}))
    return Page(page, None, link, {"Link": f'<{link}>; rel="next"'})


def _after(records: Sequence[Document], token: Any) -> Sequence[Document]:
    """Return the records behind the one that a token names, though it be gone."""
    if token in (None, ""):
        return records
    digits = "".join(sign for sign in str(token) if sign.isdigit())
    number = int(digits or 0)
    return [each for each in records if each["number"] > number]


def _number(asked: Mapping[str, Any], name: str | None, default: int) -> int:
    text = str(asked.get(name, default)) if name else str(default)
    if not text.isdecimal():
        raise HTTPException(400, f"{name} must be a whole number.")
    return int(text)
