"""Writes that share a transaction, on both databases."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from instep.core.errors import UserError
from instep.store.gathering import Gathering
from instep.store.schema.connections import lease


class Counting:
    """The database, which counts its transactions."""

    def __init__(self, database):
        self._database = database
        self.transactions = 0

    async def run(self, work):
        self.transactions += 1
        return await self._database.run(work)


@pytest.fixture
def counting(database):
    return Counting(database)


@pytest.fixture
def gathering(counting):
    return Gathering(counting)


def _lease(name):
    row = {"name": name, "workspace_id": "w", "owner": "me", "expires_at": 1}

    def write(tx):
        tx.execute(sa.insert(lease).values(row))
        return name

    return write


def _names(database):
    with database.read() as tx:
        return set(tx.execute(sa.select(lease.c.name)).scalars())


async def test_what_comes_together_is_committed_together(database, counting, gathering):
    names = [f"n{number}" for number in range(50)]
    found = await asyncio.gather(*(gathering.run(_lease(name)) for name in names))
    assert found == names
    assert _names(database) == {*names}
    assert counting.transactions == 1


async def test_one_that_fails_is_taken_back_alone(database, gathering):
    def halfway(tx):
        _lease("half")(tx)
        raise UserError("No.")

    results = await asyncio.gather(
        gathering.run(_lease("first")),
        gathering.run(halfway),
        gathering.run(_lease("first")),
        gathering.run(_lease("last")),
        return_exceptions=True,
    )
    assert [type(each) for each in results] == [str, UserError, IntegrityError, str]
    assert _names(database) == {"first", "last"}


async def test_where_the_transaction_fails_everybody_is_told(gathering, database):
    database.close()
    results = await asyncio.gather(
        gathering.run(_lease("a")), gathering.run(_lease("b")), return_exceptions=True
    )
    assert all(isinstance(each, RuntimeError) for each in results)


async def test_who_gives_up_waiting_keeps_nobody_else_from_it(database, gathering):
    impatient = asyncio.create_task(gathering.run(_lease("a")))
    patient = asyncio.create_task(gathering.run(_lease("b")))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient == "b"
    assert "b" in _names(database)
