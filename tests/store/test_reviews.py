"""What the review list asks the tables, on both databases."""

from __future__ import annotations

import os
import threading

import pytest

from instep.store import reviews, shards
from instep.store.schema.syncs import record
from instep.store.shards import Fence
from instep.store.vault import Vault
from tests.crash.small_world import make_world, named


@pytest.fixture
async def world(database):
    made = await make_world(database, Vault(os.urandom(32)))
    await made.run()
    return made


def sync_of(tx):
    return tx.execute(record.select().limit(1)).one().sync_id


async def test_a_record_is_found_by_id_e_mail_place_and_link_and_by_nothing_else(world):
    a, b = named(world.a, "Equal").id, named(world.b, "Equal").id
    with world.database.read() as tx:
        sync_id = sync_of(tx)
        row = tx.execute(record.select().where(record.c.record_id == a)).one()
        texts = [a, "EQUAL@example.com", f"{sync_id}:b:{b}", row.link_id, "syn_x:a:1", "%", ""]
        found = reviews.find(tx, [sync_id], texts)
    both = {(sync_id, "a", a), (sync_id, "b", b)}
    assert found[a] == {(sync_id, "a", a)}
    assert found["EQUAL@example.com"] == found[row.link_id] == both
    assert found[f"{sync_id}:b:{b}"] == {(sync_id, "b", b)}
    assert [found[each] for each in ("syn_x:a:1", "%", "")] == [set(), set(), set()]


async def test_nothing_of_another_sync_is_found(world):
    with world.database.read() as tx:
        link_id = tx.execute(record.select().where(record.c.link_id.is_not(None))).first().link_id
        assert reviews.find(tx, ["syn_other"], [link_id, "equal@example.com"]) == {
            link_id: set(),
            "equal@example.com": set(),
        }


async def test_a_held_shard_lets_its_drain_write_only_afterwards(world):
    database = world.database
    with database.write() as tx:
        fence = shards.take(tx, 5, "me", 0)
    checked = threading.Event()
    with database.write() as tx:
        reviews.hold(tx, 5)
        drain = threading.Thread(target=_check, args=(database, fence, checked))
        drain.start()
        assert not checked.wait(0.2)
    drain.join(10)
    assert checked.is_set()


def _check(database, fence: Fence, checked: threading.Event) -> None:
    with database.write() as tx:
        fence.check(tx)
        checked.set()
