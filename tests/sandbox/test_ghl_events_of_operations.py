"""Every event that the catalogue says an operation causes is fired by it."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from instep import catalogue
from instep.sandbox.gohighlevel.products import OPERATIONS
from tests.sandbox.ghl_caller import listening

VERSIONS = {"v2": "2021-07-28", "v3": "v3"}
EXPECTED = {
    each.id: set(catalogue.get(each.id).events)
    for each in OPERATIONS
    if catalogue.get(each.id).events
}
# the catalogue names this one as its page is named; the event's own `type` is another
TYPES = {"ConversationUnreadWebhook": "ConversationUnreadUpdate"}


class Actor:
    """Carries operations out by their ids, and notes which events each of them fired."""

    def __init__(self, ghl, view):
        self.ghl = ghl
        self.location = ghl.location
        self.view = view
        self.fired = defaultdict(set)

    async def __call__(self, operation_id, body=None, **names):
        """Return the reply. `names` are the path's, and those that are not there the query's."""
        address = catalogue.get(operation_id).address(self.view)
        query = {name: value for name, value in names.items() if f"{{{name}}}" not in address.path}
        path = re.sub(r"{(\w+)}", lambda found: names[found[1]], address.path)
        call = {"version": VERSIONS[self.view], "json": body, "params": query}
        if address.token.startswith("agency"):
            call["token"] = self.ghl.told["agency_private_integration_token"]
        with listening(self.ghl) as told:
            answer = await self.ghl.call(address.method, path, **call)
        assert answer.status == address.status, (operation_id, answer)
        self.fired[operation_id] |= {kind for kind, _ in told}
        return answer.body

    async def contact(self, email, **values):
        body = {"locationId": self.location, "email": email, **values}
        return (await self("contacts.create", body))["contact"]["id"]

    async def user(self, email):
        body = {
            "companyId": self.ghl.told["company_id"],
            "firstName": "Kim",
            "lastName": "Lee",
            "email": email,
            "password": "Correct-Horse-9-Battery",
            "type": "account",
            "role": "user",
            "locationIds": [self.location],
        }
        return (await self("users.create", body))["id"]


async def change_contacts(act):
    contact, here = await act.contact("ada@x.org"), {"locationId": act.location}
    dnd = {"dndSettings": {"SMS" if act.view == "v2" else "sms": {"status": "active"}}}
    await act("contacts.update", {"city": "Bath", "tags": ["one"], **dnd}, contactId=contact)
    again = here | {"email": "ada@x.org", "city": "Hull", "tags": ["two"], "dnd": True}
    await act("contacts.upsert", again)
    await act("contacts.upsert", here | {"email": "bob@x.org"})
    await act("contacts.add_tags", {"tags": ["three"]}, contactId=contact)
    await act("contacts.remove_tags", {"tags": ["three"]}, contactId=contact)
    await act("contacts.bulk_tags", here | {"contacts": [contact], "tags": ["four"]}, type="add")
    business = (await act("businesses.create", here | {"name": "Acme"}))["buiseness"]["id"]
    await act("contacts.bulk_business", here | {"ids": [contact], "businessId": business})
    await act("contacts.delete", contactId=contact)


async def change_what_contacts_have(act):
    contact = {"contactId": await act.contact("cid@x.org")}
    due = {"title": "Call", "dueDate": "2030-01-07T15:00:00Z", "completed": False}
    for finish in ("contacts.complete_task", "contacts.update_task"):
        task = (await act("contacts.create_task", due, **contact))["task"]["id"]
        await act(finish, {"completed": True}, taskId=task, **contact)
        await act("contacts.delete_task", taskId=task, **contact)
    note = (await act("contacts.create_note", {"body": "Hello"}, **contact))["note"]["id"]
    await act("contacts.update_note", {"body": "Hi"}, id=note, **contact)
    await act("contacts.delete_note", id=note, **contact)
    listed = (await act("campaigns.list", locationId=act.location))["campaigns"]
    one, two = (each["id"] for each in listed[:2])
    await act("contacts.add_to_campaign", campaignId=one, **contact)
    await act("contacts.add_to_campaign", campaignId=two, **contact)
    await act("contacts.remove_from_campaign", campaignId=one, **contact)
    await act("contacts.remove_from_all_campaigns", **contact)


async def book(act):
    calendar = (await act("calendars.list", locationId=act.location))["calendars"][0]
    body = {
        "locationId": act.location,
        "calendarId": calendar["id"],
        "contactId": await act.contact("dan@x.org"),
        "startTime": "2030-01-07T10:00:00-05:00",
        "ignoreDateRange": True,
    }
    event = (await act("calendars.create_appointment", body))["id"]
    await act("calendars.update_appointment", {"title": "Moved"}, eventId=event)
    await act("calendars.delete_event", {}, eventId=event)


async def deal(act):
    here, user = {"locationId": act.location}, await act.user("kim@x.org")
    first = (await act("opportunities.list_pipelines", **here))["pipelines"][0]
    stage = first["stages"][1]["id"]
    plain = {**here, "pipelineId": first["id"], "name": "Loan", "status": "open"}
    changes = {"pipelineStageId": stage, "status": "won", "monetaryValue": 5, "assignedTo": user}
    for email in ("eve@x.org", "fay@x.org"):
        body = {**plain, "contactId": await act.contact(email)}
        if email == "eve@x.org":
            made = (await act("opportunities.create", body))["opportunity"]["id"]
            await act("opportunities.update", {"name": "Credit", **changes}, id=made)
            await act("opportunities.update_status", {"status": "lost"}, id=made)
            await act("opportunities.delete", id=made)
        else:
            await act("opportunities.upsert", body)
            await act("opportunities.upsert", body | {"name": "Credit"} | changes)


async def talk(act):
    contact = await act.contact("gil@x.org", phone="+12015550123")
    text = {"type": "SMS", "contactId": contact, "message": "Hello"}
    sent = await act("conversations.send_message", text)
    conversation = sent["conversationId"]
    await act("conversations.add_inbound_message", {**text, "conversationId": conversation})
    call = {"type": "Call", "conversationId": conversation, "conversationProviderId": "p"}
    await act("conversations.add_outbound_call", call)
    unread = {"locationId": act.location, "unreadCount": 5}
    await act("conversations.update", unread, conversationId=conversation)


async def associate(act):
    here = {"locationId": act.location}
    ends = {"firstObjectKey": "contact", "secondObjectKey": "contact"}
    labels = {"firstObjectLabel": "Adviser", "secondObjectLabel": "Client"}
    made = await act("associations.create", {**here, "key": "adviser_client", **ends, **labels})
    one = {"associationId": made["id"]}
    await act("associations.update", labels | {"firstObjectLabel": "Mentor"}, **one)
    pair = {
        "firstRecordId": await act.contact("h@x.org"),
        "secondRecordId": await act.contact("i@x.org"),
    }
    relation = await act("associations.create_relation", {**here, **one, **pair})
    await act("associations.delete_relation", relationId=relation["id"], **here)
    await act("associations.delete", **one)


async def open_a_location(act):
    company = {"companyId": act.ghl.told["company_id"]}
    made = await act("locations.create", {**company, "name": "Lakeside Brokers"})
    await act("locations.update", {**company, "city": "Bath"}, locationId=made["id"])


STORIES = (
    change_contacts,
    change_what_contacts_have,
    book,
    deal,
    talk,
    associate,
    open_a_location,
)


@pytest.mark.parametrize("view", ["v2", "v3"])
async def test_every_operation_fires_the_events_that_the_catalogue_names(ghl, view):
    act = Actor(ghl, view)
    for story in STORIES:
        await story(act)

    told = {name: {TYPES.get(each, each) for each in events} for name, events in EXPECTED.items()}
    missing = {name: events - act.fired[name] for name, events in told.items()}
    assert {name: events for name, events in missing.items() if events} == {}
    # and what reads, or has no event, fires none of those that belong to others
    silent = {name: kinds for name, kinds in act.fired.items() if kinds and name not in EXPECTED}
    assert silent == {}
