from __future__ import annotations

import pytest

from instep.sandbox import invent
from instep.sandbox.gohighlevel import GoHighLevel
from tests.sandbox.ghl_caller import V2, V3, listening, serving
from tests.sandbox.ghl_talk import Talk


@pytest.fixture
def talk(ghl):
    return Talk(ghl)


@pytest.mark.parametrize("version", [V2, V3, "2021-04-15"])
async def test_a_contact_has_a_conversation_from_the_start(ghl, talk, version):
    contact = await ghl.create(firstName="Ada", lastName="Byron", email="a@x.org")
    [found] = await talk.search(contactId=contact["id"], version=version)
    assert (found["contactId"], found["fullName"], found["email"], found["unreadCount"]) == (
        contact["id"],
        "Ada Byron",
        "a@x.org",
        0,
    )
    one = await ghl.call("GET", f"/conversations/{found['id']}", version=version)
    assert one.status == 200
    shown = {"deleted": False, "inbox": True, "starred": False, "type": 1, "unreadCount": 0}
    assert one.body.items() >= {"id": found["id"], "contactId": contact["id"], **shown}.items()


async def test_a_second_conversation_is_refused_and_the_first_one_named(ghl, talk):
    contact = await ghl.create(email="a@x.org")
    body = {"locationId": ghl.location, "contactId": contact["id"]}
    refused = await ghl.call("POST", "/conversations/", json=body)
    assert (refused.status, refused.message) == (400, "Conversation already exists")
    assert refused.body["canonicalCode"] == "CONVERSATIONS_CONVERSATION_ALREADY_EXISTS"
    assert refused.body["conversationId"] == await talk.with_contact(contact)


@pytest.mark.parametrize("version", [V2, V3])
async def test_a_deleted_conversation_is_gone_with_its_messages_until_there_is_a_new_one(
    ghl, talk, version
):
    contact = await ghl.create(phone="+12015550123")
    sent = (await talk.send(contact, message="hello")).body
    path = f"/conversations/{sent['conversationId']}"
    assert (await ghl.call("DELETE", path, version=version)).body["success"] is True
    again = await ghl.call("DELETE", path, version=version)
    words = f"Conversation with id {sent['conversationId']} not found"
    assert (again.status, again.message) == (400, words)
    assert (await ghl.call("GET", path, version=version)).message == words
    assert await talk.search(contactId=contact["id"]) == []
    assert (await ghl.call("GET", f"/conversations/messages/{sent['messageId']}")).status == 400

    body = {"locationId": ghl.location, "contactId": contact["id"]}
    made = await ghl.call("POST", "/conversations/", version=version, json=body)
    assert made.status == 201
    assert made.body["conversation"]["id"] != sent["conversationId"]
    assert [each["id"] for each in await talk.search(contactId=contact["id"])] == [
        made.body["conversation"]["id"]
    ]


async def test_a_contact_takes_its_conversation_with_it(ghl, talk):
    contact = await ghl.create(phone="+12015550123")
    sent = (await talk.send(contact, message="hello")).body
    await ghl.call("DELETE", f"/contacts/{contact['id']}")
    for path in (sent["conversationId"], f"messages/{sent['messageId']}"):
        assert (await ghl.call("GET", f"/conversations/{path}")).status == 400
    assert await talk.search() == []


@pytest.mark.parametrize("version", [V2, V3])
async def test_reading_a_conversation_is_told(ghl, talk, version):
    contact = await ghl.create(phone="+12015550123")
    await talk.receive(contact, message="are you there?")
    path = f"/conversations/{await talk.with_contact(contact)}"
    with listening(ghl) as told:
        body = {"locationId": ghl.location, "unreadCount": 0, "starred": True}
        answer = await ghl.call("PUT", path, version=version, json=body)
        starred = {"locationId": ghl.location, "starred": False}
        await ghl.call("PUT", path, version=version, json=starred)
    shown = answer.body["conversation"]
    assert (answer.status, answer.body["success"]) == (200, True)
    assert (shown["unreadCount"], shown["starred"]) == (0, True)
    [(kind, record)] = told
    assert kind == "ConversationUnreadUpdate"
    assert record == {
        "id": path.rpartition("/")[2],
        "locationId": ghl.location,
        "contactId": contact["id"],
        "unreadCount": 0,
        "inbox": True,
        "starred": True,
        "deleted": False,
    }


async def test_a_search_filters(ghl, talk):
    ada = await ghl.create(firstName="Ada", phone="+12015550123", assignedTo="user1")
    bob = await ghl.create(firstName="Bob", phone="+12015550124")
    cleo = await ghl.create(firstName="Cleo", email="cleo@x.org")
    ghl.app.faults.switch_on("clock_skew=1")
    await talk.send(ada, message="one")
    ghl.app.faults.switch_on("clock_skew=2")
    await talk.receive(bob, message="two")
    path = f"/conversations/{await talk.with_contact(cleo)}"
    await ghl.call("PUT", path, json={"locationId": ghl.location, "starred": True})

    async def who(**query):
        return [each["fullName"] for each in await talk.search(**query)]

    assert await who() == ["Bob", "Ada", "Cleo"]
    assert await who(sort="asc") == ["Cleo", "Ada", "Bob"]
    assert await who(query="ad") == ["Ada"]
    assert await who(query="cleo@") == ["Cleo"]
    assert await who(status="unread") == ["Bob"]
    assert await who(status="read") == ["Ada", "Cleo"]
    assert await who(status="starred") == ["Cleo"]
    assert await who(status="all") == ["Bob", "Ada", "Cleo"]
    assert await who(lastMessageDirection="outbound") == ["Ada"]
    assert await who(lastMessageType="TYPE_SMS") == ["Bob", "Ada"]
    assert await who(lastMessageAction="automated") == ["Ada"]
    assert await who(lastMessageAction="manual") == []
    assert await who(assignedTo="user0,user1") == ["Ada"]
    assert await who(assignedTo="unassigned") == ["Bob", "Cleo"]
    assert await who(followers="user1") == []
    assert await who(mentions="user1") == []
    assert await who(endDate="1000") == []
    assert await who(startDate="1000", id=await talk.with_contact(ada)) == ["Ada"]


async def test_pages_of_a_search_follow_each_other(ghl, talk):
    ghl.app.load(invent(45, seed=1))
    seen, query = [], {}
    while page := await talk.search(**query):
        seen += [each["id"] for each in page]
        query = {"startAfterDate": str(page[-1]["sort"][0])}
    assert len(seen) == len(set(seen)) == 45
    answer = await talk.searched(limit="2")
    assert (answer.body["total"], len(answer.body["conversations"])) == (45, 2)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"limit": "101"}, "limit must not be greater than 100"),
        ({"limit": "0"}, "limit must not be less than 1"),
        ({"startAfterDate": "soon"}, "startAfterDate must be an integer number"),
        ({"status": "odd"}, "status must be one of the following values: all, read, unread,"),
    ],
)
async def test_a_wrong_query_is_refused(ghl, talk, query, problem):
    answer = await talk.searched(**query)
    assert answer.status == 422
    assert answer.message[0].startswith(problem)


async def test_what_is_loaded_later_is_found_too(ghl, talk):
    ghl.app.load(invent(5, seed=1))
    assert len(await talk.search(limit="100")) == 5
    ghl.app.load(invent(12, seed=2))
    found = await talk.search(limit="100")
    assert len({each["contactId"] for each in found}) == len(found) > 5


async def test_another_locations_conversation_is_out_of_reach(ghl, talk):
    agency = ghl.told["agency_private_integration_token"]
    body = {"locationId": ghl.other_location, "phone": "+12015550123"}
    made = await ghl.call("POST", "/contacts/", token=agency, json=body)
    contact = made.body["contact"]
    theirs = (await talk.send(contact, token=agency, message="hello")).body
    path = f"/conversations/{theirs['conversationId']}"
    update = {"locationId": ghl.location, "starred": True}
    calls = [
        ("GET", path, None),
        ("PUT", path, update),
        ("DELETE", path, None),
        ("GET", f"{path}/messages", None),
        ("GET", f"/conversations/messages/{theirs['messageId']}", None),
        ("PUT", f"/conversations/messages/{theirs['messageId']}/status", {"status": "read"}),
        ("DELETE", f"/conversations/messages/{theirs['messageId']}/schedule", None),
        ("GET", f"/conversations/search?locationId={ghl.other_location}", None),
        (
            "POST",
            "/conversations/messages",
            {"type": "SMS", "contactId": contact["id"], "message": "x"},
        ),
        (
            "POST",
            "/conversations/messages/inbound",
            {"type": "SMS", "conversationId": theirs["conversationId"]},
        ),
    ]
    for method, target, sent in calls:
        assert (await ghl.call(method, target, json=sent)).status == 403, target
    assert (await ghl.call("GET", path, token=agency)).status == 200


async def test_typing_is_shown_in_a_live_chat_only(ghl, talk):
    contact = await ghl.create(phone="+12015550123")
    conversation = await talk.with_contact(contact)
    body = {
        "locationId": ghl.location,
        "isTyping": "true",
        "visitorId": "v",
        "conversationId": conversation,
    }
    path = "/conversations/providers/live-chat/typing"
    refused = await ghl.call("POST", path, json=body)
    assert (refused.status, refused.message) == (400, "The conversation has no live chat")
    await talk.receive(contact, type="Live_Chat", message="hello?")
    for version in (V2, V3):
        answer = await ghl.call("POST", path, version=version, json=body)
        assert (answer.status, answer.body["success"]) == (201, True)
    wrong = await ghl.call("POST", path, json={**body, "isTyping": 1})
    assert (wrong.status, wrong.message) == (422, ["isTyping must be a string"])
    agency = ghl.told["agency_private_integration_token"]
    assert (await ghl.call("POST", path, json=body, token=agency)).status == 401


async def test_each_operation_asks_for_its_scope(ghl):
    token = ghl.told["private_integration_token"]
    body = {"token": token, "scopes": ["contacts.readonly"]}
    await ghl.call("PUT", "/_sandbox/scopes", json=body)
    calls = [
        ("GET", f"/conversations/search?locationId={ghl.location}"),
        ("GET", "/conversations/x"),
        ("PUT", "/conversations/x"),
        ("DELETE", "/conversations/x"),
        ("POST", "/conversations/"),
        ("GET", "/conversations/x/messages"),
        ("GET", "/conversations/messages/x"),
        ("GET", "/conversations/messages/email/x"),
        ("POST", "/conversations/messages"),
        ("POST", "/conversations/messages/inbound"),
        ("POST", "/conversations/messages/outbound"),
        ("PUT", "/conversations/messages/x/status"),
        ("POST", "/conversations/providers/live-chat/typing"),
    ]
    for method, path in calls:
        answer = await ghl.call(method, path, json={})
        assert answer.message == "The token is not authorized for this scope.", path


async def test_conversations_and_messages_survive_a_restart(tmp_path):
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        talk = Talk(ghl)
        contact = await ghl.create(phone="+12015550123")
        sent = (await talk.send(contact, message="hello")).body
    async with serving(GoHighLevel(tmp_path, pace=1_000)) as ghl:
        talk = Talk(ghl)
        [message] = await talk.messages(sent["conversationId"])
        assert (message["id"], message["body"]) == (sent["messageId"], "hello")
        assert [each["id"] for each in await talk.search()] == [sent["conversationId"]]
