"""OAuth tokens in a file that several processes may share."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from instep.core.errors import ConnectionBroken, RetryLater
from instep.sdk.auth import Credential

_OLD_STAYS = timedelta(seconds=30)
_PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.02
_KEPT = ("access_token", "refresh_token")


class FileTokens:
    """A token store in one file, 0600, written whole or not at all.

    A second file beside it, `<name>.lock`, is the right to refresh: whoever holds its lock, in
    whichever process, is the only one to use the refresh token. The client's id and secret are
    not kept here.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        self._lock = self._path.with_name(f"{self._path.name}.lock")

    async def load(self) -> Credential:
        """Return the tokens as they were last stored by anybody. Raises ConnectionBroken."""
        return _credential(self._read())

    async def save(self, credential: Credential) -> None:
        """Store tokens; the ones they replace stay readable as `previous` for half a minute."""
        told: dict[str, Any] = {
            **{name: each for name, each in credential.secrets.items() if name in _KEPT},
            "expires_at": _written(credential.expires_at),
            "scopes": [*credential.scopes],
        }
        if self._path.exists():
            old = {name: each for name, each in self._read().items() if name != "previous"}
            until = datetime.now(UTC) + _OLD_STAYS
            told["previous"] = {**old, "readable_until": _written(until)}
        self._write(told)

    async def previous(self) -> Credential | None:
        """Return the tokens before these, for 30 seconds after they were replaced."""
        # facts: ghl 3.1, 7 row 10: so long the old refresh token still brings the same new pair
        old = self._read().get("previous")
        if not old or datetime.now(UTC) > datetime.fromisoformat(old["readable_until"]):
            return None
        return _credential(old)

    @asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        """Hold the one right to refresh. Raises RetryLater if somebody holds it for a minute."""
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            await _locked(descriptor, self._lock)
            yield
        finally:
            os.close(descriptor)  # lets go of the lock, too; so does the end of the process

    def _read(self) -> dict[str, Any]:
        try:
            told = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ConnectionBroken(
                f"There are no tokens in {self._path} yet: exchange an authorisation code first."
            ) from None
        except (OSError, ValueError) as error:
            raise ConnectionBroken(f"The tokens in {self._path} cannot be read: {error}.") from None
        if not isinstance(told, dict) or not told.get("access_token"):
            raise ConnectionBroken(f"There is no access_token in {self._path}.")
        return told

    def _write(self, told: Mapping[str, Any]) -> None:
        """Replace the file in one step, after its bytes are on the disk."""
        descriptor, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(told, file)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _credential(told: Mapping[str, Any]) -> Credential:
    expires = told.get("expires_at")
    return Credential(
        "oauth2",
        {name: str(told[name]) for name in _KEPT if told.get(name)},
        datetime.fromisoformat(expires) if expires else None,
        tuple(map(str, told.get("scopes") or ())),
    )


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


async def _locked(descriptor: int, path: Path) -> None:
    waited = 0.0
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if waited >= _PATIENCE_SECONDS:
                raise RetryLater(f"Somebody holds {path} and does not let go of it.") from None
        else:
            return
        await asyncio.sleep(_LOOK_SECONDS)
        waited += _LOOK_SECONDS
