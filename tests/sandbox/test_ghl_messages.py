from __future__ import annotations

import io
import time
import wave

import pytest
from aiohttp import ClientSession, FormData

from tests.sandbox.ghl_caller import V2, V3, listening
from tests.sandbox.ghl_talk import Talk


@pytest.fixture
def talk(ghl):
    return Talk(ghl)


@pytest.fixture
async def ada(ghl):
    return await ghl.create(
        firstName="Ada", lastName="Byron", email="ada@x.org", phone="+12015550123"
    )


KINDS = {
    "SMS": "TYPE_SMS",
    "RCS": "TYPE_RCS",
    "WhatsApp": "TYPE_WHATSAPP",
    "IG": "TYPE_INSTAGRAM",
    "FB": "TYPE_FACEBOOK",
    "Custom": "TYPE_CUSTOM_SMS",
    "Live_Chat": "TYPE_LIVE_CHAT",
    "TIKTOK": "TYPE_TIKTOK",
}


@pytest.mark.parametrize("version", [V2, V3])
@pytest.mark.parametrize("kind", KINDS)
async def test_a_message_of_any_kind_is_sent(ghl, talk, ada, version, kind):
    answer = await talk.send(ada, version=version, type=kind, message="hello")
    assert answer.status == 200
    assert answer.body["status"] == "pending"
    assert answer.body["conversationId"] == await talk.with_contact(ada)
    message = await talk.message(answer.body["messageId"])
    assert message["messageType"] == KINDS[kind]
    assert (message["body"], message["direction"], message["source"]) == (
        "hello",
        "outbound",
        "api",
    )
    [found] = await talk.search(contactId=ada["id"])
    assert (found["lastMessageBody"], found["lastMessageType"]) == ("hello", KINDS[kind])


async def test_a_message_is_delivered_by_itself(ghl, talk, ada):
    sent = (await talk.send(ada, message="hello")).body["messageId"]
    fared = [(await talk.message(sent))["status"]]
    for later in ("1.3", "300"):
        ghl.app.faults.switch_on(f"clock_skew={later}")
        fared.append((await talk.message(sent))["status"])
    assert fared == ["pending", "sent", "delivered"]


@pytest.mark.parametrize("version", [V2, V3])
@pytest.mark.parametrize("status", ["delivered", "failed", "pending", "read"])
async def test_how_a_message_fared_is_said_by_who_carried_it(ghl, talk, ada, version, status):
    sent = (await talk.send(ada, message="hello")).body["messageId"]
    path = f"/conversations/messages/{sent}/status"
    answer = await ghl.call("PUT", path, version=version, json={"status": status})
    assert (answer.status, answer.body["status"], answer.body["messageId"]) == (200, status, sent)
    ghl.app.faults.switch_on("clock_skew=300")
    assert (await talk.message(sent))["status"] == status
    wrong = await ghl.call("PUT", path, version=version, json={"status": "lost"})
    assert wrong.status == 422


@pytest.mark.parametrize(
    ("settings", "kind", "refused"),
    [
        ({"dnd": True}, "SMS", "SMS"),
        ({"dnd": True}, "Email", "Email"),
        ({"dnd": True}, "Live_Chat", None),
        ({"dndSettings": {"SMS": {"status": "active"}}}, "SMS", "SMS"),
        ({"dndSettings": {"SMS": {"status": "active"}}}, "Email", None),
        ({"dndSettings": {"Email": {"status": "permanent"}}}, "Email", "Email"),
        ({"dnd": True, "dndSettings": {"SMS": {"status": "inactive"}}}, "SMS", None),
    ],
)
async def test_a_contact_who_wants_none_gets_none(ghl, talk, ada, settings, kind, refused):
    await ghl.put(ada["id"], **settings)
    answer = await talk.send(ada, type=kind, message="hello", subject="x")
    if refused is None:
        assert answer.status == 200
    else:
        words = f"Cannot send message as DND is active for {refused}."
        assert (answer.status, answer.message) == (400, words)
        assert await talk.messages(await talk.with_contact(ada)) == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("SMS", "Missing phone number"),
        ("Email", "Unable to send e-mail, contact's e-mail is invalid"),
    ],
)
async def test_a_contact_without_an_address_is_not_written_to(ghl, talk, kind, words):
    nobody = await ghl.create(firstName="Nobody")
    answer = await talk.send(nobody, type=kind, message="hello")
    assert (answer.status, answer.message) == (400, words)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"type": "Pigeon"}, "type must be one of the following values: SMS, RCS, Email,"),
        ({"odd": 1}, "property odd should not exist"),
        ({"attachments": "x"}, "attachments must be an array"),
        ({"message": 1}, "message must be a string"),
    ],
)
async def test_a_wrong_message_is_refused(talk, ada, body, problem):
    answer = await talk.send(ada, **body)
    assert answer.status == 422
    assert answer.message[0].startswith(problem)


async def test_a_message_to_an_unknown_contact_is_refused(talk):
    answer = await talk.send({"id": "unknown"}, message="hello")
    assert (answer.status, answer.message) == (400, "Contact with id unknown not found")


@pytest.mark.parametrize("version", [V2, V3])
async def test_pages_of_messages_follow_each_other(ghl, talk, ada, version):
    sent = [(await talk.send(ada, message=str(n))).body["messageId"] for n in range(25)]
    conversation = await talk.with_contact(ada)
    first = await talk.page(conversation, version=version)
    assert [each["id"] for each in first["messages"]] == sent[:4:-1]
    assert (first["nextPage"], first["lastMessageId"]) == (True, sent[5])
    second = await talk.page(conversation, version=version, lastMessageId=sent[5])
    assert [each["id"] for each in second["messages"]] == sent[4::-1]
    assert (second["nextPage"], second["lastMessageId"]) == (False, sent[0])
    few = await talk.page(conversation, version=version, limit="3")
    assert (len(few["messages"]), few["nextPage"]) == (3, True)


async def test_messages_are_listed_by_type(ghl, talk, ada):
    await talk.send(ada, message="one")
    await talk.send(ada, type="FB", message="two")
    await talk.receive(ada, type="Call")
    conversation = await talk.with_contact(ada)
    found = await talk.messages(conversation, type="TYPE_SMS, TYPE_CALL")
    assert [each["messageType"] for each in found] == ["TYPE_CALL", "TYPE_SMS"]
    odd = await ghl.call("GET", f"/conversations/{conversation}/messages?type=TYPE_SMS,ODD")
    assert odd.status == 422


async def test_the_list_of_messages_can_have_its_published_shape(ghl, talk, ada):
    await talk.send(ada, message="one")
    ghl.app.settings.nested_messages = False
    answer = await ghl.call("GET", f"/conversations/{await talk.with_contact(ada)}/messages")
    assert [each["body"] for each in answer.body["messages"]] == ["one"]
    assert answer.body["nextPage"] is False


async def test_an_email_is_read_by_its_own_id(ghl, talk, ada):
    sent = await talk.send(
        ada, type="Email", subject="Hello", html="<p>Hi</p>", emailCc=["c@x.org"]
    )
    message = await talk.message(sent.body["messageId"])
    assert "body" not in message
    assert message["meta"] == {"email": {"messageIds": [sent.body["emailMessageId"]]}}
    path = f"/conversations/messages/email/{sent.body['emailMessageId']}"
    for version in (V2, V3):
        email = (await ghl.call("GET", path, version=version)).body
        assert (email["subject"], email["body"], email["to"], email["cc"]) == (
            "Hello",
            "<p>Hi</p>",
            ["ada@x.org"],
            ["c@x.org"],
        )
        assert email["threadId"] == sent.body["messageId"]
        assert email["from"].startswith("Harbour Brokers <")
        assert (email["direction"], email["status"]) == ("outbound", "pending")
    assert (await ghl.call("GET", "/conversations/messages/email/x")).status == 400


async def test_an_answer_joins_the_thread(ghl, talk, ada):
    sent = (await talk.send(ada, type="Email", subject="Hello", message="Hi")).body
    answer = await talk.receive(
        ada, type="Email", html="Hi too", emailMessageId=sent["emailMessageId"]
    )
    assert answer["messageId"] == sent["messageId"]
    more = await talk.send(ada, type="Email", message="Bye", threadId=sent["messageId"])
    thread = await talk.message(sent["messageId"])
    assert thread["meta"]["email"]["messageIds"] == [
        sent["emailMessageId"],
        answer["emailMessageId"],
        more.body["emailMessageId"],
    ]
    assert len(await talk.messages(sent["conversationId"])) == 1
    path = f"/conversations/messages/email/{answer['emailMessageId']}"
    theirs = (await ghl.call("GET", path)).body
    assert (theirs["from"], theirs["direction"]) == ("Ada Byron <ada@x.org>", "inbound")


async def test_the_status_of_one_email_of_a_thread_is_set(ghl, talk, ada):
    sent = (await talk.send(ada, type="Email", message="Hi")).body
    path = f"/conversations/messages/{sent['messageId']}/status"
    body = {"status": "read", "emailMessageId": sent["emailMessageId"]}
    assert (await ghl.call("PUT", path, json=body)).status == 200
    email = await ghl.call("GET", f"/conversations/messages/email/{sent['emailMessageId']}")
    assert email.body["status"] == "read"
    wrong = await ghl.call("PUT", path, json={**body, "emailMessageId": "x"})
    assert wrong.status == 400


@pytest.mark.parametrize("kind", ["SMS", "Email"])
@pytest.mark.parametrize("version", [V2, V3])
async def test_a_scheduled_message_can_be_taken_back_until_it_is_sent(
    ghl, talk, ada, kind, version
):
    due = int(time.time()) + 100
    with listening(ghl) as told:
        sent = await talk.send(ada, type=kind, message="later", scheduledTimestamp=due)
        assert [name for name, _ in told] == []
    message_id = sent.body["messageId"]
    assert (await talk.message(message_id))["status"] == "scheduled"
    path = f"/conversations/messages/{message_id}/schedule"
    if kind == "Email":
        path = f"/conversations/messages/email/{sent.body['emailMessageId']}/schedule"
    answer = await ghl.call("DELETE", path, version=version)
    assert (answer.status, answer.body["status"]) == (200, 200)
    assert await talk.messages(sent.body["conversationId"]) == []
    [found] = await talk.search(contactId=ada["id"])
    assert found["lastMessageBody"] == ""

    late = await talk.send(ada, type=kind, message="later", scheduledTimestamp=due)
    ghl.app.faults.switch_on("clock_skew=300")
    assert (await talk.message(late.body["messageId"]))["status"] == "delivered"
    path = f"/conversations/messages/{late.body['messageId']}/schedule"
    refused = await ghl.call("DELETE", path, version=version)
    assert (refused.status, refused.message) == (400, "Failed cancel the scheduled message")


async def test_a_scheduled_email_leaves_the_thread_it_would_have_joined(ghl, talk, ada):
    sent = (await talk.send(ada, type="Email", subject="Hello", message="Hi")).body
    more = {"threadId": sent["messageId"], "scheduledTimestamp": int(time.time()) + 100}
    await talk.send(ada, type="Email", subject="Again", message="Hi again", **more)
    path = f"/conversations/messages/{sent['messageId']}/schedule"
    assert (await ghl.call("DELETE", path)).status == 200
    thread = await talk.message(sent["messageId"])
    assert thread["meta"]["email"]["messageIds"] == [sent["emailMessageId"]]
    assert thread["status"] != "scheduled"
    [found] = await talk.search(contactId=ada["id"])
    assert found["lastMessageBody"] == "Hi"


async def test_a_clock_that_is_set_back_schedules_nothing(ghl, talk, ada):
    await talk.send(ada, message="one")
    ghl.app.faults.switch_on("clock_skew=-300")
    with listening(ghl) as told:
        later = (await talk.send(ada, message="two")).body["messageId"]
    assert [kind for kind, _ in told] == ["OutboundMessage"]
    assert (await talk.message(later))["status"] == "pending"
    listed = await talk.messages(await talk.with_contact(ada))
    assert [each["body"] for each in listed] == ["two", "one"]


@pytest.mark.parametrize("version", [V2, V3])
async def test_an_inbound_message_is_unread_and_told(ghl, talk, ada, version):
    with listening(ghl) as told:
        for text in ("one", "two"):
            answer = await talk.receive(ada, version=version, message=text)
    assert (answer["success"], answer["contactId"]) == (True, ada["id"])
    [found] = await talk.search(contactId=ada["id"])
    assert (found["unreadCount"], found["lastMessageDirection"]) == (2, "inbound")
    assert [kind for kind, _ in told] == ["ConversationUnreadUpdate", "InboundMessage"] * 2
    record = told[-1][1]
    assert (
        record.items()
        >= {
            "locationId": ghl.location,
            "contactId": ada["id"],
            "conversationId": answer["conversationId"],
            "messageId": answer["messageId"],
            "body": "two",
            "direction": "inbound",
            "messageType": "SMS",
            "status": "delivered",
            "attachments": [],
            "dateAdded": answer["dateAdded"],
        }.items()
    )


async def test_an_outbound_email_is_told_with_its_text(ghl, talk, ada):
    with listening(ghl) as told:
        sent = await talk.send(ada, type="Email", subject="Hello", html="<p>Hi</p>")
    [(kind, record)] = told
    assert kind == "OutboundMessage"
    assert (
        record.items()
        >= {
            "messageType": "Email",
            "emailMessageId": sent.body["emailMessageId"],
            "threadId": sent.body["messageId"],
            "subject": "Hello",
            "body": "<p>Hi</p>",
            "to": ["ada@x.org"],
            "source": "api",
        }.items()
    )


async def test_an_inbound_message_needs_to_know_of_whom(ghl, talk, ada):
    path = "/conversations/messages/inbound"
    by_conversation = {"type": "SMS", "conversationId": await talk.with_contact(ada)}
    assert (await ghl.call("POST", path, json=by_conversation)).body["contactId"] == ada["id"]
    nobody = await ghl.call("POST", path, json={"type": "SMS", "message": "x"})
    assert (nobody.status, nobody.message) == (400, "conversationId or contactId is required")
    body = {"type": "Custom", "contactId": ada["id"], "message": "x"}
    custom = await ghl.call("POST", path, json=body)
    assert custom.message == "conversationProviderId required for custom providers"
    unknown = await ghl.call("POST", path, json={"type": "SMS", "conversationId": "x"})
    assert (unknown.status, unknown.message) == (400, "Conversation with id x not found")


async def test_a_message_of_the_past_takes_its_place_in_time(talk, ada):
    await talk.send(ada, message="now")
    long_ago = "2020-01-02T03:04:05.000Z"
    added = await talk.receive(ada, message="then", date=long_ago)
    assert added["dateAdded"] == long_ago
    listed = await talk.messages(added["conversationId"])
    assert [each["body"] for each in listed] == ["now", "then"]
    [found] = await talk.search(contactId=ada["id"])
    assert found["lastMessageBody"] == "now"


@pytest.mark.parametrize("version", [V2, V3])
async def test_a_call_has_a_recording_and_a_transcription(ghl, talk, ada, version):
    body = {
        "type": "Call",
        "conversationId": await talk.with_contact(ada),
        "conversationProviderId": "p",
        "call": {"to": "+12015550123", "from": "+12015550100", "status": "completed"},
    }
    with listening(ghl) as told:
        path = "/conversations/messages/outbound"
        added = await ghl.call("POST", path, version=version, json=body)
    assert added.status == 200
    assert told[0][0] == "OutboundMessage"
    assert told[0][1].items() >= {"messageType": "CALL", "callDuration": 2}.items()
    message = await talk.message(added.body["messageId"])
    assert message["meta"] == {"callDuration": "2", "callStatus": "completed"}

    place = f"messages/{message['id']}"
    recording = f"/conversations/{place}/locations/{ghl.location}/recording"
    headers = {
        "Authorization": f"Bearer {ghl.told['private_integration_token']}",
        "Version": version,
    }
    async with ghl._session.get(recording, headers=headers) as reply:
        assert (reply.status, reply.content_type) == (200, "audio/x-wav")
        assert reply.content_disposition.filename == "audio.wav"
        assert "X-RateLimit-Remaining" in reply.headers
        with wave.open(io.BytesIO(await reply.read())) as audio:
            assert audio.getnframes() / audio.getframerate() == 2

    said = f"/conversations/locations/{ghl.location}/{place}/transcription"
    sentence = (await ghl.call("GET", said, version=version)).body
    assert (sentence["sentenceIndex"], sentence["endTime"]) == (0, 2000)
    file = await ghl.call("GET", f"{said}/download", version=version)
    assert file.headers["Content-Type"].startswith("text/plain")
    assert 'filename="transcription.txt"' in file.headers["Content-Disposition"]
    assert sentence["transcript"] in file.body


async def test_what_was_not_recorded_cannot_be_heard(ghl, talk, ada):
    text = (await talk.send(ada, message="hello")).body["messageId"]
    missed = (await talk.receive(ada, type="Call", call={"status": "no-answer"}))["messageId"]
    for message in (text, missed, "unknown"):
        place = f"/conversations/messages/{message}/locations/{ghl.location}/recording"
        assert (await ghl.call("GET", place)).status == 400
    elsewhere = f"/conversations/messages/{text}/locations/{ghl.other_location}/recording"
    assert (await ghl.call("GET", elsewhere)).status == 403


async def test_files_are_taken_in_and_served_until_their_conversation_goes(ghl, talk, ada):
    conversation = await talk.with_contact(ada)

    async def upload(name, content, **fields):
        form = FormData(quote_fields=False)
        whole = {"conversationId": conversation, "locationId": ghl.location, **fields}
        for key, value in whole.items():
            form.add_field(key, value)
        if name:
            form.add_field(
                "fileAttachment", io.BytesIO(content), filename=name, content_type="text/plain"
            )
        return await ghl.call("POST", "/conversations/messages/upload", data=form)

    answer = await upload("my notes.txt", b"\x00\xffhello")
    assert answer.status == 200
    url = answer.body["uploadedFiles"]["my notes.txt"]
    assert url.startswith(ghl.told["url"])
    assert await download(url) == (200, "text/plain", b"\x00\xffhello")
    assert (await download(url.replace("/files/", "/files/x")))[0] == 404
    async with ClientSession() as session, session.post(url) as reply:
        assert reply.status == 404

    assert (await upload("virus.exe", b"x")).status == 415
    assert (await upload("big.txt", b"x" * (5 * 1024 * 1024 + 1))).status == 413
    assert (await upload(None, b"")).message == "fileAttachment is required"
    assert (await upload("a.txt", b"x", conversationId="x")).status == 400
    assert (await upload("a.txt", b"x", locationId=ghl.other_location)).status == 403

    await ghl.call("DELETE", f"/contacts/{ada['id']}")
    assert (await download(url))[0] == 404


async def download(url):
    """Status, kind and content of what is found at this address, without a token."""
    async with ClientSession() as session, session.get(url) as reply:
        return reply.status, reply.content_type, await reply.read()
