"""Secrets at rest: sealed with AES-256-GCM, bound to the row they belong to, key named inside."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from instep.core.errors import ConnectionBroken
from instep.settings import Settings
from instep.store.key_file import KeyFile, parse_keys

_NONCE_BYTES = 12
ID_LENGTH = 8
"""How many characters the id of a key has, with which each sealed text begins."""


class Vault:
    """Seals and opens text. Several keys may open; the first one seals.

    Keys that came from a file are read anew once somebody changed it: another process may seal with
    a key that was made after this one began.
    """

    def __init__(self, *keys: bytes, file: KeyFile | None = None) -> None:
        self._file = file
        self._stamp = None if file is None else file.stamp()
        self._keys = _named(keys)

    @property
    def file(self) -> KeyFile | None:
        """Where the keys are; None if the environment gave them."""
        return self._file

    @property
    def current(self) -> str:
        """The id of the key that seals."""
        return self.key_ids[0]

    @property
    def key_ids(self) -> Sequence[str]:
        """The ids of the keys at hand, the newest first. They tell nothing of the keys."""
        return [*self._now()]

    def _now(self) -> Mapping[str, bytes]:
        """Return the keys by their ids, the newest first, as they are now."""
        if self._file is not None:
            stamp = self._file.stamp()
            if stamp is not None and stamp != self._stamp:
                self._keys = _named(self._file.read())
                self._stamp = stamp
        return self._keys

    def seal(self, text: str, place: str) -> str:
        """Return `text` sealed for `place` (workspace/row/field): moved elsewhere it will not open.

        Form: key id, nonce and ciphertext, dotted; base64 without line breaks.
        """
        nonce = os.urandom(_NONCE_BYTES)
        key_id, key = next(iter(self._now().items()))
        sealed = AESGCM(key).encrypt(nonce, text.encode(), place.encode())
        return ".".join((key_id, _encode(nonce), _encode(sealed)))

    def open(self, sealed: str, place: str) -> str:
        """Return the sealed text.

        Raises ConnectionBroken if the key is another one, or the text was changed or moved.
        """
        key = self._key_of(sealed)
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
        return _digest(next(iter(self._now().values())), text, purpose)

    def digests(self, text: str, purpose: str) -> Sequence[str]:
        """Return what `digest` gives by each key that is at hand, the newest first."""
        return [_digest(each, text, purpose) for each in self._now().values()]

    def knows_key_of(self, sealed: str) -> bool:
        """Whether the key that sealed this is at hand."""
        return self._key_of(sealed) is not None

    def is_current(self, sealed: str) -> bool:
        """Whether this was sealed with the newest key."""
        return sealed.startswith(f"{self.current}.")

    def _key_of(self, sealed: str) -> bytes | None:
        key_id = sealed.partition(".")[0]
        return self._keys.get(key_id) or self._now().get(key_id)


def open_vault(settings: Settings) -> Vault:
    """Return the vault of these settings, making a key file on first start.

    The setting and the file may each hold several keys, newest first, parted by white space: the
    old ones still open what they sealed. Raises UserError for a key that is none, or a key file
    that others can read.
    """
    if settings.key is not None:
        return Vault(*parse_keys(settings.key.get_secret_value(), "INSTEP_KEY"))
    file = KeyFile(settings.data_dir.expanduser() / "key")
    return Vault(*file.read(), file=file)


def _named(keys: Sequence[bytes]) -> Mapping[str, bytes]:
    return {_key_id(key): key for key in keys}


def _digest(key: bytes, text: str, purpose: str) -> str:
    return hmac.new(key, f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()


def _key_id(key: bytes) -> str:
    return hashlib.blake2b(key, digest_size=ID_LENGTH // 2, person=b"instep-key").hexdigest()


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
