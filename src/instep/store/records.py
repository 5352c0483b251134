"""What each side said last, and the notices that somebody should look at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.mapping import SideName
from instep.core.match import Keys
from instep.core.pairs import SIDES
from instep.store import bulk
from instep.store.schema.syncs import notice, record


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as an app just told it. `fields` is dumped values, `print` their fingerprint.

    `changed_at` is the app's word in epoch milliseconds. `parent_id` is its own app's id of the
    record it belongs to. `excluded` says why the sync's filter leaves it alone; None: it does not.
    Where the app told too little to say so, `judged` is False: then the stored verdict stays.
    """

    id: str
    fields: str
    print: str
    keys: Keys
    version: str | None = None
    changed_at: int | None = None
    parent_id: str | None = None
    excluded: str | None = None
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows a transaction is about, for which run, and when (epoch milliseconds).

    `person` is who asked for what is done; None: a rule did.
    """

    workspace_id: str
    sync_id: str
    run_id: str
    now: int
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a page brought: ids that are new or changed, and ids it contradicts us about."""

    moved: tuple[str, ...]
    doubtful: tuple[str, ...]


def take(
    tx: sa.Connection,
    scope: Scope,
    side: SideName,
    page: Sequence[Seen],
    *,
    source: str,
    trusted_since: int | None,
) -> Taken:
    """Store a page; write only what is new or changed, and notice it.

    A row that differs from one we wrote after `trusted_since`, or that is older than the one we
    have, is not believed: lists are served from an index that may lag behind our own write, or
    behind what a webhook made us read (facts: ghl 6.3). Its id comes back as doubtful, to be read
    by id, where there is no lag; what was read so is believed: None.
    """
    latest = {seen.id: seen for seen in page}
    known = {row.record_id: row for row in _known(tx, scope, side, latest)}
    moved: list[Seen] = []
    doubtful: list[str] = []
    for seen in latest.values():
        row = known.get(seen.id)
        if row is not None and _is_known(row, seen):
            continue
        if row is not None and trusted_since is not None and _is_stale(row, seen, trusted_since):
            doubtful.append(seen.id)
        else:
            moved.append(seen)
    put(tx, scope, side, moved)
    ids = tuple(seen.id for seen in moved)
    mark(tx, scope, side, ids, source=source)
    return Taken(ids, tuple(doubtful))


def _is_known(row: sa.Row[Any], seen: Seen) -> bool:
    judged_so = row.excluded == seen.excluded or not seen.judged
    same: bool = row.print == seen.print and judged_so
    return same and row.state != "gone"


def _is_stale(row: sa.Row[Any], seen: Seen, trusted_since: int) -> bool:
    if seen.changed_at is not None and row.changed_at is not None:
        # a list goes on showing for a while what is gone, as it was
        as_old = seen.changed_at <= row.changed_at and row.state == "gone"
        if as_old or seen.changed_at < row.changed_at:
            return True
    elif row.state == "gone":
        return True
    return (row.written_at or 0) >= trusted_since


def _known(
    tx: sa.Connection, scope: Scope, side: SideName, ids: Iterable[str]
) -> Sequence[sa.Row[Any]]:
    names = ("record_id", "print", "written_at", "changed_at", "excluded", "state")
    columns = [record.c[name] for name in names]
    return tx.execute(
        sa.select(*columns).where(
            record.c.sync_id == scope.sync_id,
            record.c.side == side,
            bulk.among(tx, record.c.record_id, ids),
        )
    ).all()


def put(
    tx: sa.Connection,
    scope: Scope,
    side: SideName,
    rows: Sequence[Seen],
    *,
    written: bool = False,
) -> None:
    """Store these records as they are now. `written`: it is our own write that made them so."""
    for judged in (True, False):
        chosen = [seen for seen in rows if seen.judged is judged]
        if chosen:
            _put(tx, scope, side, chosen, written=written, kept=() if judged else ("excluded",))


def _put(
    tx: sa.Connection,
    scope: Scope,
    side: SideName,
    rows: Sequence[Seen],
    *,
    written: bool,
    kept: Sequence[str],
) -> None:
    """Store these records; of known ones, what `kept` names stays as it was."""
    fresh = [name for name in _FRESH if name not in kept] + (["written_at"] if written else [])
    latest = {seen.id: seen for seen in rows}
    bulk.insert(
        tx,
        record,
        [_row(scope, side, seen, written=written) for seen in latest.values()],
        "ON CONFLICT (sync_id, side, record_id) DO UPDATE SET "
        + ", ".join(f"{name} = excluded.{name}" for name in fresh)
        + ", state = CASE WHEN record.state = 'gone' THEN 'known' ELSE record.state END",
    )


_FRESH = (
    *("parent_id", "fields", "print", "excluded", "version", "changed_at", "read_at"),
    *("strong", "weak", "label", "label_key"),
)


def _row(scope: Scope, side: SideName, seen: Seen, *, written: bool) -> dict[str, object]:
    return {
        "workspace_id": scope.workspace_id,
        "sync_id": scope.sync_id,
        "side": side,
        "record_id": seen.id,
        "parent_id": seen.parent_id,
        "fields": seen.fields,
        "print": seen.print,
        "excluded": seen.excluded,
        "version": seen.version,
        "changed_at": seen.changed_at,
        "read_at": scope.now,
        "written_at": scope.now if written else None,
        "strong": seen.keys.strong,
        "weak": seen.keys.weak,
        "label": seen.keys.label,
        "label_key": seen.keys.label.casefold() if seen.keys.label else None,
        "state": "known",
    }


def mark(
    tx: sa.Connection,
    scope: Scope,
    side: SideName,
    ids: Sequence[str],
    *,
    source: str,
) -> None:
    """Notice these records: something may have changed. Noticing twice is noticing once."""
    if not ids:
        return
    rows = [
        {
            "workspace_id": scope.workspace_id,
            "sync_id": scope.sync_id,
            "side": side,
            "record_id": each,
            "source": source,
            "noticed_at": scope.now,
        }
        for each in ids
    ]
    bulk.insert(tx, notice, rows, "ON CONFLICT DO NOTHING")


def clear_notices(tx: sa.Connection, scope: Scope, noticed: Sequence[tuple[SideName, str]]) -> None:
    """Take notices away once their records are decided."""
    for side in SIDES:
        ids = [each for of_side, each in noticed if of_side == side]
        if ids:
            tx.execute(
                sa.delete(notice).where(
                    notice.c.sync_id == scope.sync_id,
                    notice.c.side == side,
                    bulk.among(tx, notice.c.record_id, ids),
                )
            )


def set_states(
    tx: sa.Connection,
    scope: Scope,
    states: Sequence[tuple[SideName, str, str, str | None]],
) -> None:
    """Set state and sentence of records: (side, record id, state, sentence).

    A record that is gone stays gone until it is read again.
    """
    if states:
        tx.execute(
            sa.update(record)
            .where(
                record.c.sync_id == sa.bindparam("of_sync"),
                record.c.side == sa.bindparam("of_side"),
                record.c.record_id == sa.bindparam("of_record"),
                record.c.state != "gone",
            )
            .values(state=sa.bindparam("to_state"), sentence=sa.bindparam("to_sentence")),
            [
                {
                    "of_sync": scope.sync_id,
                    "of_side": side,
                    "of_record": each,
                    "to_state": state,
                    "to_sentence": sentence,
                }
                for side, each, state, sentence in states
            ],
        )


def bury(
    tx: sa.Connection,
    scope: Scope,
    side: SideName,
    ids: Sequence[str],
    why: str,
    *,
    source: str = "webhook",
) -> None:
    """Note that these records are gone, as their app just said; those with a link are noticed.

    One without a link has nothing on the other side that could be decided about.
    """
    if not ids:
        return
    rows = tx.execute(
        sa.select(record.c.record_id, record.c.link_id, record.c.label).where(
            record.c.sync_id == scope.sync_id,
            record.c.side == side,
            record.c.record_id.in_(list(ids)),
            record.c.state != "gone",
        )
    ).all()
    set_states(tx, scope, [(side, row.record_id, "gone", why) for row in rows])
    clear_notices(tx, scope, [(side, row.record_id) for row in rows])
    linked = [row.record_id for row in rows if row.link_id is not None]
    mark(tx, scope, side, linked, source=source)


def troubles(tx: sa.Connection, sync_id: str, side: SideName) -> dict[str, tuple[str, str]]:
    """Return state and sentence of one side's records that wait or failed, by id."""
    query = sa.select(record.c.record_id, record.c.state, record.c.sentence).where(
        record.c.sync_id == sync_id,
        record.c.side == side,
        record.c.state.in_(("review", "failed", "waiting")),
    )
    return {row.record_id: (row.state, row.sentence or "") for row in tx.execute(query)}


def count_by_state(tx: sa.Connection, sync_id: str) -> dict[tuple[str, str], int]:
    """Count a sync's records by side and state.

    Nearly all are known: only the others are counted one by one, by their own small index, and of
    all of them the key alone is walked.
    """
    mine = record.c.sync_id == sync_id
    number = sa.func.count().label("number")
    # as the partial index spells it
    other = record.c.state != sa.literal_column("'known'")
    by_side = sa.select(record.c.side, number).where(mine).group_by(record.c.side)
    by_state = (
        sa.select(record.c.side, record.c.state, number)
        .where(mine, other)
        .group_by(record.c.side, record.c.state)
    )
    counted = {(row.side, row.state): row.number for row in tx.execute(by_state)}
    for row in tx.execute(by_side):
        known = row.number - sum(many for (side, _), many in counted.items() if side == row.side)
        if known:
            counted[row.side, "known"] = known
    return counted


def get(tx: sa.Connection, sync_id: str, side: str, record_id: str) -> sa.Row[Any] | None:
    """Return one record, or None if that side never told of it."""
    return tx.execute(
        sa.select(record).where(
            record.c.sync_id == sync_id, record.c.side == side, record.c.record_id == record_id
        )
    ).first()


def parents(tx: sa.Connection, sync_id: str, side: SideName, ids: Sequence[str]) -> dict[str, str]:
    """Return whose children these records are, by id; those that belong to nobody are left out."""
    if not ids:
        return {}
    query = sa.select(record.c.record_id, record.c.parent_id).where(
        record.c.sync_id == sync_id,
        record.c.side == side,
        record.c.record_id.in_(list(ids)),
        record.c.parent_id.is_not(None),
    )
    return {row.record_id: row.parent_id for row in tx.execute(query)}


def load_targets(
    tx: sa.Connection, sync_id: str, effects: Sequence[sa.Row[Any]]
) -> dict[int, sa.Row[Any]]:
    """Return, by effect id, the records that these effects write to."""
    found: dict[tuple[str, str], sa.Row[Any]] = {}
    for side in SIDES:
        ids = [row.record_id for row in effects if row.side == side and row.record_id is not None]
        query = sa.select(record).where(record.c.sync_id == sync_id, record.c.side == side)
        if ids:
            rows = tx.execute(query.where(record.c.record_id.in_(ids)))
            found.update({(side, row.record_id): row for row in rows})
    keys = {row.id: (row.side, row.record_id) for row in effects}
    return {effect_id: found[key] for effect_id, key in keys.items() if key in found}


def fields_of(
    tx: sa.Connection, sync_id: str, side: SideName, ids: Sequence[str]
) -> dict[str, str]:
    """Return the fields of these records, dumped, by id."""
    if not ids:
        return {}
    rows = tx.execute(
        sa.select(record.c.record_id, record.c.fields).where(
            record.c.sync_id == sync_id,
            record.c.side == side,
            record.c.record_id.in_(list(ids)),
        )
    )
    return {row.record_id: row.fields for row in rows}


def known(tx: sa.Connection, sync_id: str, side: str, ids: Sequence[str]) -> set[str]:
    """Return those of `ids` that this side has told of and not lost since."""
    if not ids:
        return set()
    rows = tx.execute(
        sa.select(record.c.record_id).where(
            record.c.sync_id == sync_id,
            record.c.side == side,
            record.c.record_id.in_(list(ids)),
            record.c.state != "gone",
        )
    )
    return set(rows.scalars())


def unlinked(tx: sa.Connection, sync_id: str, side: str, ids: Sequence[str]) -> set[str]:
    """Return those of `ids` that no link has yet."""
    if not ids:
        return set()
    linked = tx.execute(
        sa.select(record.c.record_id).where(
            record.c.sync_id == sync_id,
            record.c.side == side,
            record.c.record_id.in_(list(ids)),
            record.c.link_id.is_not(None),
        )
    ).scalars()
    return set(ids) - set(linked)


def bearers(
    tx: sa.Connection, sync_id: str, rows: Sequence[sa.Row[Any]]
) -> dict[tuple[str, str], str]:
    """Return who else is on the same side with the strong keys of these, by side and key."""
    found: dict[tuple[str, str], str] = {}
    for side in SIDES:
        keys = [row.strong for row in rows if row.side == side and row.strong is not None]
        query = sa.select(record.c.strong, record.c.record_id).where(
            record.c.sync_id == sync_id,
            record.c.side == side,
            record.c.strong.in_(keys),
            record.c.state != "gone",
        )
        if keys:
            found.update({(side, row.strong): row.record_id for row in tx.execute(query)})
    return found
