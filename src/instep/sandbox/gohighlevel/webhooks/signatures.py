"""Signs webhooks with keys of the sandbox's own, which it publishes."""

from __future__ import annotations

import base64
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from instep.sandbox.gohighlevel.company import Company
from instep.sandbox.state import State

# facts: ghl 5.3
CURRENT = "X-GHL-Signature"
LEGACY = "x-wh-signature"
UNSIGNED = "N/A"

_BITS = 2048  # the real one has 4096; it would cost half a second of every first start


class Signer:
    """Signs the raw bytes of a body. The keys are kept, so that they survive a restart."""

    def __init__(self, state: State, company: Company) -> None:
        self._state = state
        self._company = company
        self._made: rsa.RSAPrivateKey | None = None

    def headers(self, body: bytes, scheme: str) -> dict[str, str]:
        """Return the headers that prove where a body comes from, or say that nothing does."""
        # facts: ghl 5.3
        if scheme == "none":
            return {CURRENT: UNSIGNED, LEGACY: UNSIGNED}
        headers = {}
        if scheme in {"ed25519", "both"}:
            headers[CURRENT] = _base64(self._company.webhook_key.sign(body))
        if scheme in {"rsa", "both"}:
            headers[LEGACY] = _base64(self._rsa.sign(body, PKCS1v15(), SHA256()))
        return headers

    def published(self) -> dict[str, str]:
        """Return the public keys, as base64 of SPKI and as PEM: the forms the real ones come in."""
        pem = self._rsa.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {
            "webhook_public_key": self._company.webhook_public_key,
            "webhook_rsa_public_key": pem.decode(),
        }

    @property
    def _rsa(self) -> rsa.RSAPrivateKey:
        if self._made is None:
            kept = self._state.kept("webhook_rsa_key", _new_rsa_key)
            self._made = _loaded(kept)
        return self._made


@cache
def _new_rsa_key() -> str:
    """Return a private key as PEM: one per process, since making one takes most of a start."""
    key = rsa.generate_private_key(65537, _BITS)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@cache
def _loaded(pem: str) -> rsa.RSAPrivateKey:
    """Return the key; it is proven to be one each time it is loaded, which takes as long again."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("the key kept for webhooks is no RSA key")
    return key


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
