"""A sync that has worked already is changed, shown and removed."""

from __future__ import annotations

import os

import pytest
import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.records import Write
from instep.engine.rule_making import Said
from instep.engine.running import go_on
from instep.engine.sync_services import Wanted
from instep.store.schema.metadata import metadata
from instep.store.schema.syncs import effect, run, sync
from instep.store.syncs import Checkpoint, checkpoint_of
from instep.store.vault import Vault
from tests.crash.small_world import contents, has, make_world, named
from tests.engine.services import services_of, setup_of, work_of


@pytest.fixture
async def world(database):
    return await make_world(database, Vault(os.urandom(32)))


async def change(world, every_seconds=None, **said):
    async with setup_of(world) as setup:
        return await setup.change(world.sync, Said(**said), every_seconds)


async def test_a_sync_is_shown_in_words_with_the_names_of_its_connections(world):
    shown = await change(world, filters={"b": ["city eq Gouda"]}, every_seconds=600)
    assert (shown.a, shown.b) == (world.a.name, world.b.name)
    assert (
        f"It keeps each contact equal in {shown.a} (side A) and {shown.b} (side B)."
        in shown.sentences
    )
    assert f"Of {shown.b} it takes only records whose city is gouda." in shown.sentences
    assert shown.sync.every_seconds == 600


async def test_a_change_of_nothing_reads_nothing_again(world):
    await world.run()
    with world.database.read() as tx:
        before = checkpoint_of(tx, (await _sync(world)).id, "a")
    await change(world, fields={"email": "both,a"}, leaving="stop")
    with world.database.read() as tx:
        assert checkpoint_of(tx, (await _sync(world)).id, "a") == before != Checkpoint()


async def _sync(world):
    async with services_of(world) as syncs:
        return await syncs.get(world.sync)


async def test_a_new_direction_is_carried_out_though_no_record_moved(database):
    world = await make_world(database, Vault(os.urandom(32)), said=Said(direction="to_b"))
    await world.run()
    assert not has(world.a, "Bert")
    await change(world, direction="both")
    await world.run()
    assert has(world.a, "Bert")
    assert named(world.a, "Fills").values["city"] == "Delft"


async def test_a_field_that_is_mapped_later_is_read_and_kept(database):
    rows = [{"a": "first_name"}, {"a": "last_name"}, {"a": "email"}]
    world = await make_world(database, Vault(os.urandom(32)), mapping=rows)
    await world.run()
    assert "city" not in named(world.b, "Anna").values
    await change(world, mapping=[*rows, {"a": "city"}])
    await world.run()
    assert named(world.b, "Anna").values["city"] == "Leiden"
    assert named(world.b, "Differs").values["city"] == "Leiden"


async def test_a_field_that_goes_with_another_one_now_begins_anew(database):
    rows = [{"a": "email"}, {"a": "first_name"}, {"a": "city"}]
    world = await make_world(database, Vault(os.urandom(32)), mapping=rows)
    world.b.edit(named(world.b, "Equal").id, Write(set={"state": "Zuid"}))
    await world.run()
    # by the old base, which was of another field, only side B would have changed
    await change(world, mapping=[*rows[:2], {"a": "city", "b": "state"}])
    await world.run()
    assert named(world.a, "Equal").values["city"] == "Leiden"
    assert named(world.b, "Equal").values["state"] == "Leiden"


async def test_a_new_mapping_waits_for_the_writes_of_the_old_one(world):
    await world.run()
    world.edit(world.a, "Equal", city="Gouda")
    async with services_of(world) as syncs:
        work = await work_of(syncs, world)
        begun = await syncs._engine.start(work, kind="poll")
        steps = iter([False] * 3 + [True])  # both sides are read and it is decided
        assert await go_on(work, begun, until=lambda: next(steps)) is None
    with world.database.read() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(effect)).scalar() == 1
    with pytest.raises(UserError, match="1 writes of .* are on their way"):
        await change(world, mapping=[{"a": "email"}])
    await change(world, filters={"a": ["email exists"]})
    await world.run()
    assert named(world.b, "Equal").values["city"] == "Gouda"


async def test_a_run_that_carries_out_a_plan_is_not_disturbed(world):
    async with services_of(world) as syncs:
        work = await work_of(syncs, world)
        started = await syncs._engine.start(work)
    with world.database.write() as tx:
        tx.execute(sa.update(run).where(run.c.id == started.id).values(plan_id="pln_1"))
    with pytest.raises(UserError, match="is being carried out"):
        await change(world, leaving="keep")


@pytest.mark.parametrize("seconds", [59, 901])
async def test_an_odd_time_between_polls_is_refused(world, seconds):
    with pytest.raises(UserError, match="1 to 15 minutes"):
        await change(world, every_seconds=seconds)


async def test_a_removed_sync_leaves_no_row_and_both_apps_as_they_are(world):
    await world.run()
    before = contents(world.a), contents(world.b)
    other = await make_world(world.database, world.vault)
    await other.run()
    async with setup_of(world) as setup:
        gone = await setup.remove(world.sync)
    assert (contents(world.a), contents(world.b)) == before
    with world.database.read() as tx:
        for table in metadata.tables.values():
            for name in {"sync_id", "id"} & {*table.c.keys()}:
                query = sa.select(sa.func.count()).select_from(table)
                found = tx.execute(query.where(sa.cast(table.c[name], sa.Text) == gone.id)).scalar()
                assert found == 0, table.name
        assert tx.execute(sa.select(sync.c.name)).scalars().all() == [other.sync]
    await other.run()
    async with setup_of(world) as setup:
        with pytest.raises(UserError, match="There is no sync called"):
            await setup.show(world.sync)


async def test_a_sync_whose_records_others_belong_to_is_removed_after_them(world):
    async with services_of(world) as syncs:
        await syncs.create(Wanted("tasks", world.b.name, world.a.name, "task"))
    async with setup_of(world) as setup:
        with pytest.raises(UserError, match="remove that one first"):
            await setup.remove(world.sync)
        await setup.remove("tasks")
        await setup.remove(world.sync)
