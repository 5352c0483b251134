"""Carries one webhook to the app once: the body as bytes, signed, to the app's present URL."""

from __future__ import annotations

import json

from instep.sandbox.clock import Clock
from instep.sandbox.gohighlevel.settings import Settings
from instep.sandbox.gohighlevel.times import iso
from instep.sandbox.gohighlevel.webhooks.marketplace import MarketplaceApp
from instep.sandbox.gohighlevel.webhooks.outbox import Attempt, Delivery
from instep.sandbox.gohighlevel.webhooks.sender import Answer, Sender
from instep.sandbox.gohighlevel.webhooks.signatures import Signer


class Courier:
    """Knows where to and how. `open` before the first webhook, `close` after the last."""

    def __init__(
        self, app: MarketplaceApp, signer: Signer, settings: Settings, clock: Clock
    ) -> None:
        self._app = app
        self._signer = signer
        self._settings = settings
        self._clock = clock
        self._sender: Sender | None = None

    def open(self, connections: int) -> None:
        """Be ready to send; needs a running event loop."""
        self._sender = Sender(connections)

    async def close(self) -> None:
        """Close every connection."""
        if self._sender is not None:
            await self._sender.close()

    async def carry(self, delivery: Delivery) -> Attempt:
        """Send a webhook once and return what came of it."""
        url, now = self._app.webhook_url, iso(self._clock.milliseconds())
        if url is None or self._sender is None:
            answer = Answer(None, "The app has no webhook URL.", 0)
        else:
            body = self._body(delivery).encode()
            headers = self._signer.headers(body, self._settings.webhook_signatures)
            answer = await self._sender.send(url, body, headers)
        return {
            "at": now,
            "url": url,
            "status": answer.status,
            "error": answer.error,
            "milliseconds": answer.milliseconds,
        }

    def _body(self, delivery: Delivery) -> str:
        """Return the body as it was, or with the time of this sending."""
        body: str = delivery["body"]
        if not self._settings.webhook_renews_timestamp:
            return body
        return dump({**json.loads(body), "timestamp": iso(self._clock.milliseconds())})


def dump(body: object) -> str:
    """Return a body as the compact JSON that is sent."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)
