"""What belongs to people in both apps, over plain HTTP: nothing of Instep in between."""

from __future__ import annotations

from tests.sandbox.calendar_caller import EVERY_DAY

_CALENDARS = {"Version": "2021-04-15"}


class OfGoHighLevel:
    """Tasks, notes, appointments and businesses of a location."""

    def __init__(self, app, location):
        self._app = app
        self._location = location
        self.id_of = app.id_of

    def task(self, contact_id, title, due, **more):
        body = {"title": title, "dueDate": due, "completed": False, **more}
        return self._app.call("POST", f"/contacts/{contact_id}/tasks", body)["task"]["id"]

    def tasks(self, contact_id):
        """The contact's tasks by title."""
        found = self._app.call("GET", f"/contacts/{contact_id}/tasks")["tasks"]
        assert len({each["title"] for each in found}) == len(found), "a task is doubled"
        return {each["title"]: each for each in found}

    def edit_task(self, contact_id, task_id, **values):
        self._app.call("PUT", f"/contacts/{contact_id}/tasks/{task_id}", values)

    def note(self, contact_id, text):
        path = f"/contacts/{contact_id}/notes"
        return self._app.call("POST", path, {"body": text})["note"]["id"]

    def notes(self, contact_id):
        """The texts of the contact's notes."""
        found = self._app.call("GET", f"/contacts/{contact_id}/notes")["notes"]
        return sorted(each["body"] for each in found)

    def edit_note(self, contact_id, note_id, text):
        self._app.call("PUT", f"/contacts/{contact_id}/notes/{note_id}", {"body": text})

    def calendar(self):
        body = {"locationId": self._location, "name": "Talk", "openHours": EVERY_DAY}
        return self._app.call("POST", "/calendars/", body)["calendar"]["id"]

    def book(self, contact_id, calendar_id, title, start, end):
        """Book any time at all; times carry their offset."""
        body = {
            "locationId": self._location,
            "contactId": contact_id,
            "calendarId": calendar_id,
            "title": title,
            "startTime": start,
            "endTime": end,
            "appointmentStatus": "confirmed",
            "ignoreFreeSlotValidation": True,
            "ignoreDateRange": True,
        }
        return self._app.call("POST", "/calendars/events/appointments", body)["id"]

    def appointments(self, contact_id):
        """The contact's appointments by title; their times are local, without an offset."""
        found = self._app.call("GET", f"/contacts/{contact_id}/appointments")["events"]
        return {each["title"]: each for each in found}

    def move(self, appointment_id, start, end):
        body = {
            "startTime": start,
            "endTime": end,
            "ignoreFreeSlotValidation": True,
            "ignoreDateRange": True,
        }
        self._app.call("PUT", f"/calendars/events/appointments/{appointment_id}", body)

    def business(self, name):
        body = {"name": name, "locationId": self._location}
        made = self._app.call("POST", "/businesses/", body)
        return (made.get("business") or made["buiseness"])["id"]

    def businesses(self):
        """The businesses' ids by name."""
        found = self._app.call("GET", f"/businesses/?locationId={self._location}")["businesses"]
        assert len({each["name"] for each in found}) == len(found), "a business is doubled"
        return {each["name"]: each["id"] for each in found}

    def employ(self, contact_id, business_id):
        """Let a contact belong to a business, or to none."""
        body = {"locationId": self._location, "ids": [contact_id], "businessId": business_id}
        self._app.call("POST", "/contacts/bulk/business", body)

    def works_for(self, contact_id):
        """The name of the business that a contact belongs to."""
        named = {each: name for name, each in self.businesses().items()}
        return named.get(self._app.raw(contact_id).get("businessId"))


class OfInsightly:
    """Tasks, notes, events and organisations of an instance."""

    def __init__(self, app):
        self._app = app
        self.id_of = app.id_of

    def task(self, contact_id, title, due, **more):
        body = {"TITLE": title, "DUE_DATE": due, "COMPLETED": False, "STATUS": "NOT STARTED"}
        return self._linked("Tasks", "TASK_ID", contact_id, {**body, **more})

    def tasks(self, contact_id):
        """The contact's tasks by title."""
        found = self._of("Tasks", contact_id)
        assert len({each["TITLE"] for each in found}) == len(found), "a task is doubled"
        return {each["TITLE"]: each for each in found}

    def edit_task(self, task_id, **values):
        self._app.call("PUT", "/Tasks", {"TASK_ID": task_id, **values})

    def note(self, contact_id, text):
        body = {"TITLE": "Note", "BODY": text}
        return self._app.call("POST", f"/Contacts/{contact_id}/Notes", body)["NOTE_ID"]

    def notes(self, contact_id):
        """The contact's notes."""
        return self._of("Notes", contact_id)

    def edit_note(self, note_id, text):
        self._app.call("PUT", "/Notes", {"NOTE_ID": note_id, "TITLE": "Note", "BODY": text})

    def event(self, contact_id, title, start, end):
        """Add an event; times are in UTC."""
        body = {"TITLE": title, "START_DATE_UTC": start, "END_DATE_UTC": end}
        return self._linked("Events", "EVENT_ID", contact_id, body)

    def events(self, contact_id):
        """The contact's events by title."""
        return {each["TITLE"]: each for each in self._of("Events", contact_id)}

    def move(self, event_id, start, end):
        body = {"EVENT_ID": event_id, "START_DATE_UTC": start, "END_DATE_UTC": end}
        self._app.call("PUT", "/Events", body)

    def organisation(self, name):
        made = self._app.call("POST", "/Organisations", {"ORGANISATION_NAME": name})
        return made["ORGANISATION_ID"]

    def organisations(self):
        """The organisations' ids by name."""
        found = self._app.call("GET", "/Organisations")
        assert len({each["ORGANISATION_NAME"] for each in found}) == len(found), "one is doubled"
        return {each["ORGANISATION_NAME"]: each["ORGANISATION_ID"] for each in found}

    def employ(self, contact_id, organisation_id):
        body = {"CONTACT_ID": int(contact_id), "ORGANISATION_ID": organisation_id}
        self._app.call("PUT", "/Contacts", body)

    def works_for(self, contact_id):
        """The name of the organisation that a contact belongs to."""
        named = {each: name for name, each in self.organisations().items()}
        return named.get(self._app.raw(contact_id).get("ORGANISATION_ID"))

    def _linked(self, path, key, contact_id, body):
        made = self._app.call("POST", f"/{path}", body)[key]
        if contact_id is not None:
            link = {"LINK_OBJECT_NAME": "Contact", "LINK_OBJECT_ID": int(contact_id)}
            self._app.call("POST", f"/{path}/{made}/Links", link)
        return made

    def _of(self, path, contact_id):
        """The contact's records of a kind, by their links: nobody else's."""
        return [
            each
            for each in self._app.call("GET", f"/{path}?top=500")
            for link in each["LINKS"]
            if (link["LINK_OBJECT_NAME"], link["LINK_OBJECT_ID"]) == ("Contact", int(contact_id))
        ]
