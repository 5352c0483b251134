"""Lists that are long, late, cut short, or change while they are read."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import timedelta

import pytest

from instep.core.errors import Gone, UserError
from instep.engine.flows.triggers import progress
from instep.sandbox import invent
from instep.store.database import Database
from tests.engine.flows.highlevel import Happening, connect, connector, serving
from tests.engine.flows.polled import watching

SEARCH = "contacts.search"


@pytest.fixture
async def account(sqlite_url):
    """What happens in an account, and triggers on it."""
    with closing(Database(sqlite_url)) as db:
        async with serving() as ghl, watching(db, [connector]) as watcher:
            name = await connect(watcher, ghl)

            def watch(operation, **inputs):
                return watcher.watch(name, operation, **inputs)

            yield Happening(ghl), watch, watcher


async def people(it, number):
    return [await it.contact(firstName=f"N{each}") for each in range(number)]


async def test_a_baseline_goes_on_after_a_kill_at_any_page(account):
    it, watch, _ = account
    everybody = await people(it, 12)
    for kill in range(1, 5):
        trigger = watch(SEARCH, pageLimit=3)
        assert await trigger.poll(most=kill) == []
        trigger.pages = 0

        assert await trigger.poll_all() == []
        assert set(everybody) <= set(trigger.known)
        # those of the pages before the kill were not read again
        assert len(trigger.items) == 12


async def test_what_comes_during_a_baseline_belongs_to_it_or_is_new(account):
    it, watch, _ = account
    before = await people(it, 6)
    trigger = watch(SEARCH, pageLimit=3)
    await trigger.poll(most=1)
    # read already: it moves to the end of the list, and is not told of as it is the baseline still
    await it("contacts.update", contactId=before[0], city="London")
    trigger.pages = 0

    assert await trigger.poll_all() == []
    assert set(before) <= set(trigger.known)


async def test_a_poll_that_is_cut_short_says_so_and_goes_on(account, monkeypatch):
    monkeypatch.setattr(progress, "MOST_PAGES", 2)
    it, watch, _ = account
    everybody = await people(it, 10)
    trigger = watch(SEARCH, pageLimit=2)

    assert await trigger.poll() == []
    assert (trigger.pages, trigger.more) == (2, True)
    assert await trigger.poll_all() == []
    assert set(everybody) <= set(trigger.known)

    later = await people(it, 5)
    emitted = await trigger.poll_all()
    assert [kind for kind, _ in emitted] == ["new"] * 5
    assert {item["id"] for _, item in emitted} == set(later)


async def test_only_what_changed_is_read(account):
    it, watch, watcher = account
    await people(it, 30)
    trigger = watch(SEARCH, pageLimit=5)
    await trigger.poll_all()
    watcher.clock.ahead += timedelta(minutes=10)
    before = trigger.pages

    assert await trigger.poll_all() == []
    # what is within the overlap, and no more; nobody is told of twice
    assert trigger.pages - before <= 7


async def test_what_the_index_shows_late_is_told_of_once(account):
    it, watch, _ = account
    known = await it.contact(firstName="Old")
    trigger = watch(SEARCH)
    assert await trigger.poll_all() == []
    assert known in trigger.known
    it.ghl.app.faults.switch_on("index_lag=0.3")

    made = await it.contact(firstName="Late")
    assert await trigger.poll_all() == []
    await asyncio.sleep(0.4)
    assert [(kind, item["id"]) for kind, item in await trigger.poll_all()] == [("new", made)]
    assert await trigger.poll_all() == []


async def test_filters_of_the_trigger_hold_at_every_poll(account):
    it, watch, _ = account
    filters = [{"field": "city", "operator": "eq", "value": "London"}]
    trigger = watch(SEARCH, filters=filters)
    await it.contact(city="London")
    assert await trigger.poll_all() == []

    await it.contact(city="Leeds")
    made = await it.contact(city="London")
    assert [item["id"] for _, item in await trigger.poll_all()] == [made]


async def test_once_a_day_everything_is_read(account):
    it, watch, watcher = account
    contact = await it.contact(firstName="Ada")
    trigger = watch(SEARCH)
    assert await trigger.poll_all() == []
    # as if the index had shown it long after the overlap
    del trigger.known[contact]
    trigger.cursor = trigger.cursor.replace('"since":"20', '"since":"29')
    assert await trigger.poll_all() == []

    watcher.clock.ahead = timedelta(days=1, minutes=10)
    assert [(kind, item["id"]) for kind, item in await trigger.poll_all()] == [("new", contact)]


async def test_conversations_of_one_moment_are_all_seen(account):
    it, watch, _ = account
    for number in range(7):
        contact = await it.contact(phone=f"+1201555{1000 + number}")
        await it("conversations.send_message", type="SMS", contactId=contact, message="Hi")
    inbox = it.ghl.app.services.state
    inbox.execute("UPDATE conversations SET last = 1000")
    trigger = watch("conversations.search", limit=10)

    assert await trigger.poll_all() == []
    assert len(trigger.known) == 7


async def test_a_list_by_offset_is_read_twice_before_anything_counts_as_new(account):
    it, watch, _ = account
    made = [
        (await it("businesses.create", locationId=it.place, name=f"B{number}"))["buiseness"]["id"]
        for number in range(6)
    ]
    listed = [
        each["id"] for each in (await it("businesses.list", locationId=it.place))["businesses"]
    ]
    trigger = watch("businesses.list", limit=3)
    await trigger.poll(most=1)
    # the fourth slips into the first page, past the reader
    await it("businesses.delete", businessId=listed[0])
    trigger.pages = 0

    assert await trigger.poll_all() == []
    assert set(made) - {listed[0]} <= set(trigger.known)


async def test_a_record_that_is_not_there_is_told_of_at_the_first_poll(account):
    _, watch, _ = account

    with pytest.raises(Gone):
        await watch("contacts.get", contactId="seD4PfOuKoVMLkEZqohJ").poll()


async def test_a_record_that_was_deleted_later_is_silent(account):
    it, watch, _ = account
    contact = await it.contact()
    trigger = watch("contacts.get", contactId=contact)
    assert await trigger.poll() == []
    await it("contacts.delete", contactId=contact)

    assert await trigger.poll() == []


async def test_a_recording_that_comes_later_is_new(account):
    it, watch, _ = account
    sent = await it(
        "conversations.send_message",
        type="SMS",
        contactId=await it.contact(phone="+12015550192"),
        message="May I call?",
    )
    trigger = watch("conversations.get_recording", messageId=sent["messageId"])

    assert await trigger.poll() == []
    assert trigger.known == {}


@pytest.mark.parametrize(
    ("operation", "inputs", "said"),
    [
        ("contacts.create", {}, "no single read"),
        ("contacts.serch", {}, "Did you mean contacts.search"),
        ("contacts.search", {"pageLimit": "many"}, "pageLimit takes a whole number"),
        ("contacts.get", {}, "contacts.get needs contactId"),
    ],
)
async def test_what_cannot_be_polled_is_refused_in_words(account, operation, inputs, said):
    _, watch, _ = account

    with pytest.raises(UserError, match=said):
        await watch(operation, **inputs).poll()


async def test_a_cursor_that_is_none_is_refused_in_words(account):
    _, watch, _ = account
    trigger = watch(SEARCH)
    trigger.cursor = "nonsense"

    with pytest.raises(UserError, match="Reset the trigger"):
        await trigger.poll()


async def test_a_long_list_is_read_in_the_largest_pages(account):
    it, watch, _ = account
    assert it.ghl.app.load(invent(1_200)) == 1_200
    trigger = watch(SEARCH)

    assert await trigger.poll_all() == []
    # 500, 500, 200, and one that is empty: a page that is not full may have been cut short
    assert (len(trigger.known), trigger.pages) == (1_200, 4)
    assert len(trigger.cursor) < 400


async def test_a_reply_that_is_lost_on_its_way_is_asked_for_again(account):
    it, watch, _ = account
    everybody = await people(it, 6)
    trigger = watch(SEARCH, pageLimit=2)
    it.ghl.app.faults.switch_on("truncated_reply=count:2")

    assert await trigger.poll_all() == []
    assert set(everybody) == set(trigger.known)
