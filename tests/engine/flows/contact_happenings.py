"""What happens to contacts and what belongs to them."""

from __future__ import annotations

from tests.engine.flows.expectations import changed, new
from tests.engine.flows.highlevel import email

DUE = "2027-03-01T09:00:00Z"


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
