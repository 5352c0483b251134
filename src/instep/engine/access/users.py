"""Local users as admins see to them, and as they see to themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.people.credentials import check_password
from instep.core.people.lasting import INVITATION_MS, SETUP_LINK_MS, SIGN_IN_LINK_MS
from instep.core.people.roles import Role
from instep.core.times import iso_of
from instep.engine.access.secrets import Passwords, digest_of, new_secret
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store.access import links, sessions, users
from instep.store.access.links import LinkKind, OneTimeLink
from instep.store.access.sessions import Session
from instep.store.access.users import User
from instep.store.database import Database

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class UserTold:
    """A user as people and programs read it, without anything secret."""

    user: User

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it; `invited` means that they have not come yet."""
        each = self.user
        return {
            "id": each.id,
            "name": each.name,
            "role": each.role.value,
            "invited": each.password is None,
            "locked_at": iso_of(each.locked_at),
            "created_at": iso_of(each.created_at),
            "signed_in_at": iso_of(each.seen_at),
        }


@dataclass(frozen=True, slots=True)
class SessionTold:
    """A session as people and programs read it."""

    session: Session

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        each = self.session
        return {
            "id": each.id,
            "user": each.user,
            "address": each.whence.address,
            "browser": each.whence.browser,
            "began_at": iso_of(each.span.began_at),
            "used_at": iso_of(each.span.seen_at),
            "ends_at": iso_of(each.span.ends_at),
        }


class Users:
    """The services around the users of one workspace. Wherever a name is asked for, an id does."""

    def __init__(self, db: Database, clock: Clock, passwords: Passwords, workspace_id: str) -> None:
        self._db = db
        self._clock = clock
        self._passwords = passwords
        self._workspace_id = workspace_id

    async def are_there(self) -> bool:
        """Whether anybody can sign in yet."""
        return await self._db.run_read(lambda tx: users.are_there(tx, self._workspace_id))

    async def list(self) -> Sequence[UserTold]:
        """Return every user by name."""
        found = await self._db.run_read(lambda tx: users.list_all(tx, self._workspace_id))
        return [*map(UserTold, found)]

    async def add(self, name: str, role: Role, password: str) -> UserTold:
        """Add a user with a password. Raises UserError."""
        hashed = await self._passwords.hashed(check_password(password, name))
        now = self._now()

        def add(tx: sa.Connection) -> User:
            made = users.add(tx, self._workspace_id, name, role, hashed, now)
            links.forget(tx, self._workspace_id, LinkKind.SETUP)
            return made

        return UserTold(await self._db.run(add))

    async def invite(self, name: str, role: Role) -> str:
        """Add a user who sets a password by a link, and return the link's secret.

        One who has been invited gets a new link; one who has come already is refused: UserError.
        """
        secret, now = new_secret("isi"), self._now()

        def invite(tx: sa.Connection) -> None:
            user = users.by_name(tx, self._workspace_id, name)
            if user is not None and user.password is not None:
                raise UserError(
                    f"{user.name} can sign in already. A lost password is set anew by: "
                    f"instep user password {user.name}."
                )
            if user is None:
                user = users.add(tx, self._workspace_id, name, role, None, now)
            else:
                users.set_role(tx, self._workspace_id, user, role)
            link = OneTimeLink(LinkKind.INVITATION, user.id)
            links.add(tx, self._workspace_id, link, digest_of(secret), now + INVITATION_MS)

        await self._db.run(invite)
        return secret

    async def setup_link(self) -> str | None:
        """Return the secret of a new link for the first user; None if there is one already."""
        secret, now = new_secret("isi"), self._now()

        def make(tx: sa.Connection) -> str | None:
            if users.are_there(tx, self._workspace_id):
                return None
            link = OneTimeLink(LinkKind.SETUP, None)
            links.add(tx, self._workspace_id, link, digest_of(secret), now + SETUP_LINK_MS)
            return secret

        return await self._db.run(make)

    async def sign_in_link(self, name: str) -> str:
        """Return the secret of a new link that signs a user in, whatever their password is.

        Raises UserError for nobody's name.
        """
        secret, now = new_secret("isi"), self._now()

        def make(tx: sa.Connection) -> str:
            user = users.get(tx, self._workspace_id, name)
            link = OneTimeLink(LinkKind.SIGN_IN, user.id)
            links.add(tx, self._workspace_id, link, digest_of(secret), now + SIGN_IN_LINK_MS)
            return secret

        return await self._db.run(make)

    async def set_role(self, name: str, role: Role) -> UserTold:
        """Give a user another role. Raises UserError for nobody's name, and for the last admin."""
        changed = await self._change(
            name, lambda tx, user: users.set_role(tx, self._workspace_id, user, role)
        )
        return UserTold(changed)

    async def set_password(self, name: str, password: str) -> None:
        """Set a user's password anew, and end all their sessions. Raises UserError."""
        user = await self._db.run_read(lambda tx: users.get(tx, self._workspace_id, name))
        hashed = await self._passwords.hashed(check_password(password, user.name))
        now = self._now()
        await self._change(user.id, lambda tx, found: users.set_password(tx, found, hashed, now))

    async def lock(self, name: str) -> UserTold:
        """Keep a user and their tokens out until they are unlocked. Raises UserError for the last admin."""
        now = self._now()
        return UserTold(
            await self._change(name, lambda tx, user: users.lock(tx, self._workspace_id, user, now))
        )

    async def unlock(self, name: str) -> UserTold:
        """Let a user in again, as they came in before. Raises UserError for nobody's name."""
        return UserTold(
            await self._change(name, lambda tx, user: users.unlock(tx, self._workspace_id, user))
        )

    async def remove(self, name: str) -> None:
        """Take a user away, with sessions and tokens. Raises UserError for the last admin."""
        await self._change(name, lambda tx, user: users.remove(tx, self._workspace_id, user))

    async def sessions(self, user_id: str | None = None) -> Sequence[SessionTold]:
        """Return the sessions that are good, of everybody or one user, the last used first."""
        now = self._now()
        found = await self._db.run_read(
            lambda tx: sessions.list_all(tx, self._workspace_id, now, user_id)
        )
        return [*map(SessionTold, found)]

    async def end_session(self, session_id: str, user_id: str | None = None) -> None:
        """End a session, of this user if one is named. Raises UserError if there is none."""
        if not await self._db.run(lambda tx: sessions.end(tx, session_id, user_id)):
            raise UserError(f"There is no session {session_id!r}; it may be over already.")

    async def _change(self, name: str, work: Callable[[sa.Connection, User], _Result]) -> _Result:
        return await self._db.run(lambda tx: work(tx, users.get(tx, self._workspace_id, name)))

    def _now(self) -> int:
        return to_ms(self._clock.now())
