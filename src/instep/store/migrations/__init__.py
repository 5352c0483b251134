"""Schema migrations, run over an open connection; no ini file is needed.

Before the first release there is one migration, the whole schema. From then on a released
migration is never edited: a change of `store.schema` comes with a new file in `versions`.
"""

from __future__ import annotations

import sqlalchemy as sa

from instep.core.errors import UserError

HEAD = "0001"
"""The newest migration. Kept here too, so that a database that is up to date is seen at once."""

_LOCK = 0x1257EB  # one process migrates a PostgreSQL at a time


def is_current(tx: sa.Connection) -> bool:
    """Whether the schema is the one this version works with."""
    return _revision(tx) == HEAD


def upgrade(tx: sa.Connection) -> None:
    """Bring the schema up to date inside this transaction, which has to be a writing one.

    Raises UserError if a newer Instep has been here already.
    """
    from alembic import command  # noqa: PLC0415 - slow to load and rarely needed
    from alembic.config import Config  # noqa: PLC0415 - as above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    if tx.dialect.name == "postgresql":
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    config = Config()
    config.set_main_option("script_location", "instep.store:migrations")
    config.attributes["connection"] = tx
    known = {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
    if _revision(tx) not in {None, *known}:
        raise UserError(
            "This database was written by a newer Instep. Update Instep, or use another database."
        )
    command.upgrade(config, "head")


def _revision(tx: sa.Connection) -> str | None:
    """Return the migration this database has reached; None for a new one."""
    if not sa.inspect(tx).has_table("alembic_version"):
        return None
    revision: str | None = tx.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return revision
