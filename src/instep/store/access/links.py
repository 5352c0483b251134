"""One-time links in their table: the first set-up, invitations, and signing in without a password."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from instep.store.schema.people import one_time_link


class LinkKind(StrEnum):
    """What a link is for."""

    SETUP = "setup"
    INVITATION = "invitation"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True)
class OneTimeLink:
    """What a link is for, and for whom: None is the first user."""

    kind: LinkKind
    user_id: str | None


def add(tx: sa.Connection, workspace_id: str, link: OneTimeLink, digest: str, ends_at: int) -> None:
    """Add a link in the place of those of its kind for the same user."""
    tx.execute(
        sa.delete(one_time_link).where(
            one_time_link.c.workspace_id == workspace_id,
            one_time_link.c.kind == link.kind.value,
            one_time_link.c.user_id.is_not_distinct_from(link.user_id),
        )
    )
    tx.execute(
        sa.insert(one_time_link).values(
            digest=digest,
            workspace_id=workspace_id,
            kind=link.kind.value,
            user_id=link.user_id,
            ends_at=ends_at,
        )
    )


def look(tx: sa.Connection, digest: str, now: int) -> OneTimeLink | None:
    """Return what a link is for; None if there is none, or it is over."""
    mine = sa.select(one_time_link).where(one_time_link.c.digest == digest)
    row = tx.execute(mine.where(one_time_link.c.ends_at > now)).first()
    return None if row is None else OneTimeLink(LinkKind(row.kind), row.user_id)


def use(tx: sa.Connection, digest: str, now: int) -> OneTimeLink | None:
    """Return what a link is for and take it away: of many who come at once, one gets it."""
    gone = sa.delete(one_time_link).where(one_time_link.c.digest == digest)
    row = tx.execute(gone.returning(*one_time_link.c)).first()
    if row is None or row.ends_at <= now:
        return None
    return OneTimeLink(LinkKind(row.kind), row.user_id)


def forget(tx: sa.Connection, workspace_id: str, kind: LinkKind) -> None:
    """Take every link of a kind away."""
    mine = one_time_link.c.workspace_id == workspace_id
    tx.execute(sa.delete(one_time_link).where(mine, one_time_link.c.kind == kind.value))
