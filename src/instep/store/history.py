"""What was done, and why: one row for every change, refusal and question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.pairs import SIDES
from instep.store import bulk
from instep.store.batches import RecordKey
from instep.store.records import Scope
from instep.store.schema.syncs import history, record

NO_RUN = "person"
"""The run of what a person decides between runs; its writes are told under the run that sends them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of history. `before`, `after` and `why` are JSON text by field, or a sentence."""

    what: str
    side: str | None = None
    record_id: str | None = None
    label: str | None = None
    link_id: str | None = None
    effect_key: str | None = None
    before: str | None = None
    after: str | None = None
    why: str | None = None
    person: str | None = None  # who asked for it, if that is not who asked for the run
    run_id: str | None = None  # the run that decided it, if that is not the one that says so


def write(tx: sa.Connection, scope: Scope, entries: Sequence[Entry]) -> None:
    """Append these lines."""
    if entries:
        shared = {
            "workspace_id": scope.workspace_id,
            "sync_id": scope.sync_id,
            "at": scope.now,
        }
        rows = [{**shared, **asdict(entry)} for entry in entries]
        for row in rows:
            row["person"] = row["person"] or scope.person
            row["run_id"] = row["run_id"] or scope.run_id
        bulk.insert(tx, history, rows)


def of_run(tx: sa.Connection, run_id: str, limit: int = 100) -> Sequence[sa.Row[Any]]:
    """Return the first lines of a run, oldest first."""
    return tx.execute(
        sa.select(history).where(history.c.run_id == run_id).order_by(history.c.id).limit(limit)
    ).all()


@dataclass(frozen=True, slots=True)
class Lines:
    """Which lines of a sync's history to show: so many before a line's number, newest first."""

    limit: int = 50
    before: int | None = None
    run_id: str | None = None
    record_id: str | None = None


def page(tx: sa.Connection, sync_id: str, wanted: Lines) -> Sequence[sa.Row[Any]]:
    """Return lines of a sync's history, newest first.

    A linked record's lines include what was done to its partner.
    """
    query = sa.select(history).where(history.c.sync_id == sync_id)
    if wanted.record_id is not None:
        ids = _of_record(tx, sync_id, wanted.record_id)
        query = sa.select(history).where(history.c.id.in_(ids))
    if wanted.before is not None:
        query = query.where(history.c.id < wanted.before)
    if wanted.run_id is not None:
        query = query.where(history.c.run_id == wanted.run_id)
    return tx.execute(query.order_by(history.c.id.desc()).limit(wanted.limit)).all()


def _of_record(tx: sa.Connection, sync_id: str, record_id: str) -> sa.CompoundSelect[Any]:
    """Return the numbers of the lines of a record and of its links, each found by its own index."""
    links = sa.select(record.c.link_id).where(
        record.c.sync_id == sync_id,
        record.c.side.in_(SIDES),
        record.c.record_id == record_id,
        record.c.link_id.is_not(None),
    )
    mine = sa.select(history.c.id).where(
        history.c.sync_id == sync_id,
        history.c.side.in_(SIDES),
        history.c.record_id == record_id,
    )
    of_links = [*tx.execute(links).scalars()]
    return sa.union(mine, sa.select(history.c.id).where(history.c.link_id.in_(of_links)))


def latest(
    tx: sa.Connection, workspace_id: str, limit: int, before: int | None
) -> Sequence[sa.Row[Any]]:
    """Return lines of every sync's history, newest first; those before a line's number if given."""
    query = sa.select(history).where(history.c.workspace_id == workspace_id)
    if before is not None:
        query = query.where(history.c.id < before)
    return tx.execute(query.order_by(history.c.id.desc()).limit(limit)).all()


def records_of(
    tx: sa.Connection, run_id: str, what: Sequence[str], limit: int, after: RecordKey | None
) -> list[RecordKey]:
    """Return the records to which a run did one of these, after a record, in key order."""
    query = (
        sa.select(history.c.side, history.c.record_id)
        .where(history.c.run_id == run_id, history.c.what.in_(list(what)))
        .distinct()
        .order_by(history.c.side, history.c.record_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(sa.tuple_(history.c.side, history.c.record_id) > sa.tuple_(*after))
    return [(row.side, row.record_id) for row in tx.execute(query)]


def lines_on(
    tx: sa.Connection, sync_id: str, keys: Sequence[RecordKey], what: Sequence[str], since: int
) -> Sequence[sa.Row[Any]]:
    """Return what was done to these records from line number `since` on, oldest first."""
    found: list[sa.Row[Any]] = []
    for side in SIDES:
        ids = [each for of, each in keys if of == side]
        query = sa.select(history).where(
            history.c.sync_id == sync_id,
            history.c.side == side,
            history.c.record_id.in_(ids),
            history.c.what.in_(list(what)),
            history.c.id >= since,
        )
        if ids:
            found += tx.execute(query.order_by(history.c.id)).all()
    return found


def first_of(tx: sa.Connection, run_id: str) -> int:
    """Return the number of a run's first line; 0 if it has none."""
    query = sa.select(sa.func.min(history.c.id)).where(history.c.run_id == run_id)
    return tx.execute(query).scalar() or 0


def changes_since(tx: sa.Connection, link_ids: Sequence[str], since: int) -> dict[str, int]:
    """Count, per link, the changes we made since then: a restless record shows here."""
    rows = tx.execute(
        sa.select(history.c.link_id, sa.func.count())
        .where(
            history.c.link_id.in_(list(link_ids)),
            history.c.at >= since,
            history.c.what == "updated",
        )
        .group_by(history.c.link_id)
    )
    return {row.link_id: row[1] for row in rows}
