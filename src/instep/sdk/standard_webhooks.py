"""Standard Webhooks: how a webhook is signed, and how one is proven. Pure.

The signature is HMAC-SHA256 over `id.timestamp.body`, in base64 behind `v1,`; a secret is `whsec_`
and base64 of 24 to 64 bytes. https://www.standardwebhooks.com, version 1.0.0. A person may give
several secrets, separated by blanks, while one takes the place of another: what is sent is signed
with each of them, and what comes is proven by any.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from instep.core.errors import UserError
from instep.sdk.webhooks import Incoming, Refusal, WebhookRefused

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"

TOLERANCE = timedelta(minutes=5)
"""How far a webhook's time may be from ours; the specification leaves the figure to its libraries,
which all take this one."""

PREFIX = "whsec_"
_VERSION = "v1"
_FEWEST_BYTES, _MOST_BYTES = 24, 64


def new_secret() -> str:
    """Return a fresh secret."""
    return PREFIX + b64encode(secrets.token_bytes(32)).decode()


def keys_of(text: str) -> Sequence[bytes]:
    """Return the keys of one or several secrets. Raises UserError that repeats none of them."""
    keys = [_key(each) for each in text.split()]
    if not keys:
        raise UserError("There is no signing secret; it is whsec_ and base64 of 24 to 64 bytes.")
    return keys


def signed(text: str, message_id: str, sent_at: datetime, body: bytes) -> Mapping[str, str]:
    """Return the three headers of a webhook that is sent now, signed with each secret of `text`.

    Raises UserError for a secret that is none.
    """
    seconds = str(int(sent_at.timestamp()))
    signatures = [
        f"{_VERSION},{b64encode(_digest(key, message_id, seconds, body)).decode()}"
        for key in keys_of(text)
    ]
    return {ID: message_id, TIMESTAMP: seconds, SIGNATURE: " ".join(signatures)}


def verify(text: str, incoming: Incoming, now: datetime) -> str:
    """Prove a webhook by one of the secrets of `text`, over its bytes as they came; return its id.

    Raises WebhookRefused, or UserError for a secret that is none.
    """
    headers = incoming.headers
    message_id, signature = headers.get(ID, ""), headers.get(SIGNATURE, "")
    if not message_id or not signature:
        raise WebhookRefused(Refusal.UNSIGNED)
    seconds = headers.get(TIMESTAMP, "")
    if not _proves(keys_of(text), message_id, seconds, incoming.body, signature):
        raise WebhookRefused(Refusal.WRONGLY_SIGNED)
    _check_time(seconds, now)
    return message_id


def _key(secret: str) -> bytes:
    encoded = secret.removeprefix(PREFIX)
    try:
        key = b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if not secret.startswith(PREFIX) or not _FEWEST_BYTES <= len(key) <= _MOST_BYTES:
        raise UserError(
            "The signing secret is none of Standard Webhooks: it is whsec_ and base64 of 24 to 64 "
            "bytes. Several are separated by blanks."
        )
    return key


def _digest(key: bytes, message_id: str, seconds: str, body: bytes) -> bytes:
    return hmac.digest(key, f"{message_id}.{seconds}.".encode() + body, "sha256")


def _proves(
    keys: Sequence[bytes], message_id: str, seconds: str, body: bytes, signature: str
) -> bool:
    """Whether one of the signatures is that of one of the keys."""
    good = [
        f"{_VERSION},{b64encode(_digest(key, message_id, seconds, body)).decode()}".encode()
        for key in keys
    ]
    sent = [each.encode() for each in signature.split()]
    return any(hmac.compare_digest(ours, theirs) for ours in good for theirs in sent)


def _check_time(seconds: str, now: datetime) -> None:
    """Refuse what was sent too long ago, or too far ahead of our clock."""
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) <= 11):  # noqa: PLR2004 - digits until the year 5138
        raise WebhookRefused(Refusal.NO_TIME)
    sent_at = datetime.fromtimestamp(int(seconds), UTC)
    if sent_at < now - TOLERANCE:
        raise WebhookRefused(Refusal.TOO_OLD)
    if sent_at > now + TOLERANCE:
        raise WebhookRefused(Refusal.TOO_EARLY)
