"""Connections and their credentials, on both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from instep.core.errors import ConnectionBroken, UserError
from instep.sdk.auth import Credential
from instep.sdk.clock import SystemClock
from instep.store import resealing
from instep.store.connections import Connections, NewConnection
from instep.store.schema import metadata
from instep.store.schema.connections import credential as credential_table
from instep.store.schema.syncs import sync
from instep.store.tokens import StoredTokens
from instep.store.vault import Vault

OTHER_WORKSPACE = "wsp_other"


def new(name, **more):
    return NewConnection(name, "insightly", "api_key", "acc_1", None, {"pod": "na1"}, **more)


def tokens_of(database, vault, connection):
    return StoredTokens(database, vault, connection, SystemClock())


async def test_a_connection_comes_back_as_it_was_stored(connections, credential):
    stored = await connections.create(new("crm"), credential)
    assert stored == await connections.get("crm") == await connections.get(stored.id)
    assert stored.id.startswith("con_")
    assert (stored.connector, stored.auth_kind, stored.account_id) == (
        "insightly",
        "api_key",
        "acc_1",
    )
    assert (stored.country, stored.config) == (None, {"pod": "na1"})
    assert (stored.status, stored.problem) == ("working", None)
    assert stored.verified_at == stored.created_at


async def test_connections_are_listed_by_name(connections, credential):
    for name in ("zoe", "anna", "mike"):
        await connections.create(new(name), credential)
    assert [each.name for each in await connections.list()] == ["anna", "mike", "zoe"]


async def test_a_taken_name_is_refused_and_nothing_is_half_stored(
    database, connections, credential
):
    await connections.create(new("crm"), credential)
    with pytest.raises(UserError, match="'crm' already; choose another"):
        await connections.create(new("crm"), credential)
    with database.read() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(credential_table)).scalar() == 1


async def test_two_who_take_one_name_at_once_get_one_connection(connections, credential):
    both = await asyncio.gather(
        *(connections.create(new("crm"), credential) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in both) == ["Connection", "UserError"]


async def test_an_unknown_name_is_answered_with_the_names_there_are(connections, credential):
    with pytest.raises(UserError, match="'crm'. There is none yet"):
        await connections.get("crm")
    await connections.create(new("insightly"), credential)
    with pytest.raises(UserError, match="There are: insightly"):
        await connections.get("crm")


async def test_a_connection_gets_another_name_but_not_a_taken_one(connections, credential):
    old = await connections.create(new("crm"), credential)
    await connections.create(new("other"), credential)
    renamed = await connections.rename("crm", "insightly")
    assert (renamed.id, renamed.name) == (old.id, "insightly")
    with pytest.raises(UserError, match="'other' already"):
        await connections.rename("insightly", "other")
    with pytest.raises(UserError, match="needs a name"):
        await connections.rename("insightly", " ")


async def test_workspaces_do_not_see_each_other(database, vault, connections, credential):
    mine = await connections.create(new("crm"), credential)
    others = Connections(database, vault, OTHER_WORKSPACE)
    await others.create(new("crm"), credential)
    assert [each.workspace_id for each in await others.list()] == [OTHER_WORKSPACE]
    for name in (mine.id, "nobody"):
        with pytest.raises(UserError):
            await others.get(name)


async def test_a_deleted_connection_leaves_no_row_behind(database, connections, connection, vault):
    async with tokens_of(database, vault, connection).refreshing():
        await connections.delete(connection.name)
    with database.read() as tx:
        left = {
            table.name: tx.execute(sa.select(table)).all() for table in metadata.tables.values()
        }
    assert {name for name, rows in left.items() if rows} == {"workspace"}


async def test_a_connection_in_use_is_not_deleted(database, connections, connection, credential):
    other = await connections.create(new("crm"), credential)
    with database.write() as tx:
        tx.execute(sa.insert(sync).values(_sync("people", connection.id, other.id)))
    with pytest.raises(UserError, match="'ghl' is used by people; remove that first"):
        await connections.delete("ghl")
    assert [each.name for each in await connections.list()] == ["crm", "ghl"]


async def test_a_broken_connection_says_why_until_it_is_authorised_again(
    database, vault, connections, connection
):
    await connections.mark(connection.id, "The token was withdrawn.")
    broken = await connections.get(connection.id)
    assert (broken.status, broken.problem) == ("broken", "The token was withdrawn.")
    fresh = Credential("oauth2", {"access_token": "new"})
    renewed = await connections.renew("ghl", fresh)
    assert (renewed.status, renewed.problem) == ("working", None)
    assert renewed.verified_at >= broken.verified_at
    assert await tokens_of(database, vault, connection).load() == fresh


async def test_a_credential_comes_back_whole(database, vault, connection):
    whole = Credential(
        "oauth2",
        {"access_token": "ä", "client_secret": "b"},
        datetime(2026, 11, 22, 8, 30, 0, 123000, tzinfo=UTC),
        ("contacts.readonly", "contacts.write"),
    )
    tokens = tokens_of(database, vault, connection)
    await tokens.save(whole)
    assert await tokens.load() == whole


async def test_a_credential_moved_to_another_row_does_not_open(
    database, vault, connections, connection, credential
):
    thief = await connections.create(new("thief"), Credential("api_key", {"key": "mine"}))
    with database.write() as tx:
        stolen = sa.select(credential_table.c.sealed).where(
            credential_table.c.connection_id == connection.id
        )
        tx.execute(
            sa.update(credential_table)
            .where(credential_table.c.connection_id == thief.id)
            .values(sealed=tx.execute(stolen).scalar_one())
        )
    with pytest.raises(ConnectionBroken, match="changed or moved"):
        await tokens_of(database, vault, thief).load()


async def test_a_connection_without_credential_says_what_to_do(database, vault, connection):
    with database.write() as tx:
        tx.execute(sa.delete(credential_table))
    with pytest.raises(ConnectionBroken, match="connect the app again"):
        await tokens_of(database, vault, connection).load()


async def test_a_start_with_another_key_is_refused_before_any_harm(database, connection):
    stranger = Connections(database, Vault(b"x" * 32), connection.workspace_id)
    with pytest.raises(UserError, match="1 stored credential.*another key"):
        await stranger.check_keys()


async def test_after_resealing_the_old_key_is_needed_no_more(database, connection, credential):
    old, fresh = b"k" * 32, b"n" * 32
    both = Connections(database, Vault(fresh, old), connection.workspace_id)
    await both.check_keys()
    assert [await both.reseal(), await both.reseal()] == [1, 0]
    await Connections(database, Vault(fresh), connection.workspace_id).check_keys()
    assert await tokens_of(database, Vault(fresh), connection).load() == credential


async def test_resealing_does_not_undo_a_renewal_under_way(database, connection, credential):
    vault = Vault(b"n" * 32, b"k" * 32)
    tokens = tokens_of(database, vault, connection)
    fresh = Credential("oauth2", {"access_token": "fresh"})
    async with tokens.refreshing():
        assert (await database.run(lambda tx: resealing.reseal_credentials(tx, vault))).done == 1
        await tokens.save(fresh)
    assert await tokens.load() == fresh


def _sync(name, a, b):
    times = {"every_seconds": 300, "due_at": 0, "created_at": 0}
    words = {
        "canonical": "contact",
        "pair_key": "a|b",
        "mapping": "[]",
        "brakes": "{}",
        "rules": "{}",
    }
    row = {"id": "syn_1", "workspace_id": "wsp_default", "name": name, "shard": 0, **times, **words}
    return {**row, "a_connection": a, "b_connection": b, "state": "active", "next_kind": "poll"}
