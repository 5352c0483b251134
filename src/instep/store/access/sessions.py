"""Sessions in their table: who is signed in, where, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.people.lasting import SEEN_EVERY_MS, SESSION_IDLE_MS, SESSION_MOST_MS, Span
from instep.core.people.roles import Role
from instep.store.access.users import User
from instep.store.ids import new_id
from instep.store.schema.people import local_user, session

_LONGEST_BROWSER = 300


@dataclass(frozen=True, slots=True)
class Whence:
    """Where somebody comes from: their address, and what their browser says it is."""

    address: str
    browser: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it is listed. Times: epoch milliseconds."""

    id: str
    user_id: str
    user: str
    role: Role
    whence: Whence
    span: Span


def begin(
    tx: sa.Connection, workspace_id: str, user: User, digest: str, at: tuple[Whence, int]
) -> str:
    """Begin a session of a user and return its id; those that are over go."""
    whence, now = at
    tx.execute(
        sa.delete(session).where(
            (session.c.ends_at <= now) | (session.c.seen_at <= now - SESSION_IDLE_MS)
        )
    )
    row = {
        "id": new_id("ses"),
        "workspace_id": workspace_id,
        "user_id": user.id,
        "digest": digest,
        "address": whence.address,
        "browser": whence.browser[:_LONGEST_BROWSER] if whence.browser else None,
        "began_at": now,
        "seen_at": now,
        "ends_at": now + SESSION_MOST_MS,
    }
    tx.execute(sa.insert(session).values(row))
    tx.execute(sa.update(local_user).where(local_user.c.id == user.id).values(seen_at=now))
    return str(row["id"])


def by_digest(tx: sa.Connection, digest: str, now: int) -> Session | None:
    """Return the session whose secret has this hash, if it is still good."""
    row = tx.execute(_QUERY.where(session.c.digest == digest)).first()
    found = None if row is None else _read(row)
    return found if found is not None and found.span.is_good(now) else None


def list_all(
    tx: sa.Connection, workspace_id: str, now: int, user_id: str | None
) -> Sequence[Session]:
    """Return the sessions that are good, of all users or one, the last used first."""
    query = _QUERY.where(session.c.workspace_id == workspace_id)
    if user_id is not None:
        query = query.where(session.c.user_id == user_id)
    found = [_read(row) for row in tx.execute(query.order_by(session.c.seen_at.desc()))]
    return [each for each in found if each.span.is_good(now)]


def touch(tx: sa.Connection, session_id: str, now: int) -> None:
    """Note that a session is used."""
    mine = session.c.id == session_id
    old = session.c.seen_at <= now - SEEN_EVERY_MS
    tx.execute(sa.update(session).where(mine, old).values(seen_at=now))


def is_due(seen_at: int | None, now: int) -> bool:
    """Whether the time of the last use is worth writing down again."""
    return seen_at is None or seen_at <= now - SEEN_EVERY_MS


def end(tx: sa.Connection, session_id: str, user_id: str | None = None) -> bool:
    """End a session, of this user if one is named; whether there was one."""
    which = sa.delete(session).where(session.c.id == session_id)
    if user_id is not None:
        which = which.where(session.c.user_id == user_id)
    return tx.execute(which).rowcount > 0


_QUERY = sa.select(session, local_user.c.name, local_user.c.role).join(
    local_user, local_user.c.id == session.c.user_id
)


def _read(row: sa.Row[Any]) -> Session:
    return Session(
        row.id,
        row.user_id,
        row.name,
        Role(row.role),
        Whence(row.address, row.browser),
        Span(row.began_at, row.seen_at, row.ends_at),
    )
