"""The app's webhooks as a manifest describes them: proven first, then read as hints."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from instep.connectors.custom.parts import Fact, Part
from instep.connectors.custom.places import Place, dig
from instep.core.errors import UserError
from instep.core.shapes import Kind, Shape
from instep.sdk.webhooks import (
    EventKind,
    Hint,
    Incoming,
    Refusal,
    WebhookRefused,
    content_id,
    object_in,
)

LARGEST = 1_048_576


class SecretHeader(Fact):
    """A header that repeats a secret the two share."""

    type: Literal["secret"]
    header: str
    secret: str


class Hmac(Fact):
    """HMAC-SHA256 over the bytes of the body."""

    type: Literal["hmac"]
    header: str
    secret: str
    prefix: str = ""
    encoding: Literal["hex", "base64"] = "hex"


class BasicSecret(Fact):
    """HTTP Basic with a secret as password, and any user name."""

    type: Literal["basic"]
    secret: str


Proof = Annotated[SecretHeader | Hmac | BasicSecret, Field(discriminator="type")]


class Told(Part):
    """Something a webhook says, in its body or in a header."""

    path: Place | None = None
    header: str | None = None

    @model_validator(mode="after")
    def _stands_somewhere(self) -> Told:
        if (self.path is None) == (self.header is None):
            raise ValueError("it stands either at a path or in a header")
        return self


class Inbound(Fact):
    """The webhooks an app sends. They are hints: the record is read again by its id.

    `events` maps the app's words to resources; without `event` every webhook is about `resource`.
    """

    auth: Proof
    record_id: Place
    parent_id: Place | None = None
    id: Told | None = None
    event: Told | None = None
    events: dict[str, str] = Field(default_factory=dict)
    resource: str | None = None
    deleted: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _leads_to_resources(self) -> Inbound:
        if (self.event is None) == (self.resource is None):
            raise ValueError("either event and events say the resource, or resource does")
        return self


@dataclass(frozen=True, slots=True)
class DescribedWebhooks:
    """Reads webhooks by a manifest. `kinds` maps its resources to canonical kinds."""

    part: Inbound
    kinds: Mapping[str, str]

    @property
    def keys(self) -> Mapping[str, str]:
        """No keys are published: the secret is the connection's own."""
        return {}

    @property
    def secrets(self) -> Sequence[str]:
        """The secret of the connection that proves its webhooks."""
        return (self.part.auth.secret,)

    def read(self, incoming: Incoming, keys: Mapping[str, str], now: datetime) -> Hint:  # noqa: ARG002 - a shared secret has no time
        """Return what a webhook says. Raises WebhookRefused; UserError without a secret."""
        if len(incoming.body) > LARGEST:
            raise WebhookRefused(Refusal.TOO_LARGE)
        secret = keys.get(self.part.auth.secret, "")
        if not secret:
            raise UserError(
                f"The connection has no {self.part.auth.secret}, so its webhooks cannot be proven: "
                "give it one with instep connect --renew."
            )
        prove(self.part.auth, incoming, secret)
        return self._hint(incoming, object_in(incoming.body))

    def _hint(self, incoming: Incoming, body: Any) -> Hint:
        # webhooks without a word for what happened are called by what they are about
        event = self._said(self.part.event, incoming, body) or self.part.resource or ""
        resource = self.part.resource or self.part.events.get(event)
        return Hint(
            id=self._said(self.part.id, incoming, body) or content_id(incoming),
            event=event,
            resource=self.kinds.get(resource or ""),
            record_id=_word(dig(body, self.part.record_id)),
            parent_id=_word(dig(body, self.part.parent_id)) if self.part.parent_id else None,
            account_id=None,
            deleted=event in self.part.deleted,
            body=body,
        )

    def events(self) -> Mapping[str, EventKind]:
        """Return what the app tells. What a body holds, a manifest does not say."""
        words = (*self.part.events, *self.part.deleted, self.part.resource)
        return dict.fromkeys(filter(None, words), EventKind(Shape(Kind.OBJECT, more=True)))

    def _said(self, told: Told | None, incoming: Incoming, body: Any) -> str | None:
        if told is None:
            return None
        if told.header is not None:
            return incoming.headers.get(told.header.lower()) or None
        return _word(dig(body, told.path or ()))


def prove(part: Proof, incoming: Incoming, secret: str) -> None:
    """Raise WebhookRefused unless the sender knows the secret."""
    header = "authorization" if isinstance(part, BasicSecret) else part.header.lower()
    sent = incoming.headers.get(header, "")
    if not sent:
        raise WebhookRefused(Refusal.UNSIGNED)
    match part:
        case SecretHeader():
            good = hmac.compare_digest(sent.encode(), secret.encode())
        case Hmac():
            good = hmac.compare_digest(sent.encode(), signature(part, incoming.body, secret))
        case BasicSecret():
            good = hmac.compare_digest(_password(sent), secret.encode())
    if not good:
        raise WebhookRefused(Refusal.WRONGLY_SIGNED)


def signature(part: Hmac, body: bytes, secret: str) -> bytes:
    """Return the header that proves a body."""
    digest = hmac.digest(secret.encode(), body, "sha256")
    shown = b64encode(digest) if part.encoding == "base64" else digest.hex().encode()
    return part.prefix.encode() + shown


def _password(authorization: str) -> bytes:
    try:
        pair = b64decode(authorization.partition(" ")[2], validate=True)
    except NotBase64:
        return b""
    return pair.partition(b":")[2]


def _word(raw: Any) -> str | None:
    return (
        str(raw) if isinstance(raw, str | int) and not isinstance(raw, bool) and raw != "" else None
    )
