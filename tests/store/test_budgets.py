"""One budget per credential: who shares one, and that it tells no secret."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from instep.core.errors import DailyLimit
from instep.sdk.auth import Credential
from instep.sdk.clock import ManualClock
from instep.sdk.limits import Limits, Purpose
from instep.store.connections import Connections, NewConnection
from instep.store.limits import StoredLimiter
from instep.store.schema.connections import connection as connection_table
from instep.store.schema.connections import pace
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE

LIMITS = Limits(per_second=1000, burst=100, concurrency=4, daily=20)
KEY = Credential("api_key", {"api_key": "the-key-of-a-free-plan"})


async def _connect(connections, name, account="acc_1", secret=KEY):
    return await connections.create(
        NewConnection(name, "insightly", secret.kind, account, None, {}), secret
    )


def _limiter(database, connection):
    clock = ManualClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
    return StoredLimiter(database, connection, LIMITS, clock)


def _paces(database):
    with database.read() as tx:
        return tx.execute(sa.select(sa.func.count()).select_from(pace)).scalar_one()


async def _use_up(limiter):
    for _ in range(18):
        await limiter.acquire(Purpose.READ)


async def test_two_connections_with_one_credential_share_one_budget(database, connections):
    first, second = await _connect(connections, "one"), await _connect(connections, "two")
    await _use_up(_limiter(database, first))
    with pytest.raises(DailyLimit):
        await _limiter(database, second).acquire(Purpose.READ)
    assert _paces(database) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"account": "acc_2"},
        {"secret": Credential("api_key", {"api_key": "another key"})},
    ],
)
async def test_another_account_or_another_credential_has_its_own(database, connections, other):
    first = await _connect(connections, "one")
    second = await _connect(connections, "two", **other)
    await _use_up(_limiter(database, first))
    await _limiter(database, second).acquire(Purpose.READ)
    assert _paces(database) == 2


async def test_tokens_renewed_by_themselves_keep_their_budget(database, connections):
    def granted(token):
        app = {"client_id": "app", "client_secret": "secret"}
        return Credential("oauth2", {**app, "access_token": token, "refresh_token": token})

    first = await _connect(connections, "one", secret=granted("early"))
    await _use_up(_limiter(database, first))
    await connections.renew("one", granted("late"))
    with pytest.raises(DailyLimit):
        await _limiter(database, first).acquire(Purpose.READ)


async def test_a_renewed_credential_counts_anew_though_the_connection_is_open(
    database, connections
):
    limiter = _limiter(database, await _connect(connections, "one"))
    await _use_up(limiter)
    await connections.renew("one", Credential("api_key", {"api_key": "the key of a larger plan"}))
    await limiter.acquire(Purpose.READ)
    assert _paces(database) == 1  # nobody has the old one any more


async def test_a_budget_is_forgotten_with_the_last_connection_that_had_it(database, connections):
    first, second = await _connect(connections, "one"), await _connect(connections, "two")
    await _limiter(database, first).acquire(Purpose.READ)
    await connections.delete(first.name)
    assert _paces(database) == 1
    await connections.delete(second.name)
    assert _paces(database) == 0


async def test_with_another_key_of_ours_budgets_are_still_shared(database):
    old, new = os.urandom(32), os.urandom(32)
    await _connect(Connections(database, Vault(old), DEFAULT_WORKSPACE), "one")
    both = Connections(database, Vault(new, old), DEFAULT_WORKSPACE)
    await both.reseal()
    await _connect(both, "two")
    with database.read() as tx:
        assert len(set(tx.execute(sa.select(connection_table.c.budget)).scalars())) == 1


async def test_a_budget_tells_nothing_of_the_secret(database, connections):
    await _connect(connections, "one")
    await _connect(Connections(database, Vault(os.urandom(32)), "wsp_other"), "two")
    with database.read() as tx:
        first, second = tx.execute(sa.select(connection_table.c.budget)).scalars()
    assert "free-plan" not in first
    assert first != second  # without our key nobody can try out what a digest was made of
