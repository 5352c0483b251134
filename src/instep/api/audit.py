"""The audit log over REST, for admins."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel

from instep.api.access import ADMIN
from instep.bootstrap import Instep
from instep.engine.access.audit import AuditLog
from instep.engine.access.audit_rows import COLUMNS, row_of
from instep.engine.csv_lines import line
from instep.engine.work import to_ms
from instep.store.audit.entries import Wanted


class AuditChangeView(BaseModel):
    """One object that was made (no `before`), changed or taken away (no `after`): what differs.

    Of large tables only how many `rows` were touched first; `more` says how many objects are left
    out.
    """

    noun: str | None = None
    id: str | None = None
    name: str | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    rows: int | None = None
    more: int | None = None


class EntryView(BaseModel):
    """An entry of the audit log: who did what, from where, and what changed; secrets masked."""

    number: int
    at: str
    actor: str
    actor_kind: Literal["user", "token", "local", "cli"]
    origin: str
    act: str
    noun: str
    object: str | None
    object_id: str | None
    changes: list[AuditChangeView]
    digest: str


class EntryList(BaseModel):
    """A page of entries, newest first; `next` is the following page's `before`."""

    entries: list[EntryView]
    next: int | None


class VerifiedView(BaseModel):
    """What came of checking the chain.

    `digest` is the last entry's: note it elsewhere, and it shows later whether entries at the end
    are missing.
    """

    entries: int
    digest: str
    holds: bool
    broken_at: int | None
    sentence: str | None


class AuditChoices(BaseModel):
    """Whose entries there are, and on which kinds of object."""

    actors: list[str]
    nouns: list[str]


def _wanted(  # noqa: PLR0913, PLR0917 - each is a parameter of the query, given by name
    actor: str | None = None,
    noun: str | None = None,
    object: str | None = None,  # noqa: A002 - as the query says it
    act: str | None = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    text: Annotated[str | None, Query(max_length=200)] = None,
) -> Wanted:
    return Wanted(actor, noun, object, act, _ms(since), _ms(until), text)


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


_Which = Annotated[Wanted, Depends(_wanted)]


def router(instep: Instep) -> APIRouter:
    """Return the routes of the audit log."""
    routes = APIRouter(prefix="/api/audit", tags=["audit"])

    @routes.get("", dependencies=[ADMIN])
    async def list_entries(
        which: _Which,
        before: Annotated[int | None, Query(ge=0, le=2**62)] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    ) -> EntryList:
        """List what people changed, newest first."""
        found = await instep.people.audit.page(which, limit, before)
        following = found[-1].entry.number if len(found) == limit else None
        told = [EntryView(**each.as_json()) for each in found]
        return EntryList(entries=told, next=following)

    @routes.get("/choices", dependencies=[ADMIN])
    async def choices() -> AuditChoices:
        """Say what entries can be narrowed down to."""
        found = await instep.people.audit.choices()
        return AuditChoices(actors=[*found.actors], nouns=[*found.nouns])

    @routes.get("/verify", dependencies=[ADMIN])
    async def verify() -> VerifiedView:
        """Check every hash of the chain."""
        return VerifiedView(**(await instep.people.audit.verify()).as_json())

    @routes.get(
        "/export",
        dependencies=[ADMIN],
        response_class=StreamingResponse,
        responses={
            200: {
                "description": "Every entry that is wanted, newest first.",
                "content": {"text/csv": {}, "application/x-ndjson": {}},
            }
        },
    )
    async def export(which: _Which, form: Literal["csv", "json"] = "csv") -> StreamingResponse:
        """Give the whole log as a file: CSV, or one JSON object in each line."""
        lines = (
            _as_csv(instep.people.audit, which)
            if form == "csv"
            else _as_json(instep.people.audit, which)
        )
        media = "text/csv" if form == "csv" else "application/x-ndjson"
        name = f'attachment; filename="audit.{"csv" if form == "csv" else "ndjson"}"'
        return StreamingResponse(lines, media_type=media, headers={"Content-Disposition": name})

    return routes


async def _as_json(log: AuditLog, which: Wanted) -> AsyncIterator[str]:
    async for each in log.all(which):
        yield json.dumps(each.as_json(), ensure_ascii=False) + "\n"


async def _as_csv(log: AuditLog, which: Wanted) -> AsyncIterator[str]:
    yield line(COLUMNS)
    async for each in log.all(which):
        yield line(row_of(each))
