"""Both apps as their own users see them: plain HTTP, with the switches of the sandbox beside it."""

from __future__ import annotations

from tests.crash import two_apps

PREFIX = "/_sandbox"


class Switches:
    """What a test may do to either app besides using it."""

    def fault(self, name, **parameters):
        """Switch a fault on."""
        self.call("PUT", f"{PREFIX}/faults", {name: parameters})

    def calm(self):
        """Switch every fault off, but leave the clock where it is."""
        on = self.call("GET", f"{PREFIX}/faults")["faults"]
        for name in {each["name"] for each in on} - {"clock_skew"}:
            self.call("DELETE", f"{PREFIX}/faults/{name}")

    def switch(self, **settings):
        """Change the app's settings."""
        self.call("PUT", f"{PREFIX}/settings", settings)

    def calls(self):
        """How often each call was made so far."""
        return self.call("GET", f"{PREFIX}/calls")["calls"]

    def id_of(self, key):
        """The id of the one person with this e-mail or phone."""
        (person,) = (each for each in self.everyone() if each.key == key)
        return person.id

    def change(self, key, **values):
        """Change fields of the person with this e-mail, as a user of the app does."""
        for field, value in values.items():
            self.edit(self.id_of(key), field, value)

    def value(self, key, field):
        """What the app holds, in lower case; None if it is empty."""
        (person,) = (each for each in self.everyone() if each.key == key)
        return person.fields.get(field)

    def has(self, key):
        """Whether anybody has this e-mail or phone."""
        return any(each.key == key for each in self.everyone())

    def people(self):
        """Everybody, by e-mail or phone, as often as they are there."""
        return sorted(each.key for each in self.everyone())


class GoHighLevel(Switches, two_apps.GoHighLevel):
    """Contacts of a location."""

    def raw(self, contact_id):
        """One contact as the app tells it."""
        return self.call("GET", f"/contacts/{contact_id}")["contact"]

    def remove(self, contact_id):
        """Delete a contact."""
        self.call("DELETE", f"/contacts/{contact_id}")

    def notes(self, contact_id):
        """The texts of a contact's notes."""
        return [each["body"] for each in self.call("GET", f"/contacts/{contact_id}/notes")["notes"]]

    def note(self, contact_id, text):
        """Write a note about a contact."""
        self.call("POST", f"/contacts/{contact_id}/notes", {"body": text})

    def task(self, contact_id, title):
        """Note down a task about a contact; return its id."""
        body = {"title": title, "dueDate": "2030-01-07T15:00:00Z", "completed": False}
        return self.call("POST", f"/contacts/{contact_id}/tasks", body)["task"]["id"]

    def send_webhooks_to(self, url):
        """Tell every event to this address from now on."""
        self.call("PUT", f"{PREFIX}/app", {"webhook_url": url, "events": ["*"]})

    def send_again(self):
        """Send the newest webhook once more."""
        newest = self.call("GET", f"{PREFIX}/webhooks?limit=1")["webhooks"][0]
        self.call("POST", f"{PREFIX}/webhooks/{newest['id']}/redeliver")


class Insightly(Switches, two_apps.Insightly):
    """Contacts of an instance."""

    def raw(self, contact_id):
        """One contact as the app tells it."""
        return self.call("GET", f"/Contacts/{contact_id}")

    def remove(self, contact_id):
        """Delete a contact."""
        self.call("DELETE", f"/Contacts/{contact_id}")

    def notes(self, contact_id):
        """The texts of a contact's notes."""
        return [each["BODY"] for each in self.call("GET", f"/Contacts/{contact_id}/Notes")]

    def note(self, contact_id, text):
        """Write a note about a contact."""
        self.call("POST", f"/Contacts/{contact_id}/Notes", {"TITLE": "Note", "BODY": text})
