from __future__ import annotations

import pytest

from tests.sandbox.ghl_caller import V2, V3
from tests.sandbox.ghl_talk import Talk


@pytest.fixture
def talk(ghl):
    return Talk(ghl)


@pytest.fixture
async def ada(ghl):
    return await ghl.create(firstName="Ada", email="ada@x.org", phone="+12015550123")


async def exported(ghl, version=V2, **query):
    query = {"locationId": ghl.location, **query}
    path = "/conversations/messages/export"
    answer = await ghl.call("GET", path, version=version, params=query)
    assert answer.status == 200, answer
    return answer.body


@pytest.mark.parametrize("version", [V2, V3])
@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_all_messages_of_a_location_come_page_by_page(ghl, talk, ada, version, order):
    bob = await ghl.create(firstName="Bob", phone="+12015550124")
    for number in range(25):
        await talk.send(ada if number % 2 else bob, message=str(number))
    seen, cursor = [], {}
    for size in (10, 10, 5):
        page = await exported(ghl, version, limit=10, sortOrder=order, **cursor)
        assert (len(page["messages"]), page["total"]) == (size, 25)
        seen += page["messages"]
        cursor = {"cursor": page.get("nextCursor", "")}
    assert "nextCursor" not in page
    dates = [each["dateAdded"] for each in seen]
    assert dates == sorted(dates, reverse=order == "desc")
    assert {each["body"] for each in seen} == {str(number) for number in range(25)}


async def test_a_page_holds_what_is_asked_for(ghl, talk, ada):
    bob = await ghl.create(firstName="Bob", phone="+12015550124")
    await talk.send(ada, type="Email", message="mail")
    await talk.send(ada, type="WhatsApp", message="chat")
    await talk.receive(bob, message="old", date="2021-01-01T00:00:00.000Z")
    await talk.receive(bob, type="Call")
    email = (await exported(ghl, channel="Email"))["messages"]
    assert [each["messageType"] for each in email] == ["TYPE_EMAIL"]
    for query, bodies in (
        ({}, {"chat", "old", ""}),
        ({"channel": "SMS"}, {"old"}),
        ({"channel": "Call"}, {""}),
        ({"contactId": ada["id"]}, {"chat"}),
        ({"conversationId": await talk.with_contact(bob)}, {"old", ""}),
        ({"endDate": "2021-01-02T00:00:00.000Z"}, {"old"}),
        ({"startDate": "2021-01-02T00:00:00.000Z"}, {"chat", ""}),
    ):
        found = (await exported(ghl, **query))["messages"]
        assert {each["body"] for each in found} == bodies, query


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"limit": 9}, 422),
        ({"limit": 501}, 422),
        ({"startDate": "soon"}, 422),
        ({"channel": "Pigeon"}, 422),
        ({"cursor": "unknown"}, 400),
        ({"locationId": "elsewhere"}, 403),
    ],
)
async def test_a_page_that_there_is_not_is_refused(ghl, query, status):
    query = {"locationId": ghl.location, **query}
    answer = await ghl.call("GET", "/conversations/messages/export", params=query)
    assert answer.status == status


async def test_a_call_is_given_other_files(ghl, talk, ada):
    call = (await talk.receive(ada, type="Call", attachments=["https://x.org/a.mp3"]))["messageId"]
    text = (await talk.send(ada, message="hello")).body["messageId"]
    urls = ["https://x.org/b.mp3"]
    path = "/conversations/messages/{}/attachments"
    answer = await ghl.call("PUT", path.format(call), json={"attachments": urls})
    assert answer.status == 200
    assert (await talk.message(call))["attachments"] == urls
    for message, files, status in ((text, urls, 400), (call, urls * 6, 422), ("x", urls, 400)):
        answer = await ghl.call("PUT", path.format(message), json={"attachments": files})
        assert answer.status == status
    assert (await talk.message(call))["attachments"] == urls
