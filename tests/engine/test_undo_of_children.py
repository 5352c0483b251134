"""Undo below a parent: tasks and notes that a run created, changed or deleted; both databases."""

from __future__ import annotations

import os

import pytest

from instep.engine.plan_services import Plans
from instep.engine.rule_making import Said
from instep.store import runs, syncs
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.crash.small_family import make_family

DUE = "2026-02-01T09:00:00.000Z"
DELETES = Said(deletes={"a": "delete", "b": "delete"})


@pytest.fixture
async def family(database):
    made = await make_family(database, Vault(os.urandom(32)))
    for name in ("Ann", "Bob"):
        made.both(name)
    await made.sync("contact")
    await made.run("contact")
    return made


def all_of(family, *kinds):
    return [family.shown(app, kind) for app in family.apps for kind in kinds]


async def undo(family, kind):
    with family.database.read() as tx:
        sync_id = syncs.get(tx, DEFAULT_WORKSPACE, family.sync_of(kind)).id
        newest = next(each for each in runs.latest(tx, sync_id, 9) if each.kind != "preview")
    async with family.services() as (engine, of_syncs):
        plans = Plans(engine, DEFAULT_WORKSPACE)
        shown = await plans.undo(newest.id, 100)
        await plans.approve(shown.plan, "ann")
        await family._work(engine, of_syncs, kind)
    return shown


async def assert_nothing_more_happens(family, *kinds):
    stands = all_of(family, *kinds)
    for _ in range(2):
        family.clock.move(120)
        await family.run(*kinds)
    assert all_of(family, *kinds) == stands


async def test_created_and_changed_children_are_taken_back_below_their_parents(family):
    family.task(family.a, "Ann", "Call back", due_at=DUE)
    family.task(family.b, "Bob", "Send papers", due_at=DUE)
    family.task(family.a, "Bob", "Both", due_at=DUE, body="one")
    family.task(family.b, "Bob", "Both", due_at=DUE)
    family.note(family.a, "Ann", "Left voicemail")
    before = all_of(family, "task", "note")
    for kind in ("task", "note"):
        await family.sync(kind)
        await family.run(kind)
    assert all_of(family, "task", "note") != before
    for kind in ("task", "note"):
        shown = await undo(family, kind)
        assert shown.counts.get("refused", 0) == 0
    assert all_of(family, "task", "note") == before
    await assert_nothing_more_happens(family, "task", "note")


async def test_undo_of_the_undo_makes_children_again_below_the_same_parent(family):
    family.task(family.a, "Ann", "Call back", due_at=DUE)
    family.note(family.b, "Bob", "Left voicemail")
    for kind in ("task", "note"):
        await family.sync(kind)
        await family.run(kind)
    done = all_of(family, "task", "note")
    for _ in range(2):
        for kind in ("task", "note"):
            await undo(family, kind)
    assert all_of(family, "task", "note") == done
    assert family.equal("task", "note")
    await assert_nothing_more_happens(family, "task", "note")


async def test_a_child_that_a_policy_deleted_comes_back_and_is_not_deleted_again(family):
    task = family.task(family.a, "Ann", "Call back", due_at=DUE, body="about the policy")
    family.task(family.a, "Bob", "Stays", due_at=DUE)
    await family.sync("task", said=DELETES)
    await family.run("task")
    there = all_of(family, "task")[1]
    family.clock.move(60)
    family.a.remove(task, "task")
    async with family.services() as (_, of_syncs):
        await of_syncs.read_everything_again(family.sync_of("task"))
    await family.run("task")
    assert len(family.b.records("task")) == 1
    shown = await undo(family, "task")
    assert [item["what"] for item in shown.items] == ["create"]
    assert all_of(family, "task")[1] == there
    async with family.services() as (_, of_syncs):
        await of_syncs.read_everything_again(family.sync_of("task"))
    await assert_nothing_more_happens(family, "task")
