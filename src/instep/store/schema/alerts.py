"""Alerts: what is in trouble, who knows of it, and the messages that tell of it.

    look → alert + telling + message, in one transaction → (send) → what came of it

Rules are only here once somebody has changed them. A message stays under its key however often it
is tried; those that were sent, and alerts that are over, go after a while.
"""

from __future__ import annotations

import sqlalchemy as sa

from instep.store.schema.metadata import metadata, row_id, workspace

_OPEN = sa.text("over_at IS NULL")
_WAITS = sa.text("state = 'waiting'")

alert_rule = sa.Table(
    "alert_rule",
    metadata,
    workspace(),
    sa.Column("kind", sa.Text, nullable=False),  # core.alerting.rules.Kind
    sa.Column("rule", sa.Text, nullable=False),  # the rest of it, as a JSON object
    sa.PrimaryKeyConstraint("workspace_id", "kind"),
)

alert_channel = sa.Table(
    "alert_channel",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # email, slack, webhook, apprise
    sa.Column("leads_to", sa.Text, nullable=False),  # where to, without anything secret
    sa.Column("sealed", sa.Text, nullable=False),  # a JSON object of its settings, see store.vault
    sa.Column("problem", sa.Text),  # why the last message did not get through
    sa.Column("problem_at", sa.BigInteger),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("workspace_id", "name", name="alert_channel_name"),
)

alert = sa.Table(
    "alert",
    metadata,
    row_id(),
    sa.Column("key", sa.Text, nullable=False, unique=True),  # its id, as people name it
    workspace(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),  # of the subject: sync, flow, connection, channel
    sa.Column("subject_id", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("advice", sa.Text, nullable=False),
    sa.Column("since", sa.BigInteger, nullable=False),
    sa.Column("opened_at", sa.BigInteger, nullable=False),
    sa.Column("absent_since", sa.BigInteger),  # not found any more; it is over if it stays away
    sa.Column("over_at", sa.BigInteger),
    sa.Column("snoozed_until", sa.BigInteger),
    sa.Column("acknowledged_by", sa.Text),
    sa.Index(
        "alert_open",
        "workspace_id",
        "kind",
        "what",
        "subject_id",
        unique=True,  # one trouble is one alert
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
    sa.Index("alert_over", "over_at"),
)

alert_telling = sa.Table(
    "alert_telling",  # what a channel knows of an alert
    metadata,
    sa.Column("alert_id", sa.Text, primary_key=True),
    sa.Column("channel_id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("known", sa.Text, nullable=False),  # nothing, open, over
    sa.Column("told_at", sa.BigInteger),
    sa.Column("due_at", sa.BigInteger),  # of the digest that is to tell more
    sa.Index("alert_telling_by_known", "known", "alert_id"),
)

alert_message = sa.Table(
    "alert_message",
    metadata,
    row_id(),
    workspace(),
    sa.Column("key", sa.Text, nullable=False),  # the same whenever it is put here or tried again
    sa.Column("channel_id", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("alerts", sa.Text, nullable=False),  # those it tells, as a JSON array for programs
    sa.Column("state", sa.Text, nullable=False),  # waiting, sent, dead
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("sentence", sa.Text),  # what was wrong with the last attempt
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("ended_at", sa.BigInteger),
    sa.UniqueConstraint("channel_id", "key", name="alert_message_key"),
    sa.Index("alert_message_due", "due_at", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
    sa.Index("alert_message_ended", "ended_at"),
)
