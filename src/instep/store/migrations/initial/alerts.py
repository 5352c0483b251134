"""The first schema: tables of alerts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from instep.store.migrations.initial.pieces import row_id, where


def create() -> None:
    """Create them."""
    _create_alert()
    _create_alert_channel()
    _create_alert_message()
    _create_alert_rule()
    _create_alert_telling()


def _create_alert() -> None:
    op.create_table(
        "alert",
        row_id(),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("absent_since", sa.BigInteger(), nullable=True),
        sa.Column("over_at", sa.BigInteger(), nullable=True),
        sa.Column("snoozed_until", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(
        "alert_open",
        "alert",
        ["workspace_id", "kind", "what", "subject_id"],
        unique=True,
        **where("over_at IS NULL"),
    )
    op.create_index("alert_over", "alert", ["over_at"], unique=False)


def _create_alert_channel() -> None:
    op.create_table(
        "alert_channel",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("leads_to", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("problem_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace_id", "name", name="alert_channel_name"),
    )


def _create_alert_message() -> None:
    op.create_table(
        "alert_message",
        row_id(),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("alerts", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel_id", "key", name="alert_message_key"),
    )
    op.create_index(
        "alert_message_due",
        "alert_message",
        ["due_at", "id"],
        unique=False,
        **where("state = 'waiting'"),
    )
    op.create_index("alert_message_ended", "alert_message", ["ended_at"], unique=False)


def _create_alert_rule() -> None:
    op.create_table(
        "alert_rule",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "kind"),
    )


def _create_alert_telling() -> None:
    op.create_table(
        "alert_telling",
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("known", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("alert_id", "channel_id"),
    )
    op.create_index("alert_telling_by_known", "alert_telling", ["known", "alert_id"], unique=False)
