"""Kept records: what apps told of them, many at once; and how they are listed, found and changed."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.fingerprint import dump, load
from instep.core.keeping import Kept, News, after, says_something_new
from instep.store import bulk
from instep.store.schema.kept import kept_record

SEARCHED = ("email", "phone", "name")
"""The canonical fields that kept records are found by."""

_PHONE_DIGITS = 8
"""As many as a number has in every spelling of it, with or without its country."""

_NEW = 0
"""The version of a row that was made a moment ago and holds nothing yet."""

_Key = tuple[str, str, str]
"""Connection, kind and id."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What an app told of one record of a connection."""

    workspace_id: str
    connection_id: str
    kind: str
    record_id: str
    news: News

    @property
    def key(self) -> _Key:
        """Whose record it is."""
        return self.connection_id, self.kind, self.record_id


def tell(tx: sa.Connection, tellings: Sequence[Telling], now: int) -> None:
    """Take in what apps told, in this order, within the transaction that keeps their webhooks."""
    if not tellings:
        return
    told: dict[_Key, list[Telling]] = {}
    for each in tellings:
        told.setdefault(each.key, []).append(each)
    _make_room(tx, told, now)
    rows = [
        row
        for key, known in _locked(tx, told).items()
        if (row := _told_row(known, told[key], now)) is not None
    ]
    bulk.update(tx, kept_record, rows, key=("connection_id", "kind", "record_id"))


def _make_room(tx: sa.Connection, told: Mapping[_Key, Sequence[Telling]], now: int) -> None:
    """Make a row for each record, so that two processes that tell of a new one wait in line."""
    empty = row_of(Kept({}), now, _NEW)
    # always in the same order, so that they do not wait for each other
    rows = [
        {**_key_row(key), "workspace_id": told[key][0].workspace_id, **empty}
        for key in sorted(told)
    ]
    bulk.insert(tx, kept_record, rows, "ON CONFLICT DO NOTHING")


def _locked(tx: sa.Connection, keys: Collection[_Key]) -> dict[_Key, sa.Row[Any]]:
    """Return the rows of these records, which nobody else changes until we are done."""
    ids = {record_id for _, _, record_id in keys}
    query = (
        sa.select(kept_record)
        .where(
            kept_record.c.connection_id.in_(sorted({connection for connection, _, _ in keys})),
            kept_record.c.kind.in_(sorted({kind for _, kind, _ in keys})),
            bulk.among(tx, kept_record.c.record_id, ids),
        )
        .order_by(kept_record.c.connection_id, kept_record.c.kind, kept_record.c.record_id)
        .with_for_update()
    )
    rows = {(row.connection_id, row.kind, row.record_id): row for row in tx.execute(query)}
    return {key: row for key, row in rows.items() if key in keys}


def _told_row(row: sa.Row[Any], tellings: Iterable[Telling], now: int) -> dict[str, Any] | None:
    """Return what becomes of a row; None if nothing does."""
    before = None if row.version == _NEW else kept_of(row)
    known = before
    for each in tellings:
        known = after(known, each.news)
    if known is None or known is before:
        return None
    key = {"connection_id": row.connection_id, "kind": row.kind, "record_id": row.record_id}
    if not says_something_new(before, known):
        return {**key, **row_of(known, row.changed_at, row.version)}
    return {**key, **row_of(known, now, row.version + 1)}


def kept_of(row: sa.Row[Any]) -> Kept:
    """Return the record that a row holds."""
    written = json.loads(row.written)
    return Kept(load(row.held), row.parent_id, row.told_at, row.gone, written)


def row_of(known: Kept, changed_at: int, version: int) -> dict[str, Any]:
    """Return the columns that hold a record as it is."""
    searched = {name: spelled(name, known.values.get(name)) for name in SEARCHED}
    return {
        "parent_id": known.parent_id,
        "held": dump(known.values),
        **searched,
        "version": version,
        "told_at": known.told_at,
        "written": json.dumps(dict(known.written)),
        "changed_at": changed_at,
        "gone": known.gone,
    }


def spelled(name: str, value: Any) -> str | None:
    """Return a value in the form that it is looked up in; None if it is not looked up.

    Of phones only the last digits, which all spellings share: whoever asks looks at what is found.
    """
    if not isinstance(value, str) or not value.strip():
        return None
    if name == "phone":
        return re.sub(r"\D", "", value)[-_PHONE_DIGITS:] or None
    return " ".join(value.replace("\0", "").split()).lower()


def get(tx: sa.Connection, connection_id: str, kind: str, record_id: str) -> sa.Row[Any] | None:
    """Return the row of a record that is there."""
    query = sa.select(kept_record).where(
        *_are(connection_id, kind), kept_record.c.record_id == record_id
    )
    return tx.execute(query).first()


def find(
    tx: sa.Connection, connection_id: str, kind: str, field: str, value: str
) -> Sequence[sa.Row[Any]]:
    """Return the rows whose field may hold this value, oldest change first."""
    wanted = spelled(field, value)
    if wanted is None:
        return []
    query = sa.select(kept_record).where(*_are(connection_id, kind), kept_record.c[field] == wanted)
    return sorted(tx.execute(query), key=lambda row: (row.changed_at, row.record_id))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a list: after a time (exclusive) or a place in it, of one parent perhaps."""

    kind: str
    parent_id: str | None = None
    since: int | None = None
    place: tuple[int, str] | None = None


def page(
    tx: sa.Connection, connection_id: str, stretch: Stretch, limit: int
) -> Sequence[sa.Row[Any]]:
    """Return the next rows of a list, in the order of their change."""
    query = sa.select(kept_record).where(*_are(connection_id, stretch.kind))
    if stretch.parent_id is not None:
        query = query.where(kept_record.c.parent_id == stretch.parent_id)
    if stretch.place is not None:
        query = query.where(sa.tuple_(*_IN_ORDER) > sa.tuple_(*stretch.place))
    elif stretch.since is not None:
        query = query.where(kept_record.c.changed_at > stretch.since)
    return tx.execute(query.order_by(*_IN_ORDER).limit(limit)).all()


def add(
    tx: sa.Connection,
    place: tuple[str, str],
    kind: str,
    record_id: str,
    columns: Mapping[str, Any],
) -> None:
    """Insert a record of a workspace's connection; `columns` are those of `row_of`."""
    workspace_id, connection_id = place
    key = _key_row((connection_id, kind, record_id))
    tx.execute(sa.insert(kept_record).values(**key, workspace_id=workspace_id, **columns))


def change(tx: sa.Connection, row: sa.Row[Any], columns: Mapping[str, Any]) -> None:
    """Change a record to what `row_of` says."""
    key = (row.connection_id, row.kind, row.record_id)
    tx.execute(sa.update(kept_record).where(*_is(key)).values(**columns))


def locked(tx: sa.Connection, connection_id: str, kind: str, record_id: str) -> sa.Row[Any] | None:
    """Return the row of a record that is there; nobody else changes it until we are done."""
    row = _locked(tx, {(connection_id, kind, record_id)}).get((connection_id, kind, record_id))
    return None if row is None or row.gone else row


def bury(
    tx: sa.Connection, connection_id: str, kinds: Collection[str], parent_id: str, now: int
) -> None:
    """Let the records of these kinds go that belong to a parent."""
    empty = row_of(Kept({}, parent_id, gone=True), now, _NEW)
    kept = {name: empty[name] for name in empty if name not in {"version", "told_at"}}
    tx.execute(
        sa.update(kept_record)
        .where(
            kept_record.c.connection_id == connection_id,
            kept_record.c.kind.in_(list(kinds)),
            kept_record.c.parent_id == parent_id,
            ~kept_record.c.gone,
        )
        .values(**kept, version=kept_record.c.version + 1)
    )


def forget(tx: sa.Connection, connection_id: str) -> None:
    """Forget all that is kept of a connection."""
    tx.execute(sa.delete(kept_record).where(kept_record.c.connection_id == connection_id))


_IN_ORDER = (kept_record.c.changed_at, kept_record.c.record_id)


def _are(connection_id: str, kind: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions of the records of a kind that are there."""
    mine = kept_record.c.connection_id == connection_id
    return mine, kept_record.c.kind == kind, ~kept_record.c.gone


def _is(key: _Key) -> tuple[sa.ColumnElement[bool], ...]:
    return tuple(kept_record.c[name] == value for name, value in _key_row(key).items())


def _key_row(key: _Key) -> dict[str, str]:
    return dict(zip(("connection_id", "kind", "record_id"), key, strict=True))
