"""Pairs that differ as both sides agreed, and records that the sync's rules leave alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa

from instep.core.fingerprint import load
from instep.core.mapping import SideName
from instep.store.schema.syncs import link, record

_AT_ONCE = 500
_LEFT_ALONE = ("excluded", "waiting", "gone")


@dataclass(frozen=True, slots=True)
class Excused:
    """Who of the records without an equal need not have one.

    `agreed` are linked pairs of which each side holds what it last agreed on; `left_a` and
    `left_b` count the records that rules leave alone.
    """

    agreed: frozenset[str]
    left_a: int
    left_b: int


def excused(
    tx: sa.Connection, sync_id: str, only_a: Mapping[str, str], only_b: Mapping[str, str]
) -> Excused:
    """Look up the records of each side that have no equal on the other.

    Each comes with the fingerprint of what it holds right now: what has changed since the sync
    saw it is not excused.
    """
    a = {row.record_id: row for row in _rows(tx, sync_id, "a", only_a)}
    b = {row.record_id: row for row in _rows(tx, sync_id, "b", only_b)}
    agreed = frozenset(
        row.link_id
        for row in a.values()
        if row.b_id in b
        and _holds(row.fields, row.base_a)
        and _holds(b[row.b_id].fields, row.base_b)
    )
    return Excused(agreed, _count(a.values(), agreed), _count(b.values(), agreed))


def _rows(
    tx: sa.Connection, sync_id: str, side: SideName, prints: Mapping[str, str]
) -> Iterator[sa.Row[Any]]:
    names = ("record_id", "link_id", "state", "fields", "print")
    columns: list[Any] = [record.c[name] for name in names]
    query: sa.Select[Any] = (
        sa.select(*columns, link.c.b_id, link.c.base_a, link.c.base_b)
        .outerjoin(link, link.c.id == record.c.link_id)
        .where(record.c.sync_id == sync_id, record.c.side == side)
    )
    ids = iter(prints)
    while some := [*islice(ids, _AT_ONCE)]:
        for row in tx.execute(query.where(record.c.record_id.in_(some))):
            if row.print == prints[row.record_id]:
                yield row


def _holds(fields: str, base: str) -> bool:
    values, agreed = load(fields), load(base)
    return all(key in agreed and agreed[key] == value for key, value in values.items())


def _count(rows: Iterable[sa.Row[Any]], agreed: Collection[str]) -> int:
    return sum(row.state in _LEFT_ALONE and row.link_id not in agreed for row in rows)
