"""The first schema: tables of plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from instep.store.migrations.initial.pieces import row_id


def create() -> None:
    """Create them."""
    _create_plan()
    _create_plan_item()


def _create_plan() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("sync_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("of_run", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sync_id"], ["sync.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("plan_by_sync", "plan", ["sync_id", "made_at"], unique=False)


def _create_plan_item() -> None:
    op.create_table(
        "plan_item",
        row_id(),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("a_id", sa.Text(), nullable=True),
        sa.Column("b_id", sa.Text(), nullable=True),
        sa.Column("link_id", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("print_a", sa.Text(), nullable=True),
        sa.Column("print_b", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("plan_item_by_plan", "plan_item", ["plan_id", "state", "id"], unique=False)
    op.create_index("plan_item_in_order", "plan_item", ["plan_id", "id"], unique=False)
