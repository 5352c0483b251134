"""What people do with syncs; the CLI and the API call these and decide nothing themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa

from instep.core.brakes import Brakes, check_limits
from instep.core.errors import UserError
from instep.core.mapping import build, default_mapping, rows_of, with_parent
from instep.engine.clients import Clients, Reached
from instep.engine.comparison import Comparison, compare
from instep.engine.deciding import count, plan_batch
from instep.engine.draining import Engine
from instep.engine.running import go_on
from instep.engine.work import Work, to_ms
from instep.sdk.resource import Resource
from instep.store import effects, kin, records, runs, shards, syncs
from instep.store.batches import RecordKey
from instep.store.runs import Run
from instep.store.shards import Fence
from instep.store.syncs import NewSync, Sync

_Result = TypeVar("_Result")

_READ_ONLY = 0
"""An epoch no drain has: work opened under it can write nothing."""

SHORTEST_SECONDS, LONGEST_SECONDS = 60, 15 * 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sync as a person asks for it. `mapping` None: every field both apps have."""

    name: str
    a: str
    b: str
    canonical: str = "contact"
    mapping: Sequence[Mapping[str, Any]] | None = None
    every_seconds: int = 300
    brakes: Brakes = field(default_factory=Brakes)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do: counts by word, and the first items with their field differences."""

    counts: Mapping[str, int]
    items: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Status:
    """How a sync stands."""

    sync: Sync
    links: int
    records: Mapping[tuple[str, str], int]
    waiting: Mapping[str, int]
    latest: Run | None


class Syncs:
    """The services around syncs of one workspace."""

    def __init__(self, engine: Engine, clients: Clients, workspace_id: str) -> None:
        self._engine = engine
        self._clients = clients
        self._workspace_id = workspace_id

    async def create(self, wanted: Wanted) -> Sync:
        """Check and store a new sync. No record is read or written at the apps yet.

        Apps are asked for their custom fields where the mapping names one. Raises UserError for an
        unknown connection, field or kind of record, a taken pair or name.
        """
        if not SHORTEST_SECONDS <= wanted.every_seconds <= LONGEST_SECONDS:
            raise UserError("A sync polls every 1 to 15 minutes; choose a time between them.")
        a, b = await self._clients.named(wanted.a), await self._clients.named(wanted.b)
        if a.connection_id == b.connection_id:
            raise UserError("A sync needs two different connections; these are the same one.")
        of_a, of_b = await self._resource(a, wanted), await self._resource(b, wanted)
        called = (f"{a.connector.title} {of_a.name}", f"{b.connector.title} {of_b.name}")
        mapping = (
            default_mapping(of_a.fields, of_b.fields)
            if wanted.mapping is None
            else build(wanted.mapping, of_a.fields, of_b.fields, called)
        )
        if parent := of_a.parent or of_b.parent:
            mapping = with_parent(mapping, parent.kind, of_a.fields, of_b.fields)
            await self._check_family(parent.kind, wanted, a, b)
        new = NewSync(
            name=wanted.name,
            canonical=wanted.canonical,
            a_connection=a.connection_id,
            b_connection=b.connection_id,
            mapping=rows_of(mapping),
            every_seconds=wanted.every_seconds,
            brakes=wanted.brakes,
        )
        return await self._write(lambda tx: syncs.create(tx, self._workspace_id, new, self._now()))

    async def _resource(self, reached: Reached, wanted: Wanted) -> Resource:
        kind = _resource(reached, wanted.canonical)
        return await self._clients.resource(reached, kind, wanted.mapping)

    async def _check_family(self, kind: str, wanted: Wanted, a: Reached, b: Reached) -> None:
        """Check that somebody keeps the parents equal. Raises UserError."""
        ends = (a.connection_id, b.connection_id)
        family = await self._read(lambda tx: kin.family_of(tx, *ends, [kind]))
        if not family.relatives:
            raise UserError(
                f"Each {wanted.canonical} belongs to a {kind}, and no sync keeps the {kind}s of "
                f"{wanted.a} and {wanted.b} in step: set that one up first."
            )

    async def list(self) -> list[Sync]:
        """Return every sync."""
        return await self._read(lambda tx: syncs.list_all(tx, self._workspace_id))

    async def get(self, name: str) -> Sync:
        """Return one sync by name or id. Raises UserError."""
        return await self._read(lambda tx: syncs.get(tx, self._workspace_id, name))

    async def status(self, name: str) -> Status:
        """Return how a sync stands. Raises UserError."""

        def read(tx: sa.Connection) -> Status:
            sync = syncs.get(tx, self._workspace_id, name)
            latest = runs.latest(tx, sync.id)
            return Status(
                sync,
                syncs.count_links(tx, sync.id),
                records.count_by_state(tx, sync.id),
                effects.count_by_state(tx, sync.id),
                latest[0] if latest else None,
            )

        return await self._read(read)

    async def request_run(self, name: str) -> Sync:
        """Make a sync due now; whoever drains its shard runs it. Raises UserError if it is held."""
        sync = await self.get(name)
        if sync.state != "active":
            raise UserError(
                f"The sync {sync.name!r} is {sync.state}: {sync.sentence or 'somebody paused it.'} "
                f"Use: instep sync release {sync.name}"
            )
        await self._write(lambda tx: syncs.request(tx, sync.id, self._now()))
        return sync

    async def pause(self, name: str) -> Sync:
        """Stop a sync until it is released. A run under way ends after its current piece."""
        sync = await self.get(name)
        await self._write(
            lambda tx: syncs.set_state(tx, sync.id, "paused", "paused", "Somebody paused it.")
        )
        return await self.get(name)

    async def release(self, name: str) -> Sync:
        """Let a paused or halted sync go on; its next run is let through the brake once."""
        sync = await self.get(name)

        def release(tx: sa.Connection) -> None:
            syncs.set_state(tx, sync.id, "active")
            if sync.state == "halted":
                syncs.set_next_kind(tx, sync.id, "released")
            syncs.set_due(tx, sync.id, self._now())

        await self._write(release)
        return await self.get(name)

    async def set_brakes(self, name: str, brakes: Brakes) -> None:
        """Change how much one run may do. Raises UserError for an unknown sync, an odd limit."""
        check_limits(brakes)
        sync = await self.get(name)
        await self._write(lambda tx: syncs.set_brakes(tx, sync.id, brakes))

    async def read_everything_again(self, name: str) -> None:
        """Let the next run read both sides completely (reconciliation), not only what changed."""
        sync = await self.get(name)
        await self._write(lambda tx: syncs.forget_cursors(tx, sync.id))

    async def preview(self, name: str, items: int = 50) -> Preview:
        """Read both sides and say what a run would do. Writes nothing to any app."""
        work = await self._open(name)
        run = await self._engine.start(work, kind="preview")
        if run.kind != "preview":
            raise UserError(f"A run of {name!r} is under way; preview it when that has ended.")
        stopped = await go_on(work, run, until=lambda: False)
        if stopped is not None and stopped.state != "done":
            raise UserError(f"The preview could not read both apps: {stopped.sentence}")
        return await self._plan(work, items)

    async def _plan(self, work: Work, items: int) -> Preview:
        counts: Counter[str] = Counter()
        shown: list[Mapping[str, Any]] = []
        after: RecordKey | None = None
        while True:
            verdicts = await self._read(partial(plan_batch, work, after=after))
            counts += count(verdicts.decided)
            room = items - len(shown)
            shown += [each.item.as_json() for each in verdicts.decided[:room]]
            after = verdicts.last
            if after is None:
                return Preview(counts, shown)

    async def compare(self, name: str) -> Comparison:
        """Read both apps afresh and say whether they hold the same."""
        sync = await self.get(name)
        return await compare(await self._engine.open(sync, Fence(sync.shard, _READ_ONLY)))

    async def _open(self, name: str) -> Work:
        sync = await self.get(name)
        fence = await self._write(
            lambda tx: shards.take(tx, sync.shard, self._engine.owner, self._now())
        )
        return await self._engine.open(sync, fence)

    def _now(self) -> int:
        return to_ms(self._engine.clock.now())

    async def _read(self, work: Callable[[sa.Connection], _Result]) -> _Result:
        return await self._engine.db.run_read(work)

    async def _write(self, work: Callable[[sa.Connection], _Result]) -> _Result:
        return await self._engine.db.run(work)


def _resource(reached: Reached, canonical: str) -> type[Resource]:
    try:
        return reached.connector.resource(canonical)
    except KeyError:
        kinds = ", ".join(each.canonical for each in reached.connector.resources)
        raise UserError(
            f"{reached.connector.title} has no resource of the kind {canonical!r}; it has {kinds}."
        ) from None
