"""Sends scheduled messages when they fall due, though nobody calls."""

from __future__ import annotations

import asyncio

from instep.sandbox.gohighlevel.conversations.messages import Messages

_PAUSE = 0.25  # seconds; a look is one read of an index


class Postman:
    """A task of the sandbox's event loop, from `start` to `stop`.

    It looks again and again rather than at the next message's moment: the clock may be skewed.
    """

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin with what fell due while the sandbox was not running."""
        self._task = asyncio.create_task(self._run(), name="scheduled messages")

    async def stop(self) -> None:
        """End; what is still to be sent is kept."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._messages.send_due()
            await asyncio.sleep(_PAUSE)
