"""Local users, and by what they are let in: sessions, API tokens, one-time links.

Of whatever lets somebody in only a hash is here. `sign_in_failure` counts failures to sign in, so that a
restart does not forget them. Times are epoch milliseconds, UTC.
"""

from __future__ import annotations

import sqlalchemy as sa

from instep.store.schema.metadata import metadata, workspace

local_user = sa.Table(
    "local_user",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_key", sa.Text, nullable=False),  # core.people.credentials.name_key
    sa.Column("role", sa.Text, nullable=False),  # core.people.roles.Role
    sa.Column("password", sa.Text),  # argon2's own text; None: invited, not come yet
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("password_at", sa.BigInteger),
    sa.Column("seen_at", sa.BigInteger),  # when they last signed in
    sa.Column("locked_at", sa.BigInteger),  # since when they are kept out; None: they are not
    sa.UniqueConstraint("workspace_id", "name_key", name="local_user_name"),
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("user_id", sa.Text, sa.ForeignKey("local_user.id"), nullable=False),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("browser", sa.Text),
    sa.Column("began_at", sa.BigInteger, nullable=False),
    sa.Column("seen_at", sa.BigInteger, nullable=False),
    sa.Column("ends_at", sa.BigInteger, nullable=False),
    sa.Index("session_by_user", "user_id"),
)

api_token = sa.Table(
    "api_token",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("read_only", sa.Boolean, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("user_id", sa.Text),  # whose it is: it may never do more than they; None: the house's
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("ends_at", sa.BigInteger),  # None: it does not end by itself
    sa.Column("seen_at", sa.BigInteger),
    sa.Column("seen_from", sa.Text),
    sa.UniqueConstraint("workspace_id", "name", name="api_token_name"),
)

one_time_link = sa.Table(
    "one_time_link",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    workspace(),
    sa.Column("kind", sa.Text, nullable=False),  # setup, invitation, sign_in
    sa.Column("user_id", sa.Text, sa.ForeignKey("local_user.id")),  # None: the first user
    sa.Column("ends_at", sa.BigInteger, nullable=False),
)

sign_in_failure = sa.Table(
    "sign_in_failure",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # a digest of the user's name and the address
    workspace(),
    sa.Column("kind", sa.Text, nullable=False),  # both, user, address
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_at", sa.BigInteger, nullable=False),
)
