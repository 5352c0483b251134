"""What happens in an account, for each listed trigger.

Each is a generator: first it hands out the trigger's inputs, once all that is to be the baseline is
there; then, each time something happened, the items that have to be emitted for it (kind, and what
is in them).
"""

from __future__ import annotations

import secrets

from tests.engine.flows.highlevel import email, milliseconds

DUE = "2027-03-01T09:00:00Z"
PROVIDER = "61d6d1f9cdac7612faf80753"  # any id of that form: a provider of one's own


def new(**item):
    return [("new", item)]


def changed(**item):
    return [("changed", item)]


# Contacts


async def get_contact(it):
    contact = await it.contact(firstName="Ada")
    await it.contact(firstName="Other")
    yield {"contactId": contact}
    await it("contacts.update", contactId=contact, lastName="Lovelace")
    yield changed(id=contact, firstName="Ada", lastName="Lovelace")


async def search_contacts(it):
    await it.contact()
    yield {}
    contact = await it.contact(firstName="Ada")
    yield new(id=contact, firstName="Ada")
    await it("contacts.update", contactId=contact, city="London")
    yield changed(id=contact, city="London")


async def contacts_of_business(it):
    business = (await it("businesses.create", locationId=it.place, name="Acorn"))["buiseness"]["id"]
    one, other = await it.contact(), await it.contact()
    body = {"locationId": it.place, "businessId": business}
    await it("contacts.bulk_business", ids=[one], **body)
    yield {"businessId": business}
    await it("contacts.bulk_business", ids=[other], **body)
    yield new(id=other)
    await it("contacts.update", contactId=one, city="Leeds")
    yield changed(id=one)


async def duplicate_contact(it):
    address = email()
    yield {"email": address}
    made = await it("contacts.create", locationId=it.place, email=address, firstName="Ada")
    contact = made["contact"]["id"]
    yield new(id=contact, email=address)
    await it("contacts.update", contactId=contact, firstName="Augusta")
    yield changed(id=contact)


async def listed_contacts(it):
    await it.contact()
    yield {}
    contact = await it.contact()
    yield new(id=contact)
    await it("contacts.update", contactId=contact, city="London")
    yield changed(id=contact, city="London")


async def _task(it, contact, title):
    made = await it(
        "contacts.create_task", contactId=contact, title=title, dueDate=DUE, completed=False
    )
    return made["task"]["id"]


async def contact_tasks(it):
    contact = await it.contact()
    await _task(it, contact, "Write")
    yield {"contactId": contact}
    task = await _task(it, contact, "Call")
    yield new(id=task, title="Call")
    await it("contacts.complete_task", contactId=contact, taskId=task, completed=True)
    yield changed(id=task, completed=True)


async def contact_task(it):
    contact = await it.contact()
    task = await _task(it, contact, "Call")
    yield {"contactId": contact, "taskId": task}
    await it("contacts.complete_task", contactId=contact, taskId=task, completed=True)
    yield changed(id=task, completed=True)
    await it("contacts.complete_task", contactId=contact, taskId=task, completed=False)
    yield changed(id=task, completed=False)


async def _note(it, contact, body):
    return (await it("contacts.create_note", contactId=contact, body=body))["note"]["id"]


async def contact_notes(it):
    contact = await it.contact()
    await _note(it, contact, "One")
    yield {"contactId": contact}
    note = await _note(it, contact, "Two")
    yield new(id=note, body="Two")
    await it("contacts.update_note", contactId=contact, id=note, body="Zwei")
    yield changed(id=note, body="Zwei")


async def contact_note(it):
    contact = await it.contact()
    note = await _note(it, contact, "One")
    yield {"contactId": contact, "id": note}
    await it("contacts.update_note", contactId=contact, id=note, body="Eins")
    yield changed(id=note, body="Eins")


# Calendars


async def _booked(it):
    calendar, contact = await it.calendar(), await it.contact()
    return calendar, contact, await it.appointment(calendar, contact)


async def contact_appointments(it):
    calendar, contact, _ = await _booked(it)
    yield {"contactId": contact}
    event = await it.appointment(calendar, contact, slot=8)
    yield new(id=event, title="Review")
    await it("calendars.update_appointment", eventId=event, title="Second review")
    yield changed(id=event, title="Second review")


async def appointment(it):
    _, _, event = await _booked(it)
    yield {"eventId": event}
    await it("calendars.update_appointment", eventId=event, title="Second review")
    yield changed(id=event, title="Second review")


async def calendar_events(it):
    calendar, contact, _ = await _booked(it)
    yield {"calendarId": calendar}
    event = await it.appointment(calendar, contact, slot=8)
    yield new(id=event, calendarId=calendar)
    await it("calendars.update_appointment", eventId=event, title="Second review")
    yield changed(id=event, title="Second review")


async def blocked_slots(it):
    calendar = await it.calendar()
    yield {"calendarId": calendar}
    place = {"locationId": it.place, "calendarId": calendar}
    free = await it(
        "calendars.free_slots",
        calendarId=calendar,
        startDate=milliseconds(2),
        endDate=milliseconds(3),
        timezone="UTC",
    )
    slots = [each for day, found in free.items() if day != "traceId" for each in found["slots"]]
    times = {"startTime": slots[2], "endTime": slots[3]}
    made = await it("calendars.create_block_slot", **place, title="Lunch", **times)
    yield new(id=made["id"], title="Lunch")
    await it("calendars.update_block_slot", eventId=made["id"], **place, title="Dinner", **times)
    yield changed(id=made["id"], title="Dinner")


async def free_slots(it):
    calendar, contact = await it.calendar(), await it.contact()
    yield {"calendarId": calendar, "timezone": "UTC"}
    event = await it.appointment(calendar, contact)
    yield changed()
    await it("calendars.delete_event", eventId=event, body_={})
    yield changed()


async def calendars(it):
    yield {}
    calendar = await it.calendar()
    yield new(id=calendar, name="Consultations")
    await it("calendars.update", calendarId=calendar, name="Reviews")
    yield changed(id=calendar, name="Reviews")


async def calendar(it):
    calendar = await it.calendar()
    yield {"calendarId": calendar}
    await it("calendars.update", calendarId=calendar, name="Reviews")
    yield changed(id=calendar, name="Reviews")


async def calendar_groups(it):
    yield {}
    slug = f"group-{secrets.token_hex(4)}"
    group = {"locationId": it.place, "name": "Advice", "description": "Meet us", "slug": slug}
    made = (await it("calendars.create_group", **group))["group"]["id"]
    yield new(id=made, name="Advice")
    await it("calendars.update_group_status", groupId=made, isActive=False)
    yield changed(id=made, isActive=False)


async def appointment_notes(it):
    _, _, event = await _booked(it)
    here = {"appointmentId": event}
    await it("calendars.create_appointment_note", **here, body="Bring papers")
    yield here
    note = (await it("calendars.create_appointment_note", **here, body="Be early"))["note"]["id"]
    yield new(id=note, body="Be early")
    await it("calendars.update_appointment_note", **here, noteId=note, body="Be late")
    yield changed(id=note, body="Be late")


async def _notification(it, calendar):
    wanted = [{"receiverType": "contact", "channel": "email", "notificationType": "booked"}]
    made = await it("calendars.create_notification", calendarId=calendar, body_=wanted)
    return made[0]["_id"]


async def calendar_notifications(it):
    calendar = await it.calendar()
    yield {"calendarId": calendar}
    one = await _notification(it, calendar)
    yield new(_id=one)
    here = {"calendarId": calendar, "notificationId": one}
    await it("calendars.update_notification", **here, subject="See you")
    yield changed(_id=one, subject="See you")


async def calendar_notification(it):
    calendar = await it.calendar()
    here = {"calendarId": calendar, "notificationId": await _notification(it, calendar)}
    yield here
    await it("calendars.update_notification", **here, subject="See you")
    yield changed(_id=here["notificationId"], subject="See you")


async def _room(it, name):
    made = await it(
        "calendars.create_resource",
        resourceType="rooms",
        locationId=it.place,
        name=name,
        description="Upstairs",
        quantity=1,
        outOfService=0,
        capacity=4,
        calendarIds=[await it.calendar()],
    )
    return made["id"]


async def calendar_resources(it):
    await _room(it, "Room 0")
    yield {"resourceType": "rooms"}
    room = await _room(it, "Room 1")
    yield new(name="Room 1")
    await it("calendars.update_resource", resourceType="rooms", id=room, name="Room 2")
    yield changed(name="Room 2")


async def calendar_resource(it):
    here = {"resourceType": "rooms", "id": await _room(it, "Room 1")}
    yield here
    await it("calendars.update_resource", **here, name="Room 2")
    yield changed(name="Room 2")


# Opportunities and users


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


# Conversations


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


# Places


async def business(it):
    made = await it("businesses.create", locationId=it.place, name="Acorn")
    one = made["buiseness"]["id"]
    yield {"businessId": one}
    await it("businesses.update", businessId=one, city="Leeds")
    yield changed(id=one, city="Leeds")


async def businesses(it):
    await it("businesses.create", locationId=it.place, name="Birch")
    yield {}
    made = await it("businesses.create", locationId=it.place, name="Acorn")
    one = made["buiseness"]["id"]
    yield new(id=one, name="Acorn")
    await it("businesses.update", businessId=one, city="Leeds")
    yield changed(id=one, city="Leeds")


async def unchanging(it):
    yield {}
    assert it


async def locations(it):
    yield {}
    made = await it("locations.create", companyId=it.company, name="Riverside", country="US")
    yield new(id=made["id"], name="Riverside")
    await it("locations.update", locationId=made["id"], companyId=it.company, name="Lakeside")
    yield changed(id=made["id"], name="Lakeside")


async def custom_fields(it):
    yield {"model": "contact"}
    place = {"locationId": it.place}
    field = {"name": "Policy", "dataType": "TEXT", "model": "contact"}
    one = (await it("locations.create_custom_field", **place, **field))["customField"]["id"]
    yield new(id=one, name="Policy")
    await it("locations.update_custom_field", **place, id=one, name="Policy number")
    yield changed(id=one, name="Policy number")


async def _association(it):
    return await it(
        "associations.create",
        locationId=it.place,
        key=f"partner_{secrets.token_hex(3)}",
        firstObjectLabel="partner",
        firstObjectKey="contact",
        secondObjectLabel="partner of",
        secondObjectKey="contact",
    )


_SPOUSES = {"firstObjectLabel": "spouse", "secondObjectLabel": "spouse of"}


async def associations(it):
    yield {}
    one = await _association(it)
    yield new(id=one["id"], key=one["key"])
    await it("associations.update", associationId=one["id"], **_SPOUSES)
    yield changed(id=one["id"], firstObjectLabel="spouse")


async def association(it):
    one = await _association(it)
    yield {"associationId": one["id"]}
    await it("associations.update", associationId=one["id"], **_SPOUSES)
    yield changed(id=one["id"], firstObjectLabel="spouse")


async def association_by_key(it):
    one = await _association(it)
    yield {"key_name": one["key"]}
    await it("associations.update", associationId=one["id"], **_SPOUSES)
    yield changed(id=one["id"], firstObjectLabel="spouse")


async def associations_of_object(it):
    one = await _association(it)
    yield {"objectKey": "contact", "locationId": it.place}
    await it("associations.update", associationId=one["id"], **_SPOUSES)
    yield changed(id=one["id"], firstObjectLabel="spouse")


async def relations(it):
    one, ada, bob = await _association(it), await it.contact(), await it.contact()
    yield {"recordId": ada}
    made = await it(
        "associations.create_relation",
        locationId=it.place,
        associationId=one["id"],
        firstRecordId=ada,
        secondRecordId=bob,
    )
    yield new(id=made["id"])


# Blogs


async def _post(it, slug):
    place = {"locationId": it.place}
    blogs = await it("blogs.list", **place, skip=0, limit=10)
    authors = await it("blogs.list_authors", **place, limit=5, offset=0)
    categories = await it("blogs.list_categories", **place, limit=5, offset=0)
    return {
        **place,
        "blogId": blogs["data"][0]["_id"],
        "title": "Cover for sailors",
        "imageUrl": "https://images.example/boat.png",
        "description": "What a policy covers at sea",
        "rawHTML": "<p>Much.</p>",
        "status": "PUBLISHED",
        "imageAltText": "A boat",
        "categories": [categories["categories"][0]["_id"]],
        "author": authors["authors"][0]["_id"],
        "urlSlug": slug,
        "publishedAt": "2026-02-05T18:30:47.000Z",
    }


async def slug(it):
    wanted = f"post-{secrets.token_hex(4)}"
    yield {"urlSlug": wanted}
    await it("blogs.create_post", **await _post(it, wanted))
    yield changed(exists=True)


async def posts(it):
    post = await _post(it, f"post-{secrets.token_hex(4)}")
    yield {"blogId": post["blogId"]}
    made = (await it("blogs.create_post", **post))["data"]
    yield new(_id=made["_id"], title="Cover for sailors")
    await it("blogs.update_post", postId=made["_id"], **{**post, "title": "Cover for skippers"})
    yield changed(_id=made["_id"], title="Cover for skippers")


HAPPENINGS = {
    "contacts.get": get_contact,
    "contacts.search": search_contacts,
    "contacts.list_by_business": contacts_of_business,
    "contacts.find_duplicate": duplicate_contact,
    "contacts.list": listed_contacts,
    "contacts.list_tasks": contact_tasks,
    "contacts.get_task": contact_task,
    "contacts.list_notes": contact_notes,
    "contacts.get_note": contact_note,
    "contacts.list_appointments": contact_appointments,
    "calendars.get_appointment": appointment,
    "calendars.list_events": calendar_events,
    "calendars.list_blocked_slots": blocked_slots,
    "calendars.free_slots": free_slots,
    "calendars.list": calendars,
    "calendars.get": calendar,
    "calendars.list_groups": calendar_groups,
    "calendars.list_appointment_notes": appointment_notes,
    "calendars.list_notifications": calendar_notifications,
    "calendars.get_notification": calendar_notification,
    "calendars.list_resources": calendar_resources,
    "calendars.get_resource": calendar_resource,
    "opportunities.search": opportunities,
    "opportunities.get": opportunity,
    "opportunities.list_pipelines": pipelines,
    "users.search": users,
    "users.list": listed_users,
    "users.get": user,
    "users.filter_by_email": users_by_email,
    "conversations.search": conversations,
    "conversations.get": conversation,
    "conversations.list_messages": messages,
    "conversations.get_message": message,
    "conversations.get_email": one_email,
    "conversations.get_recording": recorded,
    "conversations.get_transcription": recorded,
    "conversations.download_transcription": recorded,
    "businesses.get": business,
    "businesses.list": businesses,
    "workflows.list": unchanging,
    "campaigns.list": unchanging,
    "snapshots.list": unchanging,
    "companies.get": unchanging,
    "locations.search": locations,
    "locations.list_custom_fields": custom_fields,
    "associations.list": associations,
    "associations.get": association,
    "associations.get_by_key": association_by_key,
    "associations.get_by_object_key": associations_of_object,
    "associations.list_relations": relations,
    "blogs.check_slug": slug,
    "blogs.list_posts": posts,
    "blogs.list": unchanging,
    "blogs.list_authors": unchanging,
    "blogs.list_categories": unchanging,
}
"""The catalogue's id of each listed trigger, and what happens for it."""

UNCHANGING = {
    "opportunities.list_pipelines": "the catalogue can read pipelines, not write them",
    "conversations.get_recording": "a call's recording stays as it was made",
    "conversations.get_transcription": "a call's transcription stays as it was made",
    "conversations.download_transcription": "a call's transcription stays as it was made",
    "workflows.list": "workflows are built in GoHighLevel itself: its API only lists them",
    "campaigns.list": "campaigns are built in GoHighLevel itself: its API only lists them",
    "snapshots.list": "snapshots are made in GoHighLevel itself",
    "companies.get": "the company cannot be changed by the API",
    "blogs.list": "blogs are made in GoHighLevel itself",
    "blogs.list_authors": "authors are made in GoHighLevel itself",
    "blogs.list_categories": "categories are made in GoHighLevel itself",
}
"""The triggers for which nothing can be made to happen by the API, and why."""
