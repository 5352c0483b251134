"""The webhooks an emulated app sends of its own changes, proven as its manifest says."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from instep.connectors.custom.hooks import BasicSecret, Hmac, Inbound, SecretHeader, signature
from instep.connectors.custom.places import plant
from instep.sandbox.faults import Faults
from instep.sandbox.outgoing import Outgoing
from instep.sandbox.state import Document


class Sender:
    """Sends a webhook for every change to `url`, once somebody has set it. Faults strike here, too."""

    def __init__(self, part: Inbound, secret: str, faults: Faults) -> None:
        self._outgoing = Outgoing(faults)
        self._part = part
        self._secret = secret
        self._sent = 0

    @property
    def url(self) -> str | None:
        """Where webhooks go; None: nowhere."""
        return self._outgoing.url

    @url.setter
    def url(self, url: str | None) -> None:
        self._outgoing.url = url

    def tell(self, resource: str, act: str, record: Document) -> None:
        """Send what happened, soon."""
        event = self._event(resource, act)
        if self.url is not None and event is not None:
            self._sent += 1
            self._outgoing.post(event, *self.message(event, record, self._sent))

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
        await self._outgoing.stop()

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
