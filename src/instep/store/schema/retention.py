"""For how many days what is over is kept, as far as somebody has said so here."""

from __future__ import annotations

import sqlalchemy as sa

from instep.store.schema.metadata import metadata, workspace

retention = sa.Table(
    "retention",
    metadata,
    workspace(),
    sa.Column("what", sa.Text, nullable=False),  # core.retention.What
    sa.Column("days", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("workspace_id", "what"),
)
