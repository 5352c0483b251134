"""What people do with flows; commands and API call these and decide nothing themselves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.flow.checking import check_flow
from instep.core.flow.entries import is_name
from instep.core.flow.model import Action, Bridge, Event, Flow, Manual, Poll, Schedule, Trigger
from instep.core.flow.offer import Offer
from instep.core.flow.problems import Problem
from instep.core.flow.reading import Reading, read_flow
from instep.core.flow.spoken import FlowLanguage
from instep.core.flow.versions import Version, keeps_cursor, publish, watched
from instep.engine.flows.names.named_ids import Stored
from instep.engine.flows.triggers.timetable import next_time
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.sdk.custom import PREFIX as CUSTOM
from instep.store.connections import Connections
from instep.store.database import Database
from instep.store.flows import runs, triggers, versions
from instep.store.flows.runs import NewRun
from instep.store.flows.triggers import NewTrigger, TriggerRow
from instep.store.flows.versions import NewFlow, Published, StoredFlow


class Offers(Protocol):
    """Knows what the workspace's connections offer."""

    async def current(self, asking: Collection[str] = ()) -> Offer:
        """Return what is offered now, with the custom fields of the connections in `asking`."""


class Names(Protocol):
    """Knows the ids of what people call by name: pipelines, users, custom fields."""

    async def store_by_id(self, document: Any) -> Stored:
        """Return a document with ids in the place of names, and the names that lead to none."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a flow stands: its trigger, its runs by state, and its newest version's document."""

    flow: StoredFlow
    trigger: TriggerRow | None
    runs: Mapping[str, int]
    document: Any


@dataclass(frozen=True, slots=True)
class Checked:
    """A document, by ids, with everything that is wrong with it, and what a person should know."""

    document: Any
    flow: Flow | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps it from being published."""
        return tuple(each for each in self.problems if not each.is_warning)


class FlowServices:
    """The flows of one workspace."""

    def __init__(
        self,
        db: Database,
        connections: Connections,
        offers: Offers,
        names: Names,
        clock: Clock,
        workspace_id: str,
    ) -> None:
        self._db = db
        self._connections = connections
        self._offers = offers
        self._names = names
        self._clock = clock
        self._workspace_id = workspace_id

    async def list(self) -> Sequence[Standing]:
        """Return every flow, by name, without the documents."""

        def read(tx: sa.Connection) -> Sequence[Standing]:
            found = versions.list_all(tx, self._workspace_id)
            told = triggers.of_workspace(tx, self._workspace_id)
            counts = runs.counts(tx, self._workspace_id)
            return [
                Standing(each, told.get(each.id), counts.get(each.id, {}), None) for each in found
            ]

        return await self._db.run_read(read)

    async def get(self, name: str) -> Standing:
        """Return one flow with its newest version's document. Raises UserError."""

        def read(tx: sa.Connection) -> Standing:
            found = self._find(tx, name)
            newest = versions.newest(tx, found)
            counts = runs.counts(tx, self._workspace_id, found.id)
            return Standing(
                found,
                triggers.of_flow(tx, found.id),
                counts.get(found.id, {}),
                None if newest is None else newest.document,
            )

        return await self._db.run_read(read)

    async def find(self, name: str) -> StoredFlow | None:
        """Return a flow by its name or id; None if there is none."""
        return await self._db.run_read(lambda tx: versions.find(tx, self._workspace_id, name))

    async def document(self, name: str, number: int | None = None) -> Any:
        """Return what a person works on: the draft, else the newest version; or one version."""

        def read(tx: sa.Connection) -> Any:
            found = self._find(tx, name)
            if number is not None:
                return versions.version_of(tx, found.id, number).document
            if found.draft is not None:
                return found.draft
            newest = versions.newest(tx, found)
            return None if newest is None else newest.document

        return await self._db.run_read(read)

    async def history(self, name: str) -> Sequence[Published]:
        """Return a flow's published versions, newest first."""
        return await self._db.run_read(lambda tx: versions.history(tx, self._find(tx, name).id))

    async def save(self, document: Any, recipe: str | None = None) -> StoredFlow:
        """Store a document as the draft of the flow it names; a new one if there is none.

        Names of pick-lists and custom fields become ids. A draft may be unfinished. Raises
        UserError if it says no usable id.
        """
        name, title = _named(document)
        document = (await self._names.store_by_id(document)).document

        def store(tx: sa.Connection) -> StoredFlow:
            found = versions.find(tx, self._workspace_id, name)
            if found is None:
                new = NewFlow(name, title, document, recipe)
                return versions.create(tx, self._workspace_id, new, self._now())
            versions.set_draft(tx, found.id, self._now(), title=title, draft=document)
            return versions.get(tx, self._workspace_id, name)

        return await self._db.run(store)

    async def check(self, document: Any) -> Checked:
        """Say everything that is wrong with a document. Apps are asked for names only."""
        by_id = await self._names.store_by_id(document)
        reading: Reading = read_flow(by_id.document, FlowLanguage())
        problems = (*by_id.problems, *reading.problems)
        if reading.flow is None:
            return Checked(by_id.document, None, problems)
        offer = await self._offers.current(_asking(reading.flow))
        # a name that leads to no id is told once, not for its form as well
        places = {each.place for each in by_id.problems}
        found = [each for each in check_flow(reading.flow, offer) if each.place not in places]
        return Checked(by_id.document, reading.flow, (*problems, *found))

    async def publish(self, name: str, person: str | None = None) -> StoredFlow:
        """Publish a flow's draft: from now on it is what new runs carry out.

        Raises UserError that names the first thing that is wrong.
        """
        document = await self.document(name)
        checked = await self.check(document)
        if checked.flow is None:
            raise UserError(f"The flow cannot be published: {checked.errors[0].sentence}")
        flow = checked.flow
        watch = await self._watch(flow.trigger)

        def store(tx: sa.Connection) -> StoredFlow:
            found = self._find(tx, name)
            newest = versions.newest(tx, found)
            version = publish(flow, checked.problems, newest)
            goes_on = newest is not None and _goes_on(newest, flow)
            versions.publish(tx, found, version, self._now(), title=flow.title, person=person)
            triggers.put(tx, found, watch, goes_on=goes_on)
            return versions.get(tx, self._workspace_id, found.name)

        return await self._db.run(store)

    async def pause(self, name: str, person: str | None = None) -> StoredFlow:
        """Carry nothing more out. What events tell meanwhile is kept, and done once it goes on."""
        sentence = f"{person or 'Somebody'} paused it."
        return await self._set(name, "paused", sentence, person)

    async def resume(self, name: str) -> StoredFlow:
        """Let a paused flow go on, with what has arrived meanwhile.

        Raises UserError if it was never published.
        """
        standing = await self.get(name)
        if standing.flow.version is None:
            raise UserError(f"The flow {name!r} was never published. Publish it first.")
        trigger = standing.trigger
        flow = read_flow(standing.document, FlowLanguage()).flow
        if trigger is not None and flow is not None and isinstance(flow.trigger, Schedule):
            # the moments it was paused over are not made up for
            watch = await self._watch(flow.trigger)
            await self._db.run(lambda tx: triggers.change(tx, trigger.flow_id, due_at=watch.due_at))
        return await self._set(name, "active", None, None)

    async def delete(self, name: str) -> None:
        """Forget a flow with all its versions and runs."""
        await self._db.run(lambda tx: versions.delete(tx, self._find(tx, name).id))

    async def start(self, name: str, item: Any, person: str | None = None) -> str:
        """Start a run of a published flow by hand, with an item; return the run's key.

        Raises UserError if the flow was never published.
        """

        def store(tx: sa.Connection) -> str:
            found = self._find(tx, name)
            if found.version is None:
                raise UserError(f"The flow {name!r} was never published. Publish it first.")
            new = NewRun(
                flow_id=found.id,
                workspace_id=found.workspace_id,
                version=found.version,
                shard=found.shard,
                origin="manual",
                item=item,
                at=self._now(),
                person=person,
            )
            return runs.put(tx, [new])[0]

        return await self._db.run(store)

    async def _watch(self, trigger: Trigger) -> NewTrigger:
        """Return what is to be watched. Raises UserError for a connection that is not there."""
        told = watched(trigger)
        now = self._now()
        match trigger:
            case Event():
                found = await self._connections.get(trigger.connection)
                return NewTrigger("event", told, found.id, trigger.event)
            case Poll():
                found = await self._connections.get(trigger.connection)
                every = trigger.minutes * 60_000
                return NewTrigger("poll", told, found.id, every_ms=every, due_at=now)
            case Schedule():
                moment = datetime.fromtimestamp(now / 1000, UTC)
                due_at = to_ms(next_time(trigger.cron, trigger.zone, moment))
                return NewTrigger("schedule", told, due_at=due_at)
            case Manual():
                return NewTrigger("manual", told)
            case Bridge():
                return NewTrigger("bridge", told)

    async def _set(
        self, name: str, state: str, sentence: str | None, person: str | None
    ) -> StoredFlow:
        def store(tx: sa.Connection) -> StoredFlow:
            found = self._find(tx, name)
            if found.state != state:
                versions.set_state(
                    tx, found.id, state, self._now(), sentence=sentence, person=person
                )
            return versions.get(tx, self._workspace_id, found.name)

        return await self._db.run(store)

    def _find(self, tx: sa.Connection, name: str) -> StoredFlow:
        return versions.get(tx, self._workspace_id, name)

    def _now(self) -> int:
        return to_ms(self._clock.now())


def _goes_on(newest: Version, flow: Flow) -> bool:
    before = read_flow(newest.document, FlowLanguage()).flow
    return before is not None and keeps_cursor(before.trigger, flow.trigger)


def _asking(flow: Flow) -> Collection[str]:
    """Return the connections of steps that name a field which their account made itself."""
    return {
        step.connection
        for step in flow.all_steps()
        if isinstance(step, Action) and any(each.startswith(CUSTOM) for each in step.inputs)
    }


def _named(document: Any) -> tuple[str, str | None]:
    """Return a document's id and title. Raises UserError if the id cannot be one."""
    name = document.get("id") if isinstance(document, Mapping) else None
    if not isinstance(name, str) or not is_name(name):
        raise UserError(
            "The flow has no usable id. Give it one of small letters, digits and _, such as "
            '"welcome_lead".'
        )
    title = document.get("title")
    return name, title if isinstance(title, str) else None
