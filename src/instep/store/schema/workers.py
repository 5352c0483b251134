"""Who works: shards with the epoch of their newest drain, and the heartbeats of workers.

These two are about machines, not about anybody's data; their workspace is the empty one.
"""

from __future__ import annotations

import sqlalchemy as sa

from instep.store.schema.metadata import metadata, workspace

shard = sa.Table(
    "shard",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    workspace(),
    sa.Column("epoch", sa.BigInteger, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("taken_at", sa.BigInteger, nullable=False),
)

worker = sa.Table(
    "worker",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("beat_at", sa.BigInteger, nullable=False),
)
