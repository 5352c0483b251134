"""The kinds of records an app in memory keeps, and what sets them apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record.

    `plural` is its name on the wire. `findable` are the fields it can be searched by. `parent` is
    the field with the contact it belongs to; such a record goes when its contact goes. `together`
    says whether those of all contacts can be listed at once. `made` is the field that the app
    fills with the time of the making.
    """

    plural: str
    findable: tuple[str, ...] = ()
    parent: str | None = None
    together: bool = True
    made: str | None = None


PARENT = "contact"
"""The kind of every parent there is."""

KINDS: Mapping[str, Kind] = {
    PARENT: Kind("contacts", findable=("email", "phone")),
    "business": Kind("businesses", findable=("name",)),
    "task": Kind("tasks", parent="contact_id"),
    "note": Kind("notes", parent="contact_id", together=False, made="added_at"),
}
