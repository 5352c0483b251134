"""What waits for a person is listed, settled, and carried out by the next run; on both databases."""

from __future__ import annotations

import os

import pytest
import sqlalchemy as sa

from instep.core.brakes import Brakes
from instep.core.errors import UserError
from instep.core.records import Write
from instep.core.settlements import settlement
from instep.engine.review_services import Reviews
from instep.store.schema.syncs import history, record
from instep.store.schema.workers import shard
from instep.store.shards import Fence
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.crash.fuse import Fuse
from tests.crash.small_world import has, make_world, named, start_process
from tests.engine.services import services_of

ASKING = [
    {"a": "first_name"},
    {"a": "last_name"},
    {"a": "email"},
    {"a": "phone"},
    {"a": "city", "authority": "ask"},
    {"a": "website", "authority": "ask"},
    {"a": "tags"},
]


@pytest.fixture
async def world(database):
    """Two apps and a sync that asks a person about city and website, run once.

    Differs lives in Leiden on side A and in Delft on side B.
    """
    made = await make_world(database, Vault(os.urandom(32)), ASKING)
    await made.run()
    return made


@pytest.fixture
async def reviews(world):
    """The services around what waits for a person."""
    clients, engine, _ = start_process(world.database, world.vault, world.clock, Fuse())
    yield Reviews(engine, DEFAULT_WORKSPACE)
    await clients.close()


def lines(world, what):
    """The history of one kind, oldest first."""
    with world.database.read() as tx:
        query = sa.select(history).where(history.c.what == what).order_by(history.c.id)
        return tx.execute(query).all()


def add_twins(app):
    """Two records of one e-mail on one side; return their ids."""
    return [
        app.add({"first_name": "Twin", "last_name": name, "email": "twin@example.com"}).id
        for name in ("One", "Two")
    ]


def ids_of(app, name):
    """The ids of everybody of this first name."""
    return sorted(each.id for each in app.records().values() if each.values["first_name"] == name)


async def one_waiting(reviews):
    waiting = await reviews.list()
    assert waiting.total == len(waiting.items) == 1
    return waiting.items[0].as_json()


async def test_a_conflict_is_listed_once_with_both_values_and_when_each_changed(reviews, world):
    item = await one_waiting(reviews)
    assert (item["record"], item["stands"], item["sync"]) == ("Differs Doe", "conflict", world.sync)
    assert item["id"].startswith("lnk_")
    assert item["fields"] == [{"field": "city", "a": "Leiden", "b": "Delft"}]
    assert item["a"]["connection"] == world.a.name
    assert item["a"]["changed_at"] == item["b"]["changed_at"] == "2026-01-01T00:00:00Z"
    assert item["since"] is not None


@pytest.mark.parametrize(
    ("use", "city"), [("a", "Leiden"), ("b", "Delft"), ("value=  Gouda ", "Gouda")]
)
async def test_the_next_run_carries_out_what_a_person_chose_and_tells_who_and_why(
    reviews, world, use, city
):
    item = await one_waiting(reviews)
    said = settlement("ann", use=use, because="asked them")
    (outcome,) = await reviews.settle([item["id"]], said)
    assert outcome.problem is None
    assert (await reviews.list()).total == 0
    await world.run()
    assert [named(app, "Differs").values["city"] for app in (world.a, world.b)] == [city, city]
    assert (await reviews.list()).total == 0
    (told,) = lines(world, "settled")
    assert told.why.startswith("ann settled it: ")
    assert told.why.endswith("(asked them)")
    changes = [line for line in lines(world, "updated") if line.label == "Differs Doe"]
    assert changes
    assert all("ann settled it" in line.why and line.run_id != "person" for line in changes)
    written = world.writes()
    await world.run()
    assert world.writes() == written


async def test_the_newer_side_wins_where_both_apps_say_when(reviews, world):
    (refused,) = await reviews.settle(["differs@example.com"], settlement("ann", use="newest"))
    assert refused.problem == "The apps do not say which side is newer; choose a or b."
    world.edit(world.b, "Differs", city="Hoorn")
    await world.run()
    (outcome,) = await reviews.settle(["differs@example.com"], settlement("ann", use="newest"))
    assert outcome.problem is None
    await world.run()
    assert named(world.a, "Differs").values["city"] == "Hoorn"


async def test_an_edit_after_a_person_decided_is_not_overwritten_but_asked_about_again(
    reviews, world
):
    item = await one_waiting(reviews)
    await reviews.settle([item["id"]], settlement("ann", use="a"))
    world.edit(world.b, "Differs", city="Hoorn")
    world.clock.move(60)
    await world.run()
    assert named(world.b, "Differs").values["city"] == "Hoorn"
    assert (await one_waiting(reviews))["fields"] == [
        {"field": "city", "a": "Leiden", "b": "Hoorn"}
    ]


async def test_one_field_of_two_is_settled_and_the_other_still_waits(reviews, world):
    world.edit(world.a, "Differs", website="https://example.com/a")
    world.b.edit(named(world.b, "Differs").id, _website("https://example.com/b"))
    await world.run()
    (item,) = (await reviews.list()).items
    assert [each["field"] for each in item.as_json()["fields"]] == ["city", "website"]
    (refused,) = await reviews.settle([item.id], settlement("ann", use="value=Gouda"))
    assert "--field" in refused.problem
    (done,) = await reviews.settle([item.id], settlement("ann", use="b", field="website"))
    assert done.problem is None
    await world.run()
    assert named(world.a, "Differs").values["website"] == "https://example.com/b"
    assert named(world.b, "Differs").values["city"] == "Delft"
    assert [each["field"] for each in (await one_waiting(reviews))["fields"]] == ["city"]


def _website(url):
    return Write(set={"website": url})


async def test_a_match_a_person_made_links_the_two_and_brings_them_in_step(reviews, world):
    one, two = add_twins(world.a)
    there = world.b.add({"email": "twin@example.com", "city": "Gouda"}).id
    await world.run()
    waiting = {each.id.split(":")[-1]: each for each in (await reviews.list()).items}
    assert waiting[one].stand == "ambiguous"
    assert [each["id"] for each in waiting[one].as_json()["candidates"]] == [there]
    (outcome,) = await reviews.settle([waiting[one].id], settlement("ann", match=there))
    assert outcome.problem is None
    await world.run()
    assert world.b.records()[there].values["last_name"] == "One"
    assert world.a.records()[one].values["city"] == "Gouda"
    (taken,) = await reviews.settle([two], settlement("ann", match=there))
    assert "linked to another record already" in taken.problem


async def test_two_records_are_not_matched_with_one_at_once(reviews, world):
    one, two = add_twins(world.a)
    there = world.b.add({"email": "twin@example.com"}).id
    await world.run()
    outcomes = await reviews.settle([one, two], settlement("ann", match=there))
    assert [each.problem is None for each in outcomes] == [True, False]
    await world.run()
    assert ids_of(world.b, "Twin") == [there]


async def test_records_that_are_separate_get_records_of_their_own(reviews, world):
    twins = add_twins(world.a)
    await world.run()
    outcomes = await reviews.settle(twins, settlement("ann", separate=True))
    assert [each.problem for each in outcomes] == [None, None]
    world.b.drop_reply(1)  # its outcome is looked up, and no twin is taken for it
    await world.run()
    created = [world.b.records()[each].values["last_name"] for each in ids_of(world.b, "Twin")]
    assert sorted(created) == ["One", "Two"]
    assert all("ann settled it" in line.why for line in lines(world, "created")[-2:])
    written = world.writes()
    await world.run()
    assert world.writes() == written


async def test_a_separate_record_is_not_linked_to_the_one_the_app_holds_already(reviews, world):
    world.b.quirks.refuses_duplicates = True
    twins = add_twins(world.a)
    there = world.b.add({"first_name": "Twin", "last_name": "One", "email": "twin@example.com"}).id
    await world.run()
    await reviews.settle(twins[1:], settlement("ann", separate=True))
    await world.run()
    (told,) = await reviews.why(twins[1])
    assert told.stand == "rejected"
    assert "has it already" in told.explanation.sentences[0]
    assert world.b.records()[there].values["last_name"] == "One"


async def test_one_bad_id_does_not_hold_up_the_others(reviews, world):
    item = await one_waiting(reviews)
    outcomes = await reviews.settle(["nobody", item["id"]], settlement("ann", use="a"))
    assert outcomes[0].problem == "Nothing called 'nobody' waits for a person."
    assert outcomes[1].problem is None


async def test_what_is_settled_twice_is_refused_the_second_time(reviews, world):
    item = await one_waiting(reviews)
    await reviews.settle([item["id"]], settlement("ann", use="a"))
    (again,) = await reviews.settle([item["id"]], settlement("bob", use="b"))
    assert "waits for a person" in again.problem
    await world.run()
    assert named(world.b, "Differs").values["city"] == "Leiden"


@pytest.mark.parametrize("how", [{"match": "1"}, {"separate": True}])
async def test_a_linked_pair_can_neither_be_matched_nor_separated(reviews, world, how):
    (outcome,) = await reviews.settle(["differs@example.com"], settlement("ann", **how))
    assert "is linked already" in outcome.problem


async def test_an_unlinked_record_has_no_side_to_choose(reviews, world):
    one, _ = add_twins(world.a)
    await world.run()
    (outcome,) = await reviews.settle([one], settlement("ann", use="a"))
    assert "--match" in outcome.problem


async def test_a_restless_record_goes_on_by_a_persons_word(reviews, world):
    async with services_of(world) as syncs:
        await syncs.set_brakes(world.sync, Brakes(per_record_per_hour=1))
    for name in ("One", "Two"):
        world.edit(world.a, "Equal", last_name=name)
        await world.run()
    assert named(world.b, "Equal").values["last_name"] == "One"
    (told,) = await reviews.why("equal@example.com")
    assert told.stand == "restless"
    (outcome,) = await reviews.settle([told.id], settlement("ann", use="a"))
    assert outcome.problem is None
    await world.run()
    assert named(world.b, "Equal").values["last_name"] == "Two"


async def test_the_list_is_cut_and_says_how_many_there_are(reviews, world):
    add_twins(world.a)
    await world.run()
    waiting = await reviews.list(world.sync, limit=2)
    assert (len(waiting.items), waiting.total) == (2, 3)
    with pytest.raises(UserError, match="no sync called"):
        await reviews.list("nothing")


async def test_why_tells_what_is_in_step_since_when_and_by_which_run(reviews, world):
    world.edit(world.a, "Equal", last_name="Moved")
    await world.run()
    async with services_of(world) as syncs:
        run = (await syncs.status(world.sync)).latest.id
    by_mail = await reviews.why("Equal@Example.com")
    by_id = await reviews.why(named(world.a, "Equal").id)
    by_link = await reviews.why(by_mail[0].id)
    assert by_mail[0].explanation in [each.explanation for each in by_id]
    assert by_link == by_mail
    (told,) = by_mail
    said = " ".join(told.explanation.sentences)
    assert told.stand == "in_step"
    assert run in said
    assert "last_name went from 'Doe' to 'Moved': changed there only." in said
    assert "linked by e-mail" in said


async def test_why_knows_who_was_never_read_left_alone_gone_or_not_decided(reviews, world):
    (nobody,) = await reviews.why("nobody@example.com")
    assert (nobody.stand, nobody.as_json()["id"]) == ("unknown", "nobody@example.com")
    world.b.remove(named(world.b, "Equal").id)
    world.edit(world.a, "Equal", last_name="Moved")
    await world.run()
    (told,) = await reviews.why("equal@example.com")
    assert told.stand == "gone"
    assert f"It is not in {world.b.name} any more" in told.explanation.sentences[0]
    world.edit(world.a, "Equal", last_name="Again")
    await world.run()
    (told,) = await reviews.why("equal@example.com")
    assert told.stand == "excluded"
    assert "it is gone on side B" in told.explanation.sentences[0]
    assert not has(world.b, "Equal")


async def test_why_tells_of_a_write_on_its_way_and_of_a_sync_that_stands_still(reviews, world):
    item = await one_waiting(reviews)
    await reviews.settle([item["id"]], settlement("ann", use="a"))
    async with services_of(world) as syncs:
        await syncs.pause(world.sync)
    (told,) = await reviews.why(item["id"])
    said = " ".join(told.explanation.sentences)
    assert told.stand == "waiting"
    assert f"A change for {world.b.name} is on its way: it waits for the next run." in said
    assert f"The sync {world.sync} does not run: Somebody paused it." in said
    assert "ann settled it" in said


async def test_a_pair_that_waits_on_one_side_only_is_listed_all_the_same(reviews, world):
    with world.database.write() as tx:
        side_a = (record.c.side == "a") & (record.c.state == "review")
        tx.execute(sa.update(record).where(side_a).values(state="failed"))
    assert (await one_waiting(reviews))["record"] == "Differs Doe"


async def test_a_name_that_several_records_have_is_answered_with_their_ids(reviews, world):
    twins = add_twins(world.a)
    await world.run()
    (outcome,) = await reviews.settle(["twin@example.com"], settlement("ann", separate=True))
    assert all(each in outcome.problem for each in twins)
    assert (await reviews.list()).total == 3


async def test_settling_overtakes_no_drain(reviews, world):
    async with services_of(world) as syncs:
        number = (await syncs.get(world.sync)).shard
    with world.database.read() as tx:
        before = tx.execute(sa.select(shard.c.epoch).where(shard.c.number == number)).scalar_one()
    await reviews.settle(["differs@example.com"], settlement("ann", use="a"))
    with world.database.read() as tx:
        Fence(number, before).check(tx)
