"""Flows and their versions: what a person works on, what was published, and what runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.flow.versions import Version
from instep.store.ids import new_id
from instep.store.schema.flows import (
    flow,
    flow_item,
    flow_run,
    flow_step,
    flow_trigger,
    flow_version,
)

SHARDS = 32
FIRST_SHARD = 32
"""Flows hash onto shards of their own, beside those of syncs: neither keeps the other waiting."""


@dataclass(frozen=True, slots=True)
class StoredFlow:
    """A flow as it is stored. `draft` is a document in the making, None if there is none.

    `version` is the newest published one. `state` is draft, active or paused; `failures` counts
    the runs that failed in a row; `address` numbers its own addresses, of which one is good at a
    time. Times are epoch milliseconds.
    """

    id: str
    workspace_id: str
    name: str
    title: str | None
    draft: Any
    version: int | None
    state: str
    sentence: str | None
    paused_by: str | None
    failures: int
    failing_since: int | None
    recipe: str | None
    shard: int
    address: int
    created_at: int
    changed_at: int


@dataclass(frozen=True, slots=True)
class Published:
    """One published version, without its document."""

    number: int
    person: str | None
    published_at: int


@dataclass(frozen=True, slots=True)
class NewFlow:
    """A flow to be stored as a draft; `recipe` is the one that makes it."""

    name: str
    title: str | None
    draft: Any
    recipe: str | None = None


def create(tx: sa.Connection, workspace_id: str, new: NewFlow, now: int) -> StoredFlow:
    """Store a new flow. Raises UserError if there is one of this name."""
    name = new.name
    if find(tx, workspace_id, name) is not None:
        raise UserError(f"There is a flow called {name!r} already; choose another id.")
    flow_id = new_id("flw")
    tx.execute(
        sa.insert(flow).values(
            id=flow_id,
            workspace_id=workspace_id,
            name=name,
            title=new.title,
            draft=_dump(new.draft),
            state="draft",
            failures=0,
            recipe=new.recipe,
            shard=FIRST_SHARD + sum(flow_id.encode()) % SHARDS,
            address=1,
            created_at=now,
            changed_at=now,
        )
    )
    return get(tx, workspace_id, name)


def find(tx: sa.Connection, workspace_id: str, name: str) -> StoredFlow | None:
    """Return a flow by its name or id; None if there is none."""
    query = sa.select(flow).where(
        flow.c.workspace_id == workspace_id, (flow.c.name == name) | (flow.c.id == name)
    )
    row = tx.execute(query.order_by(flow.c.name != name)).first()
    return None if row is None else _read(row)


def get(tx: sa.Connection, workspace_id: str, name: str) -> StoredFlow:
    """As `find`. Raises UserError that names the flows there are."""
    found = find(tx, workspace_id, name)
    if found is None:
        names = [each.name for each in list_all(tx, workspace_id)]
        there = f"There are: {', '.join(names)}." if names else "There is none yet."
        raise UserError(f"There is no flow called {name!r}. {there}")
    return found


def list_all(tx: sa.Connection, workspace_id: str) -> list[StoredFlow]:
    """Return every flow, by name."""
    query = sa.select(flow).where(flow.c.workspace_id == workspace_id).order_by(flow.c.name)
    return [_read(row) for row in tx.execute(query)]


def set_draft(tx: sa.Connection, flow_id: str, now: int, *, title: str | None, draft: Any) -> None:
    """Replace what a person works on."""
    _change(tx, flow_id, title=title, draft=_dump(draft), changed_at=now)


def publish(
    tx: sa.Connection,
    found: StoredFlow,
    version: Version,
    now: int,
    *,
    title: str | None,
    person: str | None,
) -> None:
    """Store a version as the newest, and end the draft. A paused flow stays paused."""
    if found.version != version.number:
        tx.execute(
            sa.insert(flow_version).values(
                flow_id=found.id,
                number=version.number,
                workspace_id=found.workspace_id,
                document=_dump(version.document),
                person=person,
                published_at=now,
            )
        )
    state = "paused" if found.state == "paused" else "active"
    _change(
        tx,
        found.id,
        title=title,
        version=version.number,
        draft=None,
        state=state,
        changed_at=now,
    )


def newest(tx: sa.Connection, found: StoredFlow) -> Version | None:
    """Return the newest published version; None if there is none."""
    return None if found.version is None else version_of(tx, found.id, found.version)


def version_of(tx: sa.Connection, flow_id: str, number: int) -> Version:
    """Return one published version. Raises UserError if there is none of this number."""
    query = sa.select(flow_version.c.document).where(
        flow_version.c.flow_id == flow_id, flow_version.c.number == number
    )
    document = tx.execute(query).scalar_one_or_none()
    if document is None:
        raise UserError(f"The flow has no version {number}.")
    return Version(number, json.loads(document))


def history(tx: sa.Connection, flow_id: str) -> Sequence[Published]:
    """Return the published versions, newest first."""
    query = (
        sa.select(flow_version.c.number, flow_version.c.person, flow_version.c.published_at)
        .where(flow_version.c.flow_id == flow_id)
        .order_by(flow_version.c.number.desc())
    )
    return [Published(*row) for row in tx.execute(query)]


def documents(
    tx: sa.Connection, wanted: Sequence[tuple[str, int]]
) -> Mapping[tuple[str, int], Any]:
    """Return the documents of these versions, by flow and number."""
    query = sa.select(flow_version).where(
        sa.tuple_(flow_version.c.flow_id, flow_version.c.number).in_(wanted)
    )
    return {(row.flow_id, row.number): json.loads(row.document) for row in tx.execute(query)}


def set_state(
    tx: sa.Connection,
    flow_id: str,
    state: str,
    now: int,
    *,
    sentence: str | None = None,
    person: str | None = None,
) -> None:
    """Pause a flow or let it go on; its count of failures begins anew."""
    _change(
        tx,
        flow_id,
        state=state,
        sentence=sentence,
        paused_by=person,
        failures=0,
        failing_since=None,
        changed_at=now,
    )


def renew_address(tx: sa.Connection, flow_id: str) -> None:
    """Let a flow have another address of its own than before."""
    mine = sa.update(flow).where(flow.c.id == flow_id)
    tx.execute(mine.values(address=flow.c.address + 1))


def delete(tx: sa.Connection, flow_id: str) -> None:
    """Forget a flow with everything of it: versions, trigger, runs and their steps."""
    runs = sa.select(flow_run.c.id).where(flow_run.c.flow_id == flow_id)
    tx.execute(sa.delete(flow_step).where(flow_step.c.run_id.in_(runs)))
    for table in (flow_run, flow_item, flow_trigger, flow_version):
        tx.execute(sa.delete(table).where(table.c.flow_id == flow_id))
    tx.execute(sa.delete(flow).where(flow.c.id == flow_id))


def _change(tx: sa.Connection, flow_id: str, **values: Any) -> None:
    tx.execute(sa.update(flow).where(flow.c.id == flow_id).values(**values))


def _dump(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _read(row: sa.Row[Any]) -> StoredFlow:
    fields = {name: getattr(row, name) for name in StoredFlow.__dataclass_fields__}
    return StoredFlow(**{**fields, "draft": None if row.draft is None else json.loads(row.draft)})
