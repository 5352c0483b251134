"""The first schema: tables of events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from instep.store.migrations.initial.pieces import row_id


def create() -> None:
    """Create them."""
    _create_event()
    _create_hint()


def _create_event() -> None:
    op.create_table(
        "event",
        row_id(),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("sending_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=True),
        sa.Column("record_id", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("syncs", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("connection_id", "sending_id", name="event_sending"),
    )
    op.create_index("event_by_time", "event", ["received_at"], unique=False)


def _create_hint() -> None:
    op.create_table(
        "hint",
        sa.Column("sync_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sync_id", "side", "record_id"),
    )
