"""What waits for a person, over REST: listed, and settled one or many at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from instep.api.access import OPERATOR, VIEWER, person
from instep.bootstrap import Instep
from instep.core.settlements import Settlement, settlement
from instep.core.why import Stand
from instep.engine.review_services import Group


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
    """A page of the records that wait for a person, and how many there are in all.

    `next` goes into `after` to get the next page; it is null on the last one.
    """

    total: int
    items: list[ToldView]
    next: str | None = None


class Word(BaseModel):
    """What a person says, and why.

    `by` is for programs that ask for somebody; of whoever is signed in, the name is known.
    """

    model_config = ConfigDict(extra="forbid")

    use: str | None = None
    separate: bool = False
    field: str | None = None
    by: str | None = Field(default=None, min_length=1, max_length=100)
    because: str | None = Field(default=None, max_length=500)
    sync: str | None = None

    def settlement(self, match: str | None = None) -> Settlement:
        """Return it as the core takes it. Raises UserError."""
        return settlement(
            person(self.by),
            use=self.use,
            match=match,
            separate=self.separate,
            field=self.field,
            because=self.because,
        )


class Resolution(Word):
    """A person's word on some records: exactly one of use, match, separate."""

    ids: list[str] = Field(min_length=1, max_length=500)
    match: str | None = None


class WideResolution(Word):
    """A person's word on everything that waits: exactly one of use and separate.

    `sync`, `stands` and `field` narrow it down. With `preview`, nothing is settled.
    """

    stands: Stand | None = None
    preview: bool = False


class ResolvedView(BaseModel):
    """What became of one id; `problem` says why nothing did."""

    id: str
    record: str | None
    settled: bool
    problem: str | None


class WideView(BaseModel):
    """How many records were meant and settled, and what became of the first that were not."""

    meant: int
    settled: int
    problems: list[ResolvedView] = []


_MOST_PROBLEMS = 100


def router(instep: Instep, wake: Callable[[], None]) -> APIRouter:
    """Return the routes of what waits for a person."""
    routes = APIRouter(prefix="/api/conflicts", tags=["conflicts"])

    @routes.get("", dependencies=[VIEWER])
    async def list_conflicts(
        sync: str | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        after: str | None = None,
    ) -> ConflictList:
        """List what waits for a person: conflicts, uncertain matches, restless records."""
        page = await instep.reviews.list(sync, limit, after)
        return ConflictList(**page.as_json())

    @routes.post("/resolve", dependencies=[OPERATOR])
    async def resolve(said: Resolution) -> list[ResolvedView]:
        """Settle records, each wholly or not at all; the next run carries it out."""
        outcomes = await instep.reviews.settle(said.ids, said.settlement(said.match), said.sync)
        wake()
        return [ResolvedView(**each.as_json()) for each in outcomes]

    @routes.post("/resolve-all", dependencies=[OPERATOR])
    async def resolve_all(said: WideResolution) -> WideView:
        """Settle all that waits, or all of one sync, stand or field; say first how many."""
        settled = said.settlement()
        ids = await instep.reviews.chosen(Group(said.stands, said.field), said.sync)
        if said.preview:
            return WideView(meant=len(ids), settled=0)
        outcomes = await instep.reviews.settle(ids, settled, said.sync)
        wake()
        problems = [each for each in outcomes if each.problem is not None]
        return WideView(
            meant=len(ids),
            settled=len(outcomes) - len(problems),
            problems=[ResolvedView(**each.as_json()) for each in problems[:_MOST_PROBLEMS]],
        )

    return routes
