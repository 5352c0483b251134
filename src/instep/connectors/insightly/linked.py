"""What tasks, notes and events share: links to contacts and organisations, and lists below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from instep.connectors.insightly.listed import ListedResource, just_before, number_of
from instep.connectors.insightly.walk import first_page
from instep.core.errors import RecordRejected
from instep.core.records import Field, Record, Value, Values, Write
from instep.sdk.request import JsonObject, Reply, Request
from instep.sdk.resource import Parent

# facts: apps 1.3 (a link, not a field; link bodies name the kind in the singular)
CONTACT = Field("contact_id", "LINKS", update_only=True, link="contact")
CONTACT_FROM_THE_START = Field("contact_id", "LINKS", create_only=True, link="contact")
BUSINESS = Field("business_id", "LINKS", update_only=True, link="business")

_TARGETS: Mapping[str, str] = {"contact_id": "Contact", "business_id": "Organisation"}


class LinkedResource(ListedResource):
    """A child of contacts that is also listed as a whole.

    A record may have several links of one kind: the oldest one counts, below a parent that
    parent's. Links can be added here, not taken away: that would need the link's own id.
    """

    parent = Parent("contact", "contact_id", listed_together=True)
    apart = tuple(_TARGETS)

    def list(self) -> Request:
        """Ask for the records of the parent, or for all."""
        return super().list() if self.parent_id is None else first_page(self._below_parent())

    def changes(self, since: str) -> Request:
        """Ask for the records of the parent, or of all, changed after `since`."""
        if self.parent_id is None:
            return super().changes(since)
        return first_page(self._below_parent(), updated_after_utc=just_before(since))

    def records(self, reply: Reply) -> Sequence[Record]:
        """Read a page. What stands below a parent belongs to it, whatever else it is linked to."""
        whole = super().records(reply)
        if self.parent_id is None:
            return whole
        mine = {"contact_id": self.parent_id}
        return [Record(each.id, {**each.values, **mine}, None, each.changed_at) for each in whole]

    def recognises(self, written: Values, record: Record, sent_at: datetime) -> bool:
        """Go by the declared rule. What we made may lack its link still; nobody else's is ours."""
        contact_id = written.get("contact_id") or self.parent_id
        whose = record.values.get("contact_id")
        anothers = contact_id is not None and whose not in (None, contact_id)
        return not anothers and super().recognises(written, record, sent_at)

    def _below_parent(self) -> str:
        return f"/Contacts/{number_of(self._parent(), 'contact')}{self.path}"

    def _calls_apart(self, record_id: str, write: Write) -> Sequence[Request]:
        return [
            self._link(record_id, name, write.set[name])
            for name in self._addable()
            if name in write.set
        ]

    def _addable(self) -> Sequence[str]:
        return [each.name for each in self.fields if each.name in _TARGETS and each.update_only]

    def _link(self, record_id: str, name: str, target_id: Value) -> Request:
        """Ask to link a record. Whether a second, equal link is refused is not in the facts."""
        target = _TARGETS[name]
        if target_id in (None, ""):
            raise RecordRejected(
                f"Instep can add a link to a {target.lower()} in Insightly, but not take one away: "
                "remove it there."
            )
        number = number_of(target_id, target.lower())
        link = {"LINK_OBJECT_NAME": target, "LINK_OBJECT_ID": number}
        return Request("POST", f"{self._place(record_id)}/Links", json=link)

    def _besides(self, row: JsonObject) -> dict[str, Value]:
        """Read the links; a row that does not tell them leaves them unread."""
        links = row.get("LINKS")
        if links is None:
            return {}
        found = {name: _ids(links, target) for name, target in _TARGETS.items()}
        chosen: dict[str, Value] = {name: next(iter(ids), None) for name, ids in found.items()}
        if self.parent_id in found["contact_id"]:
            chosen["contact_id"] = self.parent_id
        return chosen


def _ids(links: Sequence[JsonObject], target: str) -> Sequence[str]:
    """Return the ids that links of one kind lead to, oldest link first."""
    ordered = sorted(links, key=lambda link: link.get("LINK_ID") or 0)
    return [
        str(link["LINK_OBJECT_ID"]) for link in ordered if link.get("LINK_OBJECT_NAME") == target
    ]
