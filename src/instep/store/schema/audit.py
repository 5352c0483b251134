"""The audit log. Rows are only ever added: triggers refuse everything else on both databases."""

from __future__ import annotations

import sqlalchemy as sa

from instep.store.schema.metadata import metadata, workspace

audit_entry = sa.Table(
    "audit_entry",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),  # from 1, no gap
    workspace(),
    sa.Column("at", sa.BigInteger, nullable=False),  # epoch milliseconds
    sa.Column("actor_kind", sa.Text, nullable=False),  # user, token, local, cli
    sa.Column("actor_id", sa.Text),
    sa.Column("actor", sa.Text, nullable=False),  # their name
    sa.Column("origin", sa.Text, nullable=False),  # an address, or the command line
    sa.Column("act", sa.Text, nullable=False),  # sync pause, users add …
    sa.Column("noun", sa.Text, nullable=False),  # of what it was about: sync, connection, user …
    sa.Column("object_id", sa.Text),
    sa.Column("object", sa.Text),  # its name
    sa.Column("changes", sa.Text, nullable=False),  # core.people.changes, as a JSON array
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Index("audit_entry_by_object", "noun", "object_id", "number"),
    sa.Index("audit_entry_by_actor", "actor", "number"),
    sa.Index("audit_entry_by_time", "at"),
)
