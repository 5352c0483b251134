"""What lets somebody in: made at random, shown once, kept as a hash. Passwords are argon2's."""

from __future__ import annotations

import asyncio
import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_BYTES = 32
_AT_ONCE = 2
"""Passwords that are looked at at a time: each takes 64 MiB, and a stranger can ask for it."""


def new_secret(prefix: str) -> str:
    """Return a fresh secret of 256 bits; the prefix says what it is for."""
    return f"{prefix}_{secrets.token_urlsafe(_BYTES)}"


def digest_of(secret: str) -> str:
    """Return what is kept of a secret. It is random and long, so a quick hash is enough."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def csrf_of(secret: str) -> str:
    """Return what a page of ours sends along with a session's cookie, which no other page knows."""
    return digest_of(f"csrf {secret}")


class Passwords:
    """Hashes passwords with argon2id, by the library's own parameters (RFC 9106, low memory)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._nobodys: str | None = None

    async def hashed(self, password: str) -> str:
        """Return argon2's text for a password."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def is_right(self, password: str, stored: str | None) -> bool:
        """Whether a password is the stored one.

        Without a stored one as much work is done: the time tells nobody whether there is such a
        user.
        """
        if self._nobodys is None:
            self._nobodys = await self.hashed(secrets.token_urlsafe(_BYTES))
        async with self._turns:
            right = await asyncio.to_thread(self._verify, password, stored or self._nobodys)
        return right and stored is not None

    def is_old(self, stored: str) -> bool:
        """Whether a hash was made by other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, password: str, stored: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (Argon2Error, InvalidHashError):
            return False
