"""Which contacts are in which workflows and campaigns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.contacts.values import Contact
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.gohighlevel.times import iso
from instep.sandbox.state import Collection

Enrolment = dict[str, Any]

CAMPAIGN = "campaign"
WORKFLOW = "workflow"


class Enrolments:
    """A contact is in a workflow or campaign once; what was done twice is done once.

    Nothing runs in them. Joining and leaving a campaign fires CampaignStatusUpdate.
    """

    def __init__(self, services: Services) -> None:
        self._state = services.state
        self._clock = services.clock
        self._events = services.events
        services.part(AddressBook)
        self._kept = Collection(
            services.state,
            "enrolments",
            {
                "contact": lambda enrolment: enrolment["contactId"],
                "kind": lambda enrolment: enrolment["kind"],
                "target": lambda enrolment: enrolment["target"],
            },
            ["contact, kind"],
        )
        services.lifecycle.follow("contact", Stage.DELETED, self._forget)

    def of(self, contact_id: str, kind: str) -> list[Enrolment]:
        """Return what a contact is in, as it joined."""
        return self._kept.find("contact = ? AND kind = ?", (contact_id, kind), "rowid")

    def add(self, contact: Contact, kind: str, target: str, starts: int | None = None) -> None:
        """Put a contact in. `starts` is when the event is that a workflow waits for."""
        enrolment = {
            "kind": kind,
            "target": target,
            "contactId": contact["id"],
            "locationId": contact["locationId"],
            "dateAdded": self._clock.milliseconds(),
            "eventStartTime": starts,
        }
        identifier = f"{contact['id']} {target}"
        with self._state.transaction():
            joined = self._kept.get(identifier) is None
            self._kept.put(identifier, enrolment)
            if joined:
                self._fire([enrolment], "active")

    def remove(self, contact: Contact, kind: str, target: str | None = None) -> None:
        """Take a contact out of one, or of all of a kind; it need not be in any."""
        # not in the facts: whether one that is not in it is refused (here: no)
        where, values = "contact = ? AND kind = ?", [contact["id"], kind]
        if target is not None:
            where, values = f"{where} AND target = ?", [*values, target]
        with self._state.transaction():
            self._fire(self._kept.remove(where, values), "removed")

    def _fire(self, enrolments: Iterable[Enrolment], status: str) -> None:
        # facts: ghl 5.2. Not in the facts: the statuses there are (the page shows `paused`), and
        # when it fires; `templateId` and `replied` belong to messages, of which nothing sends any
        for each in enrolments:
            if each["kind"] == CAMPAIGN:
                told = {
                    "id": each["target"],
                    "contactId": each["contactId"],
                    "status": status,
                    "dateAdded": iso(each["dateAdded"]),
                }
                self._events.fire("CampaignStatusUpdate", each["locationId"], told)

    def _forget(self, contact: Contact) -> None:
        self._kept.remove("contact = ?", (contact["id"],))
