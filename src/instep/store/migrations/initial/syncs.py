"""The first schema: tables of syncs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from instep.store.migrations.initial.pieces import row_id, where


def create() -> None:
    """Create them."""
    _create_awaited()
    _create_history()
    _create_notice()
    _create_record()
    _index_record()
    _create_sighting()
    _create_visit()
    _create_sync()
    _create_checkpoint()
    _create_effect()
    _index_effect()
    _create_link()
    _create_run()


def _create_awaited() -> None:
    op.create_table(
        "awaited",
        sa.Column("sync_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("named_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sync_id", "side", "record_id", "kind"),
    )
    op.create_index("awaited_by_name", "awaited", ["kind", "named_id"], unique=False)


def _create_history() -> None:
    op.create_table(
        "history",
        row_id(),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("sync_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("effect_key", sa.Text(), nullable=True),
        sa.Column("link_id", sa.Text(), nullable=True),
        sa.Column("side", sa.Text(), nullable=True),
        sa.Column("record_id", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("history_by_link", "history", ["link_id", "at"], unique=False)
    op.create_index("history_by_record", "history", ["sync_id", "side", "record_id"], unique=False)
    op.create_index("history_by_run", "history", ["run_id"], unique=False)
    op.create_index("history_by_sync", "history", ["sync_id", "id"], unique=False)


def _create_notice() -> None:
    op.create_table(
        "notice",
        sa.Column("sync_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("noticed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sync_id", "side", "record_id"),
    )


def _create_record() -> None:
    op.create_table(
        "record",
        sa.Column("sync_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("link_id", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("print", sa.Text(), nullable=False),
        sa.Column("excluded", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=True),
        sa.Column("read_at", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=True),
        sa.Column("strong", sa.Text(), nullable=True),
        sa.Column("weak", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("label_key", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("sync_id", "side", "record_id"),
    )


def _index_record() -> None:
    op.create_index(
        "record_by_name", "record", ["sync_id", "label_key", "side", "record_id"], unique=False
    )
    op.create_index(
        "record_by_parent",
        "record",
        ["sync_id", "side", "parent_id"],
        unique=False,
        **where("parent_id IS NOT NULL"),
    )
    op.create_index(
        "record_by_strong", "record", ["sync_id", "strong", "side", "record_id"], unique=False
    )
    op.create_index(
        "record_by_weak", "record", ["sync_id", "weak", "side", "record_id"], unique=False
    )
    op.create_index(
        "record_in_review",
        "record",
        ["sync_id", "side", "record_id"],
        unique=False,
        **where("state = 'review'"),
    )
    op.create_index(
        "record_not_known",
        "record",
        ["sync_id", "side", "state"],
        unique=False,
        **where("state <> 'known'"),
    )


def _create_sighting() -> None:
    op.create_table(
        "sighting",
        sa.Column("sync_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sync_id", "side", "record_id"),
    )


def _create_visit() -> None:
    op.create_table(
        "visit",
        sa.Column("sync_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("visited_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sync_id", "side", "parent_id"),
    )


def _create_sync() -> None:
    op.create_table(
        "sync",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("a_connection", sa.Text(), nullable=False),
        sa.Column("b_connection", sa.Text(), nullable=False),
        sa.Column("pair_key", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("brakes", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("halted_by", sa.Text(), nullable=True),
        sa.Column("next_kind", sa.Text(), nullable=False),
        sa.Column("every_seconds", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("poll_at", sa.BigInteger(), nullable=False),
        sa.Column("reconcile_at", sa.BigInteger(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=True),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["a_connection"], ["connection.id"]),
        sa.ForeignKeyConstraint(["b_connection"], ["connection.id"]),
        sa.ForeignKeyConstraint(["halted_by"], ["connection.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace_id", "name", name="sync_name"),
        sa.UniqueConstraint("workspace_id", "pair_key", name="sync_pair"),
    )


def _create_checkpoint() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("sync_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=True),
        sa.Column("page", sa.Text(), nullable=True),
        sa.Column("began", sa.Text(), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["sync_id"], ["sync.id"]),
        sa.PrimaryKeyConstraint("sync_id", "side"),
    )


def _create_effect() -> None:
    op.create_table(
        "effect",
        row_id(),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sync_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("link_id", sa.Text(), nullable=True),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("write", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("moved", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("strong", sa.Text(), nullable=True),
        sa.Column("weak", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["sync_id"], ["sync.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )


def _index_effect() -> None:
    op.create_index("effect_by_record", "effect", ["sync_id", "record_id"], unique=False)
    op.create_index("effect_by_source", "effect", ["sync_id", "source_id"], unique=False)
    op.create_index("effect_by_strong", "effect", ["sync_id", "strong"], unique=False)
    op.create_index("effect_by_weak", "effect", ["sync_id", "weak"], unique=False)
    op.create_index(
        "effect_failed", "effect", ["sync_id"], unique=False, **where("state = 'failed'")
    )
    op.create_index(
        "effect_open",
        "effect",
        ["sync_id", "state", "due_at"],
        unique=False,
        **where("state <> 'failed'"),
    )


def _create_link() -> None:
    op.create_table(
        "link",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("sync_id", sa.Text(), nullable=False),
        sa.Column("a_id", sa.Text(), nullable=False),
        sa.Column("b_id", sa.Text(), nullable=False),
        sa.Column("base_a", sa.Text(), nullable=False),
        sa.Column("base_b", sa.Text(), nullable=False),
        sa.Column("linked_by", sa.Text(), nullable=False),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sync_id"], ["sync.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sync_id", "a_id", name="link_a"),
        sa.UniqueConstraint("sync_id", "b_id", name="link_b"),
    )


def _create_run() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("sync_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["sync_id"], ["sync.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "run_by_state", "run", ["workspace_id", "state", "started_at", "id"], unique=False
    )
    op.create_index("run_by_sync", "run", ["sync_id", "started_at"], unique=False)
    op.create_index("run_by_time", "run", ["workspace_id", "started_at", "id"], unique=False)
    op.create_index("run_open", "run", ["sync_id"], unique=True, **where("state = 'running'"))
