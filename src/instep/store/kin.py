"""Records that others name: their partners, who waits for one, and whom a new link wakes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from instep.core.kinship import Name
from instep.core.mapping import FieldMapping, SideName
from instep.core.pairs import SIDES, other_side
from instep.store import bulk
from instep.store.database import insert_into
from instep.store.records import Scope, mark
from instep.store.schema.syncs import awaited, link, record, sync


@dataclass(frozen=True, slots=True)
class Relative:
    """A sync of the same two connections, for another kind of record.

    `swapped`: its side A is our side B.
    """

    sync_id: str
    swapped: bool

    def end(self, side: SideName) -> sa.Column[Any]:
        """Return the column of its links that holds what is our `side`'s id."""
        is_a = (side == "a") is not self.swapped
        return link.c.a_id if is_a else link.c.b_id

    def side(self, side: SideName) -> SideName:
        """Return what it calls our `side`."""
        return other_side(side) if self.swapped else side


@dataclass(frozen=True, slots=True)
class Family:
    """The syncs that keep the records equal which a sync's records name, by canonical kind."""

    relatives: Mapping[str, Relative] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ancestry:
    """What it takes to know whom a sync's records name, and which record there is the same."""

    mapping: FieldMapping
    family: Family


def family_of(tx: sa.Connection, a: str, b: str, kinds: Collection[str]) -> Family:
    """Return the syncs between connections `a` and `b` for these kinds, as seen from `a`."""
    if not kinds:
        return Family()
    query = sa.select(sync.c.id, sync.c.canonical, sync.c.a_connection).where(
        sa.tuple_(sync.c.a_connection, sync.c.b_connection).in_([(a, b), (b, a)]),
        sync.c.canonical.in_(list(kinds)),
    )
    return Family(
        {row.canonical: Relative(row.id, row.a_connection != a) for row in tx.execute(query)}
    )


def partners(tx: sa.Connection, family: Family, names: Iterable[Name]) -> dict[Name, str]:
    """Return the other side's id of those records that have a link; one query a kind and side."""
    wanted: dict[tuple[str, SideName], set[str]] = {}
    for kind, side, named in names:
        if kind in family.relatives:
            wanted.setdefault((kind, side), set()).add(named)
    found: dict[Name, str] = {}
    for (kind, side), ids in wanted.items():
        relative = family.relatives[kind]
        here, there = relative.end(side), relative.end(other_side(side))
        query = sa.select(here.label("here"), there.label("there"))
        query = query.where(link.c.sync_id == relative.sync_id, here.in_(list(ids)))
        query = query.where(link.c.held.is_(None))  # nothing goes below a pair that is left alone
        for row in tx.execute(query):
            found[kind, side, row.here] = row.there
            found[kind, other_side(side), row.there] = row.here
    return found


@dataclass(frozen=True, slots=True)
class Awaits:
    """A record that names another one which has no link yet."""

    side: SideName
    record_id: str
    kind: str
    named_id: str


def note(
    tx: sa.Connection,
    scope: Scope,
    decided: Sequence[tuple[SideName, str]],
    awaits: Sequence[Awaits],
) -> None:
    """Note whom these decided records wait for, instead of whom they waited for before."""
    for side in SIDES:
        ids = [record_id for of, record_id in decided if of == side]
        if ids:
            tx.execute(
                sa.delete(awaited).where(
                    awaited.c.sync_id == scope.sync_id,
                    awaited.c.side == side,
                    bulk.among(tx, awaited.c.record_id, ids),
                )
            )
    rows = {(each.side, each.record_id, each.kind): each for each in awaits}
    if rows:
        tx.execute(
            insert_into(tx, awaited).on_conflict_do_nothing(),
            [
                {
                    "sync_id": scope.sync_id,
                    "side": each.side,
                    "record_id": each.record_id,
                    "kind": each.kind,
                    "workspace_id": scope.workspace_id,
                    "named_id": each.named_id,
                }
                for each in rows.values()
            ],
        )


def wake(tx: sa.Connection, scope: Scope, family: Family) -> int:
    """Notice the records whose awaited partner has a link by now; return how many there were."""
    woken = 0
    for kind, relative in family.relatives.items():
        for side in SIDES:
            ready = _ready(scope.sync_id, kind, relative, side)
            # in one statement: a link made between two would be taken for noticed
            gone = sa.delete(awaited).where(
                awaited.c.sync_id == scope.sync_id,
                awaited.c.side == side,
                awaited.c.kind == kind,
                awaited.c.record_id.in_(ready.with_only_columns(awaited.c.record_id)),
            )
            ids = tx.execute(gone.returning(awaited.c.record_id)).scalars().all()
            mark(tx, scope, side, ids, source="link")
            woken += len(ids)
    return woken


def any_ready(tx: sa.Connection, sync_id: str, family: Family) -> bool:
    """Whether a record of this sync waits for a link that is there by now."""
    return any(
        tx.execute(_ready(sync_id, kind, relative, side).limit(1)).first() is not None
        for kind, relative in family.relatives.items()
        for side in SIDES
    )


def _ready(sync_id: str, kind: str, relative: Relative, side: SideName) -> sa.Select[Any]:
    end = relative.end(side)
    return (
        sa.select(awaited)
        .join(link, sa.and_(link.c.sync_id == relative.sync_id, end == awaited.c.named_id))
        .where(awaited.c.sync_id == sync_id, awaited.c.kind == kind, awaited.c.side == side)
        .where(link.c.held.is_(None))
    )


def awaited_parents(
    tx: sa.Connection, sync_id: str, keys: Collection[tuple[SideName, str]]
) -> list[Awaits]:
    """Return whom those of these records wait for that wait for the record they belong to."""
    found: list[Awaits] = []
    for side in SIDES:
        ids = [record_id for of, record_id in keys if of == side]
        query = (
            sa.select(awaited.c.record_id, awaited.c.kind, awaited.c.named_id)
            .join(
                record,
                sa.and_(
                    record.c.sync_id == awaited.c.sync_id,
                    record.c.side == awaited.c.side,
                    record.c.record_id == awaited.c.record_id,
                    record.c.parent_id == awaited.c.named_id,
                ),
            )
            .where(record.c.state == "waiting")
            .where(awaited.c.sync_id == sync_id, awaited.c.side == side)
            .where(awaited.c.record_id.in_(ids))
        )
        rows = tx.execute(query) if ids else ()
        found += [Awaits(side, row.record_id, row.kind, row.named_id) for row in rows]
    return found


def linked_since(
    tx: sa.Connection, relative: Relative, side: SideName, ids: Collection[str], since: int
) -> set[str]:
    """Return those of our `side`'s records that were linked at `since` (epoch ms) or later."""
    if not ids:
        return set()
    query = sa.select(relative.end(side)).where(
        link.c.sync_id == relative.sync_id,
        relative.end(side).in_(list(ids)),
        link.c.linked_at >= since,
    )
    return set(tx.execute(query).scalars())


def hurry(tx: sa.Connection, scope: Scope, ids: Collection[str]) -> None:
    """Make syncs due now whose records wait for a link of one of these records, just linked.

    Ids of different apps may look alike: a sync that is woken for nothing decides nothing.
    """
    kind = sa.select(sync.c.canonical).where(sync.c.id == scope.sync_id).scalar_subquery()
    waiting = sa.select(awaited.c.sync_id).where(
        awaited.c.kind == kind, bulk.among(tx, awaited.c.named_id, ids)
    )
    tx.execute(
        sa.update(sync)
        .where(sync.c.id.in_(waiting), sync.c.due_at > scope.now)
        .values(due_at=scope.now)
    )
