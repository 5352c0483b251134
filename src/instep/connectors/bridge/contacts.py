"""People, as a bridge knows them."""

from __future__ import annotations

from instep.connectors.bridge.bridged import Bridged
from instep.sdk.kept.fields import OF_BUSINESS, PERSON, SOURCE


class Contacts(Bridged):
    """People."""

    name = "contacts"
    canonical = "contact"
    findable = ("email", "phone")
    fields = (*PERSON, SOURCE, OF_BUSINESS)
