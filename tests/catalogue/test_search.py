"""Operations are found by the words people remember."""

from __future__ import annotations

import pytest

from instep.catalogue.search import Wanted, find


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("create task", "contacts.create_task"),
        ("add tags", "contacts.add_tags"),
        ("tag add", "contacts.add_tags"),
        ("free slots", "calendars.free_slots"),
        ("delete contact", "contacts.delete"),
        ("POST /contacts/search", "contacts.search"),
        ("search-contacts-advanced", "contacts.search"),
        ("Find Location by ID", "locations.get"),
        ("contacts.upsert", "contacts.upsert"),
        ("send message", "conversations.send_message"),
    ],
)
def test_words_find_the_operation(words, first):
    assert find(Wanted([words]))[0].id == first


def test_every_word_must_be_found():
    assert find(Wanted(["contact", "submarine"])) == []


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(), 660),
        (Wanted(listed=True), 124),
        (Wanted(kind="trigger"), 55),
        (Wanted(kind="action"), 69),
        (Wanted(product="workflows"), 1),
        (Wanted(product="users", effect="destructive"), 1),
    ],
)
def test_wishes_narrow_the_list(wanted, count):
    assert len(find(wanted)) == count


def test_a_word_found_in_the_name_comes_before_one_found_in_the_address():
    found = [each.id for each in find(Wanted(["workflow"], product="contacts"))]
    assert found[:2] == ["contacts.add_to_workflow", "contacts.remove_from_workflow"]
    everywhere = [each.id for each in find(Wanted(["campaigns"]))]
    assert everywhere.index("campaigns.list") < everywhere.index("emails.get_campaign_stats")
