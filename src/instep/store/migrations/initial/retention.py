"""The first schema: tables of retention."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def create() -> None:
    """Create them."""
    _create_retention()


def _create_retention() -> None:
    op.create_table(
        "retention",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "what"),
    )
