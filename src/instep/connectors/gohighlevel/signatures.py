"""Prove that GoHighLevel sent a webhook: its signature over the body's bytes as they came."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from instep.core.errors import UserError
from instep.sdk.webhooks import Incoming, Refusal, WebhookRefused

# facts: ghl 5.3 (both as published; the second in docs/oauth/WebhookAuthentication.md)
PUBLISHED: Mapping[str, str] = {
    "ed25519": "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=",
    "rsa": (
        "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAokvo/r9tVgcfZ5DysOSC"
        "Frm602qYV0MaAiNnX9O8KxMbiyRKWeL9JpCpVpt4XHIcBOK4u3cLSqJGOLaPuXw6"
        "dO0t6Q/ZVdAV5Phz+ZtzPL16iCGeK9po6D6JHBpbi989mmzMryUnQJezlYJ3DVfB"
        "csedpinheNnyYeFXolrJvcsjDtfAeRx5ByHQmTnSdFUzuAnC9/GepgLT9SM4nCpv"
        "uxmZMxrJt5Rw+VUaQ9B8JSvbMPpez4peKaJPZHBbU3OdeCVx5klVXXZQGNHOs8gF"
        "3kvoV5rTnXV0IknLBXlcKKAQLZcY/Q9rG6Ifi9c+5vqlvHPCUJFT5XUGG5RKgOKU"
        "J062fRtN+rLYZUV+BjafxQauvC8wSWeYja63VSUruvmNj8xkx2zE/Juc+yjLjTXp"
        "IocmaiFeAO6fUtNjDeFVkhf5LNb59vECyrHD2SQIrhgXpO4Q3dVNA5rw576PwTzN"
        "h/AMfHKIjE4xQA1SZuYJmNnmVZLIZBlQAF9Ntd03rfadZ+yDiOXCCs9FkHibELhC"
        "HULgCsnuDJHcrGNd5/Ddm5hxGQ0ASitgHeMZ0kcIOwKDOzOU53lDza6/Y09T7sYJ"
        "PQe7z0cvj7aE4B+Ax1ZoZGPzpJlZtGXCsu9aTEGEnKzmsFqwcSsnw3JB31IGKAyk"
        "T1hhTiaCeIY/OwwwNUY2yvcCAwEAAQ=="
    ),
}

_CURRENT = "x-ghl-signature"
_LEGACY = "x-wh-signature"
_UNSIGNED = {"", "n/a"}


def verify(incoming: Incoming, keys: Mapping[str, str], *, legacy: bool) -> None:
    """Check the signature; the current kind first, and the old one only where it stands alone.

    `keys` are public keys by kind, `ed25519` and `rsa`, as PEM or as base64 of their DER. Raises
    WebhookRefused, or UserError where the key is none of its kind.
    """
    if signature := _signature(incoming, _CURRENT):
        _verify_ed25519(signature, incoming.body, keys.get("ed25519", ""))
    elif legacy and (signature := _signature(incoming, _LEGACY)):
        _verify_rsa(signature, incoming.body, keys.get("rsa", ""))
    else:
        raise WebhookRefused(Refusal.UNSIGNED)


def _signature(incoming: Incoming, header: str) -> bytes | None:
    """Return a signature; None where there is none, or only the words that stand for none."""
    # facts: ghl 5.3 (a header can be the literal `N/A`)
    text = incoming.headers.get(header, "").strip()
    if text.lower() in _UNSIGNED:
        return None
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise WebhookRefused(Refusal.WRONGLY_SIGNED) from None


def _verify_ed25519(signature: bytes, body: bytes, text: str) -> None:
    key = _key(text)
    if not isinstance(key, Ed25519PublicKey):
        raise _unusable("Ed25519")
    try:
        key.verify(signature, body)
    except InvalidSignature:
        raise WebhookRefused(Refusal.WRONGLY_SIGNED) from None


def _verify_rsa(signature: bytes, body: bytes, text: str) -> None:
    key = _key(text)
    if not isinstance(key, RSAPublicKey):
        raise _unusable("RSA")
    try:
        key.verify(signature, body, PKCS1v15(), SHA256())
    except InvalidSignature:
        raise WebhookRefused(Refusal.WRONGLY_SIGNED) from None


@lru_cache(maxsize=64)
def _key(text: str) -> object:
    """Return the key that is written as PEM or as base64 of its DER; None if it is none."""
    written = "".join(line for line in text.split("\n") if not line.startswith("-----"))
    try:
        return load_der_public_key(b64decode(written))
    except (ValueError, UnsupportedAlgorithm):
        return None


def _unusable(kind: str) -> UserError:
    return UserError(
        f"The key for GoHighLevel's webhooks is no {kind} public key; copy it again, or leave it "
        "out to use the one GoHighLevel publishes."
    )
