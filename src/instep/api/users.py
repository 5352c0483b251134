"""Local users over REST, for admins."""

from __future__ import annotations

from fastapi import APIRouter, Request, status
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from instep.api.access import ADMIN
from instep.bootstrap import Instep
from instep.core.people.roles import Role

_LONGEST = 1024
LINK_PATH = "/ui/welcome#"
"""Where a one-time link leads; its secret stands behind the #, which browsers never send."""


class UserView(BaseModel):
    """A user; `invited` means that they have not come yet, `locked_at` since when they are kept out."""

    id: str
    name: str
    role: Role
    invited: bool
    locked_at: str | None
    created_at: str
    signed_in_at: str | None


class NewUser(BaseModel):
    """A user to add, with a first password."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=_LONGEST)
    role: Role
    password: SecretStr = Field(max_length=_LONGEST)


class Invited(BaseModel):
    """Whom to invite, and as what."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=_LONGEST)
    role: Role


class InvitationView(BaseModel):
    """The link of an invitation, shown this once; it works once, for three days."""

    link: str


class RoleChange(BaseModel):
    """The role somebody is to have."""

    model_config = ConfigDict(extra="forbid")

    role: Role


class NewPassword(BaseModel):
    """A password to be set for somebody who lost theirs."""

    model_config = ConfigDict(extra="forbid")

    password: SecretStr = Field(max_length=_LONGEST)


def router(instep: Instep) -> APIRouter:
    """Return the routes of users."""
    routes = APIRouter(prefix="/api/users", tags=["users"])

    @routes.get("", dependencies=[ADMIN])
    async def list_users() -> list[UserView]:
        """List the users."""
        return [UserView(**each.as_json()) for each in await instep.people.users.list()]

    @routes.post("", status_code=status.HTTP_201_CREATED, dependencies=[ADMIN])
    async def add(new: NewUser) -> UserView:
        """Add a user with a password."""
        made = await instep.people.users.add(new.name, new.role, new.password.get_secret_value())
        return UserView(**made.as_json())

    @routes.post("/invite", status_code=status.HTTP_201_CREATED, dependencies=[ADMIN])
    async def invite(wanted: Invited, request: Request) -> InvitationView:
        """Invite somebody: they set their own password by the link, which you hand to them."""
        secret = await instep.people.users.invite(wanted.name, wanted.role)
        return InvitationView(link=f"{str(request.base_url).rstrip('/')}{LINK_PATH}{secret}")

    @routes.patch("/{name}", dependencies=[ADMIN])
    async def set_role(name: str, wanted: RoleChange) -> UserView:
        """Give a user another role, from their next request on."""
        return UserView(**(await instep.people.users.set_role(name, wanted.role)).as_json())

    @routes.put("/{name}/password", status_code=status.HTTP_204_NO_CONTENT, dependencies=[ADMIN])
    async def set_password(name: str, wanted: NewPassword) -> None:
        """Set a user's password anew; all their sessions end."""
        await instep.people.users.set_password(name, wanted.password.get_secret_value())

    @routes.post("/{name}/lock", dependencies=[ADMIN])
    async def lock(name: str) -> UserView:
        """Keep a user and their tokens out until they are unlocked; their sessions end."""
        return UserView(**(await instep.people.users.lock(name)).as_json())

    @routes.post("/{name}/unlock", dependencies=[ADMIN])
    async def unlock(name: str) -> UserView:
        """Let a user in again, by the password they had."""
        return UserView(**(await instep.people.users.unlock(name)).as_json())

    @routes.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[ADMIN])
    async def remove(name: str) -> None:
        """Remove a user, with their sessions and tokens."""
        await instep.people.users.remove(name)

    return routes
