"""Secrets at rest: sealed with AES-256-GCM, bound to the row they belong to, key named inside."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from instep.core.errors import ConnectionBroken, UserError
from instep.settings import Settings
from instep.store import private_files

_KEY_BYTES, _NONCE_BYTES = 32, 12


class Vault:
    """Seals and opens text. Several keys may open; the first one seals."""

    def __init__(self, *keys: bytes) -> None:
        self._keys: Mapping[str, bytes] = {_key_id(key): key for key in keys}
        self._newest = _key_id(keys[0])

    def seal(self, text: str, place: str) -> str:
        """Return `text` sealed for `place` (workspace/row/field): moved elsewhere it will not open.

        Form: key id, nonce and ciphertext, dotted; base64 without line breaks.
        """
        nonce = os.urandom(_NONCE_BYTES)
        sealed = AESGCM(self._keys[self._newest]).encrypt(nonce, text.encode(), place.encode())
        return ".".join((self._newest, _encode(nonce), _encode(sealed)))

    def open(self, sealed: str, place: str) -> str:
        """Return the sealed text.

        Raises ConnectionBroken if the key is another one, or the text was changed or moved.
        """
        key = self._keys.get(sealed.partition(".")[0])
        if key is None:
            raise ConnectionBroken(
                "A stored credential was sealed with another key. Put the old key file or "
                "INSTEP_KEY back, or connect the app again."
            )
        try:
            _, nonce, ciphertext = sealed.split(".")
            return AESGCM(key).decrypt(_decode(nonce), _decode(ciphertext), place.encode()).decode()
        except (InvalidTag, ValueError):
            raise ConnectionBroken(
                "A stored credential was changed or moved and cannot be opened. Connect the app "
                "again."
            ) from None

    def digest(self, text: str, purpose: str) -> str:
        """Return what stands for `text` without telling it: the same for the same text and key."""
        return _digest(self._keys[self._newest], text, purpose)

    def digests(self, text: str, purpose: str) -> Sequence[str]:
        """Return what `digest` gives by each key that is at hand, the newest first."""
        return [_digest(each, text, purpose) for each in self._keys.values()]

    def knows_key_of(self, sealed: str) -> bool:
        """Whether the key that sealed this is at hand."""
        return sealed.partition(".")[0] in self._keys

    def is_current(self, sealed: str) -> bool:
        """Whether this was sealed with the newest key."""
        return sealed.startswith(f"{self._newest}.")


def open_vault(settings: Settings) -> Vault:
    """Return the vault of these settings, making a key file on first start.

    The setting and the file may each hold several keys, newest first, parted by white space: the
    old ones still open what they sealed. Raises UserError for a key that is none, or a key file
    that others can read.
    """
    if settings.key is not None:
        return Vault(*_parse(settings.key.get_secret_value(), "INSTEP_KEY"))
    path = settings.data_dir.expanduser() / "key"
    text = private_files.read_or_make(path, "key file", lambda: _encode(os.urandom(_KEY_BYTES)))
    return Vault(*_parse(text, f"the key file {path}"))


def _parse(text: str, where: str) -> list[bytes]:
    try:
        keys = [base64.b64decode(each, validate=True) for each in text.split()]
    except ValueError:
        keys = []
    if not keys or any(len(key) != _KEY_BYTES for key in keys):
        raise UserError(f"The key in {where} is not base64 of {_KEY_BYTES} bytes.")
    return keys


def _digest(key: bytes, text: str, purpose: str) -> str:
    return hmac.new(key, f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()


def _key_id(key: bytes) -> str:
    return hashlib.blake2b(key, digest_size=4, person=b"instep-key").hexdigest()


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
