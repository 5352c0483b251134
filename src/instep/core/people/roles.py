"""What people may do: three roles, each of which may all that the one below it may. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from instep.core.errors import UserError


class Role(StrEnum):
    """What somebody may do."""

    VIEWER = "viewer"
    """Look at everything that is no secret."""
    OPERATOR = "operator"
    """Set up, run and settle syncs and flows."""
    ADMIN = "admin"
    """Connections, people, tokens, where alerts go, and the audit log."""

    def may(self, needed: Role) -> bool:
        """Whether this role is enough where another one is needed."""
        order = (*Role,)
        return order.index(self) >= order.index(needed)


def read_role(text: str) -> Role:
    """Return the role of this name. Raises UserError with the names there are."""
    try:
        return Role(text.strip().lower())
    except ValueError:
        raise UserError(f"There is no role {text!r}. Choose {_either()}.") from None


def _either() -> str:
    *most, last = Role
    return f"{', '.join(most)} or {last}"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something.

    `kind`: user (signed in), token, local (the token file of this machine), cli. `name` is what
    histories say; `at` where they are: an address, or "this machine".
    """

    kind: str
    id: str | None
    name: str
    at: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has shown who they are, and what they may do."""

    actor: Actor
    role: Role
    read_only: bool = False
    session_id: str | None = None

    def refusal(self, needed: Role, *, changes: bool) -> str | None:
        """Return why this may not be done, in a sentence; None if it may."""
        if not self.role.may(needed):
            return f"This takes {_a(needed)}; {self.actor.name} is {_a(self.role)}."
        if changes and self.read_only:
            return "This token may only read. Make one that may change things, as an admin."
        return None


def _a(role: Role) -> str:
    return f"a {role}" if role is Role.VIEWER else f"an {role}"
