"""Suggestions for a mapping over REST."""

from __future__ import annotations

from typing import Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from instep.api.access import OPERATOR, VIEWER
from instep.api.sync_setup import SyncDetail
from instep.bootstrap import Instep
from instep.core.suggesting import Suggestion
from instep.engine.suggestions import Offer


class SuggestionView(BaseModel):
    """Two fields that may belong together: the score is from 0 to 100."""

    a: str
    b: str
    type: str
    score: int
    reason: str

    @classmethod
    def of(cls, each: Suggestion) -> Self:
        """Return the view of a suggestion."""
        kind = each.a.type.canonical.value
        return cls(a=each.a.name, b=each.b.name, type=kind, score=each.score, reason=each.reason)


class OfferView(BaseModel):
    """What could be mapped besides, the best first; each field is named at most once."""

    a: str
    b: str
    records: str
    suggestions: list[SuggestionView]

    @classmethod
    def of(cls, offer: Offer) -> Self:
        """Return the view of an offer."""
        shown = [SuggestionView.of(each) for each in offer.suggestions]
        return cls(a=offer.a, b=offer.b, records=offer.records, suggestions=shown)


class Accepted(BaseModel):
    """The fields of side A whose suggestions a person accepts."""

    model_config = ConfigDict(extra="forbid")

    fields: list[str] = Field(min_length=1)


def router(instep: Instep) -> APIRouter:
    """Return the routes that suggest fields and take up what is accepted."""
    routes = APIRouter(prefix="/api", tags=["syncs"])

    @routes.get("/suggestions", dependencies=[VIEWER])
    async def between(a: str, b: str, records: str = "contact") -> OfferView:
        """Suggest what a new sync of two connections could map besides what it maps by itself."""
        return OfferView.of(await instep.suggestions.between(a, b, records))

    @routes.get("/syncs/{name}/suggestions", dependencies=[VIEWER])
    async def of_sync(name: str) -> OfferView:
        """Suggest what a sync could map besides what it maps now; nothing is changed."""
        return OfferView.of(await instep.suggestions.of_sync(name))

    @routes.post("/syncs/{name}/suggestions", dependencies=[OPERATOR])
    async def accept(name: str, accepted: Accepted) -> SyncDetail:
        """Make these suggestions part of the mapping; the next run goes by it."""
        return SyncDetail.about(await instep.suggestions.accept(name, accepted.fields))

    return routes
