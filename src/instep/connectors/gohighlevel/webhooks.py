"""GoHighLevel's webhooks: proven over the raw bytes, recent, and read into a hint."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import ModuleType

from instep.connectors.gohighlevel.events import hint_of, sent_at
from instep.sdk.webhooks import Hint, Incoming, Refusal, WebhookRefused, object_in


@dataclass(frozen=True, slots=True)
class SignedWebhooks:
    """How the webhooks of a marketplace app are received.

    `legacy` also takes the older RSA signature, where the current one is absent. A webhook may be
    `window` old; `ahead` is how far its clock may run before ours. `largest` is in bytes: the
    published bodies have a few thousand.
    """

    legacy: bool = True
    # facts: ghl 5.1
    window: timedelta = timedelta(minutes=5)
    ahead: timedelta = timedelta(minutes=1)
    largest: int = 1_048_576

    @property
    def keys(self) -> Mapping[str, str]:
        """The public keys GoHighLevel publishes, by kind."""
        published: Mapping[str, str] = _signatures().PUBLISHED
        return published

    @property
    def memory(self) -> timedelta:
        """How long an id has to be remembered so that no repetition passes."""
        return self.window + self.ahead

    def read(self, incoming: Incoming, keys: Mapping[str, str], now: datetime) -> Hint:
        """Return what the webhook says. Raises WebhookRefused; UserError for an unusable key.

        A repeated id is not noticed here: whoever stores the events refuses it.
        """
        if len(incoming.body) > self.largest:
            raise WebhookRefused(Refusal.TOO_LARGE)
        _signatures().verify(incoming, keys, legacy=self.legacy)
        body = object_in(incoming.body)
        self._check_age(sent_at(body), now)
        told = body.get("webhookId")
        # documented bodies have no id (facts: ghl 5.1): then the body itself is what may not repeat
        by_content = f"sha256:{hashlib.sha256(incoming.body).hexdigest()}"
        return hint_of(body, told if isinstance(told, str) and told else by_content)

    def _check_age(self, sent: datetime | None, now: datetime) -> None:
        """Check the time of sending, which the signature covers."""
        if sent is None:
            raise WebhookRefused(Refusal.NO_TIME)
        if now - sent > self.window:
            raise WebhookRefused(Refusal.TOO_OLD)
        if sent - now > self.ahead:
            raise WebhookRefused(Refusal.TOO_EARLY)


def _signatures() -> ModuleType:
    """Return what proves a webhook; loading it takes longer than all the rest of the connector."""
    from instep.connectors.gohighlevel import signatures  # noqa: PLC0415 - only webhooks need it

    return signatures
