"""Tasks, notes and businesses of two apps are kept equal below their contacts; both databases."""

from __future__ import annotations

import os
from itertools import count

import pytest
import sqlalchemy as sa

from instep.core.errors import UserError
from instep.engine import visiting
from instep.engine.review_services import Reviews
from instep.sdk.webhooks import Hint
from instep.store import events
from instep.store.events import Arrival
from instep.store.schema.syncs import awaited, effect, link, notice, record, sync, visit
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.crash.small_family import make_family

_numbers = count(1)

DUE = "2026-02-01T09:00:00.000Z"
LATER = "2026-03-01T09:00:00.000Z"


@pytest.fixture
async def family(database):
    """Two apps with Ann and Bob in both, Cid in the first alone, Dan in the second alone."""
    made = await make_family(database, Vault(os.urandom(32)))
    for name in ("Ann", "Bob"):
        made.both(name)
    made.person(made.a, "Cid")
    made.person(made.b, "Dan")
    await made.sync("contact")
    return made


@pytest.fixture
async def linked(family):
    """The same, with the contacts in step and syncs of tasks and notes set up."""
    await family.run("contact")
    await family.sync("task")
    await family.sync("note")
    return family


def rows(family, table, *where):
    with family.database.read() as tx:
        return tx.execute(sa.select(table).where(*where)).all()


def sentence_of(family, record_id):
    (row,) = rows(family, record, record.c.record_id == record_id)
    return row.state, row.sentence


def links(family, kind):
    with family.database.read() as tx:
        query = sa.select(sa.func.count()).select_from(link.join(sync, link.c.sync_id == sync.c.id))
        return tx.execute(query.where(sync.c.canonical == kind)).scalar_one()


async def assert_a_second_run_writes_nothing(family, *kinds):
    written = family.writes()
    family.clock.move(120)
    await family.run(*kinds)
    await family.run(*kinds)
    assert family.writes() == written, "a run with nothing to do wrote something"


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


async def test_a_child_that_moves_to_another_parent_takes_its_partner_along_or_says_so(linked):
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


# Businesses, and the contacts' link to them


def works_for(family, app, name):
    """The name of the business that a contact belongs to in an app."""
    business_id = app.read(family.id_of(app, name)).values.get("business_id")
    return None if business_id is None else app.read(business_id, "business").values["name"]


async def employ(family, app, name, business):
    family.edit(app, "contact", family.id_of(app, name), business_id=business)


@pytest.mark.parametrize("first", ["business", "contact"])
@pytest.mark.parametrize("swapped", [False, True], ids=["aligned", "swapped"])
async def test_the_contacts_link_is_kept_aligned_whichever_sync_was_there_first(
    database, first, swapped
):
    family = await make_family(database, Vault(os.urandom(32)))
    acme = family.add(family.a, "business", name="Acme")
    family.add(family.b, "business", name="ACME")
    globex = family.add(family.b, "business", name="Globex")
    family.both("Ann")
    family.person(family.a, "Cid", business_id=acme)
    family.person(family.b, "Dan", business_id=globex)
    await employ(family, family.a, "Ann", acme)
    second = "contact" if first == "business" else "business"
    await family.sync(first, swapped=swapped)
    await family.run(first)
    await family.sync(second)
    await family.run(second)
    await family.drain()
    for app in family.apps:
        assert len(app.records("business")) == 2
        assert works_for(family, app, "Ann").casefold() == "acme"
        assert works_for(family, app, "Cid").casefold() == "acme"
        assert works_for(family, app, "Dan") == "Globex"
    assert rows(family, awaited) == []
    await assert_a_second_run_writes_nothing(family)


async def test_a_contacts_link_follows_a_change_on_either_side_and_is_refilled(database):
    family = await make_family(database, Vault(os.urandom(32)))
    acme, globex = (family.add(family.a, "business", name=each) for each in ("Acme", "Globex"))
    family.both("Ann")
    await family.sync("business")
    await family.sync("contact")
    await family.run()
    theirs = {each.values["name"]: each.id for each in family.b.records("business").values()}
    await employ(family, family.a, "Ann", acme)
    await family.run()
    assert works_for(family, family.b, "Ann") == "Acme"
    await employ(family, family.b, "Ann", theirs["Globex"])
    await family.run()
    assert works_for(family, family.a, "Ann") == "Globex"
    await employ(family, family.a, "Ann", None)  # an empty value does not overwrite a filled one
    await family.run()
    assert works_for(family, family.a, "Ann") == works_for(family, family.b, "Ann") == "Globex"
    assert family.a.read(family.id_of(family.a, "Ann")).values["business_id"] == globex
    await assert_a_second_run_writes_nothing(family)


async def test_a_cleared_link_is_cleared_on_the_other_side_where_the_mapping_says_so(database):
    family = await make_family(database, Vault(os.urandom(32)))
    acme = family.add(family.a, "business", name="Acme")
    family.both("Ann")
    mapping = [{"a": "first_name"}, {"a": "email"}, {"a": "business_id", "clears": True}]
    await family.sync("business")
    await family.sync("contact", mapping=mapping)
    await employ(family, family.a, "Ann", acme)
    await family.run()
    assert works_for(family, family.b, "Ann") == "Acme"
    await employ(family, family.b, "Ann", None)
    await family.run()
    assert works_for(family, family.a, "Ann") is None
    await assert_a_second_run_writes_nothing(family)


async def test_both_sides_changing_the_link_differently_is_settled_by_authority(database):
    family = await make_family(database, Vault(os.urandom(32)))
    ids = {each: family.add(family.a, "business", name=each) for each in ("Acme", "Globex", "Umbr")}
    family.both("Ann")
    await family.sync("business")
    await family.sync("contact")
    await employ(family, family.a, "Ann", ids["Acme"])
    await family.run()
    theirs = {each.values["name"]: each.id for each in family.b.records("business").values()}
    await employ(family, family.a, "Ann", ids["Globex"])
    await employ(family, family.b, "Ann", theirs["Umbr"])
    await family.run()
    assert works_for(family, family.a, "Ann") == works_for(family, family.b, "Ann") == "Globex"


async def test_a_link_to_a_business_nobody_keeps_equal_is_never_written(family):
    acme = family.add(family.a, "business", name="Acme")
    await employ(family, family.a, "Ann", acme)
    await employ(family, family.a, "Cid", acme)
    await family.run("contact")
    for name in ("Ann", "Cid"):
        assert family.b.read(family.id_of(family.b, name)).values.get("business_id") is None
    await assert_a_second_run_writes_nothing(family)
    assert family.a.read(family.id_of(family.a, "Ann")).values["business_id"] == acme


async def test_a_contact_of_a_new_business_is_created_at_once_and_linked_when_it_can_be(database):
    family = await make_family(database, Vault(os.urandom(32)))
    await family.sync("business")
    await family.sync("contact")
    await family.run()
    acme = family.add(family.a, "business", name="Acme")
    family.person(family.a, "Ann", business_id=acme)
    await family.run("contact")
    assert family.id_of(family.b, "Ann")
    assert works_for(family, family.b, "Ann") is None
    await family.run("business")
    assert await family.drain() == ["contact"]
    assert works_for(family, family.b, "Ann") == "Acme"


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


async def tell(family, app, kind, record_id, *, parent_id=None, deleted=False):
    """Store what a webhook about a child comes to; return the connections' syncs it made due."""
    told = Hint(f"k{next(_numbers)}", "Told", kind, record_id, parent_id, None, deleted=deleted)
    with family.database.read() as tx:
        connection = tx.execute(
            sa.text("SELECT id FROM connection WHERE name = :name"), {"name": app.name}
        ).scalar_one()
    now = int(family.clock.now().timestamp() * 1000)
    arrival = Arrival(DEFAULT_WORKSPACE, connection, told, ours=True, received_at=now)
    return await family.database.run(lambda tx: events.store(tx, [arrival], now))


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
