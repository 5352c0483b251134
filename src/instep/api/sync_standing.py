"""How a sync stands, and what it could map, over REST."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from fastapi import APIRouter
from pydantic import BaseModel

from instep.api.access import VIEWER
from instep.api.history import RunView
from instep.bootstrap import Instep
from instep.core.pairs import SideName
from instep.engine.field_samples import FieldSamples, SampledSide
from instep.engine.history_services import RunTold
from instep.engine.sync_services import Status
from instep.store.syncs import NEVER


class RecordsView(BaseModel):
    """How many records of each side stand how: known, waiting, review, excluded, failed, gone."""

    a: dict[str, int]
    b: dict[str, int]


class SyncStanding(BaseModel):
    """How a sync stands. `waiting` counts its open writes by state; `reads` says how often it looks.

    `next_poll` is null where it looks only when it is asked to.
    """

    name: str
    state: str
    why: str | None
    links: int
    records: RecordsView
    waiting: dict[str, int]
    reads: str
    next_poll: str | None
    latest_run: RunView | None

    @classmethod
    def of(cls, stands: Status) -> Self:
        """Return the view of a sync's standing."""
        sides: dict[str, dict[str, int]] = {"a": {}, "b": {}}
        for (side, state), number in stands.records.items():
            sides[side][state] = number
        latest = stands.latest
        return cls(
            name=stands.sync.name,
            state=stands.sync.state,
            why=stands.sync.sentence,
            links=stands.links,
            records=RecordsView(**sides),
            waiting=dict(stands.waiting),
            reads=stands.cadence.sentence,
            next_poll=_moment(stands.sync.poll_at),
            latest_run=None if latest is None else RunView(**RunTold(latest).as_json()),
        )


def _moment(milliseconds: int) -> str | None:
    if milliseconds >= NEVER:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")


class SampledView(BaseModel):
    """A field with a few values as the app has them now; `type` is how it is compared.

    `words` are those of a field that knows few: what a value map is made of.
    """

    name: str
    type: str
    readonly: bool
    identity: str | None
    custom: bool
    samples: list[str]
    words: list[str]


class SideView(BaseModel):
    """One side's fields; `problem` says why no values are shown."""

    side: SideName
    connection: str
    app: str
    fields: list[SampledView]
    problem: str | None

    @classmethod
    def of(cls, each: SampledSide) -> Self:
        """Return the view of a side."""
        return cls.model_validate(each, from_attributes=True)


class FieldsView(BaseModel):
    """The fields that a sync could map, of both sides."""

    a: SideView
    b: SideView


def router(instep: Instep) -> APIRouter:
    """Return the routes that say how a sync stands and what it could map."""
    routes = APIRouter(prefix="/api/syncs", tags=["syncs"])

    @routes.get("/{name}/status", dependencies=[VIEWER])
    async def status(name: str) -> SyncStanding:
        """Say how a sync stands: its links, what waits, when it looks next, its latest run."""
        return SyncStanding.of(await instep.syncs.status(name))

    @routes.get("/{name}/fields", dependencies=[VIEWER])
    async def fields(name: str) -> FieldsView:
        """List the fields of both apps with a few values of each; nothing is changed."""
        a, b = await FieldSamples(instep.clients, instep.setup).of_sync(name)
        return FieldsView(a=SideView.of(a), b=SideView.of(b))

    return routes
