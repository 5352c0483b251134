"""Show, change and remove a sync that is there."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.mapping_rows import meaning_changed
from instep.core.rules import Rules
from instep.core.rules_told import tell
from instep.engine import write_only
from instep.engine.clients import Clients
from instep.engine.draining import Engine
from instep.engine.rule_making import Made, Said, make, open_end
from instep.engine.work import to_ms
from instep.store import reviews, shards, sync_changes, syncs
from instep.store.sync_changes import Change
from instep.store.syncs import Sync

SHORTEST_SECONDS, LONGEST_SECONDS = 60, 15 * 60


@dataclass(frozen=True, slots=True)
class Shown:
    """A sync with the names of its connections, and its rules in sentences."""

    sync: Sync
    a: str
    b: str
    sentences: tuple[str, ...]


def check_seconds(every_seconds: int) -> None:
    """Check the time between polls. Raises UserError."""
    if not SHORTEST_SECONDS <= every_seconds <= LONGEST_SECONDS:
        raise UserError("A sync polls every 1 to 15 minutes; choose a time between them.")


class SyncSetup:
    """The services that change what a sync is."""

    def __init__(self, engine: Engine, clients: Clients, workspace_id: str) -> None:
        self._engine = engine
        self._clients = clients
        self._workspace_id = workspace_id

    async def show(self, name: str) -> Shown:
        """Return everything about a sync, in words too. Raises UserError if there is none."""

        def read(tx: sa.Connection) -> Shown:
            sync = syncs.get(tx, self._workspace_id, name)
            a, b = reviews.names(tx, [sync.id])[sync.id]
            told = tell(sync.canonical, sync.mapping, sync.rules, (a, b))
            return Shown(sync, a, b, (*told, *write_only.sentences(tx, self._clients, sync)))

        return await self._engine.db.run_read(read)

    async def change(self, name: str, said: Said, every_seconds: int | None = None) -> Shown:
        """Change a sync. What the new rules say otherwise is read and decided by the next run.

        Nothing is written to the apps. Raises UserError, and then nothing is changed: for what
        the apps cannot do, and while writes are on their way that a new mapping would misread.
        """
        sync = (await self.show(name)).sync
        naming = (asdict(said), sync.mapping, sync.rules.as_json())
        a = await open_end(self._clients, "a", sync.a_connection, sync.canonical, naming)
        b = await open_end(self._clients, "b", sync.b_connection, sync.canonical, naming)
        made = await make((a, b), said, Made(sync.mapping, sync.rules))
        seconds = sync.every_seconds if every_seconds is None else every_seconds
        check_seconds(seconds)
        change = Change(made.rows, made.rules, seconds)
        await self._engine.db.run(lambda tx: self._store(tx, sync.id, change))
        return await self.show(sync.id)

    def _store(self, tx: sa.Connection, sync_id: str, change: Change) -> None:
        now = to_ms(self._engine.clock.now())
        sync = syncs.get(tx, self._workspace_id, sync_id)
        if change == Change(sync.mapping, sync.rules, sync.every_seconds):
            return
        # whoever works on it by the old rules can write nothing more
        shards.take(tx, sync.shard, self._engine.owner, now)
        if sync_changes.carries_out_a_plan(tx, sync.id):
            raise UserError(f"A plan of {sync.name!r} is being carried out; change it after that.")
        is_mapped_anew = list(change.mapping) != list(sync.mapping)
        if is_mapped_anew:
            _check_nothing_is_on_its_way(tx, sync)
            keys = meaning_changed(sync.mapping, change.mapping)
            sync_changes.forget_bases(tx, sync.id, keys)
        sync_changes.store(tx, sync.id, change)
        is_filtered_anew = _filters(sync.rules) != _filters(change.rules)
        if is_mapped_anew or is_filtered_anew:
            sync_changes.begin_anew(tx, sync.id, now)
        if is_mapped_anew or is_filtered_anew or _decides_otherwise(sync, change):
            sync_changes.notice_all(tx, sync, now)

    async def remove(self, name: str) -> Sync:
        """Remove a sync with its links and its history. Both apps keep everything.

        Raises UserError while another sync's records belong to this one's.
        """
        sync = (await self.show(name)).sync
        await self._check_childless(sync)
        now = to_ms(self._engine.clock.now())

        def remove(tx: sa.Connection) -> None:
            shards.take(tx, sync.shard, self._engine.owner, now)
            sync_changes.remove(tx, sync.id)

        await self._engine.db.run(remove)
        return sync

    async def _check_childless(self, sync: Sync) -> None:
        ends = {sync.a_connection, sync.b_connection}
        others = await self._engine.db.run_read(lambda tx: syncs.list_all(tx, self._workspace_id))
        for other in others:
            if other.id == sync.id or {other.a_connection, other.b_connection} != ends:
                continue
            for connection in ends:
                reached = await self._clients.reach(connection)
                parent = reached.connector.resource(other.canonical).parent
                if parent is not None and parent.kind == sync.canonical:
                    raise UserError(
                        f"The sync {other.name!r} keeps each {other.canonical} of a "
                        f"{sync.canonical} that {sync.name!r} has linked; remove that one first."
                    )


def _check_nothing_is_on_its_way(tx: sa.Connection, sync: Sync) -> None:
    number = sync_changes.count_open_effects(tx, sync.id)
    if number:
        raise UserError(
            f"{number} writes of {sync.name!r} are on their way under the present mapping. Change "
            f"it when they have ended: instep sync status {sync.name} shows them under waiting."
        )


def _filters(rules: Rules) -> tuple[object, object]:
    return rules.a.filter, rules.b.filter


def _decides_otherwise(sync: Sync, change: Change) -> bool:
    """Whether records that did not move are decided otherwise by the new rules."""
    old, new = sync.rules, change.rules
    defaults = [(each.a.defaults, each.b.defaults) for each in (old, new)]
    return old.leaving is not new.leaving or defaults[0] != defaults[1]
