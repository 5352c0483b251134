"""Flows, what starts them, and their runs step by step.

    webhook or poll → flow_run, in one transaction → (walk) → flow_step → (call) → flow_step + flow_run

A run belongs to the version that started it. `flow_step.outcome` is what the walk goes by, whole,
and goes when the run has ended well; `input` and `output` are what people are shown, masked and cut.
"""

from __future__ import annotations

import sqlalchemy as sa

from instep.store.schema.metadata import metadata, row_id, workspace

_OPEN = sa.text("state IN ('ready', 'waiting', 'held')")
_IN_ORDER = sa.text("state IN ('ready', 'held')")
_REPLAYED = sa.text("replay_id IS NOT NULL")
_ENDED = sa.text("ended_at IS NOT NULL")

flow = sa.Table(
    "flow",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("name", sa.Text, nullable=False),  # the id in its document
    sa.Column("title", sa.Text),
    sa.Column("draft", sa.Text),  # what a person works on; None: the newest version says it all
    sa.Column("version", sa.Integer),  # the newest published one; None: never published
    sa.Column("state", sa.Text, nullable=False),  # draft, active, paused
    sa.Column("sentence", sa.Text),  # why it is paused
    sa.Column("paused_by", sa.Text),  # a person, or None: it paused itself
    sa.Column("failures", sa.Integer, nullable=False, default=0),  # failed runs in a row
    sa.Column("failing_since", sa.BigInteger),
    sa.Column("recipe", sa.Text),
    sa.Column("shard", sa.Integer, nullable=False),
    sa.Column(
        "address", sa.Integer, nullable=False, default=1
    ),  # which of its own addresses is good, from 1
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("changed_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("workspace_id", "name", name="flow_name"),
)

flow_version = sa.Table(
    "flow_version",
    metadata,
    sa.Column("flow_id", sa.Text, sa.ForeignKey("flow.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    workspace(),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("person", sa.Text),
    sa.Column("published_at", sa.BigInteger, nullable=False),
)

flow_trigger = sa.Table(
    "flow_trigger",
    metadata,
    sa.Column("flow_id", sa.Text, sa.ForeignKey("flow.id"), primary_key=True),
    workspace(),
    sa.Column("kind", sa.Text, nullable=False),  # event, poll, schedule, manual, bridge
    sa.Column("watched", sa.Text, nullable=False),  # core.flow.versions.watched
    sa.Column("connection_id", sa.Text),
    sa.Column("event", sa.Text),
    sa.Column("every_ms", sa.BigInteger),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("cursor", sa.Text),
    sa.Column("ok_at", sa.BigInteger),  # when it was last looked at, or told, without an error
    sa.Column("item_at", sa.BigInteger),  # when it last started a run
    sa.Column("failures", sa.Integer, nullable=False, default=0),
    sa.Column("sentence", sa.Text),  # what is wrong with it
    sa.Index("flow_trigger_by_event", "connection_id", "event"),
    sa.Index("flow_trigger_due", "due_at"),
)

flow_item = sa.Table(
    "flow_item",  # what a poll has emitted, or found there at first
    metadata,
    sa.Column("flow_id", sa.Text, sa.ForeignKey("flow.id"), primary_key=True),
    sa.Column("item_id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("print", sa.Text, nullable=False),
)

flow_run = sa.Table(
    "flow_run",
    metadata,
    row_id(),
    workspace(),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("flow_id", sa.Text, sa.ForeignKey("flow.id"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("shard", sa.Integer, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),  # event, poll, schedule, manual, bridge, replay
    sa.Column("sending", sa.Text),  # what makes it the same one as another: of a flow, once
    sa.Column("order_key", sa.Text, nullable=False),  # equal keys: one after the other
    sa.Column("ordered_at", sa.BigInteger, nullable=False),
    sa.Column("record_id", sa.Text),
    sa.Column("item", sa.Text, nullable=False),  # what started it, as JSON
    # ready, waiting (a delay), held (a connection), done, stopped, dead, unknown, cancelled
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("place", sa.Text),  # the step it waits or stopped at
    sa.Column("sentence", sa.Text),  # why it is where it is
    sa.Column("held_by", sa.Text),  # the name of the connection that a person has to renew
    sa.Column("person", sa.Text),
    sa.Column("replay_id", sa.Text),  # the replay it was last part of
    sa.Column("replayed", sa.Integer, nullable=False, default=0),
    sa.Column("copy_of", sa.Text),  # the run it repeats from the start
    # what it was before its replay: while it has not begun again, or has been copied
    sa.Column("was_state", sa.Text),
    sa.Column("was_version", sa.Integer),
    sa.Column("was_ended_at", sa.BigInteger),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("started_at", sa.BigInteger),
    sa.Column("ended_at", sa.BigInteger),
    sa.UniqueConstraint("flow_id", "sending", name="flow_run_sending"),
    sa.Index("flow_run_due", "shard", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    sa.Index(
        "flow_run_in_order",  # whether an earlier one of the same record is still to be done
        "flow_id",
        "order_key",
        "ordered_at",
        "id",
        sqlite_where=_IN_ORDER,
        postgresql_where=_IN_ORDER,
    ),
    sa.Index("flow_run_by_flow", "flow_id", "state", "id"),
    sa.Index("flow_run_by_state", "workspace_id", "state", "id"),
    sa.Index("flow_run_by_record", "record_id", "id"),
    sa.Index(
        "flow_run_by_replay",
        "replay_id",
        "state",
        "id",
        sqlite_where=_REPLAYED,
        postgresql_where=_REPLAYED,
    ),
    sa.Index("flow_run_by_time", "created_at"),
    sa.Index("flow_run_ended", "ended_at", sqlite_where=_ENDED, postgresql_where=_ENDED),
)

flow_step = sa.Table(
    "flow_step",
    metadata,
    sa.Column("run_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Text, primary_key=True),
    workspace(),
    sa.Column("number", sa.Integer, nullable=False),  # in which order it was come to
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text),
    sa.Column("state", sa.Text, nullable=False),  # core.flow.outcomes.State
    sa.Column("outcome", sa.Text),  # core.flow.outcomes.stored; None: nothing reads it any more
    sa.Column("input", sa.Text),
    sa.Column("output", sa.Text),
    sa.Column("cut", sa.Text),  # what input and output lack, in a sentence
    sa.Column("attempts", sa.Text, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("begun_at", sa.BigInteger),
    sa.Column("ended_at", sa.BigInteger),
)

flow_replay = sa.Table(
    "flow_replay",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("wanted", sa.Text, nullable=False),  # which runs, from where, on which version
    sa.Column("state", sa.Text, nullable=False),  # making, made, cancelled
    sa.Column("cursor", sa.BigInteger, nullable=False),  # the last run that was looked at
    sa.Column(
        "last", sa.BigInteger, nullable=False
    ),  # the newest run there was; no newer one is taken
    sa.Column("taken", sa.Integer, nullable=False, default=0),
    sa.Column("refused", sa.Integer, nullable=False, default=0),
    sa.Column("sentence", sa.Text),  # why the first refused one was
    sa.Column("person", sa.Text),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Column("ended_at", sa.BigInteger),
)
