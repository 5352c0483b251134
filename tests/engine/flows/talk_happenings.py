"""What happens to opportunities, users and conversations."""

from __future__ import annotations

from tests.engine.flows.expectations import changed, new
from tests.engine.flows.highlevel import email

PROVIDER = "61d6d1f9cdac7612faf80753"  # any id of that form: a provider of one's own


async def _pipeline(it):
    return (await it("opportunities.list_pipelines", locationId=it.place))["pipelines"][0]


async def _opportunity(it):
    made = await it(
        "opportunities.create",
        locationId=it.place,
        contactId=await it.contact(),
        pipelineId=(await _pipeline(it))["id"],
        name="House",
        status="open",
    )
    return made["opportunity"]["id"]


async def opportunities(it):
    await _opportunity(it)
    yield {}
    one = await _opportunity(it)
    yield new(id=one, name="House")
    await it("opportunities.update_status", id=one, status="won")
    yield changed(id=one, status="won")


async def opportunity(it):
    one = await _opportunity(it)
    yield {"id": one}
    await it("opportunities.update_status", id=one, status="won")
    yield changed(id=one, status="won")


async def pipelines(it):
    yield {}


async def users(it):
    yield {"locationId": it.place}
    user = await it.user()
    yield new(id=user["id"], firstName="Grace")
    await it("users.update", userId=user["id"], lastName="Murray")
    yield changed(id=user["id"], lastName="Murray")


async def listed_users(it):
    yield {}
    user = await it.user()
    yield new(id=user["id"], firstName="Grace")
    await it("users.update", userId=user["id"], lastName="Murray")
    yield changed(id=user["id"], lastName="Murray")


async def user(it):
    user = await it.user()
    yield {"userId": user["id"]}
    await it("users.update", userId=user["id"], lastName="Murray")
    yield changed(id=user["id"], lastName="Murray")


async def users_by_email(it):
    wanted = email()
    yield {"emails": wanted}
    user = await it.user(wanted)
    # the answer holds nothing else of a user, so nothing in it can change
    yield new(id=user["id"], email=wanted)


async def _text(it, contact, message, kind="SMS", **more):
    return await it(
        "conversations.send_message", type=kind, contactId=contact, message=message, **more
    )


async def conversations(it):
    known = await it.contact(phone="+12015550191")
    await _text(it, known, "Hello")
    yield {}
    contact = await it.contact(phone="+12015550192")
    sent = await _text(it, contact, "Hello")
    yield new(id=sent["conversationId"], lastMessageBody="Hello")
    await _text(it, contact, "Again")
    yield changed(id=sent["conversationId"], lastMessageBody="Again")


async def conversation(it):
    sent = await _text(it, await it.contact(phone="+12015550192"), "Hello")
    one = sent["conversationId"]
    yield {"conversationId": one}
    await it("conversations.update", conversationId=one, locationId=it.place, unreadCount=3)
    yield changed(id=one, unreadCount=3)


async def messages(it):
    contact = await it.contact(phone="+12015550192")
    one = (await _text(it, contact, "Hello"))["conversationId"]
    yield {"conversationId": one}
    sent = await _text(it, contact, "Again")
    yield new(id=sent["messageId"], body="Again")
    status = {"messageId": sent["messageId"], "status": "read"}
    await it("conversations.update_message_status", **status)
    yield changed(id=sent["messageId"], status="read")


async def message(it):
    sent = await _text(it, await it.contact(phone="+12015550192"), "Hello")
    yield {"id": sent["messageId"]}
    status = {"messageId": sent["messageId"], "status": "read"}
    await it("conversations.update_message_status", **status)
    yield changed(id=sent["messageId"], status="read")


async def one_email(it):
    sent = await it(
        "conversations.send_message",
        type="Email",
        contactId=await it.contact(),
        subject="Your policy",
        html="<p>Attached</p>",
        emailFrom=email(),
    )
    yield {"id": sent["emailMessageId"]}
    status = {"messageId": sent["messageId"], "status": "read"}
    await it("conversations.update_message_status", **status)
    yield changed(id=sent["emailMessageId"], status="read")


async def _call(it):
    sent = await _text(it, await it.contact(phone="+12015550198"), "May I call?")
    logged = await it(
        "conversations.add_outbound_call",
        type="Call",
        conversationId=sent["conversationId"],
        conversationProviderId=PROVIDER,
        call={"to": "+12015550198", "from": "+12015550100", "status": "completed"},
    )
    return logged["messageId"]


async def recorded(it):
    yield {"messageId": await _call(it)}
