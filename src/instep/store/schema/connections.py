"""Workspaces, connections and what is kept for each: credential, authorisation, lease, pace.

Times are epoch milliseconds, UTC; ids are those of `store.ids`; what is a list or an object is
compact JSON in a text column, the same on both databases.
"""

from __future__ import annotations

import sqlalchemy as sa

from instep.store.schema.metadata import metadata, workspace

connection = sa.Table(
    "connection",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("connector", sa.Text, nullable=False),
    sa.Column("auth_kind", sa.Text, nullable=False),
    sa.Column("account_id", sa.Text, nullable=False),
    sa.Column("country", sa.Text),
    sa.Column("config", sa.Text, nullable=False),
    sa.Column("budget", sa.Text, nullable=False),  # whose calls count together: see pace
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("problem", sa.Text),
    sa.Column("verified_at", sa.BigInteger),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("workspace_id", "name", name="connection_name"),
)

workspaces = sa.Table(
    "workspace",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
)

credential = sa.Table(
    "credential",
    metadata,
    sa.Column("connection_id", sa.Text, sa.ForeignKey("connection.id"), primary_key=True),
    workspace(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),  # a JSON object of secrets, see store.vault
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("expires_at", sa.BigInteger),
    sa.Column("version", sa.BigInteger, nullable=False),  # one more with every new credential
    sa.Column("stored_at", sa.BigInteger, nullable=False),
)

sealing_key = sa.Table(
    "sealing_key",  # each key that ever was the newest one here; the keys themselves are never here
    metadata,
    sa.Column("id", sa.Text, primary_key=True),  # as sealed texts name it, see store.vault
    workspace(),
    sa.Column("since", sa.BigInteger, nullable=False),  # when it was first seen to be the newest
)

authorisation = sa.Table(
    "authorisation",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),  # of the state, which is kept nowhere
    workspace(),
    sa.Column("asked_by", sa.Text, nullable=False),  # whose answer is taken: a session
    sa.Column("sealed", sa.Text, nullable=False),  # what was typed, as a JSON object
    sa.Column("ends_at", sa.BigInteger, nullable=False),
)

lease = sa.Table(
    "lease",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    workspace(),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
)

pace = sa.Table(
    "pace",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # a digest of app, account and credential
    workspace(),
    sa.Column("state", sa.Text, nullable=False),  # sdk.pacing.Pace as JSON
)
