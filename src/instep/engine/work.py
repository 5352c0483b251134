"""One sync with everything needed to work on it: two sides, its mapping, the store, the clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from instep.core.defaults import Defaults
from instep.core.errors import ConnectionBroken
from instep.core.filters import Group, excluded, unread_of
from instep.core.fingerprint import dump, fingerprint
from instep.core.kinship import part_key
from instep.core.mapping import FieldMapping, SideName
from instep.core.match import Keys, keys_of
from instep.core.records import Record, Values
from instep.sdk.client import Client
from instep.sdk.clock import Clock
from instep.sdk.limits import Purpose
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Resource
from instep.store.database import Database
from instep.store.kin import Ancestry, Family
from instep.store.records import Scope, Seen
from instep.store.runs import Run
from instep.store.shards import Fence
from instep.store.syncs import Sync

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Side:
    """One end of a sync: a resource of a connection, and the client that reaches it.

    `filter` says which of its records the sync is about; None: all of them.
    """

    name: SideName
    app: str
    connection_id: str
    resource: Resource
    client: Client
    concurrency: int
    filter: Group | None = None
    defaults: Defaults = field(default_factory=Defaults)

    async def send(self, request: Request, purpose: Purpose) -> Reply:
        """Send a request of this side's resource; a broken connection says which one it is."""
        try:
            return await self.client.send(request, purpose)
        except ConnectionBroken as error:
            error.connection_id = self.connection_id
            raise

    async def pages(self, resource: Resource, first: Request) -> AsyncIterator[Sequence[Record]]:
        """Yield the records of `first` and of every page after it, one page at a time."""
        request: Request | None = first
        while request is not None:
            reply = await self.send(request, Purpose.READ)
            yield resource.records(reply)
            request = resource.next(request, reply)

    def below(self, parent_id: str | None) -> Resource:
        """Return the resource as it reaches the children of a parent, where they have one."""
        if self.resource.parent is None or parent_id is None:
            return self.resource
        return self.resource.under(parent_id)

    @property
    def needs_parent(self) -> bool:
        """Whether nothing can be created here that belongs to nobody."""
        return self.resource.parent is not None and self.resource.parent.required

    @property
    def country(self) -> str | None:
        """The account's country: it completes local phone numbers."""
        return self.resource.account.country

    def judge(self, values: Values) -> tuple[str | None, bool]:
        """Say why a record is outside the filter, and whether its values are enough to tell."""
        if self.filter is None:
            return None, True
        why = excluded(self.filter, values, self.country, linked=False)
        return why, not unread_of(self.filter, values)


@dataclass(frozen=True, slots=True)
class Work:
    """A sync opened for work. Every write goes through `write`, under the drain's fence."""

    sync: Sync
    mapping: FieldMapping
    a: Side
    b: Side
    db: Database
    clock: Clock
    fence: Fence
    jitter: Callable[[], float]
    family: Family = field(default_factory=Family)

    @property
    def ancestry(self) -> Ancestry:
        """What it takes to know whom the records name."""
        return Ancestry(self.mapping, self.family)

    def side(self, name: str) -> Side:
        """Return one of the two sides."""
        return self.a if name == "a" else self.b

    def scope(self, run: Run) -> Scope:
        """Return whose rows a transaction is about, as of now."""
        return Scope(self.sync.workspace_id, self.sync.id, run.id, self.now(), run.person)

    def now(self) -> int:
        """Return the time in epoch milliseconds."""
        return to_ms(self.clock.now())

    async def write(self, work: Callable[[sa.Connection], _Result]) -> _Result:
        """Run `work` in one transaction, if this drain still owns its shard."""

        def fenced(tx: sa.Connection) -> _Result:
            self.fence.check(tx)
            return work(tx)

        return await self.db.run(fenced)

    async def read(self, work: Callable[[sa.Connection], _Result]) -> _Result:
        """Run `work` in a transaction that only reads."""
        return await self.db.run_read(work)

    async def read_again(self, side: Side, record_id: str, parent_id: str | None = None) -> Seen:
        """Read one record afresh, below its parent if it has one. Raises Gone."""
        resource = side.below(parent_id)
        reply = await side.send(resource.get(record_id), Purpose.READ)
        return self.seen(side, resource.record(reply))

    def seen(self, side: Side, record: Record) -> Seen:
        """Bring an app's record into the form that is stored and compared."""
        return self.seen_values(
            side, record.id, record.values, record.version, iso_to_ms(record.changed_at)
        )

    def seen_values(
        self,
        side: Side,
        record_id: str,
        values: Values,
        version: str | None = None,
        changed_at: int | None = None,
    ) -> Seen:
        """As `seen`, from values by the side's canonical names."""
        projected = self.mapping.project(values, side.name, side.country)
        fields = dump(projected)
        keys = keys_of(projected, self.mapping)
        if self.mapping.parts:
            said = (projected.get(pair.key) for pair in self.mapping.parts)
            label = keys.label or next((each for each in said if isinstance(each, str)), None)
            keys = Keys(strong=part_key(projected, self.mapping), label=label)
        why, judged = side.judge(values)
        return Seen(
            record_id,
            fields,
            fingerprint(fields),
            keys,
            version,
            changed_at,
            parent_id=self._parent_of(projected),
            excluded=why,
            judged=judged,
        )

    def _parent_of(self, projected: Values) -> str | None:
        named = projected.get(self.mapping.parent) if self.mapping.parent is not None else None
        return named if isinstance(named, str) else None

    def seen_created(self, side: Side, record: Record, written: Values) -> Seen:
        """As `seen`, of a record that we made just now: what nobody said of it is empty."""
        seen = self.seen(side, record)
        if seen.judged or side.filter is None:
            return seen
        values = {**dict.fromkeys(side.filter.fields), **written, **record.values}
        return replace(seen, excluded=side.judge(values)[0], judged=True)


def to_ms(moment: datetime) -> int:
    """Return an aware time as epoch milliseconds."""
    return int(moment.timestamp() * 1000)


def iso_to_ms(text: str | None) -> int | None:
    """Return an ISO 8601 time as epoch milliseconds; None for none or for another format."""
    if not text:
        return None
    try:
        return to_ms(datetime.fromisoformat(text))
    except ValueError:
        return None
