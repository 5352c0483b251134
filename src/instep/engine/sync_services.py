"""What people do with syncs; the CLI and the API call these and decide nothing themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

import sqlalchemy as sa

from instep.core.brakes import Brakes, check_limits
from instep.core.cadence import Cadence, night_after
from instep.core.errors import UserError
from instep.core.mapping import SideName
from instep.engine import write_only
from instep.engine.cadences import cadence_of
from instep.engine.clients import Clients
from instep.engine.comparison import Comparison, compare
from instep.engine.draining import Engine
from instep.engine.plan_services import Plans, Preview
from instep.engine.rule_making import Said, make, open_end
from instep.engine.sync_setup import check_seconds
from instep.engine.work import to_ms
from instep.store import budgets, effects, kin, records, runs, syncs
from instep.store.runs import Run
from instep.store.shards import Fence
from instep.store.syncs import NewSync, Sync

_Result = TypeVar("_Result")

_READ_ONLY = 0
"""An epoch no drain has: work opened under it can write nothing."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A sync as a person asks for it. `mapping` None: every field both apps have.

    `said` is what else they say: filters, directions, defaults, what follows a delete. `paused` is
    why it waits to be released; None: it runs when it is due. `recipe` is the one that makes it.
    """

    name: str
    a: str
    b: str
    canonical: str = "contact"
    mapping: Sequence[Mapping[str, Any]] | None = None
    every_seconds: int = 300
    brakes: Brakes = field(default_factory=Brakes)
    said: Said = field(default_factory=Said)
    paused: str | None = None
    recipe: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """How a sync stands. `write_only` says what it writes that cannot be read back."""

    sync: Sync
    links: int
    records: Mapping[tuple[str, str], int]
    waiting: Mapping[str, int]
    latest: Run | None
    cadence: Cadence
    write_only: Sequence[str] = ()


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
        (made,) = await self.create_all([wanted])
        return made

    async def create_all(self, several: Sequence[Wanted]) -> Sequence[Sync]:
        """Check and store new syncs, parents before their children: all of them, or none.

        Raises UserError as `create` does.
        """
        return await self.store_all(await self.check_all(several))

    async def store_all(self, checked: Sequence[NewSync]) -> Sequence[Sync]:
        """Store syncs that `check_all` returned: all, or none if a name or pair was taken since."""
        now = self._now()
        return await self._write(
            lambda tx: [syncs.create(tx, self._workspace_id, new, now) for new in checked]
        )

    async def check_all(self, several: Sequence[Wanted]) -> Sequence[NewSync]:
        """Return the syncs that these would be; nothing is stored. Raises as `create_all` does."""
        checked: list[NewSync] = []
        for wanted in several:
            checked.append(await self._checked(wanted, checked))
        await self._read(lambda tx: syncs.check_free(tx, self._workspace_id, checked))
        return checked

    async def _checked(self, wanted: Wanted, earlier: Sequence[NewSync]) -> NewSync:
        check_seconds(wanted.every_seconds)
        naming = (wanted.mapping, asdict(wanted.said))
        a = await open_end(self._clients, "a", wanted.a, wanted.canonical, naming)
        b = await open_end(self._clients, "b", wanted.b, wanted.canonical, naming)
        if a.reached.connection_id == b.reached.connection_id:
            raise UserError("A sync needs two different connections; these are the same one.")
        said = wanted.said
        if wanted.mapping is not None:
            said = replace(said, mapping=wanted.mapping)
        made = await make((a, b), said)
        new = NewSync(
            name=wanted.name,
            canonical=wanted.canonical,
            a_connection=a.reached.connection_id,
            b_connection=b.reached.connection_id,
            mapping=[dict(row) for row in made.rows],
            every_seconds=wanted.every_seconds,
            brakes=wanted.brakes,
            rules=made.rules,
            paused=wanted.paused,
            recipe=wanted.recipe,
        )
        if parent := a.resource.parent or b.resource.parent:
            await self._check_family(parent.kind, wanted, new, earlier)
        return new

    async def _check_family(
        self, kind: str, wanted: Wanted, new: NewSync, earlier: Sequence[NewSync]
    ) -> None:
        """Check that somebody keeps the parents equal, or is about to. Raises UserError."""
        if any(each.canonical == kind and each.ends == new.ends for each in earlier):
            return
        ends = (new.a_connection, new.b_connection)
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
                cadence_of(tx, sync, self._titles(tx, sync)),
                write_only.sentences(tx, self._clients, sync),
            )

        return await self._read(read)

    async def request_run(self, name: str, person: str | None = None) -> Sync:
        """Make a sync due now; whoever drains its shard runs it. Raises UserError if it is held."""
        sync = await self.get(name)
        if sync.state != "active":
            raise UserError(
                f"The sync {sync.name!r} is {sync.state}: {sync.sentence or 'somebody paused it.'} "
                f"Use: instep sync release {sync.name}"
            )
        await self._write(lambda tx: syncs.request(tx, sync.id, self._now(), person))
        return sync

    async def run_for_flow(self, name: str) -> Mapping[str, Any]:
        """As `request_run`, for a step of a flow; return what its later steps read."""
        return {"sync": (await self.request_run(name)).name}

    async def pause(self, name: str) -> Sync:
        """Stop a sync until it is released. A run under way ends after its current piece."""
        sync = await self.get(name)
        await self._write(
            lambda tx: syncs.set_state(tx, sync.id, "paused", "paused", "Somebody paused it.")
        )
        return await self.get(name)

    async def release(self, name: str, person: str | None = None) -> Sync:
        """Let a paused or halted sync go on; its next run is let through the brake once.

        `person` is who asked for that run.
        """
        sync = await self.get(name)

        def release(tx: sa.Connection) -> None:
            syncs.set_state(tx, sync.id, "active")
            if sync.state == "halted":
                syncs.set_next_kind(tx, sync.id, "released")
                syncs.request(tx, sync.id, self._now(), person)
            syncs.set_due(tx, sync.id, self._now())
            if sync.rests:
                syncs.set_poll(tx, sync.id, self._now())
                syncs.set_reconciliation(tx, sync.id, night_after(self._now(), sync.id))

        await self._write(release)
        return await self.get(name)

    async def rest(self, name: str) -> None:
        """Pause a sync and take its times away, so that it only carries out plans.

        Releasing it makes it one that polls like any other. Raises UserError for an unknown sync.
        """
        sync = await self.get(name)
        await self._write(lambda tx: syncs.rest(tx, sync.id))

    async def troubles(self, name: str, side: SideName) -> Mapping[str, tuple[str, str]]:
        """Return state and sentence of one side's records that wait or failed, by id.

        Raises UserError for an unknown sync.
        """
        sync = await self.get(name)
        return await self._read(lambda tx: records.troubles(tx, sync.id, side))

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
        """Read both sides and store what a run would do: see `Plans.preview`."""
        return await Plans(self._engine, self._workspace_id).preview(name, items)

    async def compare(self, name: str) -> Comparison:
        """Read both apps afresh and say whether they hold the same."""
        sync = await self.get(name)
        return await compare(await self._engine.open(sync, Fence(sync.shard, _READ_ONLY)))

    def _titles(self, tx: sa.Connection, sync: Sync) -> dict[SideName, str]:
        return {
            side: self._clients.title(name) for side, name in budgets.connectors(tx, sync).items()
        }

    def _now(self) -> int:
        return to_ms(self._engine.clock.now())

    async def _read(self, work: Callable[[sa.Connection], _Result]) -> _Result:
        return await self._engine.db.run_read(work)

    async def _write(self, work: Callable[[sa.Connection], _Result]) -> _Result:
        return await self._engine.db.run(work)
