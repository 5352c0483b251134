"""Children that are read one parent at a time, or as a webhook says; both databases."""

from __future__ import annotations

import os

import pytest
import sqlalchemy as sa

from instep.engine import visiting
from instep.store.schema.syncs import visit
from instep.store.vault import Vault
from tests.crash.small_family import make_family
from tests.engine.families import (
    sentence_of,
    tell,
)

# Children that are read one parent at a time


async def visits(family, kind="note"):
    counts = await family.counts(kind)
    return {name: counts.get(name, 0) for name in ("visited_a", "swept_a", "visited_b", "swept_b")}


@pytest.fixture
async def town(database, monkeypatch):
    """Twenty contacts on both sides, in step; a poll may visit two unchanged ones."""
    monkeypatch.setattr(visiting, "SWEEP_PER_DAY", 2 * 86_400 // 300)
    family = await make_family(database, Vault(os.urandom(32)))
    for number in range(20):
        family.both(f"P{number:02}")
    await family.sync("contact")
    await family.run("contact")
    await family.sync("note")
    return family


async def test_a_first_run_visits_every_linked_parent_once(town):
    town.note(town.a, "P03", "Hello")
    town.person(town.a, "Eve")  # without a partner: nothing of hers could be written
    await town.run("note")
    assert await visits(town) == {"visited_a": 20, "swept_a": 0, "visited_b": 20, "swept_b": 0}
    assert len(town.b.records("note")) == 1


async def test_a_poll_visits_changed_parents_first_and_sweeps_within_its_allowance(town):
    await town.run("note")
    town.clock.move(300)
    town.edit(town.a, "contact", town.id_of(town.a, "P07"), city="Leiden")
    town.note(town.a, "P07", "Moved to Leiden")
    town.note(town.a, "P15", "Nothing else shows this one")
    await town.run("contact")
    town.clock.move(1)
    await town.run("note")
    seen = await visits(town)
    assert seen["visited_a"] - seen["swept_a"] == 1
    assert seen["swept_a"] == seen["swept_b"] == 2
    assert town.one(town.b, "note").values["body"] == "Moved to Leiden"


async def test_the_sweep_finds_what_no_parent_shows_before_long(town):
    await town.run("note")
    town.note(town.a, "P15", "Nothing else shows this one")
    for _ in range(10):
        town.clock.move(300)
        await town.run("note")
    assert town.equal("note")
    assert len(town.b.records("note")) == 1
    with town.database.read() as tx:
        since = tx.execute(sa.select(sa.func.min(visit.c.visited_at))).scalar_one()
    began = town.clock.now().timestamp() * 1000 - 10 * 300_000
    assert since > began, "somebody was left out"


async def test_a_parent_linked_after_the_first_run_is_visited_by_the_next(town):
    await town.run("note")
    town.person(town.a, "Eve")
    town.note(town.a, "Eve", "New here")
    await town.run("contact")
    town.clock.move(1)
    await town.run("note")
    assert town.one(town.b, "note").values["contact_id"] == town.id_of(town.b, "Eve")


async def test_a_visit_at_a_parent_that_is_gone_brings_nothing_and_stops_nothing(town):
    town.note(town.a, "P03", "Hello")
    town.a.remove(town.id_of(town.a, "P00"))
    await town.run("note")
    assert len(town.b.records("note")) == 1


async def test_a_first_run_that_is_stopped_goes_on_where_it_stopped(town, monkeypatch):
    monkeypatch.setattr(visiting, "PARENTS", 5)
    town.note(town.a, "P19", "Last")
    async with town.services() as (engine, syncs):
        sync = await syncs.request_run(town.sync_of("note"))
        town.b.rate_limit(1_000, 30)
        await engine.advance(sync.shard)
        town.b.clear()
    asked = town.a.calls["GET"]
    town.clock.move(60)
    await town.run("note")
    assert town.a.calls["GET"] - asked <= 3, "parents of side A were visited again"
    assert len(town.b.records("note")) == 1


# Hints


@pytest.mark.parametrize("kind", ["task", "note"])
async def test_a_hint_with_its_parent_brings_a_new_child_without_reading_a_list(linked, kind):
    family = linked
    await family.run(kind)
    child = getattr(family, kind)(family.a, "Ann", "New")
    family.a.calls.clear()
    await tell(family, family.a, kind, child, parent_id=family.id_of(family.a, "Ann"))
    await family.drain()
    assert family.equal(kind)
    assert len(family.b.records(kind)) == 1
    assert family.a.calls["GET"] == 1


@pytest.mark.parametrize("kind", ["task", "note"])
async def test_a_hint_without_its_parent_finds_a_child_that_is_known(linked, kind):
    family = linked
    child = getattr(family, kind)(family.a, "Ann", "Known")
    await family.run(kind)
    family.edit(family.a, kind, child, body="edited")
    await tell(family, family.a, kind, child)
    await family.drain()
    assert family.one(family.b, kind).values["body"] == "edited"


@pytest.mark.parametrize("kind", ["task", "note"])
async def test_a_hint_without_its_parent_about_a_stranger_is_left_to_a_poll(linked, kind):
    family = linked
    await family.run(kind)
    child = getattr(family, kind)(family.a, "Ann", "Stranger")
    await tell(family, family.a, kind, child)
    await family.drain()
    assert family.b.records(kind) == {}
    family.edit(family.a, "contact", family.id_of(family.a, "Ann"), city="Leiden")
    await family.run("contact", kind)
    assert family.equal(kind)
    assert len(family.b.records(kind)) == 1


async def test_a_hint_about_a_child_whose_parent_has_no_partner_makes_it_wait(linked):
    family = linked
    await family.run()
    family.person(family.a, "Eve")
    note = family.note(family.a, "Eve", "New")
    await tell(family, family.a, "note", note, parent_id=family.id_of(family.a, "Eve"))
    await family.drain()
    assert sentence_of(family, note)[0] == "waiting"
    await family.run("contact")
    assert await family.drain() == ["note"]
    assert family.equal("note")


async def test_an_echo_hint_of_our_own_child_moves_nothing(linked):
    family = linked
    family.note(family.a, "Ann", "Hello")
    await family.run("note")
    copy = family.one(family.b, "note")
    written = family.writes()
    await tell(family, family.b, "note", copy.id, parent_id=copy.values["contact_id"])
    await family.drain()
    assert family.writes() == written
