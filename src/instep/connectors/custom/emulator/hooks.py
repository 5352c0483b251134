"""The webhooks an emulated app sends of its own changes, proven as its manifest says."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from contextlib import suppress
from typing import Any

from instep.connectors.custom.hooks import BasicSecret, Hmac, Inbound, SecretHeader, signature
from instep.connectors.custom.places import plant
from instep.core.errors import InstepError
from instep.sandbox.faults import Faults
from instep.sandbox.state import Document
from instep.sdk.request import Request
from instep.sdk.transport import HttpTransport


class Sender:
    """Sends a webhook for every change to `url`, once somebody has set it. Faults strike here, too."""

    def __init__(self, part: Inbound, secret: str, faults: Faults) -> None:
        self.url: str | None = None
        self._part = part
        self._secret = secret
        self._faults = faults
        self._sending: set[asyncio.Task[None]] = set()
        self._sent = 0

    def tell(self, resource: str, act: str, record: Document) -> None:
        """Send what happened, soon."""
        event = self._event(resource, act)
        if self.url is None or event is None:
            return
        if self._faults.strikes_webhook("lost_webhook", event):
            return
        times = 2 if self._faults.strikes_webhook("doubled_webhook", event) else 1
        late = self._faults.strikes_webhook("late_webhook", event)
        self._sent += 1
        body, headers = self.message(event, record, self._sent)
        for _ in range(times):
            sending = self._send(self.url, body, headers, late.seconds if late else 0.0)
            task = asyncio.get_running_loop().create_task(sending)
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    def message(self, event: str, record: Document, number: int) -> tuple[Any, dict[str, str]]:
        """Return body and headers of a webhook."""
        part = self._part
        body: Any = plant({}, part.record_id, record["id"])
        headers: dict[str, str] = {}
        if part.parent_id is not None and record["parent"] is not None:
            body = plant(body, part.parent_id, record["parent"])
        for told, value in ((part.event, event), (part.id, f"hook-{number}")):
            if told is not None and told.header is not None:
                headers[told.header] = value
            elif told is not None and told.path is not None:
                body = plant(body, told.path, value)
        return body, {**headers, **self._proof(json.dumps(body).encode())}

    async def stop(self) -> None:
        """Give up on what is on its way."""
        for task in [*self._sending]:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)

    def _event(self, resource: str, act: str) -> str | None:
        """Return the app's word for what happened; None if it sends nothing for it."""
        part = self._part
        if part.resource is not None:
            return "" if part.resource == resource else None
        words = [event for event, each in part.events.items() if each == resource]
        gone = [event for event in words if event in part.deleted]
        if act == "deleted":
            return next(iter(gone), None)
        there = [event for event in words if event not in part.deleted]
        fitting = [event for event in there if act[:6] in event.lower()]
        return next(iter(fitting or there), None)

    def _proof(self, raw: bytes) -> dict[str, str]:
        match self._part.auth:
            case SecretHeader(header=header):
                return {header: self._secret}
            case Hmac() as part:
                return {part.header: signature(part, raw, self._secret).decode()}
            case BasicSecret():
                pair = b64encode(f"emulator:{self._secret}".encode()).decode()
                return {"Authorization": f"Basic {pair}"}

    async def _send(self, url: str, body: Any, headers: dict[str, str], late: float) -> None:
        await asyncio.sleep(late)
        transport = HttpTransport(url)
        try:
            with suppress(InstepError):  # a receiver that is away misses it, as it would the app's
                await transport.send(Request("POST", url, json=body), headers)
        finally:
            await transport.close()
