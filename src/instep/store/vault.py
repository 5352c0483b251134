"""Secrets at rest: sealed with AES-256-GCM, bound to the row they belong to, key named inside."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from instep.core.errors import UserError
from instep.settings import Settings

_KEY_BYTES, _NONCE_BYTES = 32, 12
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


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
        """Return the sealed text. Raises UserError if the key is another or the row was moved."""
        key_id, nonce, ciphertext = sealed.split(".")
        key = self._keys.get(key_id, bytes(_KEY_BYTES))  # an unknown key opens nothing
        try:
            opened = AESGCM(key).decrypt(_decode(nonce), _decode(ciphertext), place.encode())
        except InvalidTag:
            raise UserError(
                "A stored credential cannot be opened: this is not the key it was sealed with. "
                "Put the old key file or INSTEP_KEY back, or connect the app again."
            ) from None
        return opened.decode()

    def is_current(self, sealed: str) -> bool:
        """Whether this was sealed with the newest key."""
        return sealed.startswith(f"{self._newest}.")


def open_vault(settings: Settings) -> Vault:
    """Return the vault of these settings, making a key file on first start.

    Raises UserError for a key that is none, or a key file that others can read.
    """
    if settings.key is not None:
        return Vault(_parse(settings.key.get_secret_value(), "INSTEP_KEY"))
    path = settings.data_dir.expanduser() / "key"
    try:
        return Vault(_read_key(path) if path.exists() else _make_key(path))
    except OSError as error:
        raise UserError(f"The key file {path} cannot be used: {error.strerror}.") from None


def _read_key(path: Path) -> bytes:
    if path.stat().st_mode & _OTHERS:
        raise UserError(f"The key file {path} is open to others; run: chmod 600 {path}")
    return _parse(path.read_text(), f"the key file {path}")


def _make_key(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = os.urandom(_KEY_BYTES)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_key(path)  # another process was faster: there is one key, and it is that one
    with os.fdopen(handle, "w") as file:
        file.write(_encode(key))
        file.flush()
        os.fsync(file.fileno())
    return key


def _parse(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != _KEY_BYTES:
        raise UserError(f"The key in {where} is not base64 of {_KEY_BYTES} bytes.")
    return key


def _key_id(key: bytes) -> str:
    return hashlib.blake2b(key, digest_size=4, person=b"instep-key").hexdigest()


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text)
