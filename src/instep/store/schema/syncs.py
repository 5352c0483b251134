"""Syncs and everything a run moves from table to table.

    page → record + notice → (decide) → link + effect → (deliver) → record + link bases + history

`record` is what each side said last; `notice` marks the ones to look at; `effect` is one intended
write, there before it is sent. The three hot tables (notice, effect, run) stay small: done work
goes to `history`. Values are JSON text as `core.fingerprint.dump` writes it, keyed by pair. Times
are epoch milliseconds, UTC.
"""

from __future__ import annotations

import sqlalchemy as sa

from instep.store.schema.metadata import metadata, row_id, workspace

sync = sa.Table(
    "sync",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("canonical", sa.Text, nullable=False),
    sa.Column("a_connection", sa.Text, sa.ForeignKey("connection.id"), nullable=False),
    sa.Column("b_connection", sa.Text, sa.ForeignKey("connection.id"), nullable=False),
    sa.Column("pair_key", sa.Text, nullable=False),  # the two connections, whichever is a
    sa.Column("mapping", sa.Text, nullable=False),
    sa.Column("brakes", sa.Text, nullable=False),
    sa.Column("rules", sa.Text, nullable=False),  # core.rules: filters, deletes, defaults
    sa.Column("recipe", sa.Text),  # the recipe that made it, if one did
    sa.Column("state", sa.Text, nullable=False),  # active, paused, halted
    sa.Column("reason", sa.Text),  # why it is not active: a code and a sentence
    sa.Column("sentence", sa.Text),
    # the connection whose breaking stopped it: with that it goes on by itself
    sa.Column("halted_by", sa.Text, sa.ForeignKey("connection.id")),
    sa.Column("next_kind", sa.Text, nullable=False),  # of the next run: poll, or released
    sa.Column("every_seconds", sa.Integer, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),  # when there is work on it next
    sa.Column("poll_at", sa.BigInteger, nullable=False, default=0),  # when a poll is due
    # when both sides are to be read completely, to repair what polls and webhooks missed
    sa.Column("reconcile_at", sa.BigInteger, nullable=False, default=0),
    sa.Column("requested_at", sa.BigInteger),  # a person wants a run that has not begun yet
    sa.Column("requested_by", sa.Text),  # who that is
    sa.Column("shard", sa.Integer, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("workspace_id", "name", name="sync_name"),
    sa.UniqueConstraint("workspace_id", "pair_key", name="sync_pair"),
)

run = sa.Table(
    "run",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("sync_id", sa.Text, sa.ForeignKey("sync.id"), nullable=False),
    # backfill, poll, released, webhook, reconcile, preview, approved, undo
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("plan_id", sa.Text),  # the stored plan it carries out; None: it decides by itself
    sa.Column("person", sa.Text),  # who asked for it; None: it came by itself
    sa.Column("phase", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # running, done, failed, halted
    sa.Column("counts", sa.Text, nullable=False),
    sa.Column("sentence", sa.Text),
    sa.Column("started_at", sa.BigInteger, nullable=False),
    sa.Column("finished_at", sa.BigInteger),
    sa.Index("run_by_sync", "sync_id", "started_at"),
    sa.Index("run_by_time", "workspace_id", "started_at", "id"),
    sa.Index("run_by_state", "workspace_id", "state", "started_at", "id"),
    sa.Index(
        "run_open",
        "sync_id",
        unique=True,  # one run of a sync at a time
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    ),
)

checkpoint = sa.Table(
    "checkpoint",
    metadata,
    sa.Column("sync_id", sa.Text, sa.ForeignKey("sync.id"), primary_key=True),
    sa.Column("side", sa.Text, primary_key=True),
    workspace(),
    sa.Column("since", sa.Text),  # the cursor: everything before it is durable; None: never read
    sa.Column("page", sa.Text),  # the page token of a read under way (the next request)
    sa.Column("began", sa.Text),  # the app's own clock when this read began
    sa.Column("seen", sa.Integer, nullable=False, default=0),  # rows of this read so far
    # our clock when a complete read began whose missing records are not confirmed yet
    sa.Column("started_at", sa.BigInteger),
)

record = sa.Table(
    "record",
    metadata,
    sa.Column("sync_id", sa.Text, primary_key=True),
    sa.Column("side", sa.Text, primary_key=True),
    sa.Column("record_id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("link_id", sa.Text),
    sa.Column("parent_id", sa.Text),  # its own app's id of the record it belongs to
    sa.Column("fields", sa.Text, nullable=False),
    sa.Column("print", sa.Text, nullable=False),
    sa.Column("excluded", sa.Text),  # why the sync's filter leaves it alone; None: it is inside
    sa.Column("version", sa.Text),
    sa.Column("changed_at", sa.BigInteger),  # the app's word
    sa.Column("read_at", sa.BigInteger, nullable=False),
    sa.Column("written_at", sa.BigInteger),  # our last write to it
    sa.Column("strong", sa.Text),
    sa.Column("weak", sa.Text),
    sa.Column("label", sa.Text),
    sa.Column("label_key", sa.Text),
    sa.Column("state", sa.Text, nullable=False),  # known, waiting, review, excluded, failed, gone
    sa.Column("sentence", sa.Text),
    # with the record itself, so that a search walks the index alone, in a fixed order
    sa.Index("record_by_strong", "sync_id", "strong", "side", "record_id"),
    sa.Index("record_by_weak", "sync_id", "weak", "side", "record_id"),
    sa.Index("record_by_name", "sync_id", "label_key", "side", "record_id"),
    sa.Index(
        "record_by_parent",
        "sync_id",
        "side",
        "parent_id",
        sqlite_where=sa.text("parent_id IS NOT NULL"),
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    ),
    sa.Index(
        "record_in_review",
        "sync_id",
        "side",
        "record_id",
        sqlite_where=sa.text("state = 'review'"),
        postgresql_where=sa.text("state = 'review'"),
    ),
    sa.Index(
        "record_not_known",  # few of many: counted for every look at how a sync stands
        "sync_id",
        "side",
        "state",
        sqlite_where=sa.text("state <> 'known'"),
        postgresql_where=sa.text("state <> 'known'"),
    ),
)

sighting = sa.Table(
    "sighting",  # what a complete read has seen so far: who is missing in the end may be gone
    metadata,
    sa.Column("sync_id", sa.Text, primary_key=True),
    sa.Column("side", sa.Text, primary_key=True),
    sa.Column("record_id", sa.Text, primary_key=True),
    workspace(),
)

awaited = sa.Table(
    "awaited",  # a record that names another one which has no link yet
    metadata,
    sa.Column("sync_id", sa.Text, primary_key=True),
    sa.Column("side", sa.Text, primary_key=True),
    sa.Column("record_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),  # the canonical kind of the other record
    workspace(),
    sa.Column("named_id", sa.Text, nullable=False),  # its id, on the same side
    sa.Index("awaited_by_name", "kind", "named_id"),
)

visit = sa.Table(
    "visit",  # parents whose children can only be listed one parent at a time
    metadata,
    sa.Column("sync_id", sa.Text, primary_key=True),
    sa.Column("side", sa.Text, primary_key=True),
    sa.Column("parent_id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("visited_at", sa.BigInteger, nullable=False),
)

notice = sa.Table(
    "notice",
    metadata,
    sa.Column("sync_id", sa.Text, primary_key=True),
    sa.Column("side", sa.Text, primary_key=True),
    sa.Column("record_id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("source", sa.Text, nullable=False),  # backfill, poll, webhook, delivery, person
    sa.Column("noticed_at", sa.BigInteger, nullable=False),
)

link = sa.Table(
    "link",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    workspace(),
    sa.Column("sync_id", sa.Text, sa.ForeignKey("sync.id"), nullable=False),
    sa.Column("a_id", sa.Text, nullable=False),
    sa.Column("b_id", sa.Text, nullable=False),
    sa.Column("base_a", sa.Text, nullable=False),
    sa.Column("base_b", sa.Text, nullable=False),
    sa.Column("linked_by", sa.Text, nullable=False),  # e-mail, phone, created, duplicate, look-up
    sa.Column("held", sa.Text),  # why a person wants this pair left alone; None: it is kept equal
    sa.Column("linked_at", sa.BigInteger, nullable=False),
    sa.UniqueConstraint("sync_id", "a_id", name="link_a"),
    sa.UniqueConstraint("sync_id", "b_id", name="link_b"),
)

effect = sa.Table(
    "effect",
    metadata,
    row_id(),
    workspace(),
    sa.Column("key", sa.Text, nullable=False, unique=True),  # idempotency key, also in history
    sa.Column("sync_id", sa.Text, sa.ForeignKey("sync.id"), nullable=False),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("link_id", sa.Text),
    sa.Column("side", sa.Text, nullable=False),  # the side it writes to
    sa.Column("action", sa.Text, nullable=False),  # create, update, delete
    sa.Column("record_id", sa.Text),  # None: it creates one
    sa.Column("parent_id", sa.Text),  # the target's parent, by which it is reached
    sa.Column("source_id", sa.Text, nullable=False),  # the record on the other side
    sa.Column("label", sa.Text),
    sa.Column("write", sa.Text, nullable=False),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("after", sa.Text, nullable=False),  # what the target is to hold, by pair key
    sa.Column("moved", sa.Text, nullable=False),  # of words: what the other side added, removed
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("person", sa.Text),  # who asked for it; None: a rule did
    sa.Column("held", sa.Text),  # of an undo: why the pair is left alone once this is done
    sa.Column("strong", sa.Text),
    sa.Column("weak", sa.Text),
    sa.Column("state", sa.Text, nullable=False),  # ready, sending, unknown, failed
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", sa.BigInteger, nullable=False),
    sa.Column("sentence", sa.Text),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("sent_at", sa.BigInteger),
    sa.Index(
        "effect_open",
        "sync_id",
        "state",
        "due_at",
        sqlite_where=sa.text("state <> 'failed'"),
        postgresql_where=sa.text("state <> 'failed'"),
    ),
    sa.Index(
        "effect_failed",  # dead letters are few, and counted for every look at how things stand
        "sync_id",
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    ),
    sa.Index("effect_by_record", "sync_id", "record_id"),
    sa.Index("effect_by_strong", "sync_id", "strong"),
    sa.Index("effect_by_weak", "sync_id", "weak"),
    sa.Index("effect_by_source", "sync_id", "source_id"),
)

history = sa.Table(
    "history",
    metadata,
    row_id(),
    workspace(),
    sa.Column("sync_id", sa.Text, nullable=False),
    sa.Column("run_id", sa.Text),
    sa.Column("effect_key", sa.Text),
    sa.Column("link_id", sa.Text),
    sa.Column("side", sa.Text),
    sa.Column("record_id", sa.Text),
    sa.Column("label", sa.Text),
    # created, updated, deleted, linked, rejected, gone, conflict, review, settled, superseded,
    # added (a person's note or task)
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("person", sa.Text),  # who asked for it; None: a rule did
    sa.Column("before", sa.Text),
    sa.Column("after", sa.Text),
    sa.Column("why", sa.Text),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Index("history_by_sync", "sync_id", "id"),  # else the newest of a million are sorted for
    sa.Index("history_by_run", "run_id"),
    sa.Index("history_by_record", "sync_id", "side", "record_id"),
    sa.Index("history_by_link", "link_id", "at"),
)
