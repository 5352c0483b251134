"""Setting up, changing and removing syncs over REST."""

from __future__ import annotations

from typing import Any, Self

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict, Field

from instep.api.access import OPERATOR, VIEWER
from instep.api.syncs import SyncView
from instep.bootstrap import Instep
from instep.core.pairs import SideName
from instep.engine.rule_making import Said
from instep.engine.sync_services import Wanted
from instep.engine.sync_setup import Shown


class RulesBody(BaseModel):
    """What a person says about a sync's mapping and rules; what is left out stays as it is.

    A filter is a group, a list of lines, or null for none. `fields` gives single pairs another
    direction or authority, by side A's name. `defaults` are by side and field, such as
    `b.calendar_id`; an empty one is taken away.
    """

    model_config = ConfigDict(extra="forbid")

    mapping: list[dict[str, Any]] | None = None
    direction: str | None = None
    authority: str | None = None
    fields: dict[str, str] = Field(default_factory=dict)
    filters: dict[SideName, dict[str, Any] | list[str] | None] = Field(default_factory=dict)
    leaving: str | None = None
    deletes: dict[SideName, str] = Field(default_factory=dict)
    defaults: dict[str, str] = Field(default_factory=dict)

    def said(self) -> Said:
        """Return it as the services take it."""
        return Said(**{name: getattr(self, name) for name in RulesBody.model_fields})


class NewSync(RulesBody):
    """A sync as it is asked for; without a mapping, every field both apps have."""

    name: str = Field(min_length=1, max_length=100)
    a: str
    b: str
    records: str = "contact"
    every_seconds: int = 300


class SyncChange(RulesBody):
    """What is to be different about a sync."""

    every_seconds: int | None = None


class SyncDetail(SyncView):
    """Everything about a sync; `words` says its rules in sentences."""

    a: str
    b: str
    filters: dict[SideName, dict[str, Any] | None]
    leaving: str
    deletes: dict[SideName, str]
    defaults: dict[SideName, dict[str, str]]
    words: list[str]

    @classmethod
    def about(cls, shown: Shown) -> Self:
        """Return the view of a sync with its rules."""
        rules = shown.sync.rules
        sides: dict[SideName, Any] = {"a": rules.a, "b": rules.b}
        return cls(
            **SyncView.of(shown.sync).model_dump(),
            a=shown.a,
            b=shown.b,
            filters={
                side: None if each.filter is None else dict(each.filter)
                for side, each in sides.items()
            },
            leaving=rules.leaving.value,
            deletes={side: each.deletes.value for side, each in sides.items()},
            defaults={side: dict(each.defaults) for side, each in sides.items()},
            words=list(shown.sentences),
        )


def router(instep: Instep) -> APIRouter:
    """Return the routes that set up, show, change and remove syncs."""
    routes = APIRouter(prefix="/api/syncs", tags=["syncs"])

    @routes.post("", status_code=status.HTTP_201_CREATED, dependencies=[OPERATOR])
    async def create(new: NewSync) -> SyncDetail:
        """Set up a sync; nothing is written to the apps yet."""
        wanted = Wanted(
            new.name,
            new.a,
            new.b,
            new.records,
            every_seconds=new.every_seconds,
            said=new.said(),
        )
        made = await instep.syncs.create(wanted)
        return SyncDetail.about(await instep.setup.show(made.id))

    @routes.get("/{name}", dependencies=[VIEWER])
    async def show(name: str) -> SyncDetail:
        """Say what a sync is about and by which rules."""
        return SyncDetail.about(await instep.setup.show(name))

    @routes.patch("/{name}", dependencies=[OPERATOR])
    async def change(name: str, wanted: SyncChange) -> SyncDetail:
        """Change what a sync is about; the next run goes by the new rules."""
        shown = await instep.setup.change(name, wanted.said(), wanted.every_seconds)
        return SyncDetail.about(shown)

    @routes.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT, dependencies=[OPERATOR])
    async def remove(name: str) -> None:
        """Remove a sync with its links and its history; both apps keep everything."""
        await instep.setup.remove(name)

    return routes
