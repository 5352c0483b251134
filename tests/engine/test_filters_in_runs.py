"""Filters, directions and defaults in runs: who gets in, who leaves, who comes back."""

from __future__ import annotations

import os

import pytest
import sqlalchemy as sa

from instep.core.leaving import LEFT
from instep.core.records import Write
from instep.engine.rule_making import Said
from instep.store.schema.syncs import link, record
from instep.store.vault import Vault
from tests.crash.small_world import has, make_world, named
from tests.engine.services import reviews_of, services_of, setup_of, work_of

LEIDEN = ("city eq Leiden",)


@pytest.fixture
def world_of(database):
    """Make a world whose sync has these rules."""

    async def make(**said):
        return await make_world(database, Vault(os.urandom(32)), said=Said(**said))

    return make


def city(app, name):
    return named(app, name).values.get("city")


def tags(app, name):
    return set(named(app, name).values.get("tags") or ())


async def told(world, app, name):
    """How a record stands, and all that is said about it."""
    async with reviews_of(world) as reviews:
        (answer,) = await reviews.why(named(app, name).id)
    return answer.stand, " ".join(answer.explanation.sentences)


def links(world):
    with world.database.read() as tx:
        return {row.a_id: row.b_id for row in tx.execute(sa.select(link))}


async def test_only_those_inside_get_in_and_the_others_say_why(world_of):
    world = await world_of(filters={"a": LEIDEN})
    await world.run()
    assert has(world.b, "Anna")  # of Leiden
    assert not has(world.a, "Bert")  # of Gouda: outside as soon as he was there
    assert city(world.a, "Fills") is None  # has no city, and was in B with one: not linked
    assert named(world.a, "Fills").id not in links(world)
    stand, sentences = await told(world, world.a, "Fills")
    assert (stand, "it is outside the filter: city is leiden" in sentences) == ("excluded", True)
    stand, sentences = await told(world, world.b, "Bert")
    assert (stand, "on side A it would be outside" in sentences) == ("excluded", True)
    before = world.writes()
    await world.run()
    assert world.writes() == before


async def test_nobody_is_made_twice_whose_partner_is_outside(world_of):
    world = await world_of(filters={"b": ("city eq Gouda",)})
    await world.run()
    names = [each.values["first_name"] for each in world.b.records().values()]
    assert names.count("Equal") == names.count("Differs") == 1
    stand, sentences = await told(world, world.a, "Equal")
    assert stand == "excluded"
    assert "the record on side B with the same e-mail: it is outside the filter" in sentences


async def test_a_record_that_enters_is_linked_and_kept(world_of):
    world = await world_of(filters={"a": LEIDEN})
    await world.run()
    world.edit(world.a, "Fills", city="leiden")
    await world.run()
    assert links(world)[named(world.a, "Fills").id] == named(world.b, "Fills").id
    assert named(world.b, "Fills").values["phone"] == "+12125550123"
    world.add(world.b, {"first_name": "Lena", "email": "lena@example.com", "city": "Leiden"})
    await world.run()
    assert has(world.a, "Lena")


async def test_a_partner_that_enters_is_linked_to_who_waited_for_it(world_of):
    world = await world_of(filters={"b": ("city eq Gouda",)})
    await world.run()
    world.edit(world.b, "Equal", city="Gouda")
    await world.run()
    assert links(world)[named(world.a, "Equal").id] == named(world.b, "Equal").id
    assert (await told(world, world.a, "Equal"))[0] == "in_step"


async def test_a_record_that_leaves_stops_and_goes_on_where_it_stopped(world_of):
    world = await world_of(filters={"a": LEIDEN})
    await world.run()
    pair = links(world)[named(world.a, "Anna").id]
    world.edit(world.a, "Anna", city="Delft", website="https://example.com/a")
    await world.run()
    assert city(world.b, "Anna") == "Leiden"
    stand, sentences = await told(world, world.b, "Anna")
    assert stand == "excluded"
    assert "on side A it is outside the filter: city is leiden; its link is kept" in sentences
    # edited on both sides while it is outside
    world.edit(world.b, "Anna", phone="+12125550142", last_name="Inb")
    world.edit(world.a, "Anna", last_name="Ina")
    before = world.writes()
    await world.run()
    assert world.writes() == before
    world.edit(world.a, "Anna", city="Leiden")
    await world.run()
    for app in (world.a, world.b):
        values = named(app, "Anna").values
        assert (values["website"], values["phone"]) == ("https://example.com/a", "+12125550142")
        assert (values["last_name"], values["city"]) == ("Ina", "Leiden")  # side A has authority
    assert links(world)[named(world.a, "Anna").id] == pair
    assert (await told(world, world.a, "Anna"))[0] == "in_step"


async def test_a_record_that_leaves_is_still_kept_where_the_sync_says_so(world_of):
    world = await world_of(filters={"a": LEIDEN}, leaving="keep")
    await world.run()
    world.edit(world.a, "Anna", city="Delft")
    await world.run()
    assert city(world.b, "Anna") == "Delft"
    assert (await told(world, world.a, "Anna"))[0] == "in_step"


async def test_a_partner_is_tagged_once_and_the_tag_goes_when_the_record_comes_back(world_of):
    world = await world_of(filters={"a": LEIDEN}, leaving="tag")
    await world.run()
    world.edit(world.a, "Anna", city="Delft")
    await world.run()
    assert (tags(world.b, "Anna"), tags(world.a, "Anna")) == ({"lead", LEFT}, {"lead"})
    assert city(world.b, "Anna") == "Leiden"
    world.clock.move(1)
    world.b.edit(named(world.b, "Anna").id, Write(remove={"tags": (LEFT,)}))
    world.edit(world.a, "Anna", website="https://example.com/a")
    before = world.writes()
    await world.run()
    assert world.writes() == before  # somebody took it off: it is not put on again
    world.edit(world.a, "Anna", city="Leiden")
    await world.run()
    world.edit(world.a, "Anna", city="Delft")
    await world.run()
    assert LEFT in tags(world.b, "Anna")  # it left a second time
    world.edit(world.a, "Anna", city="Leiden")
    await world.run()
    assert tags(world.a, "Anna") == tags(world.b, "Anna") == {"lead"}
    before = world.writes()
    await world.run()
    assert world.writes() == before


async def test_a_partner_is_tagged_where_tags_are_not_mapped(world_of):
    rows = [{"a": "first_name"}, {"a": "email"}, {"a": "city"}]
    world = await world_of(filters={"a": LEIDEN}, leaving="tag", mapping=rows)
    await world.run()
    world.edit(world.a, "Tagged", city="Leiden")
    await world.run()
    world.edit(world.a, "Tagged", city="Delft")
    world.b.drop_reply(1)  # the tag is written and no answer comes
    await world.run()
    assert tags(world.b, "Tagged") == {"newsletter", LEFT}
    assert tags(world.a, "Tagged") == {"lead", "vip"}
    before = world.writes()
    await world.run()
    assert world.writes() == before


async def test_a_tag_is_added_though_its_target_moved_meanwhile(world_of):
    world = await world_of(filters={"a": LEIDEN}, leaving="tag")
    await world.run()
    world.edit(world.a, "Anna", city="Delft")
    async with services_of(world) as syncs:
        sync = await syncs.get(world.sync)
        assert (await syncs.preview(world.sync)).counts["to_update"] == 1
    assert sync.state == "active"
    world.clock.move(60)
    # the list still shows what the preview saw: only the read before writing brings it
    world.b.edit(named(world.b, "Anna").id, Write(add={"tags": ("new",)}))
    await world.run()
    assert tags(world.b, "Anna") == {"lead", "new", LEFT}


async def test_a_filter_by_tag_looks_at_tags_that_are_not_mapped(world_of):
    rows = [{"a": "first_name"}, {"a": "email"}]
    world = await world_of(filters={"a": ("tags contains VIP",)}, mapping=rows)
    await world.run()
    assert [*links(world)] == [named(world.a, "Tagged").id]
    world.clock.move(1)
    world.a.edit(named(world.a, "Anna").id, Write(add={"tags": ("vip",)}))
    await world.run()
    assert has(world.b, "Anna")


async def test_our_own_writes_keep_the_verdict_about_what_they_do_not_tell(world_of):
    rows = [{"a": "first_name"}, {"a": "email"}, {"a": "city"}]
    world = await world_of(filters={"a": ("tags contains vip",)}, mapping=rows)
    await world.run()
    world.edit(world.b, "Tagged", city="Breda")
    await world.run()
    assert city(world.a, "Tagged") == "Breda"
    with world.database.read() as tx:
        query = sa.select(record.c.excluded).where(
            record.c.side == "a", record.c.record_id == named(world.a, "Tagged").id
        )
        assert tx.execute(query).scalar_one() is None


async def test_a_changed_filter_reads_everything_again_and_decides_who_moved(world_of):
    world = await world_of(filters={"a": LEIDEN})
    await world.run()
    async with setup_of(world) as setup:
        await setup.change(world.sync, Said(filters={"a": ("city in Leiden,Gouda",)}))
    await world.run()
    assert has(world.a, "Bert")
    assert has(world.b, "Anna")
    async with setup_of(world) as setup:
        await setup.change(world.sync, Said(filters={"a": ("city eq Gouda",)}))
    await world.run()
    world.edit(world.a, "Anna", website="https://example.com/a")
    world.edit(world.a, "Bert", website="https://example.com/b")
    await world.run()
    assert "website" not in named(world.b, "Anna").values
    assert named(world.b, "Bert").values["website"] == "https://example.com/b"
    async with setup_of(world) as setup:
        shown = await setup.change(world.sync, Said(filters={"a": None}))
    assert shown.sync.rules.a.filter is None
    await world.run()
    assert named(world.b, "Anna").values["website"] == "https://example.com/a"


async def test_a_filter_changed_during_a_run_makes_it_read_everything_again(world_of):
    world = await world_of(filters={"a": LEIDEN})
    async with services_of(world) as syncs:
        await syncs.request_run(world.sync)
        work = await work_of(syncs, world)
        await syncs._engine.start(work)
        async with setup_of(world) as setup:
            await setup.change(world.sync, Said(filters={"a": None}))
    await world.run()
    assert has(world.a, "Bert")


async def test_a_sync_that_goes_one_way_never_writes_the_other_side(world_of):
    world = await world_of(direction="to_b")
    before = {key: each.values for key, each in world.a.records().items()}
    await world.run()
    world.edit(world.b, "Bert", city="Hoorn")
    world.edit(world.b, "Equal", city="Hoorn")
    await world.run()
    assert {key: each.values for key, each in world.a.records().items()} == before
    assert city(world.b, "Differs") == "Leiden"
    assert has(world.b, "Anna")
    stand, sentences = await told(world, world.b, "Bert")
    assert stand == "excluded"
    assert "the sync goes from side A to side B only" in sentences


async def test_a_default_is_written_once_and_never_travels_back(world_of):
    world = await world_of(defaults={"b.website": "https://example.com/new", "b.tags": "new"})
    await world.run()
    assert named(world.b, "Anna").values["website"] == "https://example.com/new"
    assert tags(world.b, "Zoe") == {"new"}
    assert tags(world.b, "Anna") == {"lead"}
    assert "website" not in named(world.b, "Equal").values  # it was there before
    before = world.writes()
    await world.run()
    async with services_of(world) as syncs:
        await syncs.read_everything_again(world.sync)
    await world.run()
    assert world.writes() == before
    assert not named(world.a, "Anna").values.get("website")
    world.edit(world.a, "Anna", city="Breda")
    await world.run()
    assert not named(world.a, "Anna").values.get("website")
    world.edit(world.b, "Anna", website="https://example.com/anna")
    await world.run()
    assert named(world.a, "Anna").values["website"] == "https://example.com/anna"


async def test_a_default_whose_answer_was_lost_does_not_travel_back_either(world_of):
    world = await world_of(defaults={"b.website": "https://example.com/new"})
    world.b.drop_reply(3)
    await world.run()
    await world.run()
    assert len(world.b.records()) == world.people
    assert named(world.b, "Anna").values["website"] == "https://example.com/new"
    assert not any(each.values.get("website") for each in world.a.records().values())
