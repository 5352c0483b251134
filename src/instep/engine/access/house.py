"""The services around people, made together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from instep.engine.access.audit import AuditLog
from instep.engine.access.door import Door
from instep.engine.access.secrets import Passwords
from instep.engine.access.tokens import ApiTokens
from instep.engine.access.users import Users
from instep.sdk.clock import Clock
from instep.store.database import Database


@dataclass(frozen=True, slots=True)
class People:
    """Who may come in, who does, and what they did."""

    users: Users
    door: Door
    tokens: ApiTokens
    audit: AuditLog

    @classmethod
    def of(cls, db: Database, clock: Clock, workspace_id: str) -> Self:
        """Return the services of one workspace."""
        passwords = Passwords()
        return cls(
            Users(db, clock, passwords, workspace_id),
            Door(db, clock, passwords, workspace_id),
            ApiTokens(db, clock, workspace_id),
            AuditLog(db),
        )
