"""The first schema: tables of kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from instep.store.migrations.initial.pieces import where


def create() -> None:
    """Create them."""
    _create_kept_record()


def _create_kept_record() -> None:
    op.create_table(
        "kept_record",
        sa.Column("connection_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("written", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("connection_id", "kind", "record_id"),
    )
    op.create_index(
        "kept_by_change",
        "kept_record",
        ["connection_id", "kind", "changed_at", "record_id"],
        unique=False,
    )
    op.create_index(
        "kept_by_email",
        "kept_record",
        ["connection_id", "kind", "email"],
        unique=False,
        **where("email IS NOT NULL"),
    )
    op.create_index(
        "kept_by_name",
        "kept_record",
        ["connection_id", "kind", "name"],
        unique=False,
        **where("name IS NOT NULL"),
    )
    op.create_index("kept_by_parent", "kept_record", ["connection_id", "parent_id"], unique=False)
    op.create_index(
        "kept_by_phone",
        "kept_record",
        ["connection_id", "kind", "phone"],
        unique=False,
        **where("phone IS NOT NULL"),
    )
