"""The migrations and the declared tables are the same, on both databases."""

from __future__ import annotations

import asyncio
from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from instep.core.errors import UserError
from instep.store.database import Database
from instep.store.migrations import HEAD
from instep.store.schema import metadata

INDEXES = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    "postgresql": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
}


def indexes(tx):
    """Every index as the database itself words it, conditions and all."""
    return set(tx.execute(sa.text(INDEXES[tx.dialect.name])).scalars())


def test_the_migrated_schema_is_the_declared_one(database):
    with database.read() as tx:
        differences = compare_metadata(MigrationContext.configure(tx), metadata)
    assert differences == []


def test_the_migrated_indexes_are_the_declared_ones(database, empty_url_beside):
    with closing(Database(empty_url_beside)) as declared, declared.write() as tx:
        metadata.create_all(tx)
        expected = indexes(tx)
    with database.read() as tx:
        found = {each for each in indexes(tx) if "alembic" not in each}
    assert found == expected


def test_the_newest_migration_is_the_one_we_look_for():
    config = Config()
    config.set_main_option("script_location", "instep.store:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_migrating_again_changes_nothing(database):
    database.migrate()
    with database.read() as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM alembic_version")).scalar() == 1


async def test_what_is_up_to_date_opens_while_somebody_writes(database, database_url):
    with closing(Database(database_url)) as other, database.write():
        async with asyncio.timeout(25):  # less than writers wait for each other
            await asyncio.to_thread(other.migrate)


def test_a_newer_schema_is_refused_with_a_sentence(database):
    with database.write() as tx:
        tx.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UserError, match="newer Instep"):
        database.migrate()


def test_every_table_knows_its_workspace():
    without = {table.name for table in metadata.tables.values() if "workspace_id" not in table.c}
    assert without == {"workspace"}


def test_there_is_one_workspace_from_the_start(database):
    with database.read() as tx:
        assert tx.execute(sa.text("SELECT id FROM workspace")).scalars().all() == ["wsp_default"]
