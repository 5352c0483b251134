"""Every product the sandbox simulates. A new one is one folder, and one line here."""

from __future__ import annotations

from instep.sandbox.gohighlevel import contacts, locations, oauth
from instep.sandbox.gohighlevel.contacts.address_book import AddressBook

OPERATIONS = (
    *contacts.OPERATIONS,
    *locations.OPERATIONS,
    *oauth.OPERATIONS,
)

PARTS = (AddressBook,)
"""What must be there from the start, because it follows what becomes of other records."""
