"""The key file: keys in base64, newest first, parted by white space; changed in one stroke."""

from __future__ import annotations

import base64
import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from instep.core.errors import UserError
from instep.store import private_files

KEY_BYTES = 32
Stamp = tuple[int, int, int]


class KeyFile:
    """The keys in one file, which every process of this machine reads anew once it was changed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Sequence[bytes]:
        """Return the keys, making the first one. Raises UserError for a file that cannot be used."""
        text = private_files.read_or_make(self._path, "key file", _new_key)
        return parse_keys(text, f"the key file {self._path}")

    def stamp(self) -> Stamp | None:
        """Return what differs once the file was changed; None while there is none."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size

    def put_new_first(self) -> None:
        """Make a new key and put it before the others, which stay."""
        with self._alone():
            self._write([_new_key(), *map(_encode, self.read())])

    def keep_newest(self) -> None:
        """Take every key out but the newest."""
        with self._alone():
            self._write([_encode(self.read()[0])])

    def _write(self, keys: Sequence[str]) -> None:
        private_files.replace(self._path, "key file", "\n".join(keys))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let nobody else change the file meanwhile: what they put into it would be lost."""
        handle = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)  # closing unlocks


def parse_keys(text: str, where: str) -> list[bytes]:
    """Return the keys in a text. Raises UserError if one is none; `where` the text stands is said."""
    try:
        keys = [base64.b64decode(each, validate=True) for each in text.split()]
    except ValueError:
        keys = []
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise UserError(f"The key in {where} is not base64 of {KEY_BYTES} bytes.")
    return keys


def _new_key() -> str:
    return _encode(os.urandom(KEY_BYTES))


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
