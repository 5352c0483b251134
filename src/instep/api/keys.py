"""The keys that seal secrets, over REST, for admins. No key itself is ever told."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from instep.api.access import ADMIN
from instep.bootstrap import Instep
from instep.store.workspaces import DEFAULT_WORKSPACE


class KeyView(BaseModel):
    """A key by its id: since when it was the newest, and how many secrets are sealed with it.

    One that is not `at_hand` opens nothing any more: what it sealed is lost without it.
    """

    id: str
    since: str | None
    secrets: int
    at_hand: bool


class KeysView(BaseModel):
    """The newest key, which seals, and older ones; `left` counts secrets that only those open.

    `only_you` says what only a person can do to change the key; null if it can be done here.
    """

    current: KeyView
    older: list[KeyView]
    left: int
    source: Literal["file", "environment"]
    only_you: str | None


def router(instep: Instep) -> APIRouter:
    """Return the routes of keys."""
    routes = APIRouter(prefix="/api/keys", tags=["keys"])

    @routes.get("", dependencies=[ADMIN])
    async def show_keys() -> KeysView:
        """Say which key seals secrets, since when, and what older ones there are."""
        return KeysView(**(await instep.keys.show()).as_json())

    @routes.post("/rotate", dependencies=[ADMIN])
    async def rotate() -> KeysView:
        """Make a new key and seal every secret with it; the older ones stay for now."""
        return KeysView(**(await instep.keys.rotate(DEFAULT_WORKSPACE)).as_json())

    @routes.post("/reseal", dependencies=[ADMIN])
    async def reseal() -> KeysView:
        """Seal with the newest key what is not; what was broken off goes on where it was."""
        return KeysView(**(await instep.keys.reseal()).as_json())

    @routes.post("/forget", dependencies=[ADMIN])
    async def forget() -> KeysView:
        """Take older keys away, once nothing is sealed with them.

        Addresses of flows that were copied before the last change of keys are good no more.
        """
        return KeysView(**(await instep.keys.forget()).as_json())

    return routes
