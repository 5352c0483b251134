"""Runs apps of the sandbox, each on its own port, until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from instep.core.errors import UserError
from instep.sandbox import journal
from instep.sandbox.app import SandboxApp
from instep.sandbox.clock import Clock
from instep.sandbox.control import BY_HAND, PREFIX, control_api
from instep.sandbox.interference import SOCKET, Interference

_BACKLOG = 1024
_GRACE = 2  # seconds a running call may take after a stop was asked for
_KEEP_ALIVE = 75  # seconds; longer than clients keep a socket, so that they close it first


class Sandbox:
    """Several apps in one event loop. Use it as an async context manager, or `in_thread`.

    `ports` maps an app's name to its port; 0 or nothing takes any free one. `host` is loopback
    unless told otherwise. Raises UserError if a port cannot be had. Stopping closes the apps.
    """

    def __init__(
        self,
        apps: Sequence[SandboxApp],
        *,
        host: str = "127.0.0.1",
        ports: Mapping[str, int] | None = None,
    ) -> None:
        self.apps = {app.name: app for app in apps}
        self._host = host
        self._ports = dict(ports or {})
        self._sockets: dict[str, socket.socket] = {}
        self._servers: list[_Server] = []

    async def start(self) -> None:
        """Serve every app; returns when all of them answer."""
        try:
            for name in self.apps:
                self._sockets[name] = _listen(self._host, self._ports.get(name, 0), name)
        except UserError:
            await self.stop()
            raise
        for name, app in self.apps.items():
            server = _Server(served(app))
            await server.start(self._sockets[name])
            self._servers.append(server)
            await app.start()

    async def stop(self) -> None:
        """Let running calls end, close every socket, close the apps."""
        await asyncio.gather(*(server.stop() for server in self._servers))
        await asyncio.gather(*(app.stop() for app in self.apps.values()))
        for listener in self._sockets.values():
            listener.close()
        for app in self.apps.values():
            app.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def url(self, name: str) -> str:
        """Return the base URL of one app, without a slash at the end."""
        host, port = self._sockets[name].getsockname()[:2]
        if ipaddress.ip_address(host).is_unspecified:
            host = "127.0.0.1"
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def describe(self) -> dict[str, Any]:
        """Return, per app, its `url` and what else is needed to call it."""
        return {name: app.describe(self.url(name)) for name, app in self.apps.items()}

    @contextlib.contextmanager
    def in_thread(self) -> Iterator[Self]:
        """Serve from a thread of its own, for callers without an event loop."""
        stop: Future[Callable[[], object]] = Future()
        thread = threading.Thread(target=self._run, args=(stop,), name="sandbox", daemon=True)
        thread.start()
        try:
            stop_serving = stop.result()
        except BaseException:
            thread.join()
            raise
        try:
            yield self
        finally:
            stop_serving()
            thread.join()

    def _run(self, stop: Future[Callable[[], object]]) -> None:
        factory = uvicorn.Config(served).get_loop_factory()
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(self._serve(stop))

    async def _serve(self, stop: Future[Callable[[], object]]) -> None:
        """Serve until told; `stop` receives how to tell, or why it cannot serve."""
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        try:
            await self.start()
        except Exception as error:  # noqa: BLE001 - it is raised again in the caller's thread
            stop.set_exception(error)
            return
        stop.set_result(lambda: loop.call_soon_threadsafe(stopped.set))
        await stopped.wait()
        await self.stop()


def served(app: SandboxApp) -> ASGIApp:
    """Return the app with its faults and counting, its control API, and its users' own way in."""
    itself = journal.from_inside(app.asgi())
    called = journal.from_outside(app.journal, Interference(app, itself))
    by_hand = journal.from_outside(app.journal, itself)
    control = control_api(app)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        send = _dated(send, app.clock)
        path = scope["path"]
        if path.startswith(f"{BY_HAND}/"):
            path = path.removeprefix(BY_HAND)
            scope = {**scope, "path": path, "raw_path": path.encode(), journal.BY_HAND: True}
            await by_hand(scope, receive, send)
        else:
            aside = path.startswith(f"{PREFIX}/")
            # who hung up, or was killed, before all was said has asked for nothing
            with contextlib.suppress(ClientDisconnect):
                await (control if aside else called)(scope, receive, send)

    return serve


def _dated(send: Send, clock: Clock) -> Send:
    """Return `send` with the app's own time in the Date header: a skewed clock shows there, too."""

    async def send_dated(message: Message) -> None:
        if message["type"] == "http.response.start":
            told = format_datetime(clock.now(), usegmt=True).encode()
            message = {**message, "headers": [*message.get("headers", ()), (b"date", told)]}
        await send(message)

    return send_dated


class _Server:
    """One app on one socket. Unlike uvicorn's own, it leaves signals alone and stops at once."""

    def __init__(self, app: ASGIApp) -> None:
        self._config = uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
            date_header=False,  # the app's own clock tells the date
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE,
        )
        self._config.load()
        self._state = ServerState()

    async def start(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, sock=listener)

    async def stop(self) -> None:
        self._server.close()
        for connection in list(self._state.connections):
            connection.shutdown()  # at once where it is idle, else after the running call
        if not self._state.tasks:
            return
        _, late = await asyncio.wait(self._state.tasks, timeout=_GRACE)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _protocol(self) -> asyncio.Protocol:
        return _Protocol(self._config, self._state, {})


class _Protocol(HttpToolsProtocol):
    """Hands each call's socket to the app, so that a fault can close it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {SOCKET: self.transport}  # type: ignore[dict-item] # an extension of our own


def _listen(host: str, port: int, name: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # the protocol is named because asyncio switches Nagle's delay off only where it is
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        reason = error.strerror or error
        raise UserError(f"The sandbox cannot serve {name} on {host}:{port}: {reason}.") from error
    return listener
