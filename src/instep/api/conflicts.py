"""What waits for a person, over REST: listed, and settled one or many at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from instep.bootstrap import Instep
from instep.core.settlements import settlement


class EndView(BaseModel):
    """One end of a record or linked pair."""

    connection: str
    id: str
    changed_at: str | None


class FieldView(BaseModel):
    """A field that both sides changed differently, with both values."""

    field: str
    a: Any
    b: Any


class CandidateView(BaseModel):
    """A record of the other side that may be the same."""

    id: str
    record: str | None
    linked: bool


class ToldView(BaseModel):
    """How one record or linked pair stands, and why; `sync` is null for one nobody has read."""

    id: str
    stands: str
    why: list[str]
    sync: str | None = None
    record: str | None = None
    since: str | None = None
    a: EndView | None = None
    b: EndView | None = None
    fields: list[FieldView] = []
    candidates: list[CandidateView] = []


class ConflictList(BaseModel):
    """The first records that wait for a person, and how many there are in all."""

    total: int
    items: list[ToldView]


class Resolution(BaseModel):
    """A person's word on some records: exactly one of use, match, separate."""

    model_config = ConfigDict(extra="forbid")

    ids: list[str] = Field(min_length=1, max_length=500)
    use: str | None = None
    match: str | None = None
    separate: bool = False
    field: str | None = None
    by: str = Field(min_length=1, max_length=100)
    because: str | None = Field(default=None, max_length=500)
    sync: str | None = None


class ResolvedView(BaseModel):
    """What became of one id; `problem` says why nothing did."""

    id: str
    record: str | None
    settled: bool
    problem: str | None


def router(instep: Instep, wake: Callable[[], None]) -> APIRouter:
    """Return the routes of what waits for a person."""
    routes = APIRouter(prefix="/api/conflicts", tags=["conflicts"])

    @routes.get("")
    async def list_conflicts(
        sync: str | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 100
    ) -> ConflictList:
        """List what waits for a person: conflicts, uncertain matches, restless records."""
        waiting = await instep.reviews.list(sync, limit)
        items = [ToldView(**each.as_json()) for each in waiting.items]
        return ConflictList(total=waiting.total, items=items)

    @routes.post("/resolve")
    async def resolve(said: Resolution) -> list[ResolvedView]:
        """Settle records, each wholly or not at all; the next run carries it out."""
        settled = settlement(
            said.by,
            use=said.use,
            match=said.match,
            separate=said.separate,
            field=said.field,
            because=said.because,
        )
        outcomes = await instep.reviews.settle(said.ids, settled, said.sync)
        wake()
        return [ResolvedView(**each.as_json()) for each in outcomes]

    return routes
