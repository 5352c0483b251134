"""What apps tell us by themselves: events as they came, and the hints they come to.

    webhook → event + hint, in one transaction → (read the record again) → record + notice

An event is kept whatever it is about, so that a repetition is known; its body is not: it is a hint,
and holds people's data. A hint is one record that a sync has to read again, however many events
said so.
"""

from __future__ import annotations

import sqlalchemy as sa

from instep.store.schema.metadata import metadata, row_id, workspace

event = sa.Table(
    "event",
    metadata,
    row_id(),
    workspace(),
    sa.Column("connection_id", sa.Text, nullable=False),
    sa.Column("sending_id", sa.Text, nullable=False),  # the app's own id of this sending
    sa.Column("event", sa.Text, nullable=False),  # the app's word
    sa.Column("resource", sa.Text),  # canonical kind; None: nothing to read again
    sa.Column("record_id", sa.Text),
    sa.Column("parent_id", sa.Text),
    sa.Column("account_id", sa.Text),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Column("syncs", sa.Integer, nullable=False),  # how many syncs it was a hint for
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("connection_id", "sending_id", name="event_sending"),
    sa.Index("event_by_time", "received_at"),
)

hint = sa.Table(
    "hint",
    metadata,
    sa.Column("sync_id", sa.Text, primary_key=True),
    sa.Column("side", sa.Text, primary_key=True),
    sa.Column("record_id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("parent_id", sa.Text),
    sa.Column("deleted", sa.Boolean, nullable=False),  # some event said that it is gone
    sa.Column("event_id", sa.BigInteger, nullable=False),  # the newest event that says so
)
