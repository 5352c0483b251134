"""What a run does with two apps, on both databases."""

from __future__ import annotations

import os

import pytest
import sqlalchemy as sa

from instep.core.brakes import Brakes
from instep.core.errors import SyncHalted, UserError
from instep.core.records import Write
from instep.store import history, runs, shards
from instep.store.schema.syncs import effect, link, notice, record
from instep.store.vault import Vault
from tests.crash.fuse import Fuse
from tests.crash.small_world import contents, make_world, named, start_process
from tests.engine.services import services_of


@pytest.fixture
async def world(database):
    return await make_world(database, Vault(os.urandom(32)))


async def _counts(world):
    async with services_of(world) as syncs:
        return (await syncs.status(world.sync)).latest.counts


async def test_the_first_run_makes_both_sides_equal_and_doubles_nobody(world):
    await world.run()
    assert contents(world.a) == contents(world.b)
    assert len(world.a.records()) == world.people


async def test_a_second_run_writes_nothing_at_all(world):
    await world.run()
    before = world.writes()
    with world.database.read() as tx:
        rows = tx.execute(sa.select(record).order_by(record.c.side, record.c.record_id)).all()
    await world.run()
    assert world.writes() == before
    with world.database.read() as tx:
        after = tx.execute(sa.select(record).order_by(record.c.side, record.c.record_id)).all()
    assert rows == after


async def test_an_edit_on_either_side_reaches_the_other_and_is_explained(world):
    await world.run()
    world.edit(world.a, "Equal", city="Gouda")
    world.edit(world.b, "Anna", website="https://example.com/anna")
    await world.run()
    assert named(world.b, "Equal").values["city"] == "Gouda"
    assert named(world.a, "Anna").values["website"] == "https://example.com/anna"
    async with services_of(world) as syncs:
        run = (await syncs.status(world.sync)).latest
    with world.database.read() as tx:
        lines = [line for line in history.of_run(tx, run.id) if line.what == "updated"]
    assert {(line.label, line.side) for line in lines} == {("Equal Doe", "b"), ("Anna Doe", "a")}
    assert all("changed there only" in line.why for line in lines)


async def test_edits_of_different_fields_on_both_sides_both_arrive(world):
    await world.run()
    world.edit(world.a, "Equal", city="Gouda")
    world.edit(world.b, "Equal", phone="+12125550111")
    await world.run()
    for app in (world.a, world.b):
        values = named(app, "Equal").values
        assert (values["city"], values["phone"]) == ("Gouda", "+12125550111")


async def test_the_losing_side_of_a_conflict_stays_in_the_history(world):
    await world.run()
    world.edit(world.a, "Equal", city="Gouda")
    world.clock.move(1)
    world.b.edit(named(world.b, "Equal").id, Write(set={"city": "Hoorn"}))
    await world.run()
    assert named(world.b, "Equal").values["city"] == "Gouda"
    assert (await _counts(world))["conflicts"] == 1
    with world.database.read() as tx:
        befores = tx.execute(sa.select(sa.text("before")).select_from(sa.text("history"))).scalars()
        assert any("Hoorn" in (before or "") for before in befores)


async def test_an_emptied_field_is_filled_again(world):
    await world.run()
    world.clock.move(1)
    world.a.edit(named(world.a, "Bert").id, Write(set={"city": None}))
    await world.run()
    assert named(world.a, "Bert").values["city"] == "Gouda"
    assert named(world.b, "Bert").values["city"] == "Gouda"


async def test_our_own_write_coming_back_moves_nothing(world):
    world.b.quirks.lowers = frozenset({"city", "first_name"})
    world.b.quirks.cuts = {"website": 12}
    world.add(
        world.a,
        {
            "first_name": "Lena",
            "email": "l@example.com",
            "city": "Leiden",
            "website": "https://example.com/lena",
        },
    )
    await world.run()
    written = world.writes()
    await world.run()
    await world.run()
    assert world.writes() == written
    assert named(world.a, "Lena").values["city"] == "Leiden"


async def test_a_target_that_moved_before_we_wrote_is_decided_again(world):
    await world.run()
    world.edit(world.a, "Equal", city="Gouda")
    async with services_of(world) as syncs:
        preview = await syncs.preview(world.sync)
        assert preview.counts["to_update"] == 1
    world.clock.move(60)
    world.edit(world.b, "Equal", website="https://example.com/third")
    await world.run()
    for app in (world.a, world.b):
        values = named(app, "Equal").values
        assert values["city"] == "Gouda"
        assert values["website"] == "https://example.com/third"


async def test_a_preview_writes_to_no_app_and_says_what_the_run_then_does(world):
    async with services_of(world) as syncs:
        preview = await syncs.preview(world.sync)
    assert world.writes() == 0
    await world.run()
    counts = await _counts(world)
    for word in ("matched", "to_create_a", "to_create_b", "to_update"):
        assert counts.get(word, 0) == preview.counts.get(word, 0)


async def test_a_time_out_after_success_makes_no_double(world):
    world.a.drop_reply(2)
    world.b.drop_reply(2)
    await world.run()
    assert contents(world.a) == contents(world.b)
    assert len(world.a.records()) == len(world.b.records()) == world.people


async def test_twins_on_one_side_go_to_review_and_are_not_guessed(world):
    for city in ("Leiden", "Delft"):
        world.a.add(
            {"first_name": "Twin", "last_name": "Doe", "email": "twin@example.com", "city": city}
        )
    await world.run()
    assert not [each for each in world.b.records().values() if each.values["first_name"] == "Twin"]
    async with services_of(world) as syncs:
        status = await syncs.status(world.sync)
    assert status.records["a", "review"] == 2


async def test_a_record_the_app_refuses_as_a_double_is_reported_and_the_rest_goes_on(world):
    world.b.quirks.refuses_duplicates = True
    await world.run()
    world.b.add(
        {
            "first_name": "Holder",
            "last_name": "One",
            "phone": "+12125550166",
            "email": "holder@example.com",
        }
    )
    world.a.add(
        {
            "first_name": "Other",
            "last_name": "Two",
            "phone": "+12125550166",
            "email": "other@example.com",
        }
    )
    world.add(world.a, {"first_name": "Fine", "email": "fine@example.com"})
    await world.run()
    assert named(world.b, "Fine")
    async with services_of(world) as syncs:
        status = await syncs.status(world.sync)
    assert status.waiting == {"failed": 1}
    with world.database.read() as tx:
        sentence = tx.execute(sa.select(effect.c.sentence)).scalar_one()
    assert "Holder One has it already" in sentence


async def test_a_mass_change_pulls_the_brake_before_anything_is_sent(world):
    await world.run()
    world.database_brakes = Brakes(min_changes=2, max_share=0.1)
    async with services_of(world) as syncs:
        await syncs.set_brakes(world.sync, world.database_brakes)
    for name in ("Equal", "Fills", "Tagged"):
        world.edit(world.a, name, city="Moved")
    written = world.writes()
    with pytest.raises(AssertionError, match="would change 3 of"):
        await world.run()
    assert world.writes() == written
    async with services_of(world) as syncs:
        with pytest.raises(UserError, match="sync release"):
            await syncs.request_run(world.sync)
        await syncs.release(world.sync)
    await world.run()
    assert contents(world.a) == contents(world.b)


async def test_a_record_a_third_tool_fights_over_is_left_alone(world):
    await world.run()
    async with services_of(world) as syncs:
        await syncs.set_brakes(world.sync, Brakes(per_record_per_hour=3))
    for city in ("One", "Two", "Three"):
        world.edit(world.a, "Equal", city=city)
        await world.run()
    world.edit(world.a, "Equal", city="Four")
    world.edit(world.a, "Fills", city="Quiet")
    await world.run()
    assert named(world.b, "Equal").values["city"] == "Three"
    assert named(world.b, "Fills").values["city"] == "Quiet"
    async with services_of(world) as syncs:
        assert (await syncs.status(world.sync)).records["a", "review"] == 1


async def test_a_record_gone_on_one_side_is_neither_deleted_nor_made_anew(world):
    await world.run()
    world.b.remove(named(world.b, "Equal").id)
    world.edit(world.a, "Equal", city="Gouda")
    await world.run()
    world.edit(world.a, "Equal", city="Hoorn")
    await world.run()
    assert named(world.a, "Equal").values["city"] == "Hoorn"
    assert not [each for each in world.b.records().values() if each.values["first_name"] == "Equal"]
    with world.database.read() as tx:
        kept = tx.execute(sa.select(record.c.sentence).where(record.c.state == "excluded")).scalar()
    assert "gone on side B, but was edited on side A" in kept


async def test_a_run_asked_for_during_a_run_comes_after_it(world):
    clients, engine, syncs = start_process(world.database, world.vault, world.clock, Fuse())
    sync = await syncs.request_run(world.sync)
    fence = await world.database.run(lambda tx: shards.take(tx, sync.shard, "me", 0))
    await engine.start(await engine.open(sync, fence))
    world.clock.move(1)
    await syncs.request_run(world.sync)
    for _ in range(4):
        await engine.advance(sync.shard)
    await clients.close()
    with world.database.read() as tx:
        assert [each.state for each in runs.latest(tx, sync.id, limit=5)] == ["done", "done"]


async def test_an_emptied_side_stops_the_sync_with_a_sentence(world):
    await world.run()
    for record_id in list(world.b.records()):
        world.b.remove(record_id)
    async with services_of(world) as syncs:
        await syncs.read_everything_again(world.sync)
    with pytest.raises(AssertionError, match="suddenly has no contacts"):
        await world.run()
    assert len(world.a.records()) == world.people


async def test_finished_work_leaves_the_hot_tables_empty(world):
    await world.run()
    with world.database.read() as tx:
        for table in (notice, effect):
            assert tx.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0
        assert tx.execute(sa.select(sa.func.count()).select_from(link)).scalar() == world.people


async def test_a_refused_credential_halts_the_sync_and_says_what_to_do(world):
    await world.run()
    world.a.token = "changed"
    with pytest.raises(AssertionError, match=r"401|token"):
        await world.run()


def test_a_halt_says_its_reason_as_a_code():
    assert SyncHalted("sentence", "mass_change").reason == "mass_change"
