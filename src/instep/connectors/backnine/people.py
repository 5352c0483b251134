"""The insured of an application as a contact."""

from __future__ import annotations

from instep.connectors.backnine.payloads import Application
from instep.connectors.backnine.statuses import tags_of
from instep.core.records import Value


def contact_of(application: Application) -> dict[str, Value]:
    """Return what an application says of its insured, by canonical name; empty without one.

    Assumed: the first word of the one name that BackNine tells is the first name.
    """
    insured = application.insured
    if insured is None:
        return {}
    first, _, last = (insured.name or "").partition(" ")
    said = {
        "first_name": first or None,
        "last_name": last or None,
        "email": insured.email,
        "phone": insured.phone,
    }
    # a save that leaves something out says nothing of it: what was told before stays
    return {**{name: value for name, value in said.items() if value}, "tags": tags_of(application)}
