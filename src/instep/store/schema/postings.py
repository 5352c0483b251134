"""Postings: webhooks that a connection's own address is to be sent, and where that stopped.

    write of a record → posting, in one transaction → (post) → what came of it

A posting stays under its key, the webhook's id, however often it is tried. Done ones go after a
while; dead ones stay until a person replays them.
"""

from __future__ import annotations

import sqlalchemy as sa

from instep.store.schema.metadata import metadata, row_id, workspace

_WAITS = sa.text("state = 'waiting'")
_SENT = sa.text("state = 'sent'")

posting = sa.Table(
    "posting",
    metadata,
    row_id(),
    workspace(),
    sa.Column("key", sa.Text, nullable=False, unique=True),  # the webhook's id
    sa.Column("connection_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # canonical
    sa.Column("record_id", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("fields", sa.Text, nullable=False),  # core.fingerprint.dump of the values
    sa.Column("state", sa.Text, nullable=False),  # waiting, sent, dead
    sa.Column("attempts", sa.Integer, nullable=False),  # since it was put here, or replayed
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Integer),  # of the last answer; None: there was none
    sa.Column("sentence", sa.Text),  # what was wrong with it
    sa.Column("tries", sa.Text, nullable=False),  # the last attempts, as a JSON array
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("ended_at", sa.BigInteger),
    sa.Index(
        "posting_due", "connection_id", "due_at", sqlite_where=_WAITS, postgresql_where=_WAITS
    ),
    sa.Index(
        "posting_in_order",  # which of a record's postings is the next one
        "connection_id",
        "kind",
        "record_id",
        "id",
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    ),
    sa.Index("posting_by_connection", "connection_id", "state", "id"),
    sa.Index(
        "posting_overtaken",  # whether a later one of the record was sent
        "connection_id",
        "kind",
        "record_id",
        "id",
        sqlite_where=_SENT,
        postgresql_where=_SENT,
    ),
    sa.Index("posting_sent", "ended_at", sqlite_where=_SENT, postgresql_where=_SENT),
)

posting_stop = sa.Table(
    "posting_stop",  # connections whose postings wait until a person has done something
    metadata,
    sa.Column("connection_id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("stopped_at", sa.BigInteger, nullable=False),
)
