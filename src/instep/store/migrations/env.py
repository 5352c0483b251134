"""Alembic's entry: migrates over the connection that `store.database` hands in."""

from __future__ import annotations

from alembic import context

from instep.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by rebuilding it
)
with context.begin_transaction():
    context.run_migrations()
