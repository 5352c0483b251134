"""Tallies: how much was done each hour, how fast, and how much was given up on.

    outcome of a batch → history + tally, in one transaction

They say for each sync and each flow what a screen shows at once, however long the history is: a
row for each hour and class of latency (`core.latency`). Old ones go.
"""

from __future__ import annotations

import sqlalchemy as sa

from instep.store.schema.metadata import metadata, workspace

tally = sa.Table(
    "tally",
    metadata,
    sa.Column("hour", sa.BigInteger, primary_key=True, autoincrement=False),  # when it began
    sa.Column("what", sa.Text, primary_key=True),  # sync, flow
    sa.Column("subject_id", sa.Text, primary_key=True),
    sa.Column("latency", sa.Integer, primary_key=True, autoincrement=False),
    workspace(),
    sa.Column("done", sa.BigInteger, nullable=False),
    sa.Column("failed", sa.BigInteger, nullable=False),
)
