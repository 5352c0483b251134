"""An invented person as a contact of Insightly."""

from __future__ import annotations

from instep.connectors.insightly.emulator.document import blank, tagged, written
from instep.connectors.insightly.emulator.kinds import CONTACT
from instep.sandbox.people import Person
from instep.sandbox.state import Document


def from_person(number: int, person: Person, now: str) -> Document:
    """Return a person as a contact."""
    born = person.date_of_birth
    sent: Document = {
        "FIRST_NAME": person.first_name,
        "LAST_NAME": person.last_name,
        "EMAIL_ADDRESS": person.email,
        "PHONE_MOBILE": person.phone,
        "PHONE_OTHER": person.phone_other,
        "ADDRESS_MAIL_STREET": person.address,
        "ADDRESS_MAIL_CITY": person.city,
        "ADDRESS_MAIL_STATE": person.state,
        "ADDRESS_MAIL_POSTCODE": person.postal_code,
        "ADDRESS_MAIL_COUNTRY": person.country,
        "DATE_OF_BIRTH": f"{born} 00:00:00" if born else None,
    }
    return tagged(written(CONTACT, blank(CONTACT, number, now), sent, now), person.tags, now)
