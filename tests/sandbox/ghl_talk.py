"""Sends and receives messages of the sandbox's GoHighLevel, as a client would."""

from __future__ import annotations

from tests.sandbox.ghl_caller import V2


class Talk:
    def __init__(self, ghl):
        self._ghl = ghl

    async def searched(self, *, version=V2, **query):
        query = {"locationId": self._ghl.location, **query}
        return await self._ghl.call("GET", "/conversations/search", version=version, params=query)

    async def search(self, **query):
        answer = await self.searched(**query)
        assert answer.status == 200, answer
        return answer.body["conversations"]

    async def with_contact(self, contact):
        """The id of the contact's conversation."""
        [found] = await self.search(contactId=contact["id"])
        return found["id"]

    async def send(self, contact, *, version=V2, token=None, **body):
        whole = {"type": "SMS", "contactId": contact["id"], **body}
        return await self._ghl.call(
            "POST", "/conversations/messages", version=version, token=token, json=whole
        )

    async def receive(self, contact, *, version=V2, **body):
        whole = {"type": "SMS", "contactId": contact["id"], **body}
        answer = await self._ghl.call(
            "POST", "/conversations/messages/inbound", version=version, json=whole
        )
        assert answer.status == 200, answer
        return answer.body

    async def page(self, conversation_id, *, version=V2, **query):
        answer = await self._ghl.call(
            "GET", f"/conversations/{conversation_id}/messages", version=version, params=query
        )
        assert answer.status == 200, answer
        return answer.body["messages"]

    async def messages(self, conversation_id, **query):
        return (await self.page(conversation_id, **query))["messages"]

    async def message(self, message_id):
        answer = await self._ghl.call("GET", f"/conversations/messages/{message_id}")
        assert answer.status == 200, answer
        return answer.body
