"""Tasks and notes of two apps are kept equal below their contacts; both databases."""

from __future__ import annotations

import os

import pytest

from instep.store.schema.syncs import awaited, effect, notice
from instep.store.vault import Vault
from tests.crash.small_family import make_family
from tests.engine.families import (
    DUE,
    LATER,
    assert_a_second_run_writes_nothing,
    links,
    rows,
)

# The first sync


async def test_the_first_sync_matches_by_content_below_the_parent_and_creates_the_rest(linked):
    family = linked
    matched = family.task(family.a, "Ann", "Call back", due_at=DUE)
    family.task(family.b, "Ann", "call  BACK", due_at="2026-02-01T09:00:00.000Z")
    family.task(family.a, "Bob", "Call back", due_at=DUE)  # another contact's: not the same
    family.task(family.a, "Ann", "Call back", due_at=LATER)  # due at another time: neither
    family.task(family.b, "Dan", "Send papers")
    await family.run("task")
    assert family.equal("task")
    assert len(family.a.records("task")) == len(family.b.records("task")) == 4
    assert (await family.counts("task"))["matched"] == 1
    assert family.a.read(matched, "task").values["title"] == "Call back"
    await assert_a_second_run_writes_nothing(family, "task")


async def test_a_matched_pair_is_merged_field_by_field(linked):
    family = linked
    family.task(family.a, "Ann", "Call back", due_at=DUE, body="about the policy")
    family.task(family.b, "Ann", "Call back", due_at=DUE, completed=True)
    await family.run("task")
    assert family.equal("task")
    assert family.one(family.a, "task").values["completed"] is True
    assert family.one(family.b, "task").values["body"] == "about the policy"


@pytest.mark.parametrize(("here", "there"), [(3, 1), (1, 3), (2, 2), (0, 3), (5, 4)])
async def test_siblings_that_say_the_same_are_paired_off_one_by_one(linked, here, there):
    family = linked
    for _ in range(here):
        family.note(family.a, "Ann", "Left voicemail")
    for _ in range(there):
        family.note(family.b, "Ann", "Left voicemail")
    await family.run("note")
    most = max(here, there)
    assert len(family.a.records("note")) == len(family.b.records("note")) == most
    assert links(family, "note") == most
    await assert_a_second_run_writes_nothing(family, "note")


async def test_one_of_several_alike_is_edited_and_only_its_partner_follows(linked):
    family = linked
    for _ in range(3):
        family.note(family.a, "Ann", "Left voicemail")
    await family.run("note")
    edited = next(iter(family.a.records("note")))
    family.edit(family.a, "note", edited, body="Spoke to her")
    await family.run("note")
    assert family.equal("note")
    assert family.one(family.b, "note", body="Spoke to her")
    assert len(family.b.records("note")) == 3


async def test_a_later_twin_is_added_and_not_taken_for_the_first(linked):
    family = linked
    family.note(family.a, "Ann", "Left voicemail")
    await family.run("note")
    family.note(family.a, "Ann", "Left voicemail")
    await family.run("note")
    assert len(family.b.records("note")) == 2
    await assert_a_second_run_writes_nothing(family, "note")


async def test_the_same_written_on_both_sides_between_two_runs_is_one(linked):
    family = linked
    await family.run()
    for app in family.apps:
        family.task(app, "Bob", "Renew", due_at=DUE)
        family.note(app, "Bob", "He called")
    await family.run()
    for kind in ("task", "note"):
        assert len(family.a.records(kind)) == len(family.b.records(kind)) == 1
        assert links(family, kind) == 1


async def test_many_children_are_decided_over_several_batches(linked, monkeypatch):
    family = linked
    monkeypatch.setattr("instep.engine.deciding.plan_batch.__defaults__", (None, 3, ()))
    for number in range(5):
        family.note(family.a, "Ann", f"Note {number % 2}")
        family.note(family.b, "Ann", f"Note {number % 3}")
    await family.run("note")
    assert family.equal("note")
    wanted = {"Note 0": 3, "Note 1": 2, "Note 2": 1}
    found = [each.values["body"] for each in family.a.records("note").values()]
    assert {body: found.count(body) for body in found} == wanted


# Later edits


async def test_edits_and_completion_travel_both_ways(linked):
    family = linked
    mine = family.task(family.a, "Ann", "Call back", due_at=DUE)
    theirs = family.task(family.b, "Bob", "Send papers", due_at=DUE)
    await family.run("task")
    family.edit(family.a, "task", mine, due_at=LATER)
    family.edit(family.b, "task", theirs, completed=True)
    await family.run("task")
    assert family.one(family.b, "task", title="Call back").values["due_at"] == LATER
    assert family.one(family.a, "task", title="Send papers").values["completed"] is True
    copy = family.one(family.b, "task", title="Call back").id
    family.edit(family.b, "task", copy, title="Call her back", completed=True)
    await family.run("task")
    assert family.a.read(mine, "task").values["title"] == "Call her back"
    assert family.a.read(mine, "task").values["completed"] is True
    family.edit(family.a, "task", mine, completed=False)
    await family.run("task")
    assert family.b.read(copy, "task").values["completed"] is False
    await assert_a_second_run_writes_nothing(family, "task")


async def test_edits_of_different_fields_on_both_sides_both_arrive(linked):
    family = linked
    mine = family.task(family.a, "Ann", "Call back", due_at=DUE)
    await family.run("task")
    copy = family.one(family.b, "task").id
    family.edit(family.a, "task", mine, body="about the policy")
    family.edit(family.b, "task", copy, completed=True)
    await family.run("task")
    assert family.equal("task")
    values = family.b.read(copy, "task").values
    assert (values["body"], values["completed"]) == ("about the policy", True)


async def test_an_echo_of_a_created_child_moves_nothing(linked):
    family = linked
    family.b.quirks.cuts = {"title": 8}
    family.b.quirks.lowers = frozenset({"body"})
    family.task(family.a, "Ann", "Call back soon", body="About the POLICY", due_at=DUE)
    await family.run("task")
    assert family.one(family.b, "task").values["title"] == "Call bac"
    await assert_a_second_run_writes_nothing(family, "task")
    assert family.one(family.a, "task").values["title"] == "Call back soon"


async def test_a_lost_reply_of_a_create_makes_no_double(linked):
    family = linked
    for _ in range(3):
        family.note(family.a, "Ann", "Left voicemail")
    family.task(family.a, "Ann", "Call back", due_at=DUE)
    family.task(family.b, "Bob", "Send papers", due_at=DUE)
    for app in family.apps:
        app.drop_reply(2)
    await family.run("task")
    for app in family.apps:
        app.drop_reply(2)
    await family.run("note")
    for app in family.apps:
        app.clear()
        assert len(app.records("note")) == 3
        assert len(app.records("task")) == 2
    assert family.equal("task", "note")


# Orientation


@pytest.mark.parametrize("kind", ["task", "note"])
async def test_a_sync_whose_sides_are_swapped_finds_the_same_parents(family, kind):
    await family.run("contact")
    await family.sync(kind, swapped=True)
    text = {"task": "title", "note": "body"}[kind]
    for app, name in ((family.a, "Ann"), (family.b, "Ann"), (family.a, "Cid"), (family.b, "Dan")):
        said = "both" if name == "Ann" else f"of {name}"
        family.add(app, kind, contact_id=family.id_of(app, name), **{text: said})
    await family.run(kind)
    assert family.equal(kind)
    assert len(family.a.records(kind)) == 3
    await assert_a_second_run_writes_nothing(family, kind)
    edited = family.one(family.a, kind, **{text: "of Dan"}).id
    family.edit(family.a, kind, edited, **{text: "of Dan, edited"})
    family.edit(family.a, "contact", family.id_of(family.a, "Dan"), city="Leiden")
    await family.run("contact", kind)
    assert family.equal(kind)


# Moving to another parent


async def test_a_child_that_moves_stays_linked_where_the_other_app_cannot_move_it(linked):
    family = linked
    task = family.task(family.a, "Ann", "Call back", due_at=DUE)
    await family.run("task")
    family.edit(family.a, "task", task, contact_id=family.id_of(family.a, "Bob"))
    await family.run("task")
    # the app in memory takes a contact only in a create: its partner stays where it is
    assert family.one(family.b, "task").values["contact_id"] == family.id_of(family.b, "Ann")
    assert len(family.b.records("task")) == 1
    await assert_a_second_run_writes_nothing(family, "task")
    family.edit(family.a, "task", task, title="Call Bob back")
    await family.run("task")
    assert family.one(family.b, "task").values["title"] == "Call Bob back"
    family.edit(family.b, "task", family.one(family.b, "task").id, completed=True)
    await family.run("task")
    assert family.a.read(task, "task").values["completed"] is True


async def test_a_child_that_moves_takes_its_partner_along_where_the_other_app_can(database):
    family = await make_family(database, Vault(os.urandom(32)), late=True)
    for name in ("Ann", "Bob"):
        family.both(name)
    await family.sync("contact")
    await family.run("contact")
    await family.sync("task")
    task = family.task(family.a, "Ann", "Call back", due_at=DUE)
    await family.run("task")
    assert family.one(family.b, "task").values["contact_id"] == family.id_of(family.b, "Ann")
    family.edit(family.a, "task", task, contact_id=family.id_of(family.a, "Bob"))
    await family.run("task")
    assert family.one(family.b, "task").values["contact_id"] == family.id_of(family.b, "Bob")
    family.person(family.a, "Eve")  # who has no partner yet: the move waits for it
    family.edit(family.a, "task", task, contact_id=family.id_of(family.a, "Eve"))
    await family.run("task")
    assert family.one(family.b, "task").values["contact_id"] == family.id_of(family.b, "Bob")
    await family.run("contact")
    await family.drain()
    assert family.one(family.b, "task").values["contact_id"] == family.id_of(family.b, "Eve")
    await assert_a_second_run_writes_nothing(family)


# Nothing is left behind


async def test_finished_work_leaves_the_hot_tables_empty(linked):
    family = linked
    for _ in range(3):
        family.note(family.a, "Ann", "Left voicemail")
    family.task(family.b, "Dan", "Send papers")
    await family.run()
    for table in (notice, effect, awaited):
        assert rows(family, table) == []


async def test_comparing_says_that_children_are_in_step_and_which_are_left_alone(linked):
    family = linked
    for _ in range(2):
        family.note(family.a, "Ann", "Left voicemail")
    family.task(family.b, "Dan", "Send papers")
    family.person(family.a, "Eve")
    family.task(family.a, "Eve", "Waits")
    await family.run("task", "note")
    async with family.services() as (_, syncs):
        for kind, there in (("task", 1), ("note", 2)):
            told = await syncs.compare(family.sync_of(kind))
            assert told.in_step
            assert (told.a, told.b) == (there, there)
        family.edit(family.b, "task", family.one(family.b, "task").id, title="Edited")
        assert not (await syncs.compare(family.sync_of("task"))).in_step
