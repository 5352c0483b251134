"""Every table. Import `metadata` from here to be sure that it knows them all."""

from __future__ import annotations

from instep.store.schema import (
    alerts,
    audit,
    connections,
    events,
    flows,
    kept,
    people,
    plans,
    postings,
    retention,
    syncs,
    tallies,
    workers,
)
from instep.store.schema.metadata import metadata

__all__ = [
    "alerts",
    "audit",
    "connections",
    "events",
    "flows",
    "kept",
    "metadata",
    "people",
    "plans",
    "postings",
    "retention",
    "syncs",
    "tallies",
    "workers",
]
