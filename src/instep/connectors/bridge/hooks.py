"""Webhooks into a bridge: proven by the connection's secret, in a header or as a signature.

A Zap or a scenario can repeat a secret in a header; who writes a program signs, as Standard
Webhooks says (https://www.standardwebhooks.com): a signature also covers the body and its time.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from instep.connectors.bridge.reading import told_of
from instep.core.errors import UserError
from instep.core.shapes import ANYTHING, Kind, Shape
from instep.sdk import standard_webhooks
from instep.sdk.request import JsonObject
from instep.sdk.resource import Resource
from instep.sdk.webhooks import (
    EventKind,
    Hint,
    Incoming,
    Refusal,
    Told,
    WebhookRefused,
    content_id,
    object_in,
)

INBOUND, SIGNING = "inbound_secret", "signing_secret"
HEADER = "x-instep-secret"

MOST_RECORDS = 100
LARGEST = 1_048_576

_VERBS = ("created", "updated", "deleted")


@dataclass(frozen=True, slots=True)
class BridgeWebhooks:
    """Reads webhooks into a bridge; `resources` are its own by canonical kind."""

    resources: Mapping[str, type[Resource]]

    @property
    def keys(self) -> Mapping[str, str]:
        """No keys are published: the secrets are the connection's own."""
        return {}

    @property
    def secrets(self) -> Sequence[str]:
        """The secrets of the connection that prove its webhooks."""
        return (INBOUND, SIGNING)

    def read(self, incoming: Incoming, keys: Mapping[str, str], now: datetime) -> Hint:
        """Return what a webhook tells.

        Raises WebhookRefused for one that is not proven, UserError that names the place for one
        that cannot be read.
        """
        if len(incoming.body) > LARGEST:
            raise WebhookRefused(Refusal.TOO_LARGE)
        signed_id = prove(incoming, keys, now)
        body = object_in(incoming.body)
        kind, verb = self._event(body.get("event"))
        told = tuple(
            told_of(self.resources[kind], raw, place, gone=verb == "deleted", new=verb == "created")
            for place, raw in _records(body)
        )
        only = told[0] if len(told) == 1 else None
        return Hint(
            id=signed_id or _sending_id(body.get("id")) or content_id(incoming),
            event=f"{kind}.{verb}",
            resource=kind,
            record_id=only.record_id if only is not None else None,
            parent_id=only.parent_id if only is not None else None,
            account_id=None,
            deleted=verb == "deleted",
            told=told,
            body=body,
            told_at=_milliseconds(only),
        )

    def events(self) -> Mapping[str, EventKind]:
        """Return what a bridge is told, with what flows read of it."""
        return {
            f"{kind}.{verb}": EventKind(_body_of(resource))
            for kind, resource in self.resources.items()
            for verb in _VERBS
        }

    def _event(self, raw: Any) -> tuple[str, str]:
        kind, _, verb = raw.partition(".") if isinstance(raw, str) else ("", "", "")
        if kind not in self.resources or verb not in _VERBS:
            raise UserError(
                "event has to be one of "
                f"{', '.join(self.resources)} with .created, .updated or .deleted behind it, such "
                "as contact.updated."
            )
        return kind, verb


def prove(incoming: Incoming, keys: Mapping[str, str], now: datetime) -> str | None:
    """Raise WebhookRefused unless the sender knows the secret; return the id that was signed."""
    sent = incoming.headers.get(HEADER, "")
    if not sent:
        return standard_webhooks.verify(keys.get(SIGNING, ""), incoming, now)
    secret = keys.get(INBOUND, "")
    # an empty secret would be one that everybody knows
    if not secret or not hmac.compare_digest(sent.encode(), secret.encode()):
        raise WebhookRefused(Refusal.WRONGLY_SIGNED)
    return None


def _milliseconds(told: Told | None) -> int | None:
    changed = None if told is None else told.changed_at
    return None if changed is None else int(changed.timestamp() * 1000)


def _body_of(resource: type[Resource]) -> Shape:
    """Return what a body holds: one record or several, custom fields among theirs."""
    names = ("id", "changed_at", *(each.name for each in resource.fields))
    record = Shape(Kind.OBJECT, dict.fromkeys(names, ANYTHING), more=True)
    fields = {"event": Shape(Kind.TEXT), "id": ANYTHING, "record": record}
    return Shape(Kind.OBJECT, {**fields, "records": Shape(Kind.LIST, items=record)})


def _records(body: JsonObject) -> list[tuple[str, Any]]:
    """Return what is said of each record, with the place where it stands."""
    if ("record" in body) == ("records" in body):
        raise UserError("The body needs either record, an object, or records, a list of them.")
    if "record" in body:
        return [("record", body["record"])]
    records = body["records"]
    if not isinstance(records, list) or not 1 <= len(records) <= MOST_RECORDS:
        raise UserError(f"records has to be a list of 1 to {MOST_RECORDS} records.")
    return [(f"records[{place}]", raw) for place, raw in enumerate(records)]


def _sending_id(raw: Any) -> str | None:
    """Return the sender's own id of this webhook, by which a repetition is known."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise UserError("id has to be a text or a whole number: your own id of this webhook.")
    return str(raw)
