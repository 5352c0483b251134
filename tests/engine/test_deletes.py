"""Deletes through whole runs: noticed safely, believed by id, followed by policy, braked."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pytest
import sqlalchemy as sa

from instep.core.brakes import Brakes
from instep.core.fingerprint import load
from instep.core.records import Write
from instep.core.rules import Deletes, Rules, SideRules
from instep.store import sightings
from instep.store import syncs as stored_syncs
from instep.store.records import Scope
from instep.store.schema.syncs import record, sighting
from instep.store.syncs import NewSync
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.crash.small_world import contents, has, make_world, named
from tests.engine.deleted import deletes, held, left, lines, lose, read_all, rule, said, states
from tests.engine.services import services_of
from tests.engine.test_hints import drain, tell

TAG = "deleted in memory"


@pytest.fixture
async def world(database):
    made = await make_world(database, Vault(os.urandom(32)))
    await made.run()
    return made


async def _crowd(world, size):
    """Add so many people, alike on both sides."""
    for number in range(size):
        person = {"first_name": f"P{number:03}", "email": f"p{number:03}@example.com"}
        world.a.add(person)
        world.b.add(person)
    await world.run()


async def _release(world):
    async with services_of(world) as syncs:
        await syncs.release(world.sync)


# Noticing


async def test_a_poll_notices_no_delete_and_a_complete_read_does(world):
    lose(world, world.a, "Equal")
    await world.run()
    assert states(world, "Equal") == {"a": "known", "b": "known"}
    await read_all(world)
    assert states(world, "Equal")["a"] == "gone"
    assert left(world, sighting) == 0


async def test_by_default_nothing_is_deleted_and_no_deleted_twin_is_made_again(world):
    lose(world, world.a, "Equal")
    written = world.writes()
    await read_all(world)
    await read_all(world)
    assert (has(world.a, "Equal"), has(world.b, "Equal")) == (False, True)
    assert (world.writes(), deletes(world)) == (written, 0)
    assert "gone on side A; nothing is deleted on side B" in said(world, "Equal")


async def test_what_is_missing_but_still_there_is_taken_as_it_is(world):
    """A list that lags leaves out what is there; only the app's answer by id counts."""
    rule(world, Deletes.DELETE)
    equal = named(world.a, "Equal").id
    _hide(world.a, equal)
    world.clock.move(1)
    world.a.edit(equal, Write(set={"city": "Gouda"}))
    await read_all(world)
    assert deletes(world) == 0
    assert named(world.b, "Equal").values["city"] == "Gouda"


def _hide(app, record_id):
    """Let the app's lists leave somebody out."""
    listed = app.page

    def page(*args, **kwargs):
        records, more = listed(*args, **kwargs)
        return [each for each in records if each.id != record_id], more

    app.page = page


async def test_a_complete_read_that_breaks_off_decides_nothing(world):
    """The second page fails; then everybody comes back before the read begins anew."""
    rule(world, Deletes.DELETE)
    await _crowd(world, 120)  # more than one page
    gone = [lose(world, world.a, f"P{number:03}") for number in range(3)]
    async with services_of(world) as syncs:
        await syncs.read_everything_again(world.sync)
        await syncs.request_run(world.sync)
    _fail_after(world.a, pages=1)
    run = await drain(world)
    assert (run.state, run.phase) == ("running", "read_a")
    assert deletes(world) == 0
    assert all(states(world, f"P{number:03}")["a"] == "known" for number in range(3))
    world.a.clear()
    world.clock.move(60)
    assert (await drain(world)).state == "done"
    assert deletes(world) == 3
    assert len(gone) == 3
    assert contents(world.a) == contents(world.b)


def _fail_after(app, pages):
    """Let the app break down after so many pages."""
    listed, left = app.page, [pages]

    def page(*args, **kwargs):
        found = listed(*args, **kwargs)
        left[0] -= 1
        if not left[0]:
            app.fail(50)
        return found

    app.page = page


async def test_a_read_that_begins_anew_forgets_what_the_last_one_saw(world):
    rule(world, Deletes.DELETE)
    equal = named(world.a, "Equal").id
    with world.database.write() as tx:
        sync_id = (stored_syncs.list_all(tx, DEFAULT_WORKSPACE))[0].id
        sightings.note(tx, Scope(DEFAULT_WORKSPACE, sync_id, "run_x", 0), "a", [equal])
    lose(world, world.a, "Equal")
    await read_all(world)
    assert states(world, "Equal")["a"] == "gone"


async def test_a_record_that_was_read_later_than_the_list_is_not_missing(world):
    """What was learnt of a record after the list was asked for is younger than the list."""
    with world.database.write() as tx:
        sync_id = stored_syncs.list_all(tx, DEFAULT_WORKSPACE)[0].id
        listed = [each.id for each in world.a.records().values()][1:]
        scope = Scope(DEFAULT_WORKSPACE, sync_id, "run_x", 0)
        sightings.note(tx, scope, "a", listed)
        rows = {row.read_at for row in sightings_of(tx, sync_id)}
        (latest,) = rows
        assert sightings.count_missing(tx, sync_id, "a", latest + 1) == 1
        assert sightings.count_missing(tx, sync_id, "a", latest) == 0
        assert len(sightings.doubted(tx, sync_id, "a", latest + 1, 10)) == 1


def sightings_of(tx, sync_id):
    """Return the records of side A that the complete read did not bring."""
    missing = {row.record_id for row in sightings.doubted(tx, sync_id, "a", 1 << 60, 10)}
    query = sa.select(record).where(record.c.sync_id == sync_id, record.c.side == "a")
    return [row for row in tx.execute(query) if row.record_id in missing]


# Policies


async def test_delete_deletes_the_partner_once_and_tells_of_it(world):
    rule(world, Deletes.DELETE)
    lose(world, world.a, "Equal")
    await read_all(world)
    assert not has(world.b, "Equal")
    await read_all(world)
    assert deletes(world) == 1
    (line,) = lines(world, "deleted")
    before = load(line.before)
    assert (line.side, before["email"], before["city"]) == ("b", "equal@example.com", "Leiden")
    assert "its partner is gone" in json.loads(line.why)["email"]
    assert states(world, "Equal") == {"a": "gone", "b": "gone"}
    assert "This sync deleted it" in said(world, "Equal")


async def test_a_delete_on_side_b_is_followed_on_side_a(world):
    rule(world, Deletes.DELETE)
    lose(world, world.b, "Equal")
    await read_all(world)
    assert not has(world.a, "Equal")
    assert contents(world.a) == contents(world.b)


async def test_tag_tags_the_partner_once(world):
    rule(world, Deletes.TAG)
    lose(world, world.a, "Tagged")
    await read_all(world)
    tags = named(world.b, "Tagged").values["tags"]
    assert set(tags) == {"lead", "vip", "newsletter", TAG}
    written = world.writes()
    await read_all(world)
    assert (world.writes(), deletes(world)) == (written, 0)


async def test_a_tag_that_a_person_takes_away_is_not_given_again(world):
    rule(world, Deletes.TAG)
    lose(world, world.a, "Equal")
    await read_all(world)
    world.clock.move(1)
    world.b.edit(named(world.b, "Equal").id, Write(remove={"tags": (TAG,)}))
    written = world.writes()
    await read_all(world)
    assert world.writes() == written
    assert "it is kept there" in said(world, "Equal")


async def test_a_tag_goes_where_the_mapping_has_no_tags(database):
    world = await make_world(
        database, Vault(os.urandom(32)), mapping=[{"a": "email"}, {"a": "first_name"}]
    )
    await world.run()
    rule(world, Deletes.TAG)
    lose(world, world.a, "Tagged")
    world.b.drop_reply()  # its answer gets lost, too
    await read_all(world)
    assert set(named(world.b, "Tagged").values["tags"]) == {"newsletter", TAG}
    assert lines(world, "updated")[-1].after == '{"tags":["deleted in memory"]}'


async def test_a_record_edited_since_is_kept_under_every_policy(world):
    for policy, name in zip((Deletes.DELETE, Deletes.TAG), ("Equal", "Fills"), strict=True):
        rule(world, policy)
        lose(world, world.a, name)
        world.b.edit(named(world.b, name).id, Write(set={"website": "https://example.com/kept"}))
        written = world.writes()
        await read_all(world)
        assert has(world.b, name)
        assert world.writes() == written
        assert "edited on side B since: it is kept there" in said(world, name)


async def test_a_record_edited_right_before_it_is_deleted_is_kept(world):
    """The edit comes after the decision: the last look finds it."""
    rule(world, Deletes.DELETE)
    lose(world, world.a, "Equal")
    equal = named(world.b, "Equal").id
    world.clock.move(10)
    fuse = _Meddling(world.b, lambda: world.b.edit(equal, Write(set={"city": "Hoorn"})))
    await read_all(world, fuse)
    assert fuse.meddled
    assert named(world.b, "Equal").values["city"] == "Hoorn"
    assert deletes(world) == 0


async def test_a_partner_that_comes_back_right_before_the_delete_saves_the_other(world):
    rule(world, Deletes.DELETE)
    equal = named(world.a, "Equal")
    lose(world, world.a, "Equal")
    world.clock.move(10)
    fuse = _Meddling(world.b, lambda: _restore(world, world.a, equal))
    await read_all(world, fuse)
    assert fuse.meddled
    assert deletes(world) == 0
    assert contents(world.a) == contents(world.b)
    assert states(world, "Equal") == {"a": "known", "b": "known"}


class _Meddling:
    """No fuse: does something right before the last look at a record that is to be deleted."""

    def __init__(self, app, meddle):
        self.app, self.meddle, self.meddled = app, meddle, False

    async def cross(self, what, step):
        is_look = what.startswith(f"GET /contacts/{self.app.name}")
        if is_look and not self.meddled:
            self.meddled = True
            self.meddle()
        return await step()

    def _stop_the_dead(self):
        pass


def _restore(world, app, record):
    """Bring a deleted record back under its own id, as a recycle bin does."""
    world.clock.move(1)
    shelf = app._shelves["contact"]
    shelf.store(record.id, dict(record.values), f"{record.version}-back")


async def test_a_record_that_comes_back_before_its_partner_changed_goes_on(world):
    equal = named(world.a, "Equal")
    lose(world, world.a, "Equal")
    await read_all(world)
    _restore(world, world.a, equal)
    world.edit(world.a, "Equal", city="Hoorn")
    await world.run()
    assert named(world.b, "Equal").values["city"] == "Hoorn"


async def test_a_tagged_partner_goes_on_and_keeps_its_tag_to_itself(world):
    rule(world, Deletes.TAG)
    equal = named(world.a, "Equal")
    lose(world, world.a, "Equal")
    await read_all(world)
    _restore(world, world.a, equal)
    await read_all(world)
    assert states(world, "Equal") == {"a": "known", "b": "known"}
    assert not named(world.a, "Equal").values.get("tags")
    assert named(world.b, "Equal").values["tags"] == (TAG,)


async def test_a_record_that_comes_back_alone_is_not_deleted_after_its_partner(world):
    rule(world, Deletes.DELETE)
    equal = named(world.a, "Equal")
    lose(world, world.a, "Equal")
    await read_all(world)
    assert not has(world.b, "Equal")
    _restore(world, world.a, equal)
    await read_all(world)
    await read_all(world)
    assert has(world.a, "Equal")
    assert deletes(world) == 1
    assert "whichever comes back is left alone" in said(world, "Equal")


async def test_what_people_deleted_on_both_sides_may_come_back_on_one(world):
    rule(world, Deletes.DELETE)
    equal = named(world.a, "Equal")
    lose(world, world.a, "Equal")
    lose(world, world.b, "Equal")
    await read_all(world)
    assert deletes(world) == 0
    assert len(held(world)) == 1
    _restore(world, world.a, equal)
    await read_all(world)
    assert has(world.a, "Equal")
    assert deletes(world) == 0


async def test_an_answer_to_a_delete_that_gets_lost_does_no_harm(world):
    rule(world, Deletes.DELETE)
    lose(world, world.a, "Equal")
    world.b.drop_reply()
    await read_all(world)
    assert not has(world.b, "Equal")
    assert states(world, "Equal") == {"a": "gone", "b": "gone"}


async def test_a_record_without_a_link_is_gone_and_nothing_follows(world):
    world.add(world.a, {"first_name": "Solo"})  # nothing to be recognised by, but it is created
    await world.run()
    with world.database.read() as tx:
        sync = stored_syncs.list_all(tx, DEFAULT_WORKSPACE)[0]
    assert sync.state == "active"
    rule(world, Deletes.DELETE)
    lose(world, world.a, "Solo")
    await read_all(world)
    assert not has(world.b, "Solo")


# Brakes


async def test_an_emptied_side_is_named_and_goes_on_once_released(world):
    rule(world, Deletes.IGNORE)
    for record_id in [*world.b.records()]:
        world.b.remove(record_id)
    with pytest.raises(AssertionError, match=r"side B\) suddenly has no contacts"):
        await read_all(world)
    assert all(states(world, name)["b"] == "known" for name in ("Equal", "Anna", "Bert"))
    await _release(world)
    written = world.writes()
    await world.run()
    assert states(world, "Equal") == {"a": "excluded", "b": "gone"}
    assert (world.writes(), len(world.a.records())) == (written, world.people)


async def test_a_third_of_the_records_missing_stops_the_sync_before_anybody_is_asked_for(world):
    rule(world, Deletes.DELETE)
    await _crowd(world, 60)
    for number in range(23):
        lose(world, world.a, f"P{number:03}")
    world.a.calls.clear()
    with pytest.raises(AssertionError, match="does not list 23 of 69 linked contacts any more"):
        await read_all(world)
    assert sum(world.a.calls.values()) == 1  # one page; nobody was asked for
    assert deletes(world) == 0
    await _release(world)
    await world.run()
    assert deletes(world) == 23
    assert contents(world.a) == contents(world.b)


async def test_a_released_sync_looks_again_first(world):
    """Somebody put the account right, and then released the sync: nothing was deleted."""
    rule(world, Deletes.DELETE)
    await _crowd(world, 60)
    lost = [named(world.a, f"P{number:03}") for number in range(23)]
    for each in lost:
        world.a.remove(each.id)
    with pytest.raises(AssertionError, match="the brake allows 20"):
        await read_all(world)
    for each in lost:
        _restore(world, world.a, each)
    await _release(world)
    await world.run()
    assert deletes(world) == 0
    assert contents(world.a) == contents(world.b)


async def test_too_many_deletes_in_one_run_stop_it_before_anything_is_sent(world):
    rule(world, Deletes.DELETE)
    async with services_of(world) as syncs:
        await syncs.set_brakes(world.sync, Brakes(min_deletes=1, max_delete_share=0))
    lose(world, world.a, "Equal")
    lose(world, world.b, "Fills")  # one on each side: no list looks odd
    with pytest.raises(AssertionError, match="would delete 2 of 9 linked records"):
        await read_all(world)
    assert deletes(world) == 0
    await _release(world)
    await world.run()
    assert deletes(world) == 2


async def test_deletes_by_webhooks_follow_the_policy_and_count_together(world):
    rule(world, Deletes.DELETE)
    async with services_of(world) as syncs:
        await syncs.set_brakes(world.sync, Brakes(min_deletes=2, max_delete_share=0))
    runs = []
    for name in ("Equal", "Fills", "Tagged"):
        gone = lose(world, world.a, name)
        await tell(world, world.a, gone, deleted=True)
        runs.append(await drain(world))
    assert [run.state for run in runs] == ["done", "done", "halted"]
    assert "would delete 3 of 9" in runs[-1].sentence
    assert deletes(world) == 2
    assert has(world.b, "Tagged")


async def test_a_preview_shows_what_would_be_deleted_and_deletes_nothing(world):
    rule(world, Deletes.DELETE)
    lose(world, world.a, "Equal")
    async with services_of(world) as syncs:
        await syncs.read_everything_again(world.sync)
        preview = await syncs.preview(world.sync)
    assert preview.counts["to_delete"] == 1
    (item,) = [each for each in preview.items if each["what"] == "delete"]
    assert (item["record"], deletes(world)) == ("Equal Doe", 0)
    await world.run()
    assert deletes(world) == 1


async def test_rules_are_stored_with_a_sync(world):
    rules = Rules(SideRules(deletes=Deletes.TAG), SideRules(deletes=Deletes.DELETE))
    with world.database.write() as tx:
        old = stored_syncs.list_all(tx, DEFAULT_WORKSPACE)[0]
        new = NewSync("tasks", "task", old.a_connection, old.b_connection, [], 300, Brakes(), rules)
        made = stored_syncs.create(tx, DEFAULT_WORKSPACE, new, 0)
    assert made.rules == rules
    assert replace(made.rules, b=SideRules()).b.deletes is Deletes.IGNORE
