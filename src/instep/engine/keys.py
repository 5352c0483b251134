"""The keys that seal secrets, as admins see and change them. No key itself is ever told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.times import iso_of
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store import resealing
from instep.store.audit import entries
from instep.store.connections import Connections
from instep.store.database import Database
from instep.store.vault import Vault

_FROM_ENVIRONMENT = (
    "The key comes from INSTEP_KEY, which only you can change: put a new key before the one that is "
    "there, parted by a space, start Instep again, and seal the secrets anew."
)
_SEVERAL_MACHINES = (
    "Several machines may share this PostgreSQL, each with a key file of its own: put the same new "
    "key into the first line of each, and seal the secrets anew."
)


@dataclass(frozen=True, slots=True)
class KeyTold:
    """A key by its id: since when it was the newest, and how many secrets are sealed with it."""

    id: str
    since: str | None
    secrets: int
    at_hand: bool


@dataclass(frozen=True, slots=True)
class KeysTold:
    """The newest key, which seals, and older ones that only open.

    `source` is file or environment; `only_you` says what only a person can do to change the key,
    None if it can be done here.
    """

    current: KeyTold
    older: Sequence[KeyTold]
    source: str
    only_you: str | None

    @property
    def left(self) -> int:
        """How many secrets are sealed with an older key still."""
        return sum(each.secrets for each in self.older)

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {**asdict(self), "left": self.left}


class Keys:
    """The service around the keys of one workspace."""

    def __init__(self, db: Database, vault: Vault, stored: Connections, clock: Clock) -> None:
        self._db = db
        self._vault = vault
        self._stored = stored
        self._clock = clock

    async def note(self, workspace_id: str) -> None:
        """Note since when the newest key is that, if it is not noted yet."""
        current, now = self._vault.current, to_ms(self._clock.now())
        if current not in await self._db.run_read(resealing.since):
            await self._db.run(lambda tx: resealing.note_key(tx, workspace_id, current, now))

    async def show(self) -> KeysTold:
        """Return the keys."""

        def read(tx: sa.Connection) -> tuple[Mapping[str, int], Mapping[str, int]]:
            return resealing.sealed_with(tx), resealing.since(tx)

        sealed, since = await self._db.run_read(read)
        current, *others = self._vault.key_ids
        lost = [each for each in sorted(sealed) if each not in {current, *others}]

        def told(key_id: str) -> KeyTold:
            at = None if key_id not in since else iso_of(since[key_id])
            return KeyTold(key_id, at, sealed.get(key_id, 0), key_id not in lost)

        source = "environment" if self._vault.file is None else "file"
        return KeysTold(told(current), [*map(told, [*others, *lost])], source, self._only_you())

    async def rotate(self, workspace_id: str) -> KeysTold:
        """Make a new key and seal everything with it; the older ones stay until they are forgotten.

        Raises UserError where only a person can change the key.
        """
        only_you = self._only_you()
        if self._vault.file is None or only_you is not None:
            raise UserError(only_you or _FROM_ENVIRONMENT)
        self._vault.file.put_new_first()
        await self.note(workspace_id)
        return await self.reseal()

    async def reseal(self) -> KeysTold:
        """Seal with the newest key what is not; what was broken off goes on where it was."""
        done = await self._stored.reseal()
        if done:
            about = entries.About("key", self._vault.current, self._vault.current)
            await self._db.run(lambda tx: entries.note(tx, about, {"sealed_anew": done}))
        return await self.show()

    async def forget(self) -> KeysTold:
        """Take the older keys out of the key file.

        Raises UserError while anything is sealed with one of them, and where only a person can.
        """
        told = await self.show()
        if told.left:
            raise UserError(
                f"{told.left} secrets are sealed with an older key still. Seal them anew first: "
                "instep key reseal."
            )
        if self._vault.file is None or told.only_you is not None:
            raise UserError("Only you can take an older key away: out of INSTEP_KEY or key file.")
        older = [each.id for each in told.older]
        self._vault.file.keep_newest()
        await self._db.run(lambda tx: resealing.forget_keys(tx, older))
        return await self.show()

    def _only_you(self) -> str | None:
        if self._vault.file is None:
            return _FROM_ENVIRONMENT
        return None if self._db.is_sqlite else _SEVERAL_MACHINES
