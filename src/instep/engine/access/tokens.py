"""API tokens as people make, list and revoke them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from instep.core.errors import UserError
from instep.core.people.lasting import MOST_TOKEN_DAYS
from instep.core.people.roles import Caller, Role
from instep.core.times import iso_of
from instep.engine.access.secrets import digest_of, new_secret
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store.access import api_tokens
from instep.store.access.api_tokens import ApiToken, NewToken
from instep.store.database import Database

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class TokenWanted:
    """What is wanted of a token. `days`: how long it is good; None is without an end."""

    name: str
    role: Role
    read_only: bool = False
    days: int | None = None


@dataclass(frozen=True, slots=True)
class TokenTold:
    """A token as people and programs read it; `secret` once only, to whoever makes it."""

    token: ApiToken
    secret: str | None = field(default=None, repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        each = self.token
        told = {
            "id": each.id,
            "name": each.name,
            "role": each.role.value,
            "read_only": each.read_only,
            "made_by": each.made_by,
            "created_at": iso_of(each.created_at),
            "ends_at": iso_of(each.ends_at),
            "used_at": iso_of(each.seen_at),
            "used_from": each.seen_from,
        }
        return told if self.secret is None else {**told, "secret": self.secret}


class ApiTokens:
    """The services around the API tokens of one workspace."""

    def __init__(self, db: Database, clock: Clock, workspace_id: str) -> None:
        self._db = db
        self._clock = clock
        self._workspace_id = workspace_id

    async def create(self, wanted: TokenWanted, made_by: Caller | str) -> TokenTold:
        """Make a token. Raises UserError for a role above one's own, a time or a name that cannot be."""
        now = to_ms(self._clock.now())
        maker, user_id = made_by, None
        if isinstance(made_by, Caller):
            if not made_by.role.may(wanted.role):
                raise UserError(f"You are {made_by.role}: your tokens cannot be {wanted.role}.")
            maker = made_by.actor.name
            user_id = made_by.actor.id if made_by.actor.kind == "user" else None
        ends_at = None if wanted.days is None else now + _checked_days(wanted.days) * _DAY_MS
        new = NewToken(wanted.name, wanted.role, wanted.read_only, ends_at, str(maker), user_id)
        secret = new_secret("ist")
        digest = digest_of(secret)
        made = await self._db.run(
            lambda tx: api_tokens.add(tx, self._workspace_id, new, digest, now)
        )
        return TokenTold(made, secret)

    async def list(self) -> Sequence[TokenTold]:
        """Return every token by name, those that are over, too."""
        found = await self._db.run_read(lambda tx: api_tokens.list_all(tx, self._workspace_id))
        return [*map(TokenTold, found)]

    async def revoke(self, name: str) -> None:
        """Take a token away, by name or id. Raises UserError for an unknown one."""
        await self._db.run(
            lambda tx: api_tokens.remove(tx, api_tokens.get(tx, self._workspace_id, name))
        )


def _checked_days(days: int) -> int:
    if not 1 <= days <= MOST_TOKEN_DAYS:
        raise UserError(f"A token is good for 1 to {MOST_TOKEN_DAYS} days, or without an end.")
    return days
