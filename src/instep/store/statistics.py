"""What PostgreSQL's planner knows of our tables; SQLite's needs no telling."""

from __future__ import annotations

import sqlalchemy as sa

MANY = 2_000
"""So many new records make what the planner knew worthless."""


def refresh(tx: sa.Connection) -> None:
    """Let the planner look at the tables that a batch is decided from.

    By itself it looks once a minute. A first run fills empty tables faster than that, and a plan for
    an empty table reads a full one from end to end, once for each batch.
    """
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql("ANALYZE record, notice, link")
