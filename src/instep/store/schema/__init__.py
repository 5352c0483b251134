"""Every table. Import `metadata` from here to be sure that it knows them all."""

from __future__ import annotations

from instep.store.schema import (
    alerts,
    connections,
    events,
    flows,
    kept,
    plans,
    postings,
    syncs,
    tallies,
    workers,
)
from instep.store.schema.metadata import metadata

__all__ = [
    "alerts",
    "connections",
    "events",
    "flows",
    "kept",
    "metadata",
    "plans",
    "postings",
    "syncs",
    "tallies",
    "workers",
]
