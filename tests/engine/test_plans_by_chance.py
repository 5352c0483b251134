"""Random worlds: what a preview shows is what a run writes, approved or plain; on both databases."""

from __future__ import annotations

import os
from random import Random

import pytest

from instep.core.records import Write
from instep.store.vault import Vault
from tests.crash.planned import (
    approve,
    changes_of,
    latest_run,
    planned_changes,
    preview,
    states,
    undo,
)
from tests.crash.small_world import contents, make_world

SEEDS = range(5)
NAMES = ("Ada", "Ben", "Cas", "Dee", "Eli", "Fay")
CITIES = (None, "Delft", "Gouda", "Hoorn", "Leiden")
SITES = (None, "https://example.com/1", "https://example.com/2")
WORDS = ("gold", "lead", "vip")


def _values(chance):
    name = chance.choice(NAMES)
    values = {
        "first_name": name,
        "last_name": chance.choice([None, "Doe", "Roe"]),
        "email": chance.choice([None, f"{name.lower()}{chance.randint(1, 3)}@example.com"]),
        "phone": chance.choice([None, f"+1212555{chance.randint(1000, 1004):04}"]),
        **_edit(chance),
    }
    return {key: value for key, value in values.items() if value is not None}


def _edit(chance):
    edit = {
        "city": chance.choice(CITIES),
        "website": chance.choice(SITES),
        "tags": tuple(sorted(chance.sample(WORDS, chance.randint(0, 2)))) or None,
    }
    return dict(chance.sample(sorted(edit.items()), chance.randint(1, 3)))


def _people(world, chance, number):
    for app in (world.a, world.b):
        for _ in range(number):
            world.clock.move(1)
            app.add(_values(chance))


def _edits(world, chance, number):
    for app in (world.a, world.b):
        ids = sorted(app.records())
        for record_id in chance.sample(ids, min(number, len(ids))):
            world.clock.move(1)
            app.edit(record_id, Write(set=_edit(chance)))


async def _twins(database, seed, *, later):
    """Two worlds alike to the last field; with `later`, both have been run before."""
    vault = Vault(os.urandom(32))
    twins = [await make_world(database, vault) for _ in range(2)]
    for world in twins:
        chance = Random(seed)
        _people(world, chance, 6)
        if later:
            await world.run()
            _people(world, chance, 2)
            _edits(world, chance, 6)
    return twins


@pytest.mark.parametrize("later", [False, True], ids=["first", "later"])
@pytest.mark.parametrize("seed", SEEDS)
async def test_a_plan_is_what_a_plain_run_and_an_approved_one_write(database, seed, later):
    plain, approved = await _twins(database, seed, later=later)
    shown = await preview(plain)
    await plain.run()
    same = await preview(approved)
    assert same.counts == shown.counts
    await approve(approved, same.plan)
    assert states(approved, same.plan).keys() <= {"done"}
    assert changes_of(plain, latest_run(plain).id) == planned_changes(shown.items)
    assert changes_of(approved, latest_run(approved).id) == planned_changes(same.items)
    assert contents(approved.a) == contents(plain.a)
    assert contents(approved.b) == contents(plain.b)


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_a_run_did_undo_restores_it_exactly(database, seed):
    world, _ = await _twins(database, seed, later=True)
    before = contents(world.a), contents(world.b)
    await world.run()
    await undo(world, latest_run(world).id)
    assert (contents(world.a), contents(world.b)) == before
    written = world.writes()
    await world.run()
    assert (contents(world.a), contents(world.b)) == before
    assert world.writes() == written
