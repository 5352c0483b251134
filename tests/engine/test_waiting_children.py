"""A child waits for its parent's link, says so, and goes by itself; both databases."""

from __future__ import annotations

import os

import pytest

from instep.core.errors import UserError
from instep.engine.review_services import Reviews
from instep.store.schema.syncs import awaited, notice, record
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.crash.small_family import make_family
from tests.engine.families import (
    DUE,
    assert_a_second_run_writes_nothing,
    links,
    rows,
    sentence_of,
    tell,
)

# Children whose parent has no partner yet


async def test_a_child_waits_for_its_parents_link_and_says_so(linked):
    family = linked
    family.person(family.a, "Eve")
    task = family.task(family.a, "Eve", "Call back", due_at=DUE)
    await family.run("task")
    assert family.b.records("task") == {}
    state, sentence = sentence_of(family, task)
    assert state == "waiting"
    assert "contact" in sentence
    assert "no partner" in sentence
    assert (await family.counts("task"))["waiting"] == 1
    (waits,) = rows(family, awaited)
    assert (waits.record_id, waits.named_id) == (task, family.id_of(family.a, "Eve"))


@pytest.mark.parametrize("side", ["a", "b"])
@pytest.mark.parametrize("swapped", [False, True], ids=["aligned", "swapped"])
async def test_a_waiting_child_goes_through_by_itself_once_its_parent_is_linked(
    family, side, swapped
):
    await family.run("contact")
    await family.sync("task", swapped=swapped)
    await family.run("task")
    here = getattr(family, side)
    there = family.b if side == "a" else family.a
    family.person(here, "Eve")
    task = family.task(here, "Eve", "Call back", due_at=DUE)
    await family.run("task")
    assert there.records("task") == {}
    await family.run("contact")
    assert await family.drain() == ["task"], "the new link did not make the tasks' sync due"
    assert family.equal("task")
    assert family.one(there, "task").values["contact_id"] == family.id_of(there, "Eve")
    assert sentence_of(family, task) == ("known", None)
    assert rows(family, awaited) == []
    assert (await family.status("task")).latest.kind == "webhook", "it read a list for that"
    await assert_a_second_run_writes_nothing(family)


async def test_a_waiting_child_is_matched_and_not_doubled_when_its_parent_is_linked(linked):
    family = linked
    family.both("Eve")
    for app in family.apps:
        family.task(app, "Eve", "Call back", due_at=DUE)
    await family.run("task")
    assert {row.state for row in rows(family, record, record.c.parent_id.is_not(None))} == {
        "waiting"
    }
    await family.run("contact")
    await family.drain()
    assert len(family.a.records("task")) == len(family.b.records("task")) == 1
    assert links(family, "task") == 1


async def test_an_edit_while_a_child_waits_is_the_one_that_goes_through(linked):
    family = linked
    family.person(family.a, "Eve")
    task = family.task(family.a, "Eve", "Call back", due_at=DUE)
    await family.run("task")
    family.edit(family.a, "task", task, title="Call Eve back")
    await family.run("task", "contact")
    await family.drain()
    assert family.one(family.b, "task").values["title"] == "Call Eve back"


async def test_a_waiting_child_that_is_deleted_is_not_created_afterwards(linked):
    family = linked
    family.person(family.a, "Eve")
    task = family.task(family.a, "Eve", "Call back", due_at=DUE)
    await family.run("task")
    family.a.remove(task, "task")
    await tell(family, family.a, "task", task, deleted=True)
    await family.drain()
    assert sentence_of(family, task)[0] == "gone"
    await family.run("contact")
    await family.drain()
    assert family.b.records("task") == {}
    assert rows(family, notice) == []


async def test_a_first_run_before_the_parents_own_loses_and_doubles_nothing(family):
    await family.sync("task")
    await family.sync("note")
    for app in family.apps:
        family.task(app, "Ann", "Call back", due_at=DUE)
        family.note(app, "Ann", "Left voicemail")
    family.task(family.a, "Cid", "Cid's", due_at=DUE)
    family.note(family.b, "Dan", "Dan's")
    await family.run("task", "note")
    assert family.writes() == 0
    await family.run("contact")
    await family.drain()
    await family.run("task", "note")
    assert family.equal()
    assert len(family.a.records("task")) == len(family.a.records("note")) == 2


async def test_a_mass_of_children_woken_by_their_parents_links_does_not_pull_the_brake(family):
    await family.sync("task")
    for number in range(110):
        family.task(family.a, "Ann", f"Task {number}", due_at=DUE)
    await family.run("task")
    assert family.b.records("task") == {}
    await family.run("contact")
    await family.drain()
    await family.run("task")
    assert len(family.b.records("task")) == 110


async def test_children_of_a_contact_under_review_wait_for_the_person_who_settles_it(linked):
    family = linked
    for last in ("One", "Two"):
        family.a.add({"first_name": "Eve", "last_name": last, "email": "eve@example.com"})
    one = next(each for each in family.a.records().values() if each.values["last_name"] == "One")
    task = family.add(family.a, "task", contact_id=one.id, title="Call back", due_at=DUE)
    await family.run("contact", "task")
    assert sentence_of(family, one.id)[0] == "review"
    assert sentence_of(family, task)[0] == "waiting"
    assert family.b.records("task") == {}


# Why a child waits


async def why(family, text, kind):
    """Say how a record of a kind stands, as `instep why` does."""
    async with family.services() as (engine, _):
        (told,) = await Reviews(engine, DEFAULT_WORKSPACE).why(text, family.sync_of(kind))
        return told


@pytest.mark.parametrize("swapped", [False, True], ids=["aligned", "swapped"])
async def test_a_parent_under_review_explains_its_children(family, swapped):
    await family.run("contact")
    await family.sync("task", swapped=swapped)
    for last in ("One", "Two"):
        family.a.add({"first_name": "Eve", "last_name": last, "email": "eve@example.com"})
    one = next(each for each in family.a.records().values() if each.values["last_name"] == "One")
    task = family.add(family.a, "task", contact_id=one.id, title="Call back", due_at=DUE)
    await family.run("contact", "task")
    told = await why(family, task, "task")
    assert told.stand == "awaiting"
    first, second, *_ = told.explanation.sentences
    assert first == f"It waits: its contact {one.id} has no partner in Memory yet."
    assert second == (
        "Its contact Eve One: Its match is not certain: another record on the same side has the "
        "same e-mail."
    )


async def test_a_parent_that_is_on_its_way_or_unread_explains_its_children(linked):
    family = linked
    eve = family.person(family.a, "Eve")
    task = family.task(family.a, "Eve", "Call back", due_at=DUE)
    await family.run("task")
    told = await why(family, task, "task")
    assert told.explanation.sentences[1] == f"No sync has read its contact {eve} yet."
    family.b.fail(1_000, 422)
    async with family.services() as (engine, syncs):
        sync_of_contacts = await syncs.request_run(family.sync_of("contact"))
        for _ in range(3):
            await engine.advance(sync_of_contacts.shard)
    family.b.clear()
    told = await why(family, task, "task")
    assert "Its contact Eve Doe" in " ".join(told.explanation.sentences)


async def test_a_child_whose_parent_was_linked_is_explained_like_any_other(linked):
    family = linked
    task = family.task(family.a, "Ann", "Call back", due_at=DUE)
    await family.run("task")
    told = await why(family, task, "task")
    assert told.stand == "in_step"
    assert told.facts.awaited is None


# Children of nobody


async def test_a_child_of_nobody_stays_out_where_the_other_app_needs_a_parent(linked):
    family = linked
    nobodys = family.a._store("loose-1", {"title": "Nobody's", "contact_id": None}, "task").id
    await family.run("task")
    assert family.b.records("task") == {}
    state, sentence = sentence_of(family, nobodys)
    assert state == "excluded"
    assert "belongs to no contact" in sentence
    assert (await family.counts("task"))["excluded"] == 1
    await assert_a_second_run_writes_nothing(family, "task")


async def test_a_child_of_nobody_goes_through_once_it_has_a_parent(linked):
    family = linked
    loose = family.a._store("loose-1", {"title": "Nobody's", "contact_id": None}, "task").id
    await family.run("task")
    family.edit(family.a, "task", loose, contact_id=family.id_of(family.a, "Ann"))
    await family.run("task")
    assert family.one(family.b, "task").values["contact_id"] == family.id_of(family.b, "Ann")
    assert sentence_of(family, loose) == ("known", None)


async def test_a_sync_of_children_needs_one_of_their_parents(database):
    family = await make_family(database, Vault(os.urandom(32)))
    with pytest.raises(UserError, match="no sync keeps the contacts"):
        await family.sync("task")
