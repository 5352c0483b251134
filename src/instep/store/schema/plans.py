"""Stored plans: what a preview showed, or what an undo wants, to be carried out as it is.

Each item keeps the fingerprints of the records it was made on: where one differs by the time the
plan is carried out, the item is stale and nothing of it is done.
"""

from __future__ import annotations

import sqlalchemy as sa

from instep.store.schema.metadata import metadata, row_id, workspace

plan = sa.Table(
    "plan",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("sync_id", sa.Text, sa.ForeignKey("sync.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # preview, undo
    sa.Column("of_run", sa.Text),  # the run that an undo takes back
    sa.Column("state", sa.Text, nullable=False),  # making, open, approved, ended
    sa.Column("counts", sa.Text, nullable=False),
    sa.Column("person", sa.Text),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Index("plan_by_sync", "sync_id", "made_at"),
)

plan_item = sa.Table(
    "plan_item",
    metadata,
    row_id(),
    workspace(),
    sa.Column("plan_id", sa.Text, sa.ForeignKey("plan.id"), nullable=False),
    sa.Column("a_id", sa.Text),
    sa.Column("b_id", sa.Text),
    sa.Column("link_id", sa.Text),
    sa.Column("label", sa.Text),
    sa.Column("what", sa.Text, nullable=False),  # the item's kind: create, update, delete …
    sa.Column("words", sa.Text, nullable=False),  # what it is found by, in small letters
    sa.Column("item", sa.Text, nullable=False),  # the whole item as JSON
    sa.Column("print_a", sa.Text),
    sa.Column("print_b", sa.Text),
    sa.Column("state", sa.Text, nullable=False),  # planned, done, stale, refused
    sa.Column("sentence", sa.Text),
    sa.Index("plan_item_by_plan", "plan_id", "state", "id"),
    sa.Index("plan_item_in_order", "plan_id", "id"),
)
