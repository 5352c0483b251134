"""The audit log in its table: entries are added at the end of the chain, read in pages, checked."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.people.chain import FIRST, Linked, digest
from instep.store.audit import acting
from instep.store.audit.acting import Act
from instep.store.schema.audit import audit_entry
from instep.store.workspaces import DEFAULT_WORKSPACE

_LOCK = 0x12A0D17  # one entry is added to a PostgreSQL at a time
_PAGE = 1000
_MOST_CHOICES = 500
_SAID = tuple(
    column.name for column in audit_entry.c if column.name not in {"number", "previous", "digest"}
)


@dataclass(frozen=True, slots=True)
class About:
    """What an entry is about."""

    noun: str
    id: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is read. `at`: epoch milliseconds; `changes`: see core.people.changes."""

    number: int
    at: int
    actor_kind: str
    actor_id: str | None
    actor: str
    origin: str
    act: str
    noun: str
    object_id: str | None
    object: str | None
    changes: Sequence[Mapping[str, Any]]
    digest: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of whom, on what kind of object, on which one (name or id), when, what.

    `text` stands anywhere in the entry, however it is written. Times are epoch milliseconds; None
    is any.
    """

    actor: str | None = None
    noun: str | None = None
    object: str | None = None
    act: str | None = None
    since: int | None = None
    until: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """Whose entries there are, and on which kinds of object, each by name."""

    actors: Sequence[str]
    nouns: Sequence[str]


def append(tx: sa.Connection, act: Act, about: About, changes: Sequence[Mapping[str, Any]]) -> None:
    """Add an entry at the end of the chain, in the transaction of what it tells."""
    if tx.dialect.name == "postgresql":
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    last = tx.execute(
        sa.select(audit_entry.c.number, audit_entry.c.digest)
        .order_by(audit_entry.c.number.desc())
        .limit(1)
    ).first()
    number, previous = (last.number + 1, last.digest) if last else (1, FIRST)
    said = {
        "workspace_id": DEFAULT_WORKSPACE,
        "at": time.time_ns() // 1_000_000,
        "actor_kind": act.actor.kind,
        "actor_id": act.actor.id,
        "actor": act.actor.name,
        "origin": act.actor.at,
        "act": act.act,
        "noun": about.noun,
        "object_id": about.id,
        "object": about.name or act.name,
        "changes": json.dumps(changes, ensure_ascii=False, separators=(",", ":")),
    }
    row = {**said, "number": number, "previous": previous}
    tx.execute(sa.insert(audit_entry).values(**row, digest=digest(previous, number, said)))


def note(tx: sa.Connection, about: About, said: Mapping[str, Any]) -> None:
    """Add an entry of what a person does in an app, where no table of ours tells it."""
    act = acting.present()
    if act is None:
        return
    change = {"noun": about.noun, "id": about.id, "name": about.name, "before": None}
    append(tx, act, about, [{**change, "after": dict(said)}])


def page(tx: sa.Connection, wanted: Wanted, limit: int, before: int | None) -> Sequence[Entry]:
    """Return entries, newest first; those before one of them if its number is given."""
    query = sa.select(audit_entry).where(*_conditions(wanted))
    if before is not None:
        query = query.where(audit_entry.c.number < before)
    query = query.order_by(audit_entry.c.number.desc()).limit(limit)
    return [_read(row) for row in tx.execute(query)]


def choices(tx: sa.Connection) -> Choices:
    """Return what entries can be narrowed down to."""
    found = (
        tx.execute(sa.select(column).distinct().order_by(column).limit(_MOST_CHOICES)).scalars()
        for column in (audit_entry.c.actor, audit_entry.c.noun)
    )
    return Choices(*map(list, found))


def chained(tx: sa.Connection, after: int = 0) -> Sequence[Linked]:
    """Return up to a thousand entries of the chain in their order, after one of them."""
    query = sa.select(audit_entry).where(audit_entry.c.number > after)
    rows = tx.execute(query.order_by(audit_entry.c.number).limit(_PAGE)).mappings()
    return [
        Linked(row["number"], {name: row[name] for name in _SAID}, row["previous"], row["digest"])
        for row in rows
    ]


def _conditions(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    columns = audit_entry.c
    for column, value in (
        (columns.actor, wanted.actor),
        (columns.noun, wanted.noun),
        (columns.act, wanted.act),
    ):
        if value is not None:
            yield column == value
    if wanted.object is not None:
        yield (columns.object == wanted.object) | (columns.object_id == wanted.object)
    if wanted.since is not None:
        yield columns.at >= wanted.since
    if wanted.until is not None:
        yield columns.at < wanted.until
    if wanted.text:
        where = (columns.act, columns.actor, columns.object, columns.changes)
        yield sa.or_(*(column.icontains(wanted.text, autoescape=True) for column in where))


def _read(row: sa.Row[Any]) -> Entry:
    values = {name: getattr(row, name) for name in Entry.__dataclass_fields__}
    return Entry(**{**values, "changes": json.loads(row.changes)})
