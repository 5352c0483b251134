"""Serve the API in the event loop of the engine."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator

import uvicorn

from instep.api.serving import application
from instep.bootstrap import Instep
from instep.core.errors import UserError


async def serve(
    instep: Instep, wake: Callable[[], None], ready: Callable[[str], None], told: asyncio.Event
) -> None:
    """Serve until `told` is set; calls `ready` with the URL once it listens.

    Raises UserError if the address cannot be bound.
    """
    with contextlib.closing(_bind(instep.settings.host, instep.settings.port)) as listener:
        host, port = listener.getsockname()[:2]
        server = _Server(
            uvicorn.Config(
                application(instep, wake),
                log_level="warning",
                access_log=False,
                lifespan="off",
                proxy_headers=instep.settings.behind_proxy,  # else anybody could say who they are
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started and not serving.done():  # noqa: ASYNC110 - it tells by a flag
                await asyncio.sleep(0.01)
            ready(f"http://{host}:{port}")
            await told.wait()
        finally:
            instep.screens.live.close()  # who listens would keep the server from ending
            server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    """A server that leaves signals to the process: the engine has to end in order as well."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # the protocol is named because asyncio switches Nagle's delay off only where it is: else answers
    # in two pieces would wait 40 ms for the acknowledgement of the first
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UserError(
            f"The address {host}:{port} cannot be used: {error.strerror}. "
            "Choose another with INSTEP_HOST and INSTEP_PORT (or --port)."
        ) from None
    return listener
