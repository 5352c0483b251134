"""The insured of applications, as contacts. Read only.

BackNine has no list of people and no way to ask for one. So the list of applications is read, what
it tells is kept beside what webhooks told, and the contacts are read from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from instep.connectors.backnine import listing
from instep.connectors.backnine.links import prefilled
from instep.connectors.backnine.withheld import Withholding
from instep.core.records import Field, FieldType, Identity, Record
from instep.sdk.kept import TOLD, KeptResource
from instep.sdk.request import JsonObject, Reply, Request
from instep.sdk.resource import ReadOnlyResource

_SINCE = "since"


class Contacts(Withholding, ReadOnlyResource, KeptResource):
    """One contact for each insured, by the insured's own id."""

    name = "contacts"
    canonical = "contact"
    kept = True
    cursor = TOLD
    findable = ("email", "phone")
    fields = (
        Field("first_name", "first_name", readonly=True),
        Field("last_name", "last_name", readonly=True),
        Field("email", "email", FieldType.EMAIL, readonly=True, identity=Identity.STRONG),
        Field("phone", "phone", FieldType.PHONE, readonly=True, identity=Identity.WEAK),
        Field("tags", "tags", FieldType.WORDS, readonly=True),
        Field("apply_link", "apply_link", readonly=True),
    )

    def list(self) -> Request:
        """Ask for the list of applications; the kept contacts follow on its last page."""
        return listing.first()

    def changes(self, since: str) -> Request:
        """Ask for all applications, as BackNine cannot say which changed, then for who did.

        Where the connection says so, the list is left to the complete readings.
        """
        if self.account.config.get("poll_list") == "no":
            return self._kept(since)
        return replace(listing.first(), carry={_SINCE: since})

    def next(self, last: Request, reply: Reply) -> Request | None:
        """Go on in the list of applications, then in the kept contacts."""
        if last.path != listing.PATH:
            return super().next(last, reply)
        if self.account.config.get("pages") != "first":
            following = listing.following(last, reply)
            if following is not None:
                return following
        return self._kept(last.carry.get(_SINCE))

    def records(self, reply: Reply) -> Sequence[Record]:
        """Read a page of kept contacts; applications were kept when they came."""
        if not isinstance(reply.body, dict) or self.name not in reply.body:
            return []
        return super().records(reply)

    def _kept(self, since: str | None) -> Request:
        """Ask for the kept contacts: all, or who changed after `since`."""
        request = super().list()
        return request if since is None else request.with_query(after=since)

    def _read(self, told: JsonObject) -> Record:
        record = super()._read(told)
        config = self.account.config
        link = prefilled(config.get("apply_page"), config.get("npn"), record.values)
        return replace(record, values={**record.values, "apply_link": link})
