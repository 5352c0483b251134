"""People over REST: found, shown as every linked app knows them, edited, given a note or a task."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, ConfigDict, Field

from instep.api import access
from instep.api.access import OPERATOR, VIEWER
from instep.api.conflicts import ToldView
from instep.bootstrap import Instep
from instep.core.person.search import LONGEST
from instep.core.person.timeline import Sight
from instep.engine.people.editing import NewChild
from instep.engine.people.shown import told

HappeningKind = Literal[
    "task", "note", "appointment", "opportunity", "conversation", "message", "change"
]


class FoundPersonView(BaseModel):
    """A person that was found; `stands` is how the record that was found stands, in one word.

    `changed_at` is when it or its partner was changed last, as their apps tell.
    """

    id: str
    name: str
    email: str | None
    phone: str | None
    connections: list[str]
    stands: str
    changed_at: str | None


class FoundList(BaseModel):
    """A page of people; `by` says what was searched, `next` is the `after` of the following page."""

    by: Literal["name", "email", "phone"]
    people: list[FoundPersonView]
    next: str | None


class RecordView(BaseModel):
    """One record of a person, as one sync knows it."""

    connection: str
    id: str
    sync: str
    link: str | None
    state: str
    changed_at: str | None
    read_at: str | None


class WroteView(BaseModel):
    """The newest write of a field to an app, over which value, and why; `person` asked for it."""

    at: str | None
    before: Any
    why: str | None
    person: str | None


class WaitsView(BaseModel):
    """A value that is to be written: `ready`, `sending`, `unknown` (no answer came) or `failed`."""

    state: str
    sentence: str | None
    value: Any
    person: str | None


class RefusalView(BaseModel):
    """The newest write of a field that an app did not take, and its reason."""

    at: str | None
    sentence: str | None
    person: str | None


class SpokenView(BaseModel):
    """What one app says of a field; `known` is false where it was not read.

    `wrote` is what Instep wrote to it last, `refused` what the app did not take since, `waits` what
    is to be written; null: nothing.
    """

    connection: str
    value: Any
    known: bool
    wrote: WroteView | None
    waits: WaitsView | None
    refused: RefusalView | None


class PersonFieldView(BaseModel):
    """A field: which app says what, and whose word counts: a connection's, `newest` or `ask`.

    `same` is null where only one side is known; `writes_to` is where an edit goes first.
    """

    field: str
    sync: str
    direction: str
    authority: str
    values: list[SpokenView]
    same: bool | None
    writes_to: str


class TagView(BaseModel):
    """A tag, and the connections that have it."""

    tag: str
    connections: list[str]


class UnderwayView(BaseModel):
    """Where something is on its way to; `noticed`: the next run decides whether it goes there."""

    connection: str
    state: str
    sentence: str | None


class HappeningView(BaseModel):
    """A task, note, appointment, opportunity, conversation, message or change.

    `asked_at` is when its app was asked; null: a sync read it. A task stands at the time it is due.
    """

    key: str
    kind: str
    connections: list[str]
    title: str
    at: str | None
    text: str | None
    status: str | None
    done: bool | None
    direction: str | None
    unread: int
    person: str | None
    asked_at: str | None
    waits: list[UnderwayView]


class HealthPartView(BaseModel):
    """One part of a health score; `points` is null where nothing is known of it."""

    name: str
    points: int | None
    most: int
    sentence: str


class HealthView(BaseModel):
    """How well a person is looked after, of 100; its parts add up to it."""

    score: int | None
    parts: list[HealthPartView]


class AppTroubleView(BaseModel):
    """What one app could not tell, and why."""

    connection: str
    what: str
    sentence: str


class PersonView(BaseModel):
    """A person as every linked app knows them; `asked_at`: when the apps were asked, null: not."""

    id: str
    name: str
    email: Any
    phone: Any
    records: list[RecordView]
    links: list[ToldView]
    fields: list[PersonFieldView]
    tags: list[TagView]
    tasks: list[HappeningView]
    notes: list[HappeningView]
    appointments: list[HappeningView]
    opportunities: list[HappeningView]
    conversations: list[HappeningView]
    messages: list[HappeningView]
    asked_at: str | None
    troubles: list[AppTroubleView]
    health: HealthView


class TimelineView(BaseModel):
    """A stretch of a timeline, the newest first; `next` is the `before` of the following one."""

    happenings: list[HappeningView]
    next: str | None


class FieldEdit(BaseModel):
    """One field and its new value as text (words with commas between); `sync` if several keep it."""

    model_config = ConfigDict(extra="forbid")

    field: str = Field(min_length=1, max_length=200)
    value: str = Field(max_length=10_000)
    sync: str | None = None
    by: str | None = Field(default=None, min_length=1, max_length=100)


class EditedView(BaseModel):
    """Where an edit goes: the leading app first. No connections: the field was so already."""

    field: str
    sync: str
    connections: list[str]
    sentence: str


class NewNote(BaseModel):
    """A note; `connection` is the app to write it to, else the first that takes one."""

    model_config = ConfigDict(extra="forbid")

    body: str = Field(min_length=1, max_length=10_000)
    connection: str | None = None
    by: str | None = Field(default=None, min_length=1, max_length=100)


class NewTask(BaseModel):
    """A task; `due_at` is ISO 8601 with its offset; `connection` as of a note."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=500)
    body: str | None = Field(default=None, max_length=10_000)
    due_at: str | None = Field(default=None, max_length=64)
    connection: str | None = None
    by: str | None = Field(default=None, min_length=1, max_length=100)


class AddedView(BaseModel):
    """What was made, where; `sync` carries it to the other apps, null: no sync keeps such."""

    kind: str
    id: str
    connection: str
    sync: str | None


def router(instep: Instep, wake: Callable[[], None]) -> APIRouter:
    """Return the routes of people."""
    routes = APIRouter(prefix="/api/people", tags=["people"])
    _let_look(routes, instep)
    _let_change(routes, instep, wake)
    return routes


def _let_look(routes: APIRouter, instep: Instep) -> None:
    @routes.get("", dependencies=[VIEWER])
    async def search(
        search: Annotated[str, Query(max_length=LONGEST)] = "",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        after: str | None = None,
    ) -> FoundList:
        """Find people by name, e-mail or phone; with no text, list everybody."""
        page = await instep.screens.people.search(search, limit, after)
        return FoundList(**page.as_json())

    @routes.get("/{person}", dependencies=[VIEWER])
    async def show(person: str, *, ask: bool = True) -> PersonView:
        """Show a person; the apps are asked for what no sync reads.

        With `ask=false` they are not: it is shown what they told not long ago.
        """
        return PersonView(**(await instep.screens.people.get(person, ask=ask)).as_json())

    @routes.get("/{person}/timeline", dependencies=[VIEWER])
    async def timeline(
        person: str,
        before: str | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        kind: Annotated[list[HappeningKind] | None, Query()] = None,
        connection: Annotated[list[str] | None, Query()] = None,
        *,
        ask: bool = True,
    ) -> TimelineView:
        """Tell what happened with a person and what is ahead, the newest first.

        `kind` and `connection` may be given several times; without, all are told. `ask` as of a
        person.
        """
        sight = Sight(frozenset(kind or ()), frozenset(connection or ()))
        found = await instep.screens.people.timeline(person, before, limit, ask=ask, sight=sight)
        shown = [HappeningView(**told(each)) for each in found.happenings]
        return TimelineView(happenings=shown, next=found.next)


def _let_change(routes: APIRouter, instep: Instep, wake: Callable[[], None]) -> None:
    @routes.patch("/{person}", status_code=status.HTTP_202_ACCEPTED, dependencies=[OPERATOR])
    async def edit(person: str, wanted: FieldEdit) -> EditedView:
        """Write one field to the app that has authority; the sync carries it to the others."""
        edited = await instep.screens.people.edit(
            person, {wanted.field: wanted.value}, access.person(wanted.by), wanted.sync
        )
        wake()
        return EditedView(**edited.as_json())

    @routes.post("/{person}/notes", status_code=status.HTTP_201_CREATED, dependencies=[OPERATOR])
    async def add_note(person: str, new: NewNote) -> AddedView:
        """Add a note to a person at one app; a sync of notes carries it on."""
        child = NewChild("note", {"body": new.body}, access.person(new.by), new.connection)
        return await add(person, child)

    @routes.post("/{person}/tasks", status_code=status.HTTP_201_CREATED, dependencies=[OPERATOR])
    async def add_task(person: str, new: NewTask) -> AddedView:
        """Add a task to a person at one app; a sync of tasks carries it on."""
        given = {"title": new.title, "body": new.body, "due_at": new.due_at}
        values = {name: value for name, value in given.items() if value}
        return await add(person, NewChild("task", values, access.person(new.by), new.connection))

    async def add(person: str, child: NewChild) -> AddedView:
        added = await instep.screens.people.add(person, child)
        wake()
        return AddedView(**added.as_json())
