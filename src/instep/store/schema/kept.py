"""Records that Instep itself keeps, because their app can only tell or only listen.

webhook → event + hint + kept_record, in one transaction → (read the record again, from here)
"""

from __future__ import annotations

import sqlalchemy as sa

from instep.store.schema.metadata import metadata, workspace


def _looked_up(name: str) -> sa.Index:
    there = sa.text(f"{name} IS NOT NULL")
    columns = ("connection_id", "kind", name)  # all three, or SQLite prefers the key
    return sa.Index(f"kept_by_{name}", *columns, sqlite_where=there, postgresql_where=there)


kept_record = sa.Table(
    "kept_record",
    metadata,
    sa.Column("connection_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),  # canonical
    sa.Column("record_id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("parent_id", sa.Text),
    sa.Column("held", sa.Text, nullable=False),  # values by canonical name: core.fingerprint.dump
    sa.Column("email", sa.Text),  # what it is found by, as `store.kept` spells it
    sa.Column("phone", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("version", sa.BigInteger, nullable=False),  # one more with every change
    sa.Column("told_at", sa.BigInteger),  # the app's own time of what it last told
    sa.Column("written", sa.Text, nullable=False),  # fields Instep wrote since, with its time
    sa.Column("changed_at", sa.BigInteger, nullable=False),  # ours: lists are in its order
    sa.Column("gone", sa.Boolean, nullable=False),
    sa.Index("kept_by_change", "connection_id", "kind", "changed_at", "record_id"),
    _looked_up("email"),
    _looked_up("phone"),
    _looked_up("name"),
    sa.Index("kept_by_parent", "connection_id", "parent_id"),
)
