"""A list that may have many pages: awaited it is the first page, iterated it is every record."""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Iterator,
    Mapping,
)
from typing import Any

from instep.connectors.gohighlevel.client.arguments import Signature
from instep.connectors.gohighlevel.client.following import (
    Page,
    check_moved,
    first_arguments,
    next_arguments,
    records_in,
)

Fetch = Callable[[Mapping[str, Any]], Awaitable[Any]]


class Pages:
    """The pages of one list.

    `async for record in pages` goes through the records of all pages, `pages.pages()` through the
    bodies, and `await pages` is the first body. Nothing is asked before one of these is used, and
    each use begins at the first page.
    """

    def __init__(self, signature: Signature, arguments: Mapping[str, Any], fetch: Fetch) -> None:
        self._signature = signature
        self.arguments = first_arguments(signature, arguments)
        self._fetch = fetch

    def __await__(self) -> Generator[Any, None, Any]:
        return self.first().__await__()

    def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        return self.records()

    async def first(self) -> Any:
        """Return the body of the first page."""
        return await self._fetch(self.arguments)

    async def pages(self) -> AsyncGenerator[Any, None]:
        """Yield the body of each page. Raises RetryLater if the list repeats itself."""
        async for page in self._pages():
            yield page.body

    async def _pages(self) -> AsyncGenerator[Page, None]:
        arguments: Mapping[str, Any] | None = self.arguments
        before: Page | None = None
        while arguments is not None:
            body = await self._fetch(arguments)
            page = Page(arguments, body, records_in(self._signature, body))
            if before is not None:
                check_moved(self._signature, before, page)
            yield page
            before = page
            arguments = next_arguments(self._signature, page)

    async def records(self) -> AsyncGenerator[dict[str, Any], None]:
        """Yield every record of every page. Raises RetryLater if the list repeats itself."""
        async for page in self._pages():
            for record in page.records:
                yield record


class BlockingPages:
    """The same for the sync face: iterate the records, or ask for `first()` or `pages()`."""

    def __init__(self, pages: Pages, run: Callable[[Awaitable[Any]], Any]) -> None:
        self._pages = pages
        self._run = run

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return self._each(self._pages.records())

    def first(self) -> Any:
        """Return the body of the first page."""
        return self._run(self._pages.first())

    def pages(self) -> Iterator[Any]:
        """Yield the body of each page."""
        return self._each(self._pages.pages())

    def _each(self, source: AsyncGenerator[Any, None]) -> Iterator[Any]:
        end = object()
        try:
            while (value := self._run(_next(source, end))) is not end:
                yield value
        finally:
            self._run(source.aclose())


async def _next(source: AsyncGenerator[Any, None], end: object) -> Any:
    return await anext(source, end)
