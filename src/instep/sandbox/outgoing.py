"""Webhooks an emulated app sends of its own changes. The faults of webhooks strike here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from instep.core.errors import InstepError
from instep.sandbox.faults import Faults
from instep.sdk.request import Request
from instep.sdk.transport import HttpTransport


class Outgoing:
    """Sends to `url`, once somebody has set it; nothing before. Each webhook is sent once."""

    def __init__(self, faults: Faults) -> None:
        self.url: str | None = None
        self._faults = faults
        self._sending: set[asyncio.Task[None]] = set()

    def post(self, event: str, body: Any, headers: Mapping[str, str]) -> None:
        """Send a webhook soon, as often and as late as the faults say."""
        if self.url is None or self._faults.strikes_webhook("lost_webhook", event):
            return
        times = 2 if self._faults.strikes_webhook("doubled_webhook", event) else 1
        late = self._faults.strikes_webhook("late_webhook", event)
        for _ in range(times):
            sending = self._send(self.url, body, headers, late.seconds if late else 0.0)
            task = asyncio.get_running_loop().create_task(sending)
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def stop(self) -> None:
        """Give up on what is on its way."""
        for task in [*self._sending]:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def _send(self, url: str, body: Any, headers: Mapping[str, str], late: float) -> None:
        await asyncio.sleep(late)
        transport = HttpTransport(url)
        try:
            with suppress(InstepError):  # a receiver that is away misses it, as it would the app's
                await transport.send(Request("POST", url, json=body), headers)
        finally:
            await transport.close()
