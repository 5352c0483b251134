"""Tallies: counted with what they count, in the same transaction; read by hour and by latency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from instep.core.latency import UNTIMED, class_of
from instep.core.pairs import SIDES, other_side
from instep.store import bulk
from instep.store.flows.runs import FAILED, RunRow
from instep.store.records import Scope
from instep.store.schema.syncs import record, run
from instep.store.schema.tallies import tally

HOUR_MS = 3_600_000
What = Literal["sync", "flow"]

_CARRIED_ON = ("poll", "webhook", "reconcile")
"""Runs that carry on what somebody has just changed; others bring up what may be years old."""

_MORE = (
    "ON CONFLICT (what, subject_id, hour, latency) DO UPDATE SET "
    "done = tally.done + excluded.done, failed = tally.failed + excluded.failed"
)

Subjects = tuple[str, What, int]
"""Whose workspace they are of, what they are, and when it is (epoch milliseconds)."""

Class = tuple[str, int]
"""Whose it is, and its class of latency."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How much of a subject was done and given up on, in one hour, in one class of latency."""

    what: What
    subject_id: str
    hour: int
    latency: int
    done: int
    failed: int


def count_writes(tx: sa.Connection, scope: Scope, done: Sequence[sa.Row[Any]], failed: int) -> None:
    """Count writes of a sync that were made (their effects), and so many that were given up on.

    Their latency is from the change at its app, by that app's clock, to now.
    """
    if not done and not failed:
        return
    carried = _carried_on(tx, {row.run_id for row in done})
    changed = _changed_at(tx, scope, [row for row in done if row.run_id in carried])
    since = (changed.get((other_side(row.side), row.source_id)) for row in done)
    classes = Counter(_class(at, scope.now) for at in since)
    counts = {(scope.sync_id, number): many for number, many in classes.items()}
    _add(tx, (scope.workspace_id, "sync", scope.now), counts, {scope.sync_id: failed})


def _carried_on(tx: sa.Connection, run_ids: Collection[str]) -> set[str]:
    query = sa.select(run.c.id).where(run.c.id.in_(sorted(run_ids)), run.c.kind.in_(_CARRIED_ON))
    return set(tx.execute(query).scalars()) if run_ids else set()


def _changed_at(
    tx: sa.Connection, scope: Scope, rows: Sequence[sa.Row[Any]]
) -> dict[tuple[str, str], int]:
    """Return when the sources of these writes were changed, or were read where no app tells."""
    found: dict[tuple[str, str], int] = {}
    for side in SIDES:
        ids = [row.source_id for row in rows if row.side != side]
        if not ids:
            continue
        at = sa.func.coalesce(record.c.changed_at, record.c.read_at).label("at")
        query = sa.select(record.c.record_id, at).where(
            record.c.sync_id == scope.sync_id,
            record.c.side == side,
            bulk.among(tx, record.c.record_id, ids),
        )
        found.update({(side, row.record_id): row.at for row in tx.execute(query)})
    return found


def _class(since: int | None, now: int) -> int:
    return UNTIMED if since is None else class_of(now - since)


def count_runs(tx: sa.Connection, ended: Iterable[tuple[RunRow, str]], now: int) -> None:
    """Count runs of flows that have just ended, each with its state: one cancelled counts as nothing.

    Their latency is from what started them.
    """
    done: dict[str, Counter[Class]] = {}
    failed: dict[str, Counter[str]] = {}
    for each, state in ended:
        if state == "done":
            of = done.setdefault(each.workspace_id, Counter())
            of[each.flow_id, _class(each.counted_from, now)] += 1
        elif state in FAILED:
            failed.setdefault(each.workspace_id, Counter())[each.flow_id] += 1
    for workspace_id in sorted({*done, *failed}):
        of_flows: Subjects = (workspace_id, "flow", now)
        _add(tx, of_flows, done.get(workspace_id, {}), failed.get(workspace_id, {}))


def _add(
    tx: sa.Connection,
    of: Subjects,
    done: Mapping[Class, int],
    failed: Mapping[str, int],
) -> None:
    workspace_id, what, now = of
    lost = {(subject, UNTIMED): many for subject, many in failed.items() if many}
    rows = [
        {
            "what": what,
            "subject_id": subject,
            "hour": now - now % HOUR_MS,
            "latency": latency,
            "workspace_id": workspace_id,
            "done": done.get((subject, latency), 0),
            "failed": lost.get((subject, latency), 0),
        }
        for subject, latency in sorted(
            {*done, *lost}
        )  # in one order, so that nobody waits in a ring
    ]
    bulk.insert(tx, tally, rows, _MORE)


def since(tx: sa.Connection, workspace_id: str, hour: int) -> list[Tally]:
    """Return every tally from an hour on (epoch milliseconds)."""
    columns = [tally.c[name] for name in Tally.__dataclass_fields__]
    mine = (tally.c.workspace_id == workspace_id) & (tally.c.hour >= hour)
    return [Tally(*row) for row in tx.execute(sa.select(*columns).where(mine))]


def forget(tx: sa.Connection, before: int) -> None:
    """Forget the tallies of hours before then (epoch milliseconds)."""
    tx.execute(sa.delete(tally).where(tally.c.hour < before))
