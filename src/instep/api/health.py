"""Whether it is up and can reach its database."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import BaseModel

from instep import __version__
from instep.bootstrap import Instep


class Health(BaseModel):
    """The answer of a server that works."""

    status: str
    version: str
    database: str


def router(instep: Instep) -> APIRouter:
    """Return the health routes."""
    routes = APIRouter(tags=["health"])

    @routes.get("/health")
    async def health() -> Health:
        """Answer 200 when the server and its database work."""
        await instep.db.run_read(lambda tx: tx.execute(sa.text("SELECT 1")))
        kind = "sqlite" if instep.db.is_sqlite else "postgresql"
        return Health(status="ok", version=__version__, database=kind)

    return routes
