from __future__ import annotations

import pytest

from instep import RetryLater, UserError
from instep.connectors.gohighlevel.client.arguments import signature_of
from instep.connectors.gohighlevel.client.pages import Pages


class Scripted:
    """Answers one body after the other, and remembers what was asked."""

    def __init__(self, operation, *bodies, view="v2", **arguments):
        self.asked = []
        self._bodies = [*bodies]
        self.pages = Pages(signature_of(operation, view), arguments, self._fetch)

    async def _fetch(self, arguments):
        self.asked.append(dict(arguments))
        return self._bodies.pop(0)

    async def records(self):
        return [each async for each in self.pages]


def contacts(*names, **more):
    return {"contacts": [{"id": each, "searchAfter": [each]} for each in names], **more}


def plain(key, *names, **more):
    return {key: [{"id": each} for each in names], **more}


async def test_a_search_goes_on_after_the_last_contact():
    app = Scripted("contacts.search", contacts("a", "b"), contacts("c"), pageLimit=2, page=4)
    assert [each["id"] for each in await app.records()] == ["a", "b", "c"]
    assert app.asked == [{"pageLimit": 2}, {"pageLimit": 2, "searchAfter": ["b"]}]


async def test_a_search_has_a_page_size_of_its_own():
    app = Scripted("contacts.search", contacts())
    assert await app.records() == []
    assert app.asked == [{"pageLimit": 100}]


async def test_both_cursors_travel():
    meta = {"startAfter": 17, "startAfterId": "b", "total": 3}
    app = Scripted(
        "contacts.list",
        plain("contacts", "a", "b", meta=meta),
        plain("contacts", "c", meta={"startAfter": None, "startAfterId": ""}),
        limit=2,
    )
    assert len(await app.records()) == 3
    assert app.asked[1] == {"limit": 2, "startAfter": 17, "startAfterId": "b"}


async def test_messages_go_on_before_the_last_one():
    first = {"lastMessageId": "m2", "nextPage": True, "messages": [{"id": "m1"}, {"id": "m2"}]}
    last = {"lastMessageId": "m3", "nextPage": False, "messages": [{"id": "m3"}]}
    app = Scripted("conversations.list_messages", {"messages": first}, {"messages": last})
    assert [each["id"] for each in await app.records()] == ["m1", "m2", "m3"]
    assert app.asked[1] == {"lastMessageId": "m2"}


async def test_conversations_go_on_after_the_last_ones_sort():
    def page(*sorts):
        return {"conversations": [{"id": str(each), "sort": [each]} for each in sorts]}

    app = Scripted("conversations.search", page(9, 8), page(7), limit=2)
    assert [each["id"] for each in await app.records()] == ["9", "8", "7"]
    assert app.asked == [{"limit": 2}, {"limit": 2, "startAfterDate": 8}]
    for lost in ({"id": "a"}, {"id": "a", "sort": []}):
        app = Scripted("conversations.search", {"conversations": [lost]}, limit=1)
        with pytest.raises(RetryLater, match="does not say how to go on"):
            await app.records()


async def test_a_token_leads_on():
    operation = "conversations.export_messages_by_location"
    app = Scripted(operation, plain("messages", "a", nextCursor="t"), plain("messages", "b"))
    assert len(await app.records()) == 2
    assert app.asked[1] == {"cursor": "t"}


async def test_installed_locations_page_by_token_in_v3():
    first = plain("items", "a", pagination={"nextPageToken": "t", "hasNextPage": True})
    last = plain("items", "b", pagination={"nextPageToken": None})
    app = Scripted("oauth.list_installed_locations", first, last, view="v3")
    assert len(await app.records()) == 2
    assert app.asked[1] == {"pageToken": "t"}


async def test_an_offset_counts_what_came():
    app = Scripted(
        "businesses.list", plain("businesses", "a", "b"), plain("businesses", "c"), limit=2
    )
    assert len(await app.records()) == 3
    assert app.asked == [{"limit": 2}, {"limit": 2, "skip": 2}]


async def test_a_short_page_does_not_end_a_list_whose_total_is_higher():
    app = Scripted(
        "users.search",
        plain("users", "a", "b", total=3),
        plain("users", "c", total=3),
        limit=100,
    )
    assert len(await app.records()) == 3


async def test_without_a_known_size_only_an_empty_page_ends_a_list():
    app = Scripted("forms.list", plain("forms", "a"), plain("forms", "b"), plain("forms"))
    assert len(await app.records()) == 2
    assert [each.get("skip") for each in app.asked] == [None, 1, 2]


async def test_page_numbers_are_counted():
    app = Scripted(
        "voice_ai.get_agents", plain("agents", "a", "b"), plain("agents", "c"), pageSize=2
    )
    assert len(await app.records()) == 3
    assert app.asked[1] == {"pageSize": 2, "page": 2}


@pytest.mark.parametrize(
    ("operation", "body", "size"),
    [
        ("contacts.search", contacts("a", "b"), {"pageLimit": 2}),
        ("businesses.list", plain("businesses", "a", "b"), {"limit": 2}),
        ("voice_ai.get_agents", plain("agents", "a", "b"), {"pageSize": 2}),
        (
            "contacts.list",
            plain("contacts", "a", meta={"startAfter": 1, "startAfterId": "a"}),
            {"limit": 1},
        ),
    ],
)
async def test_a_list_that_repeats_itself_ends_with_an_error(operation, body, size):
    app = Scripted(operation, body, body, body, **size)
    with pytest.raises(RetryLater, match="gives the same page again"):
        await app.records()
    assert len(app.asked) == 2


async def test_a_full_page_that_leads_nowhere_is_an_error():
    app = Scripted("contacts.search", plain("contacts", "a", "b"), pageLimit=2)
    with pytest.raises(RetryLater, match="does not say how to go on"):
        await app.records()


async def test_a_list_inside_an_object_is_found():
    def page(*names):
        return {"success": True, "results": {"posts": [{"id": each} for each in names], "count": 3}}

    app = Scripted("social_media_posting.get_posts", page("a", "b"), page("c"), limit="2")
    assert [each["id"] for each in await app.records()] == ["a", "b", "c"]
    app = Scripted("social_media_posting.get_csv_post", {"results": {"csv": [1], "posts": [2]}})
    with pytest.raises(UserError, match=r"\(results.csv, results.posts\)"):
        await app.records()


async def test_a_page_size_of_the_other_view_is_understood():
    app = Scripted("contacts.search", contacts("a", "b"), contacts("c"), page_limit=2)
    assert len(await app.records()) == 3
    assert app.asked[0] == {"pageLimit": 2}


async def test_a_page_number_that_is_required_stays():
    app = Scripted("objects.search_object_records", {"records": []}, page=1, pageLimit=5)
    assert await app.records() == []
    assert app.asked == [{"page": 1, "pageLimit": 5}]


async def test_several_lists_are_not_guessed_between():
    app = Scripted("funnels.list", {"one": [{"id": 1}], "two": [{"id": 2}]})
    with pytest.raises(UserError, match=r"\(one, two\).*\.pages\(\)"):
        await app.records()


async def test_awaited_it_is_the_first_page_and_begins_anew():
    app = Scripted("contacts.search", contacts("a"), contacts("a"))
    assert (await app.pages)["contacts"] == contacts("a")["contacts"]
    assert [body["contacts"] async for body in app.pages.pages()] == [contacts("a")["contacts"]]
    assert len(app.asked) == 2


async def test_every_contact_comes_once(sandbox, ghl):
    made = {(await sandbox.create(email=f"p{n}@x.org"))["id"] for n in range(23)}
    for pages in (ghl.contacts.search(pageLimit=5), ghl.contacts.list(limit=5)):
        found = [each["id"] async for each in pages]
        assert len(found) == 23
        assert set(found) == made


async def test_every_conversation_comes_once(sandbox, ghl):
    made = set()
    for n in range(7):
        contact = (await sandbox.create(phone=f"+1202555010{n}"))["id"]
        made.add(contact)
        said = {"type": "SMS", "contactId": contact, "message": f"Hello {n}"}
        await ghl.request("POST", "/conversations/messages", json=said)
    found = [each["contactId"] async for each in ghl.conversations.search(limit=2)]
    assert len(found) == len(made)
    assert {*found} == made
