"""API tokens over REST, for admins."""

from __future__ import annotations

from fastapi import APIRouter, Request, status
from pydantic import BaseModel, ConfigDict, Field

from instep.api.access import ADMIN, caller_of
from instep.bootstrap import Instep
from instep.core.people.lasting import MOST_TOKEN_DAYS, TOKEN_DAYS
from instep.core.people.roles import Role
from instep.engine.access.tokens import TokenWanted


class TokenView(BaseModel):
    """A token; its secret is shown once only, to whoever makes it."""

    id: str
    name: str
    role: Role
    read_only: bool
    made_by: str
    created_at: str
    ends_at: str | None
    used_at: str | None
    used_from: str | None
    secret: str | None = None


class NewToken(BaseModel):
    """A token to make. `days`: how long it is good; null is without an end."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    role: Role
    read_only: bool = False
    days: int | None = Field(default=TOKEN_DAYS, ge=1, le=MOST_TOKEN_DAYS)


def router(instep: Instep) -> APIRouter:
    """Return the routes of API tokens."""
    routes = APIRouter(prefix="/api/tokens", tags=["tokens"])

    @routes.get("", dependencies=[ADMIN])
    async def list_tokens() -> list[TokenView]:
        """List the tokens, those that are over, too."""
        return [TokenView(**each.as_json()) for each in await instep.people.tokens.list()]

    @routes.post("", status_code=status.HTTP_201_CREATED, dependencies=[ADMIN])
    async def create(new: NewToken, request: Request) -> TokenView:
        """Make a token. A user's token never does more than the user may, and goes with them."""
        wanted = TokenWanted(new.name, new.role, new.read_only, new.days)
        made = await instep.people.tokens.create(wanted, caller_of(request))
        return TokenView(**made.as_json())

    @routes.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[ADMIN])
    async def revoke(name: str) -> None:
        """Revoke a token: it is refused from now on."""
        await instep.people.tokens.revoke(name)

    return routes
