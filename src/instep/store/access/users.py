"""Local users in their table. A name is known however it is written; the last admin stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from instep.core.errors import UserError
from instep.core.people.credentials import check_name, name_key
from instep.core.people.roles import Role
from instep.store.ids import new_id
from instep.store.schema.people import api_token, local_user, one_time_link, session


@dataclass(frozen=True, slots=True)
class User:
    """A local user. `password` is argon2's own text, None while they are only invited.

    Times: epoch milliseconds; `locked_at` is since when they are kept out.
    """

    id: str
    name: str
    role: Role
    password: str | None
    created_at: int
    seen_at: int | None
    locked_at: int | None = None


def add(
    tx: sa.Connection, workspace_id: str, name: str, role: Role, password: str | None, now: int
) -> User:
    """Add a user. Raises UserError for a name that cannot be, or is taken."""
    kept, user_id = check_name(name), new_id("usr")
    row = {
        "id": user_id,
        "workspace_id": workspace_id,
        "name": kept,
        "name_key": name_key(kept),
        "role": role.value,
        "password": password,
        "created_at": now,
        "password_at": None if password is None else now,
    }
    try:
        tx.execute(sa.insert(local_user).values(row))
    except IntegrityError:
        raise UserError(f"There is a user called {kept!r} already; choose another name.") from None
    return get(tx, workspace_id, user_id)


def list_all(tx: sa.Connection, workspace_id: str) -> Sequence[User]:
    """Return the workspace's users by name."""
    mine = sa.select(local_user).where(local_user.c.workspace_id == workspace_id)
    return [_read(row) for row in tx.execute(mine.order_by(local_user.c.name_key))]


def are_there(tx: sa.Connection, workspace_id: str) -> bool:
    """Whether anybody can sign in: until then everything is as on the first day."""
    mine = local_user.c.workspace_id == workspace_id
    can = sa.select(local_user.c.id).where(mine, local_user.c.password.is_not(None)).limit(1)
    return tx.execute(can).first() is not None


def by_name(tx: sa.Connection, workspace_id: str, name: str) -> User | None:
    """Return the user of this name, however it is written; None if there is none."""
    mine = local_user.c.workspace_id == workspace_id
    query = sa.select(local_user).where(mine, local_user.c.name_key == name_key(name))
    row = tx.execute(query).first()
    return None if row is None else _read(row)


def get(tx: sa.Connection, workspace_id: str, name: str) -> User:
    """Return a user by name or id. Raises UserError."""
    mine = local_user.c.workspace_id == workspace_id
    row = tx.execute(sa.select(local_user).where(mine, local_user.c.id == name)).first()
    found = by_name(tx, workspace_id, name) if row is None else _read(row)
    if found is None:
        raise UserError(f"There is no user called {name!r}. instep user list shows who there is.")
    return found


def set_role(tx: sa.Connection, workspace_id: str, user: User, role: Role) -> User:
    """Give a user another role. Raises UserError for the last admin."""
    if user.role is Role.ADMIN and role is not Role.ADMIN:
        _keep_an_admin(tx, workspace_id, user)
    tx.execute(sa.update(local_user).where(local_user.c.id == user.id).values(role=role.value))
    return get(tx, workspace_id, user.id)


def lock(tx: sa.Connection, workspace_id: str, user: User, now: int) -> User:
    """Keep a user out from now on, in all their browsers. Raises UserError for the last admin."""
    if user.locked_at is None:
        if user.role is Role.ADMIN:
            _keep_an_admin(tx, workspace_id, user)
        tx.execute(sa.update(local_user).where(local_user.c.id == user.id).values(locked_at=now))
        _shut_out(tx, user)
    return get(tx, workspace_id, user.id)


def unlock(tx: sa.Connection, workspace_id: str, user: User) -> User:
    """Let a user in again, by the password they had."""
    tx.execute(sa.update(local_user).where(local_user.c.id == user.id).values(locked_at=None))
    return get(tx, workspace_id, user.id)


def set_password(tx: sa.Connection, user: User, password: str, now: int) -> None:
    """Store a new password's hash; whatever let the user in until now does so no more."""
    mine = sa.update(local_user).where(local_user.c.id == user.id)
    tx.execute(mine.values(password=password, password_at=now))
    _shut_out(tx, user)


def _shut_out(tx: sa.Connection, user: User) -> None:
    """End whatever lets a user in, their password and their tokens aside."""
    tx.execute(sa.delete(session).where(session.c.user_id == user.id))
    tx.execute(sa.delete(one_time_link).where(one_time_link.c.user_id == user.id))


def rehash(tx: sa.Connection, user: User, password: str) -> None:
    """Store the same password hashed anew, by today's parameters."""
    tx.execute(sa.update(local_user).where(local_user.c.id == user.id).values(password=password))


def remove(tx: sa.Connection, workspace_id: str, user: User) -> None:
    """Take a user away, with sessions, links and tokens. Raises UserError for the last admin."""
    if user.role is Role.ADMIN:
        _keep_an_admin(tx, workspace_id, user)
    for table in (session, one_time_link, api_token):
        tx.execute(sa.delete(table).where(table.c.user_id == user.id))
    tx.execute(sa.delete(local_user).where(local_user.c.id == user.id))


def _keep_an_admin(tx: sa.Connection, workspace_id: str, leaving: User) -> None:
    """Raise UserError if nobody else could sign in as an admin, unless this one cannot either."""
    mine = local_user.c.workspace_id == workspace_id
    admins = sa.select(local_user.c.id).where(
        mine,
        local_user.c.role == Role.ADMIN.value,
        local_user.c.password.is_not(None),
        local_user.c.locked_at.is_(None),
    )
    # locked: two admins must not leave at the same moment, each because of the other
    there = set(tx.execute(admins.order_by(local_user.c.id).with_for_update()).scalars())
    if there == {leaving.id}:
        raise UserError(
            f"{leaving.name} is the only admin. Make somebody else an admin first: "
            "instep user role NAME admin."
        )


def _read(row: sa.Row[Any]) -> User:
    return User(
        row.id,
        row.name,
        Role(row.role),
        row.password,
        row.created_at,
        row.seen_at,
        row.locked_at,
    )
