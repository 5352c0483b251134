"""The first schema: tables of flows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from instep.store.migrations.initial.pieces import row_id, where


def create() -> None:
    """Create them."""
    _create_flow()
    _create_flow_replay()
    _create_flow_step()
    _create_flow_item()
    _create_flow_run()
    _index_flow_run()
    _create_flow_trigger()
    _create_flow_version()


def _create_flow() -> None:
    op.create_table(
        "flow",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("paused_by", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.BigInteger(), nullable=True),
        sa.Column("recipe", sa.Text(), nullable=True),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("address", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace_id", "name", name="flow_name"),
    )


def _create_flow_replay() -> None:
    op.create_table(
        "flow_replay",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_flow_step() -> None:
    op.create_table(
        "flow_step",
        sa.Column("run_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("input", sa.Text(), nullable=True),
        sa.Column("output", sa.Text(), nullable=True),
        sa.Column("cut", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("begun_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", "place"),
    )


def _create_flow_item() -> None:
    op.create_table(
        "flow_item",
        sa.Column("flow_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("print", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["flow_id"], ["flow.id"]),
        sa.PrimaryKeyConstraint("flow_id", "item_id"),
    )


def _create_flow_run() -> None:
    op.create_table(
        "flow_run",
        row_id(),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("flow_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("sending", sa.Text(), nullable=True),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("ordered_at", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=True),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("held_by", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("replay_id", sa.Text(), nullable=True),
        sa.Column("replayed", sa.Integer(), nullable=False),
        sa.Column("copy_of", sa.Text(), nullable=True),
        sa.Column("was_state", sa.Text(), nullable=True),
        sa.Column("was_version", sa.Integer(), nullable=True),
        sa.Column("was_ended_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["flow_id"], ["flow.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("flow_id", "sending", name="flow_run_sending"),
    )


def _index_flow_run() -> None:
    op.create_index("flow_run_by_flow", "flow_run", ["flow_id", "state", "id"], unique=False)
    op.create_index("flow_run_by_record", "flow_run", ["record_id", "id"], unique=False)
    op.create_index(
        "flow_run_by_replay",
        "flow_run",
        ["replay_id", "state", "id"],
        unique=False,
        **where("replay_id IS NOT NULL"),
    )
    op.create_index("flow_run_by_state", "flow_run", ["workspace_id", "state", "id"], unique=False)
    op.create_index("flow_run_by_time", "flow_run", ["created_at"], unique=False)
    op.create_index(
        "flow_run_due",
        "flow_run",
        ["shard", "due_at"],
        unique=False,
        **where("state IN ('ready', 'waiting', 'held')"),
    )
    op.create_index(
        "flow_run_ended", "flow_run", ["ended_at"], unique=False, **where("ended_at IS NOT NULL")
    )
    op.create_index(
        "flow_run_in_order",
        "flow_run",
        ["flow_id", "order_key", "ordered_at", "id"],
        unique=False,
        **where("state IN ('ready', 'held')"),
    )


def _create_flow_trigger() -> None:
    op.create_table(
        "flow_trigger",
        sa.Column("flow_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("watched", sa.Text(), nullable=False),
        sa.Column("connection_id", sa.Text(), nullable=True),
        sa.Column("event", sa.Text(), nullable=True),
        sa.Column("every_ms", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("ok_at", sa.BigInteger(), nullable=True),
        sa.Column("item_at", sa.BigInteger(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["flow_id"], ["flow.id"]),
        sa.PrimaryKeyConstraint("flow_id"),
    )
    op.create_index(
        "flow_trigger_by_event", "flow_trigger", ["connection_id", "event"], unique=False
    )
    op.create_index("flow_trigger_due", "flow_trigger", ["due_at"], unique=False)


def _create_flow_version() -> None:
    op.create_table(
        "flow_version",
        sa.Column("flow_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["flow_id"], ["flow.id"]),
        sa.PrimaryKeyConstraint("flow_id", "number"),
    )
