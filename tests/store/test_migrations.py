"""The migrations and the declared tables are the same, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from instep.core.errors import UserError
from instep.store.schema import metadata


def test_the_migrated_schema_is_the_declared_one(database):
    with database.read() as tx:
        differences = compare_metadata(MigrationContext.configure(tx), metadata)
    assert differences == []


def test_migrating_again_changes_nothing(database):
    database.migrate()
    database.migrate()
    with database.read() as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM alembic_version")).scalar() == 1


def test_a_newer_schema_is_refused_with_a_sentence(database):
    with database.write() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UserError, match="newer Instep"):
        database.migrate()


def test_every_table_knows_its_workspace():
    without = {table.name for table in metadata.tables.values() if "workspace_id" not in table.c}
    assert without == {"workspace"}
