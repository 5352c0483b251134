"""API tokens in their table: for programs, each with a role, an end, and its last use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from instep.core.errors import UserError
from instep.core.people.roles import Role
from instep.store.ids import new_id
from instep.store.schema.people import api_token, local_user

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class NewToken:
    """What somebody wants of a token. `ends_at`: epoch milliseconds; None is never."""

    name: str
    role: Role
    read_only: bool
    ends_at: int | None
    made_by: str
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token, without its secret. Times: epoch milliseconds."""

    id: str
    name: str
    role: Role
    read_only: bool
    made_by: str
    user_id: str | None
    created_at: int
    ends_at: int | None
    seen_at: int | None
    seen_from: str | None


def add(tx: sa.Connection, workspace_id: str, new: NewToken, digest: str, now: int) -> ApiToken:
    """Add a token. Raises UserError for a name that cannot be, or is taken."""
    name = new.name.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UserError(f"A token needs a name of 1 to {LONGEST_NAME} characters.")
    row = {
        "id": new_id("tok"),
        "workspace_id": workspace_id,
        "name": name,
        "digest": digest,
        "role": new.role.value,
        "read_only": new.read_only,
        "made_by": new.made_by,
        "user_id": new.user_id,
        "created_at": now,
        "ends_at": new.ends_at,
    }
    try:
        tx.execute(sa.insert(api_token).values(row))
    except IntegrityError:
        raise UserError(f"There is a token called {name!r} already; choose another name.") from None
    return get(tx, workspace_id, str(row["id"]))


def list_all(tx: sa.Connection, workspace_id: str) -> Sequence[ApiToken]:
    """Return the workspace's tokens by name."""
    mine = sa.select(api_token).where(api_token.c.workspace_id == workspace_id)
    return [_read(row) for row in tx.execute(mine.order_by(api_token.c.name))]


def get(tx: sa.Connection, workspace_id: str, name: str) -> ApiToken:
    """Return a token by name or id. Raises UserError."""
    mine = sa.select(api_token).where(api_token.c.workspace_id == workspace_id)
    named = (api_token.c.id == name) | (api_token.c.name == name)
    row = tx.execute(mine.where(named)).first()
    if row is None:
        raise UserError(
            f"There is no token called {name!r}. instep token list shows which there are."
        )
    return _read(row)


def by_digest(tx: sa.Connection, digest: str, now: int) -> tuple[ApiToken, Role] | None:
    """Return the token whose secret has this hash, if it is good, and what it may do now.

    It may never do more than the user whose it is, and nothing while they are locked.
    """
    of_user = (local_user.c.role.label("of_user"), local_user.c.locked_at)
    query = sa.select(api_token, *of_user).outerjoin(
        local_user, local_user.c.id == api_token.c.user_id
    )
    row = tx.execute(query.where(api_token.c.digest == digest)).first()
    if row is None or row.locked_at is not None:
        return None
    if row.ends_at is not None and row.ends_at <= now:
        return None
    found = _read(row)
    most = found.role if row.of_user is None else Role(row.of_user)
    return found, found.role if most.may(found.role) else most


def touch(tx: sa.Connection, token_id: str, address: str, now: int) -> None:
    """Note that a token is used, and from where."""
    mine = sa.update(api_token).where(api_token.c.id == token_id)
    tx.execute(mine.values(seen_at=now, seen_from=address))


def remove(tx: sa.Connection, token: ApiToken) -> None:
    """Take a token away: it is refused from now on."""
    tx.execute(sa.delete(api_token).where(api_token.c.id == token.id))


def _read(row: sa.Row[Any]) -> ApiToken:
    values = {name: getattr(row, name) for name in ApiToken.__dataclass_fields__}
    return ApiToken(**{**values, "role": Role(row.role), "read_only": bool(row.read_only)})
