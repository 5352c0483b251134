"""Undo: what a run did is taken back, once; the sync does not do it again. On both databases."""

from __future__ import annotations

import json
import os

import pytest
import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.rules import Deletes, Rules, SideRules
from instep.store import runs
from instep.store.schema.syncs import history, link, record, sync
from instep.store.vault import Vault
from tests.crash.planned import (
    approve,
    latest_run,
    preview,
    process_of,
    states,
    undo,
)
from tests.crash.small_world import contents, has, make_world, named


@pytest.fixture
async def world(database):
    return await make_world(database, Vault(os.urandom(32)))


DELETES = Rules(SideRules(deletes=Deletes.DELETE), SideRules(deletes=Deletes.DELETE))


def both(world):
    return contents(world.a), contents(world.b)


def rows(world, table, *where):
    with world.database.read() as tx:
        return tx.execute(sa.select(table).where(*where)).all()


async def _nothing_more_happens(world):
    """The sync has to leave alone what was undone, however often it looks."""
    stands, written = both(world), world.writes()
    for _ in range(2):
        await world.run()
        async with process_of(world) as process:
            await process.syncs.read_everything_again(world.sync)
    await world.run()
    assert both(world) == stands
    assert world.writes() == written


async def test_undo_of_the_first_run_restores_both_apps_exactly(world):
    before = both(world)
    await world.run()
    run = latest_run(world)
    assert both(world) != before
    shown = await undo(world, run.id)
    assert both(world) == before
    assert shown.counts.get("refused", 0) == 0
    assert states(world, shown.plan) == {"done": len(shown.items)}
    await _nothing_more_happens(world)


async def test_an_undo_is_a_run_with_its_person_and_its_reason_in_the_history(world):
    await world.run()
    of = latest_run(world)
    await undo(world, of.id)
    run = latest_run(world)
    assert (run.kind, run.person) == ("undo", "ann")
    lines = rows(world, history, history.c.run_id == run.id)
    assert {line.what for line in lines} == {"updated", "deleted"}
    assert all(line.person == "ann" and f"undone: run {of.id}" in line.why for line in lines)


async def test_undo_of_an_undo_does_again_what_was_done(world):
    await world.run()
    done = both(world)
    await undo(world, latest_run(world).id)
    await undo(world, latest_run(world).id)
    assert both(world) == done
    assert [row.held for row in rows(world, link)] == [None] * world.people
    await _nothing_more_happens(world)
    world.edit(world.a, "Anna", city="Hoorn")  # made again on side B, and kept equal again
    await world.run()
    assert named(world.b, "Anna").values["city"] == "Hoorn"


async def test_undo_restores_what_one_later_run_did_and_nothing_else(world):
    await world.run()
    world.edit(world.a, "Equal", city="Gouda")
    world.edit(world.b, "Tagged", tags=("gold", "lead", "newsletter"))
    before = both(world)
    await world.run()
    shown = await undo(world, latest_run(world).id)
    assert both(world) == before
    assert {item["record"] for item in shown.items} == {"Equal Doe", "Tagged Doe"}
    await _nothing_more_happens(world)


async def test_both_sides_agree_to_differ_until_somebody_edits_the_field_again(world):
    await world.run()
    world.edit(world.a, "Equal", city="Gouda")
    await world.run()
    await undo(world, latest_run(world).id)
    assert named(world.b, "Equal").values["city"] == "Leiden"
    world.edit(world.a, "Equal", website="https://example.com/equal")
    await world.run()
    assert named(world.b, "Equal").values["website"] == "https://example.com/equal"
    assert named(world.b, "Equal").values["city"] == "Leiden"
    world.edit(world.a, "Equal", city="Hoorn")
    await world.run()
    assert named(world.b, "Equal").values["city"] == "Hoorn"


async def test_tags_agree_to_differ_word_by_word(world):
    await world.run()
    world.edit(world.a, "Tagged", tags=("gold", "lead", "newsletter", "vip"))
    await world.run()
    await undo(world, latest_run(world).id)
    assert "gold" not in named(world.b, "Tagged").values["tags"]
    world.edit(world.b, "Tagged", tags=("lead", "newsletter", "silver", "vip"))
    await world.run()
    await world.run()
    assert named(world.a, "Tagged").values["tags"] == (
        *("gold", "lead", "newsletter"),
        *("silver", "vip"),
    )
    assert named(world.b, "Tagged").values["tags"] == ("lead", "newsletter", "silver", "vip")


async def test_a_field_changed_since_is_refused_and_kept_and_the_rest_goes_back(world):
    await world.run()
    world.edit(world.a, "Equal", city="Gouda", website="https://example.com/new")
    await world.run()
    of = latest_run(world)
    world.edit(world.b, "Equal", city="Hoorn")
    shown = await undo(world, of.id)
    values = named(world.b, "Equal").values
    assert (values["city"], values["website"]) == ("Hoorn", None)
    (item,) = shown.items
    assert item["refused"] == [{"field": "city", "why": "changed since in Memory"}]
    assert shown.counts["refused_fields"] == 1
    await world.run()  # the edit of the person still travels
    assert named(world.a, "Equal").values["city"] == "Hoorn"


async def test_a_field_a_later_run_changed_names_that_run(world):
    await world.run()
    world.edit(world.a, "Equal", city="Gouda")
    await world.run()
    of = latest_run(world)
    world.edit(world.a, "Equal", city="Hoorn")
    await world.run()
    shown = await undo(world, of.id)
    (item,) = shown.items
    assert item["state"] == "refused"
    assert item["sentence"] == f"city: changed since by run {_polls(world)[0].id}"
    assert named(world.b, "Equal").values["city"] == "Hoorn"


def _polls(world):
    return [each for each in _runs(world) if each.kind == "poll"]


def _runs(world):
    with world.database.read() as tx:
        sync_id = tx.execute(sa.select(sync.c.id).where(sync.c.name == world.sync)).scalar_one()
        return runs.latest(tx, sync_id, 20)


async def test_a_record_edited_after_it_was_created_is_not_deleted(world):
    await world.run()
    of = latest_run(world)
    world.edit(world.b, "Anna", website="https://example.com/anna")
    shown = await undo(world, of.id)
    assert has(world.b, "Anna")
    (refused,) = (item for item in shown.items if item["record"] == "Anna Doe")
    assert "website was changed since in Memory" in refused["sentence"]
    await world.run()
    assert named(world.a, "Anna").values["website"] == "https://example.com/anna"


async def test_a_pair_whose_creation_was_undone_is_left_alone_and_says_why(world):
    await world.run()
    of = latest_run(world)
    await undo(world, of.id)
    world.edit(world.a, "Anna", city="Hoorn")
    await world.run()
    assert not has(world.b, "Anna")
    said = f"a person undid its creation in run {of.id}"
    (anna,) = rows(world, record, record.c.label == "Anna Doe", record.c.side == "a")
    assert (anna.state, anna.sentence) == ("excluded", said)
    assert {row.held for row in rows(world, link)} == {None, said}


async def test_undoing_twice_finds_nothing_to_do(world):
    await world.run()
    of = latest_run(world)
    await undo(world, of.id)
    stands = both(world)
    shown = await undo(world, of.id)
    assert both(world) == stands
    assert {item["state"] for item in shown.items} == {"refused"}


async def test_an_edit_in_the_app_after_the_plan_was_shown_is_not_overwritten(world):
    await world.run()
    world.edit(world.a, "Equal", city="Gouda")
    await world.run()
    async with process_of(world) as process:
        shown = await process.plans.undo(latest_run(world).id)
    world.clock.move(60)
    world.edit(world.b, "Equal", city="Hoorn")
    await approve(world, shown.plan)
    assert named(world.b, "Equal").values["city"] == "Hoorn"
    assert latest_run(world).counts["superseded"] == 1
    await world.run()
    assert named(world.a, "Equal").values["city"] == "Hoorn"


async def test_a_record_that_moved_between_plan_and_approval_is_stale(world):
    await world.run()
    world.edit(world.a, "Equal", city="Gouda")
    await world.run()
    async with process_of(world) as process:
        shown = await process.plans.undo(latest_run(world).id)
    world.edit(world.b, "Equal", website="https://example.com/equal")
    await preview(world)  # it reads the edit
    await approve(world, shown.plan)
    assert states(world, shown.plan) == {"stale": 1}
    assert named(world.b, "Equal").values["city"] == "Gouda"


async def test_a_run_that_is_not_there_or_not_over_cannot_be_undone(world):
    async with process_of(world) as process:
        with pytest.raises(UserError, match="There is no run 'run_x'"):
            await process.plans.undo("run_x")


async def test_the_delete_policy_never_fires_on_what_was_undone(world):
    with world.database.write() as tx:
        tx.execute(sa.update(sync).values(rules=json.dumps(DELETES.as_json())))
    await world.run()
    await undo(world, latest_run(world).id)
    people = len(world.a.records()), len(world.b.records())
    await _nothing_more_happens(world)
    assert (len(world.a.records()), len(world.b.records())) == people


async def test_what_a_policy_deleted_comes_back_and_is_left_alone_and_can_be_deleted_again(world):
    with world.database.write() as tx:
        tx.execute(sa.update(sync).values(rules=json.dumps(DELETES.as_json())))
    await world.run()
    before = contents(world.b)
    world.clock.move(60)
    world.a.remove(named(world.a, "Equal").id)
    async with process_of(world) as process:
        await process.syncs.read_everything_again(world.sync)
    await world.run()
    assert not has(world.b, "Equal")
    of = latest_run(world)
    await undo(world, of.id)
    assert contents(world.b) == before
    (row,) = rows(world, record, record.c.record_id == named(world.b, "Equal").id)
    assert row.state == "excluded"
    assert row.sentence == f"a person undid its delete in run {of.id}, and its partner is gone"
    await _nothing_more_happens(world)
    undone = next(each for each in _runs(world) if each.kind == "undo")
    await undo(world, undone.id)
    assert not has(world.b, "Equal")
    await _nothing_more_happens(world)


async def test_answers_that_get_lost_while_undoing_double_and_lose_nothing(world):
    before = both(world)
    await world.run()
    done = both(world)
    for app in (world.a, world.b):
        app.drop_reply(3)
    await undo(world, latest_run(world).id)
    assert both(world) == before
    assert not rows(world, history, history.c.what == "gone")
    for app in (world.a, world.b):
        app.drop_reply(3)
    # a later run has sent some of it again: it is the undo's all the same
    await undo(world, next(each for each in _runs(world) if each.kind == "undo").id)
    assert both(world) == done
    await _nothing_more_happens(world)


async def test_what_somebody_made_again_by_hand_is_not_doubled(world):
    with world.database.write() as tx:
        tx.execute(sa.update(sync).values(rules=json.dumps(DELETES.as_json())))
    await world.run()
    world.clock.move(60)
    world.a.remove(named(world.a, "Equal").id)
    async with process_of(world) as process:
        await process.syncs.read_everything_again(world.sync)
    await world.run()
    of = latest_run(world)
    world.add(world.b, {"first_name": "Equal", "email": "equal@example.com"})
    shown = await undo(world, of.id)
    (item,) = shown.items
    assert item["sentence"].startswith("Memory has another record with the same key by now")
    assert (
        len([each for each in world.b.records().values() if each.values["first_name"] == "Equal"])
        == 1
    )
