"""One refresher at a time, and nobody undoes what another one stored."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from instep.core.errors import RetryLater
from instep.sdk.auth import Credential
from instep.sdk.clock import ManualClock
from instep.store import tokens as tokens_module
from instep.store.schema.connections import lease
from instep.store.tokens import StoredTokens
from tests.store.crowd import crowd

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def fresh(word):
    return Credential("oauth2", {"access_token": word, "refresh_token": f"{word}-1"})


class StillClock(ManualClock):
    """Time stands still while somebody waits; `waited` tells that somebody does."""

    def __init__(self):
        super().__init__(NOW)
        self.waited = asyncio.Event()

    async def sleep(self, seconds):
        self.waited.set()
        await asyncio.sleep(0.001)


@pytest.fixture
def worker(database, vault, connection):
    """Makes the token store of one more worker, with a clock of its own."""
    return lambda clock=None: StoredTokens(database, vault, connection, clock or ManualClock(NOW))


async def test_what_one_worker_stores_the_next_one_loads(worker):
    await worker().save(fresh("new"))
    assert await worker().load() == fresh("new")


async def test_callers_of_one_process_refresh_one_after_another(worker):
    tokens, inside, most = worker(), 0, 0

    async def refresh():
        nonlocal inside, most
        async with tokens.refreshing():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(refresh() for _ in range(5)))
    assert most == 1


async def test_a_waiting_worker_goes_on_when_the_other_is_done(worker):
    clock, entered = StillClock(), asyncio.Event()
    first, second = worker(), worker(clock)

    async def wait():
        async with second.refreshing():
            entered.set()

    async with first.refreshing():
        waiting = asyncio.create_task(wait())
        await clock.waited.wait()
        assert not entered.is_set()
    await waiting
    assert entered.is_set()


async def test_an_error_while_refreshing_gives_the_right_back(worker, database):
    with pytest.raises(ZeroDivisionError):
        async with worker().refreshing():
            raise ZeroDivisionError
    with database.read() as tx:
        assert tx.execute(sa.select(lease)).all() == []


async def test_whoever_gives_up_waiting_leaves_nothing_behind(worker, database):
    clock = StillClock()
    async with worker().refreshing():
        waiting = asyncio.create_task(worker(clock).refreshing().__aenter__())
        await clock.waited.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    with database.read() as tx:
        assert tx.execute(sa.select(lease)).all() == []


async def test_a_holder_that_lives_keeps_its_right_however_long_it_takes(
    worker, database, monkeypatch
):
    monkeypatch.setattr(tokens_module, "_RENEW_SECONDS", 0.001)
    tokens = worker()

    def expires(tx):
        return tx.execute(sa.select(lease.c.expires_at)).scalar_one()

    async with tokens.refreshing(), asyncio.timeout(60):
        before = await database.run_read(expires)
        tokens._clock.move(60)
        while await database.run_read(expires) == before:  # noqa: ASYNC110 - rows set no events
            await asyncio.sleep(0)
        assert await database.run_read(expires) == before + 60_000


async def test_the_tokens_of_one_that_overslept_do_not_undo_newer_ones(worker):
    sleeper, other = worker(), worker()
    async with sleeper.refreshing():
        async with other.refreshing():  # its clock runs on while it waits, past the lease
            await other.save(fresh("newer"))
        with pytest.raises(RetryLater, match="meanwhile"):
            await sleeper.save(fresh("older"))
    assert await worker().load() == fresh("newer")


async def test_the_tokens_of_one_that_overslept_are_kept_if_nobody_stored_newer_ones(worker):
    """They may be the only ones that still work: the app has used up the old pair."""
    sleeper, other = worker(), worker()
    async with sleeper.refreshing(), other.refreshing():
        await sleeper.save(fresh("late"))
    assert await worker().load() == fresh("late")


async def test_processes_that_race_refresh_once_per_round(database_url, connection, tmp_path):
    app, rounds = tmp_path / "app", 4
    with crowd(2, "refresher.py", database_url, connection.id, str(app)) as processes:
        seen = []
        for _ in range(rounds):
            processes.tell("renew")
            answers = processes.hear()
            assert len(set(answers)) == 1, "everybody goes on with the same tokens"
            seen.append(answers[0])
    uses = app.read_text().splitlines()
    assert len(set(uses)) == len(uses) == rounds, "no refresh token was used twice"
    assert uses[1:] == seen[:-1]


def held(tx):
    return tx.execute(sa.select(lease)).all()


async def test_a_killed_refresher_does_not_block_the_others_for_long(
    database, database_url, vault, connection, tmp_path
):
    app = tmp_path / "app"
    os.mkfifo(app)  # an app that never answers: nobody reads here
    with crowd(1, "refresher.py", database_url, connection.id, str(app)) as processes:
        processes.tell("renew")
        async with asyncio.timeout(60):
            while not await database.run_read(held):  # noqa: ASYNC110 - rows set no events
                await asyncio.sleep(0.001)
    clock = ManualClock(datetime.now(UTC))
    async with StoredTokens(database, vault, connection, clock).refreshing():
        assert sum(clock.slept) < 30, "while the old refresh token still brings the new pair"
