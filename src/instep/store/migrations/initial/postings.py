"""The first schema: tables of postings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from instep.store.migrations.initial.pieces import row_id, where


def create() -> None:
    """Create them."""
    _create_posting()
    _create_posting_stop()


def _create_posting() -> None:
    op.create_table(
        "posting",
        row_id(),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("tries", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(
        "posting_by_connection", "posting", ["connection_id", "state", "id"], unique=False
    )
    op.create_index(
        "posting_due",
        "posting",
        ["connection_id", "due_at"],
        unique=False,
        **where("state = 'waiting'"),
    )
    op.create_index(
        "posting_in_order",
        "posting",
        ["connection_id", "kind", "record_id", "id"],
        unique=False,
        **where("state = 'waiting'"),
    )
    op.create_index(
        "posting_overtaken",
        "posting",
        ["connection_id", "kind", "record_id", "id"],
        unique=False,
        **where("state = 'sent'"),
    )
    op.create_index(
        "posting_sent", "posting", ["ended_at"], unique=False, **where("state = 'sent'")
    )


def _create_posting_stop() -> None:
    op.create_table(
        "posting_stop",
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("connection_id"),
    )
