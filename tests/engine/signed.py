"""Webhooks signed as GoHighLevel signs them, with a key of the test's own."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from itertools import count

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from instep.sdk.auth import Credential
from instep.sdk.webhooks import Incoming
from instep.store.connections import NewConnection

LOCATION = "loc1"
_KEY = Ed25519PrivateKey.generate()
_numbers = count(1)

PUBLIC_KEY = base64.b64encode(
    _KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()


def body_of(event="ContactUpdate", *, now=None, **values) -> bytes:
    """The bytes of one webhook; `values` replace what would be in it."""
    told = {
        "type": event,
        "locationId": LOCATION,
        "id": "c1",
        "webhookId": f"sending-{next(_numbers)}",
        "timestamp": (now or datetime.now(UTC)).isoformat(),
        **values,
    }
    return json.dumps(told).encode()


def headers_of(body: bytes) -> dict[str, str]:
    return {"x-ghl-signature": base64.b64encode(_KEY.sign(body)).decode()}


def incoming(event="ContactUpdate", *, now=None, **values) -> Incoming:
    """One webhook as it comes in."""
    body = body_of(event, now=now, **values)
    return Incoming(headers_of(body), body, now or datetime.now(UTC))


async def connect(connections, name="ghl", **config):
    """Store a connection to GoHighLevel whose webhooks this module signs."""
    config = {"base_url": "https://x", "webhook_public_key": PUBLIC_KEY, **config}
    new = NewConnection(name, "gohighlevel", "private_integration", LOCATION, "US", config)
    return await connections.create(
        new, Credential("private_integration", {"token": "pit-12345678"})
    )
