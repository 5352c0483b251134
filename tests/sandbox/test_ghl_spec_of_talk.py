"""Conversations, associations and blogs against the official specifications.

As in test_ghl_spec: only where they can be found. Left out are two lists, of
associations and of relations: the specification shows one association there, the real one a list.
"""

from __future__ import annotations

import json

import pytest

from tests.sandbox.ghl_caller import V2, V3
from tests.sandbox.ghl_specs import SPECS
from tests.sandbox.ghl_talk import Talk
from tests.sandbox.test_ghl_associations import pair, wanted
from tests.sandbox.test_ghl_blogs import Blogs

__all__ = ["pair"]

if SPECS:
    import jsonschema_rs

    COMMON = json.loads((SPECS / "apps/v3/common/common-schemas.json").read_text())

    def described(version, method, path, status):
        """The schema of one reply, with all it refers to."""
        product = path.split("/")[1]
        file = f"apps/v3/{product}-v3.json" if version == V3 else f"apps/{product}.json"
        document = json.loads((SPECS / file).read_text())
        found = document["paths"][path][method.lower()]["responses"][str(status)]
        # untyped values are called objects in these files; their examples are texts
        schemas = document["components"]["schemas"] | COMMON["components"]["schemas"]
        for schema in schemas.values():
            for each in schema.get("properties", {}).values():
                if each.get("type") == "object" and isinstance(each.get("example"), str):
                    each["type"] = "string"
        content = found["content"]["application/json"]["schema"]
        whole = json.dumps({**content, "components": {"schemas": schemas}})
        return json.loads(whole.replace("../common/common-schemas.json#", "#"))

    class Checker:
        def __init__(self, ghl, version):
            self.ghl = ghl
            self.version = version

        async def __call__(self, call, status, body=None, query="", **names):
            """Make a call like "GET /conversations/{conversationId}", and check the reply."""
            method, path = call.split()
            there = path.format(**names) + query
            answer = await self.ghl.call(method, there, version=self.version, json=body)
            assert answer.status == status, answer
            schema = described(self.version, method, path, status)
            jsonschema_rs.validate(schema, answer.body)
            return answer.body

    @pytest.fixture(params=[V2, V3])
    def check(ghl, request):
        return Checker(ghl, request.param)

    async def test_conversations_have_the_published_shapes(ghl, check):
        contact = await ghl.create(firstName="Ada", phone="+12015550123")
        search, one = "GET /conversations/search", "/conversations/{conversationId}"
        found = await check(search, 200, query=f"?locationId={ghl.location}")
        name = {"conversationId": found["conversations"][0]["id"]}
        await check(f"GET {one}", 200, **name)
        await check(f"PUT {one}", 200, {"locationId": ghl.location, "unreadCount": 3}, **name)
        await check(f"DELETE {one}", 200, **name)
        await check(f"GET {one}", 400, **name)
        body = {"locationId": ghl.location, "contactId": contact["id"]}
        await check("POST /conversations/", 201, body)
        await check("POST /conversations/", 400, body)

    async def test_messages_have_the_published_shapes(ghl, check):
        ghl.app.settings.nested_messages = False
        contact = await ghl.create(firstName="Ada", email="a@x.org", phone="+12015550123")
        send, inbound = "POST /conversations/messages", "POST /conversations/messages/inbound"
        to = {"contactId": contact["id"], "message": "hello"}
        text = await check(send, 200, {**to, "type": "SMS"})
        email = await check(send, 200, {**to, "type": "Email", "subject": "x"})
        call = await check(inbound, 200, {"contactId": contact["id"], "type": "Call"})
        outbound = {
            "type": "Call",
            "conversationId": text["conversationId"],
            "conversationProviderId": "p",
        }
        await check("POST /conversations/messages/outbound", 200, outbound)
        conversation = text["conversationId"]
        listing = "GET /conversations/{conversationId}/messages"
        await check(listing, 200, conversationId=conversation)
        for sent in (text, email, call):
            await check("GET /conversations/messages/{id}", 200, id=sent["messageId"])
        single = "GET /conversations/messages/email/{id}"
        await check(single, 200, id=email["emailMessageId"])
        status = "PUT /conversations/messages/{messageId}/status"
        await check(status, 200, {"status": "read"}, messageId=text["messageId"])
        said = "GET /conversations/locations/{locationId}/messages/{messageId}/transcription"
        await check(said, 200, locationId=ghl.location, messageId=call["messageId"])
        later = {**to, "type": "SMS", "scheduledTimestamp": 4_000_000_000}
        scheduled = await check(send, 200, later)
        cancel = "DELETE /conversations/messages/{messageId}/schedule"
        await check(cancel, 200, messageId=scheduled["messageId"])
        await Talk(ghl).receive(contact, type="Live_Chat")
        body = {
            "locationId": ghl.location,
            "isTyping": "true",
            "visitorId": "v",
            "conversationId": conversation,
        }
        await check("POST /conversations/providers/live-chat/typing", 201, body)

    async def test_associations_have_the_published_shapes(ghl, check, pair):
        made = await check("POST /associations/", 201, wanted(ghl))
        name, query = {"associationId": made["id"]}, f"?locationId={ghl.location}"
        one = "/associations/{associationId}"
        await check(f"GET {one}", 200, **name)
        await check("GET /associations/key/{key_name}", 200, query=query, key_name=made["key"])
        by_object = "GET /associations/objectKey/{objectKey}"
        await check(by_object, 200, query=query, objectKey="contact")
        labels = {"firstObjectLabel": "a", "secondObjectLabel": "b"}
        await check(f"PUT {one}", 200, labels, **name)
        body = {
            "locationId": ghl.location,
            "associationId": made["id"],
            "firstRecordId": pair[0],
            "secondRecordId": pair[1],
        }
        relation = await check("POST /associations/relations", 201, body)
        await check("POST /associations/relations", 400, body)
        parting = "DELETE /associations/relations/{relationId}"
        await check(parting, 200, query=query, relationId=relation["id"])
        await check(f"DELETE {one}", 200, **name)
        await check(f"DELETE {one}", 400, **name)
        await check("POST /associations/", 422, {**wanted(ghl), "odd": 1})

    async def test_blogs_have_the_published_shapes(ghl, check):
        blogs, query = Blogs(ghl), f"?locationId={ghl.location}&limit=10"
        await check("GET /blogs/site/all", 200, query=f"{query}&skip=0")
        for path in ("authors", "categories"):
            await check(f"GET /blogs/{path}", 200, query=f"{query}&offset=0")
        body = await blogs.body()
        made = await check("POST /blogs/posts", 200, body)
        in_blog = f"{query}&offset=0&blogId={body['blogId']}"
        await check("GET /blogs/posts/all", 200, query=in_blog)
        slug = f"?locationId={ghl.location}&urlSlug=x"
        await check("GET /blogs/posts/url-slug-exists", 200, query=slug)
        changed = body | ({"wordCount": 2} if check.version == V3 else {})
        put = "PUT /blogs/posts/{postId}"
        await check(put, 200, changed, postId=made["data"]["_id"])
        await check(put, 422, {}, postId=made["data"]["_id"])
