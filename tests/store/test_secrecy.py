"""No secret leaves the vault: not in the database, not in a message, not in a repr."""

from __future__ import annotations

import traceback
from contextlib import closing
from dataclasses import replace

import pytest
import sqlalchemy as sa

from instep.core.errors import InstepError
from instep.sdk.clock import SystemClock
from instep.store.connections import Connections, NewConnection
from instep.store.database import Database
from instep.store.schema import metadata
from instep.store.tokens import StoredTokens
from instep.store.vault import Vault
from tests.store.conftest import SENTINEL


@pytest.fixture
async def used(database, vault, connections, connection, credential):
    """A connection that has been through everything that touches its secrets."""
    tokens = StoredTokens(database, vault, connection, SystemClock())
    async with tokens.refreshing():
        await tokens.save(replace(await tokens.load(), kind="renewed"))
    await connections.rename("ghl", "renamed")
    await connections.renew("renamed", credential)
    await connections.mark(connection.id, "The token was withdrawn.")
    return tokens


async def test_no_secret_is_readable_in_any_row(used, database):
    with database.read() as tx:
        rows = [
            str(row) for table in metadata.tables.values() for row in tx.execute(sa.select(table))
        ]
    assert any("renamed" in row for row in rows)
    assert not any(SENTINEL in row for row in rows)


async def test_no_secret_is_readable_in_the_files(sqlite_url, tmp_path, vault, credential):
    with closing(Database(sqlite_url)) as database:
        connections = Connections(database, vault, "wsp_default")
        new = NewConnection("ghl", "gohighlevel", "oauth2", "loc_1", "US", {})
        await connections.create(new, credential)
        files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {"instep.db", "instep.db-wal"} <= set(files)
    assert any(b"loc_1" in content for content in files.values())
    assert not any(SENTINEL.encode() in content for content in files.values())


async def test_no_secret_shows_in_a_repr(used, connections, credential, vault):
    stored = await connections.get("renamed")
    shown = [repr(each) for each in (used, connections, credential, vault, stored)]
    assert SENTINEL not in " ".join(shown)


async def test_no_secret_shows_when_something_goes_wrong(used, database, connection):
    stranger = StoredTokens(database, Vault(b"x" * 32), connection, SystemClock())
    with pytest.raises(InstepError) as caught:
        await stranger.load()
    assert SENTINEL not in "".join(traceback.format_exception(caught.value))


def test_no_value_shows_when_the_database_refuses_it(database):
    with pytest.raises(sa.exc.DBAPIError) as caught, database.write() as tx:
        tx.execute(sa.text("INSERT INTO nowhere VALUES (:person)"), {"person": "anna@example.com"})
    assert "nowhere" in str(caught.value)
    assert "anna" not in str(caught.value)
