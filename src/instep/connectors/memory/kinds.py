"""The kinds of records an app in memory keeps."""

from __future__ import annotations

from collections.abc import Mapping

from instep.connectors.memory.belongings import Notes, Tasks
from instep.connectors.memory.businesses import Businesses
from instep.connectors.memory.contacts import Contacts
from instep.sdk.kept import KeptResource

PARENT = Contacts.canonical
"""The kind of every parent there is."""

RESOURCES: tuple[type[KeptResource], ...] = (Contacts, Businesses, Tasks, Notes)

KINDS: Mapping[str, type[KeptResource]] = {each.canonical: each for each in RESOURCES}
