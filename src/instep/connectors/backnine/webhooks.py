"""The webhooks BOSS posts at every save of an application or a case. Proven by a shared secret.

What they say cannot be asked for again, so it is handed over as told and kept.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from instep.connectors.backnine import payloads, telling
from instep.connectors.backnine.payloads import Application, Case
from instep.core.errors import UserError
from instep.sdk.webhooks import Hint, Incoming, Refusal, WebhookRefused, content_id, object_in

HEADER = "x-backnine-authentication"
"""The header that repeats the secret (facts: apps 2, webhook auth)."""

LARGEST = 1_048_576
_SECRETS = ("webhook_secret", "case_webhook_secret")


class SavedWebhooks:
    """Reads what BOSS posts."""

    @property
    def keys(self) -> Mapping[str, str]:
        """BackNine publishes no keys."""
        return {}

    @property
    def secrets(self) -> Sequence[str]:
        """The secrets of the connection that prove its webhooks; the second is for cases alone."""
        return _SECRETS

    def read(self, incoming: Incoming, keys: Mapping[str, str], now: datetime) -> Hint:  # noqa: ARG002 - a shared secret has no time
        """Return what a webhook says. Raises WebhookRefused; UserError without a secret."""
        if len(incoming.body) > LARGEST:
            raise WebhookRefused(Refusal.TOO_LARGE)
        _prove(incoming, [keys[name] for name in _SECRETS if keys.get(name)])
        kind, raw = payloads.kind_of(object_in(incoming.body))
        saved = _saved(kind, raw)
        if saved is None:
            # it came from BackNine and is nothing we know: kept as such, and nothing follows
            return Hint(_sending_id(kind, {}, incoming), "unknown", None, None, None, None)
        picked = payloads.pick(raw, telling.PLACES[type(saved)])
        return telling.hint_of(saved, _sending_id(kind, picked, incoming))


def _saved(kind: payloads.Kind | None, raw: Any) -> Application | Case | None:
    if kind == "application":
        return payloads.application(raw)
    return payloads.case(raw) if kind == "case" else None


def _prove(incoming: Incoming, secrets: Sequence[str]) -> None:
    """Raise WebhookRefused unless the sender knows one of the secrets."""
    if not secrets:
        raise UserError(
            "The connection has no webhook_secret, so BackNine's webhooks cannot be proven: give "
            "it one with instep connect --renew."
        )
    sent = incoming.headers.get(HEADER, "").encode()
    if not sent:
        raise WebhookRefused(Refusal.UNSIGNED)
    # each is compared, so that the time tells nothing about which of them it was
    good = [hmac.compare_digest(sent, each.encode()) for each in secrets]
    if not any(good):
        raise WebhookRefused(Refusal.WRONGLY_SIGNED)


def _sending_id(kind: str | None, picked: Mapping[str, Any], incoming: Incoming) -> str:
    """Return an id for a webhook, since BackNine gives none (facts: apps 2).

    Of what is read of it, the time of the save included: a sending that is repeated has the same,
    however its JSON is set, and a further save has another. Without such a time equal words may
    well come again, and mean it.
    """
    if not picked.get("updated_at"):
        return content_id(incoming)
    content = json.dumps([kind, picked], sort_keys=True).encode()
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
