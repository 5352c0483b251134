"""What people do in GoHighLevel besides keeping contacts, over plain HTTP: nothing of Instep."""

from __future__ import annotations

from tests.e2e.belongings import OfGoHighLevel


class Office(OfGoHighLevel):
    """Opportunities, conversations, users and fields of a location."""

    def pipeline(self):
        """The first pipeline: its id, and the ids of its stages by name."""
        path = f"/opportunities/pipelines?locationId={self._location}"
        [first, *_] = self._app.call("GET", path)["pipelines"]
        return first["id"], first["name"], {each["name"]: each["id"] for each in first["stages"]}

    def opportunity(self, contact_id, pipeline_id, stage_id, name):
        body = {
            "locationId": self._location,
            "contactId": contact_id,
            "pipelineId": pipeline_id,
            "pipelineStageId": stage_id,
            "name": name,
            "status": "open",
        }
        return self._app.call("POST", "/opportunities/", body)["opportunity"]["id"]

    def stage_of(self, opportunity_id):
        told = self._app.call("GET", f"/opportunities/{opportunity_id}")["opportunity"]
        return told["pipelineStageId"]

    def user(self):
        """Somebody who works there: id and full name."""
        [first, *_] = self._app.call("GET", f"/users/?locationId={self._location}")["users"]
        return {"id": first["id"], "name": f"{first['firstName']} {first['lastName']}"}

    def campaigns(self):
        return self._app.call("GET", f"/campaigns/?locationId={self._location}")["campaigns"]

    def custom_field(self, name, data_type="TEXT"):
        """Make a custom field of contacts; return its id."""
        body = {"name": name, "dataType": data_type, "model": "contact"}
        path = f"/locations/{self._location}/customFields"
        return self._app.call("POST", path, body)["customField"]["id"]

    def hear(self, contact_id, text):
        """Let a contact write a message."""
        body = {"locationId": self._location, "contactId": contact_id}
        there = self._conversations(contact_id)
        if there:
            conversation = there[0]["id"]
        else:
            made = self._app.call("POST", "/conversations/", body)
            conversation = made["conversation"]["id"]
        told = {"type": "SMS", "conversationId": conversation, "message": text}
        self._app.call("POST", "/conversations/messages/inbound", told)

    def read(self, contact_id):
        """Let somebody open the conversation with a contact."""
        for each in self._conversations(contact_id):
            body = {"locationId": self._location, "unreadCount": 0}
            self._app.call("PUT", f"/conversations/{each['id']}", body)

    def said_to(self, contact_id):
        """The texts that were sent to a contact."""
        return [
            each["body"]
            for conversation in self._conversations(contact_id)
            for each in self._app.call("GET", f"/conversations/{conversation['id']}/messages")[
                "messages"
            ]["messages"]
            if each["direction"] == "outbound"
        ]

    def cancel(self, appointment_id):
        path = f"/calendars/events/appointments/{appointment_id}"
        self._app.call("PUT", path, {"appointmentStatus": "cancelled"})

    def appointment_notes(self, appointment_id):
        path = f"/calendars/appointments/{appointment_id}/notes?limit=20&offset=0"
        return [each["body"] for each in self._app.call("GET", path)["notes"]]

    def _conversations(self, contact_id):
        path = f"/conversations/search?locationId={self._location}&contactId={contact_id}"
        return self._app.call("GET", path)["conversations"]
