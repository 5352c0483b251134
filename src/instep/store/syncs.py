"""Syncs, their checkpoints, and when they are due."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa

from instep.core.brakes import Brakes
from instep.core.cadence import night_after
from instep.core.errors import UserError
from instep.core.mapping import SideName
from instep.core.rules import Rules, load_rules
from instep.store.database import insert_into
from instep.store.ids import new_id
from instep.store.records import Scope
from instep.store.schema.syncs import checkpoint, link, sync, visit

NEVER = 253_402_300_799_000
"""The last second of the year 9999: when a sync is due that runs only if it is asked to."""

RESTING = "resting"
"""Why a sync is paused that does only what it is asked to."""

_RESTS = "It rests: it only carries out plans. Once released it polls like any other."

SHARDS = 32
"""Syncs hash onto this many shards; a shard is drained by one worker at a time."""


@dataclass(frozen=True, slots=True)
class Sync:
    """One standing rule. `mapping` is in its stored form (rows). Times: epoch milliseconds."""

    id: str
    workspace_id: str
    name: str
    canonical: str
    a_connection: str
    b_connection: str
    mapping: Sequence[dict[str, Any]]
    brakes: Brakes
    rules: Rules
    recipe: str | None
    state: str
    reason: str | None
    sentence: str | None
    next_kind: str
    every_seconds: int
    due_at: int
    poll_at: int
    reconcile_at: int
    shard: int

    @property
    def rests(self) -> bool:
        """Whether it has no times of its own: it only carries out plans."""
        return self.poll_at >= NEVER

    def connection(self, side: SideName) -> str:
        """Return this side's connection id."""
        return self.a_connection if side == "a" else self.b_connection


@dataclass(frozen=True, slots=True)
class NewSync:
    """What a person says when setting up a sync.

    `paused` is the sentence why it waits to be released; None: it runs when it is due. `recipe` is
    the id of the one that makes it.
    """

    name: str
    canonical: str
    a_connection: str
    b_connection: str
    mapping: Sequence[dict[str, Any]]
    every_seconds: int
    brakes: Brakes
    rules: Rules = field(default_factory=Rules)
    paused: str | None = None
    recipe: str | None = None

    @property
    def ends(self) -> frozenset[str]:
        """Its two connections, whichever is A."""
        return frozenset((self.a_connection, self.b_connection))

    @property
    def pair_key(self) -> str:
        """What no two syncs share: the two connections and the kind of record."""
        return "|".join((*sorted(self.ends), self.canonical))


def create(tx: sa.Connection, workspace_id: str, new: NewSync, now: int) -> Sync:
    """Insert a sync. Raises UserError for a taken name or pair."""
    check_free(tx, workspace_id, [new])
    sync_id = new_id("syn")
    tx.execute(
        sa.insert(sync).values(
            id=sync_id,
            workspace_id=workspace_id,
            name=new.name,
            canonical=new.canonical,
            a_connection=new.a_connection,
            b_connection=new.b_connection,
            pair_key=new.pair_key,
            mapping=json.dumps(list(new.mapping)),
            brakes=json.dumps(asdict(new.brakes)),
            rules=json.dumps(new.rules.as_json()),
            recipe=new.recipe,
            state="active" if new.paused is None else "paused",
            reason=None if new.paused is None else "paused",
            sentence=new.paused,
            next_kind="poll",
            every_seconds=new.every_seconds,
            due_at=now + new.every_seconds * 1000,
            poll_at=now + new.every_seconds * 1000,
            reconcile_at=night_after(now, sync_id),
            shard=_shard_of(sync_id),
            created_at=now,
        )
    )
    return get(tx, workspace_id, sync_id)


def _shard_of(sync_id: str) -> int:
    return sum(sync_id.encode()) % SHARDS


def check_free(tx: sa.Connection, workspace_id: str, several: Sequence[NewSync]) -> None:
    """Check that no sync has the name or the pair of one of these. Raises UserError."""
    names = {new.name: new for new in several}
    pairs = {new.pair_key: new for new in several}
    query = sa.select(sync.c.name, sync.c.pair_key).where(
        sync.c.workspace_id == workspace_id,
        sync.c.name.in_(names) | sync.c.pair_key.in_(pairs),
    )
    for row in tx.execute(query.order_by(sync.c.name)):
        if row.pair_key in pairs:
            raise UserError(
                f"The sync {row.name!r} already keeps the {pairs[row.pair_key].canonical}s of these "
                "two connections in step. Change that one, or remove it first: two syncs on one "
                "pair would fight."
            )
        raise UserError(f"There is a sync called {row.name!r} already; choose another name.")


def get(tx: sa.Connection, workspace_id: str, name_or_id: str) -> Sync:
    """Return a sync by id or name. Raises UserError with the names there are."""
    mine = sync.c.workspace_id == workspace_id
    row = tx.execute(
        sa.select(sync).where(mine, (sync.c.id == name_or_id) | (sync.c.name == name_or_id))
    ).first()
    if row is None:
        names = tx.execute(sa.select(sync.c.name).where(mine).order_by(sync.c.name)).scalars().all()
        there = f"There are: {', '.join(names)}." if names else "There is none yet."
        raise UserError(f"There is no sync called {name_or_id!r}. {there}")
    return _read(row)


def by_id(tx: sa.Connection, sync_id: str) -> Sync:
    """Return a sync by an id that comes from us, so that it is there."""
    return _read(tx.execute(sa.select(sync).where(sync.c.id == sync_id)).one())


def list_all(tx: sa.Connection, workspace_id: str) -> list[Sync]:
    """Return the workspace's syncs by name."""
    query = sa.select(sync).where(sync.c.workspace_id == workspace_id).order_by(sync.c.name)
    return [_read(row) for row in tx.execute(query)]


def due(tx: sa.Connection, now: int) -> list[Sync]:
    """Return the active syncs whose time has come, over all workspaces."""
    query = sa.select(sync).where(sync.c.state == "active", sync.c.due_at <= now)
    return [_read(row) for row in tx.execute(query.order_by(sync.c.due_at))]


def of_shard(tx: sa.Connection, shard: int, now: int) -> list[Sync]:
    """Return the active syncs of one shard whose time has come."""
    return [each for each in due(tx, now) if each.shard == shard]


def set_due(tx: sa.Connection, sync_id: str, at: int) -> None:
    """Say when the sync is to run next."""
    tx.execute(sa.update(sync).where(sync.c.id == sync_id).values(due_at=at))


def set_poll(tx: sa.Connection, sync_id: str, at: int) -> None:
    """Say when both sides are to be polled next."""
    tx.execute(sa.update(sync).where(sync.c.id == sync_id).values(poll_at=at))


def set_reconciliation(tx: sa.Connection, sync_id: str, at: int) -> None:
    """Say when both sides are to be read completely next."""
    tx.execute(sa.update(sync).where(sync.c.id == sync_id).values(reconcile_at=at))


def request(tx: sa.Connection, sync_id: str, now: int, person: str | None = None) -> None:
    """Make a sync due now, also if a run of it is under way: then for one more after it."""
    tx.execute(
        sa.update(sync)
        .where(sync.c.id == sync_id)
        .values(due_at=now, requested_at=now, requested_by=person)
    )


def requested_by(tx: sa.Connection, sync_id: str) -> str | None:
    """Return who asked for the run that has not begun yet; None: nobody did, or nobody known."""
    query = sa.select(sync.c.requested_by).where(sync.c.id == sync_id)
    person: str | None = tx.execute(query).scalar_one()
    return person


def begin(tx: sa.Connection, sync_id: str) -> None:
    """Note that a run begins: it answers every request made before it."""
    tx.execute(
        sa.update(sync)
        .where(sync.c.id == sync_id)
        .values(next_kind="poll", requested_at=None, requested_by=None)
    )


def is_requested(tx: sa.Connection, sync_id: str) -> bool:
    """Whether somebody asked for a run since the latest one began."""
    query = sa.select(sync.c.requested_at).where(sync.c.id == sync_id)
    return tx.execute(query).scalar_one() is not None


def set_state(
    tx: sa.Connection,
    sync_id: str,
    state: str,
    reason: str | None = None,
    sentence: str | None = None,
    halted_by: str | None = None,
) -> None:
    """Set active, paused or halted, and why; `halted_by` is the connection whose breaking did it."""
    tx.execute(
        sa.update(sync)
        .where(sync.c.id == sync_id)
        .values(state=state, reason=reason, sentence=sentence, halted_by=halted_by)
    )


def go_on_with(tx: sa.Connection, connection_id: str, now: int, person: str | None) -> list[str]:
    """Let the syncs go on that were stopped because this connection broke; return their names.

    A run is asked for by `person`, but of a sync that rests: that carries out its plan and rests.
    """
    rests = sync.c.poll_at >= NEVER
    query = (
        sa.update(sync)
        .where(sync.c.state == "halted", sync.c.halted_by == connection_id)
        .values(
            state="active",
            reason=None,
            sentence=None,
            halted_by=None,
            due_at=now,
            requested_at=sa.case((rests, sync.c.requested_at), else_=now),
            requested_by=sa.case((rests, sync.c.requested_by), else_=person),
        )
        .returning(sync.c.name)
    )
    return sorted(tx.execute(query).scalars())


def set_next_kind(tx: sa.Connection, sync_id: str, kind: str) -> None:
    """Say what kind of run the next one is: poll, or released (the brake lets it through)."""
    tx.execute(sa.update(sync).where(sync.c.id == sync_id).values(next_kind=kind))


def rest(tx: sa.Connection, sync_id: str) -> None:
    """Pause a sync and take its times away: it wakes for an approved plan, and rests after it."""
    never = {"due_at": NEVER, "poll_at": NEVER, "reconcile_at": NEVER}
    tx.execute(
        sa.update(sync)
        .where(sync.c.id == sync_id)
        .values(state="paused", reason=RESTING, sentence=_RESTS, halted_by=None, **never)
    )


def set_brakes(tx: sa.Connection, sync_id: str, brakes: Brakes) -> None:
    """Store a sync's brakes."""
    tx.execute(
        sa.update(sync).where(sync.c.id == sync_id).values(brakes=json.dumps(asdict(brakes)))
    )


def forget_cursors(tx: sa.Connection, sync_id: str) -> None:
    """Forget how far both sides were read: the next run reads them from the start.

    So it does where records are listed one parent at a time: every parent is visited again.
    """
    for table in (checkpoint, visit):
        tx.execute(sa.delete(table).where(table.c.sync_id == sync_id))


def _read(row: sa.Row[Any]) -> Sync:
    fields = {name: getattr(row, name) for name in Sync.__dataclass_fields__}
    fields["mapping"] = json.loads(row.mapping)
    fields["brakes"] = Brakes(**json.loads(row.brakes))
    fields["rules"] = load_rules(json.loads(row.rules))
    return Sync(**fields)


def count_links(tx: sa.Connection, sync_id: str) -> int:
    """Count a sync's links."""
    query = sa.select(sa.func.count()).select_from(link).where(link.c.sync_id == sync_id)
    return tx.execute(query).scalar_one()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where reading one side stands.

    Everything changed before `since` (ISO 8601 UTC) is durable here; None: never read. `page` is
    the next request of a read under way (dumped), `began` the app's clock when it began, `seen`
    how many records it brought so far. `started_at` is our own clock (epoch milliseconds) when a
    complete read began; it stays until those whom that read did not bring are confirmed.
    """

    since: str | None = None
    page: str | None = None
    began: str | None = None
    seen: int = 0
    started_at: int | None = None


def checkpoint_of(tx: sa.Connection, sync_id: str, side: SideName) -> Checkpoint:
    """Return a side's checkpoint; an empty one if it was never read."""
    row = tx.execute(
        sa.select(checkpoint).where(checkpoint.c.sync_id == sync_id, checkpoint.c.side == side)
    ).first()
    if row is None:
        return Checkpoint()
    return Checkpoint(row.since, row.page, row.began, row.seen, row.started_at)


def save_checkpoint(tx: sa.Connection, scope: Scope, side: SideName, at: Checkpoint) -> None:
    """Save a checkpoint, in the transaction that stored everything before it."""
    tx.execute(
        insert_into(tx, checkpoint)
        .values(workspace_id=scope.workspace_id, sync_id=scope.sync_id, side=side, **asdict(at))
        .on_conflict_do_update(index_elements=["sync_id", "side"], set_=asdict(at))
    )
