"""The sync face: the same client, driven on an event loop in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from instep.connectors.gohighlevel.client.appointments import AppointmentTimes
from instep.connectors.gohighlevel.client.fields import CustomFields
from instep.connectors.gohighlevel.client.gohighlevel import GoHighLevel
from instep.connectors.gohighlevel.client.pages import BlockingPages, Pages
from instep.connectors.gohighlevel.client.products import BlockingProducts
from instep.connectors.gohighlevel.client.session import BASE_URL
from instep.connectors.gohighlevel.client.spelling import ViewName

T = TypeVar("T")


class GoHighLevelSync(BlockingProducts):
    """GoHighLevel without `await`: `with GoHighLevelSync(token="pit-…", location_id="…") as ghl:`.

    Everything is as in `GoHighLevel`; lists are iterated with `for`. Safe for many threads. It
    waits, so it is not for use inside an event loop.
    """

    def __init__(
        self,
        *,
        token: str,
        location_id: str | None = None,
        company_id: str | None = None,
        base_url: str = BASE_URL,
        version: ViewName = "v2",
        timezone: str | None = None,
    ) -> None:
        self._over(
            GoHighLevel(
                token=token,
                location_id=location_id,
                company_id=company_id,
                base_url=base_url,
                version=version,
                timezone=timezone,
            )
        )

    @classmethod
    def over(cls, client: GoHighLevel) -> Self:
        """Return the sync face of a client, such as one made by `GoHighLevel.oauth`."""
        face = cls.__new__(cls)
        face._over(client)  # noqa: SLF001 - a face of this very class
        return face

    def _over(self, client: GoHighLevel, loop: _Loop | None = None) -> None:
        self._client = client
        self._loop = loop or _Loop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of sockets and end the thread."""
        if self._loop.runs:
            self._loop.run(self._client.close())
            self._loop.stop()

    @property
    def location_id(self) -> str | None:
        """The location that arguments are filled in with."""
        return self._client.location_id

    def call(self, operation: str, /, **arguments: Any) -> Any:
        """Call an operation by its id; return its reply, or BlockingPages where it lists."""
        return self.call_with(operation, arguments)

    def request(self, method: str, path: str, **more: Any) -> Any:
        """Send a request that no operation describes; see `GoHighLevel.request`."""
        return self._loop.run(self._client.request(method, path, **more))

    def at(self, location_id: str) -> GoHighLevelSync:
        """Return the client of one of the agency's locations; it is closed with this one."""
        face = GoHighLevelSync.__new__(GoHighLevelSync)
        face._over(self._client.at(location_id), self._loop)  # noqa: SLF001 - as above
        return face

    def exchange(self, code: str, redirect_uri: str) -> None:
        """Trade the `code` of a person's consent for tokens, and store them."""
        self._loop.run(self._client.exchange(code, redirect_uri))

    def appointment_times(self, event: Mapping[str, Any]) -> AppointmentTimes:
        """Return when an appointment begins and ends, aware, in the location's zone."""
        return self._loop.run(self._client.appointment_times(event))

    def call_with(self, operation: str, arguments: Mapping[str, Any]) -> Any:
        """Call an operation by its id, its arguments in a mapping."""
        found = self._client.call_with(operation, arguments)
        return (
            BlockingPages(found, self._loop.run) if isinstance(found, Pages) else self._done(found)
        )

    def _extras(self, product: str) -> Mapping[str, Any]:
        return {"": self._custom_fields} if product == "custom_fields" else {}

    def _custom_fields(self, model: str = "contact", *, fresh: bool = False) -> CustomFields:
        ask = cast("Callable[..., Awaitable[CustomFields]]", self._client.custom_fields)
        return self._loop.run(ask(model, fresh=fresh))

    def _done(self, work: Awaitable[Any]) -> Any:
        return self._loop.run(work)


class _Loop:
    """An event loop in a background thread, begun by the first call."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._turn = Lock()

    @property
    def runs(self) -> bool:
        return self._loop is not None

    def run(self, work: Awaitable[T]) -> T:
        """Wait for what comes of it. Raises what it raises."""
        return asyncio.run_coroutine_threadsafe(_awaited(work), self._running()).result()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._turn:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = Thread(target=self._loop.run_forever, name="instep", daemon=True)
                self._thread.start()
            return self._loop

    def stop(self) -> None:
        """End the thread. A later call would begin another."""
        with self._turn:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is not None and thread is not None:
            asyncio.run_coroutine_threadsafe(loop.shutdown_asyncgens(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


async def _awaited(work: Awaitable[T]) -> T:
    return await work
