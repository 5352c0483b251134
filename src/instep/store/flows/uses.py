"""Which flows name a connection: in their drafts, or in a version that runs may still belong to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from instep.store.schema.flows import flow, flow_version

_ENTRY = "connection"
_OWN, _FIND_LINK = "instep", "link.find"
"""The step that asks which record of one connection is which of another names both as inputs."""

Naming = tuple[dict[str, Any], str]
"""A place that holds the name of a connection: an object and its entry."""


def users_of(tx: sa.Connection, workspace_id: str, name: str) -> list[str]:
    """Return the names of the flows whose draft or newest version names a connection."""
    newest = sa.and_(flow_version.c.flow_id == flow.c.id, flow_version.c.number == flow.c.version)
    query = (
        sa.select(flow.c.name, flow.c.draft, flow_version.c.document)
        .join(flow_version, newest, isouter=True)
        .where(flow.c.workspace_id == workspace_id)
        .order_by(flow.c.name)
    )
    return [
        row.name
        for row in tx.execute(query)
        if any(name in _named(text) for text in (row.draft, row.document))
    ]


@dataclass(frozen=True, slots=True)
class ConnectionUse:
    """What a published flow uses of a connection: an operation, which may be its trigger's; an event."""

    flow: str
    recipe: str | None
    connection: str
    operation: str | None
    event: str | None
    starts: bool


def published(tx: sa.Connection, workspace_id: str) -> list[ConnectionUse]:
    """Return what the newest versions of all published flows use of connections."""
    newest = sa.and_(flow_version.c.flow_id == flow.c.id, flow_version.c.number == flow.c.version)
    query = (
        sa.select(flow.c.name, flow.c.recipe, flow_version.c.document)
        .join(flow_version, newest)
        .where(flow.c.workspace_id == workspace_id)
        .order_by(flow.c.name)
    )
    return [
        ConnectionUse(
            row.name,
            row.recipe,
            each[entry],
            each.get("operation"),
            each.get("event"),
            each is document.get("trigger"),
        )
        for row in tx.execute(query)
        for document in (json.loads(row.document),)
        for each, entry in _naming(document)
    ]


def rename(tx: sa.Connection, workspace_id: str, old: str, new: str) -> None:
    """Let drafts and versions name a connection by its new name: it is the same one."""
    drafts = sa.select(flow.c.id, flow.c.draft).where(
        flow.c.workspace_id == workspace_id, flow.c.draft.is_not(None)
    )
    for row in tx.execute(drafts).all():
        if old in _named(row.draft):
            change = sa.update(flow).where(flow.c.id == row.id)
            tx.execute(change.values(draft=_renamed(row.draft, old, new)))
    versions = sa.select(flow_version).where(flow_version.c.workspace_id == workspace_id)
    for row in tx.execute(versions).all():
        if old in _named(row.document):
            mine = (flow_version.c.flow_id == row.flow_id, flow_version.c.number == row.number)
            change = sa.update(flow_version).where(*mine)
            tx.execute(change.values(document=_renamed(row.document, old, new)))


def _named(text: str | None) -> set[str]:
    """Return the connections that a document names."""
    document = None if text is None else json.loads(text)
    return {place[entry] for place, entry in _naming(document)}


def _renamed(text: str, old: str, new: str) -> str:
    document = json.loads(text)
    for place, entry in _naming(document):
        if place[entry] == old:
            place[entry] = new
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _naming(document: Any) -> Iterator[Naming]:
    """Yield where a document names connections: its trigger and its steps.

    What stands in inputs is a person's own, and looks like one at most; but for `link.find`.
    """
    if isinstance(document, dict):
        if isinstance(document.get(_ENTRY), str):
            yield document, _ENTRY
        yield from _linked(document)
        for name, each in document.items():
            if name in {"trigger", "steps", "ways", "otherwise"}:
                yield from _naming(each)
    elif isinstance(document, list):
        for each in document:
            yield from _naming(each)


def _linked(step: dict[str, Any]) -> Iterator[Naming]:
    inputs = step.get("inputs")
    if (step.get(_ENTRY), step.get("operation")) == (_OWN, _FIND_LINK) and isinstance(inputs, dict):
        yield from ((inputs, name) for name in (_ENTRY, "to") if isinstance(inputs.get(name), str))
