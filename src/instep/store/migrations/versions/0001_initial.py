"""The first schema."""

from __future__ import annotations

from instep.store.migrations import guards
from instep.store.migrations.initial import (
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

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table, those that others point to first."""
    alerts.create()
    audit.create()
    connections.create()
    events.create()
    flows.create()
    kept.create()
    people.create()
    postings.create()
    retention.create()
    syncs.create()
    plans.create()
    tallies.create()
    workers.create()
    guards.create()
