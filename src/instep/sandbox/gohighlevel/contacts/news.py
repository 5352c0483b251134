"""What a change of a contact tells others: the products that follow it, the app's webhooks."""

from __future__ import annotations

from instep.sandbox.gohighlevel.contacts.values import Contact
from instep.sandbox.gohighlevel.contacts.views import in_event
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.services import Services

_DO_NOT_DISTURB = frozenset({"dnd", "dndSettings", "inboundDndSettings"})


class News:
    """To be told within the transaction of the change."""

    def __init__(self, services: Services) -> None:
        self._lifecycle = services.lifecycle
        self._events = services.events

    def loaded(self, contact: Contact) -> None:
        """Tell of a contact that was there all along: no event."""
        self._lifecycle.announce("contact", Stage.ADDED, contact)

    def unloaded(self, contact: Contact) -> None:
        """Tell of a contact that goes with its location: no event."""
        self._lifecycle.announce("contact", Stage.DELETED, contact)

    def added(self, contact: Contact) -> None:
        """Tell of a new contact; its tags are part of the news, not news of their own."""
        # not in the facts: whether a new contact's tags fire ContactTagUpdate as well
        self._lifecycle.announce("contact", Stage.ADDED, contact)
        self._events.fire("ContactCreate", contact["locationId"], in_event(contact))

    def changed(self, before: Contact, after: Contact) -> None:
        """Tell what is different now; nothing if only the time of change is."""
        names = {
            name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
        }
        names.discard("dateUpdated")
        if not names:
            return
        self._lifecycle.announce("contact", Stage.CHANGED, after)
        told = in_event(after)
        # facts: ghl 5.1 (one change fires several)
        self._events.fire("ContactUpdate", after["locationId"], told)
        if "tags" in names:
            self._events.fire("ContactTagUpdate", after["locationId"], told)
        if names & _DO_NOT_DISTURB:
            self._events.fire("ContactDndUpdate", after["locationId"], told)

    def deleted(self, contact: Contact) -> None:
        """Tell of a contact that is gone, and let what belongs to it go too."""
        # not in the facts: whether what goes with it fires events of its own; here it does not
        self._lifecycle.announce("contact", Stage.DELETED, contact)
        self._events.fire("ContactDelete", contact["locationId"], in_event(contact))
