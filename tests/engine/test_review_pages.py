"""The list of what waits for a person comes in pages, and can be settled all at once."""

from __future__ import annotations

import os

import pytest

from instep.core.errors import UserError
from instep.core.settlements import settlement
from instep.core.why import Stand
from instep.engine import review_services
from instep.engine.review_services import Group, Reviews
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.crash.fuse import Fuse
from tests.crash.small_world import make_world, start_process

ASKING = [
    {"a": "first_name"},
    {"a": "last_name"},
    {"a": "email"},
    {"a": "city", "authority": "ask"},
]
NUMBER = 7


@pytest.fixture
async def world(database):
    """Two apps that disagree about where eight people live, and two twins on one side."""
    made = await make_world(database, Vault(os.urandom(32)), ASKING)
    for number in range(NUMBER):
        for app, city in ((made.a, "Leiden"), (made.b, "Delft")):
            app.add(_person(number, city=city))
    for _ in range(2):
        made.a.add({"first_name": "Twin", "email": "twin@example.com"})
    await made.run()
    return made


@pytest.fixture
async def reviews(world):
    clients, engine, _ = start_process(world.database, world.vault, world.clock, Fuse())
    yield Reviews(engine, DEFAULT_WORKSPACE)
    await clients.close()


def _person(number, **more):
    return {"first_name": f"P{number}", "email": f"p{number}@example.com", **more}


async def _pages(reviews, limit):
    page = await reviews.list(limit=limit)
    yield page
    while page.next is not None:
        page = await reviews.list(limit=limit, after=page.next)
        yield page


@pytest.mark.parametrize("limit", [1, 3, 4, 100])
async def test_every_page_together_holds_each_record_once(reviews, limit):
    pages = [page async for page in _pages(reviews, limit)]
    ids = [each.id for page in pages for each in page.items]
    assert len(ids) == len(set(ids)) == NUMBER + 3  # Differs of the small world waits as well
    assert {page.total for page in pages} == {NUMBER + 3}
    assert all(len(page.items) == limit for page in pages[:-1])


async def test_a_full_last_page_says_that_it_is_the_last(reviews):
    assert (await reviews.list(limit=NUMBER + 3)).next is None


async def test_what_is_settled_meanwhile_does_not_move_the_pages(reviews):
    first = await reviews.list(limit=4)
    await reviews.settle([first.items[0].id], settlement("ann", use="a"))
    rest = await reviews.list(limit=100, after=first.next)
    assert len(rest.items) == NUMBER + 3 - 4
    assert {each.id for each in rest.items}.isdisjoint(each.id for each in first.items)


@pytest.mark.parametrize("after", ["", "x", "x:c:1", "x:a:"])
async def test_what_is_no_place_is_refused(reviews, after):
    with pytest.raises(UserError, match="no place in this list"):
        await reviews.list(after=after)


async def test_all_of_a_kind_are_chosen_and_no_others(reviews, world, monkeypatch):
    monkeypatch.setattr(review_services, "_PAGE", 3)  # several pages, and several transactions
    conflicts = await reviews.chosen(Group(Stand.CONFLICT))
    assert len(conflicts) == NUMBER + 1
    assert len(await reviews.chosen(Group(Stand.AMBIGUOUS), world.sync)) == 2
    assert len(await reviews.chosen(Group(field="city"))) == NUMBER + 1
    assert await reviews.chosen(Group(field="email")) == []
    assert len(await reviews.chosen(Group())) == NUMBER + 3
    outcomes = await reviews.settle(conflicts, settlement("ann", use="b"))
    assert [each.problem for each in outcomes] == [None] * (NUMBER + 1)
    await world.run()
    for app in (world.a, world.b):
        cities = {
            each.values["city"]
            for each in app.records().values()
            if each.values["first_name"].startswith("P")
        }
        assert cities == {"Delft"}
    assert (await reviews.list()).total == 2
