"""GoHighLevel opportunities: a contact's place in one of the location's pipelines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from instep.connectors.gohighlevel.form import Form
from instep.connectors.gohighlevel.plain import PlainResource, safe
from instep.core.errors import RetryLater
from instep.core.records import Field, FieldType, Values, Write
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Lookup

PAGE = 100  # the most a search gives (opportunities.json)

_STATUSES = tuple((word, word) for word in ("open", "won", "lost", "abandoned"))


class Opportunities(PlainResource):
    """Opportunities. The location may refuse a contact's second one in the same pipeline."""

    name = "opportunities"
    canonical = "opportunity"
    # facts: ghl 6.9
    fields = (
        Field("name", "name"),
        Field("status", "status", choices=_STATUSES),
        Field("value", "monetaryValue", FieldType.NUMBER),
        Field("source", "source", readonly=True),
        Field("pipeline_id", "pipelineId"),
        # no link: a value map says what another app calls the stage
        Field("stage_id", "pipelineStageId"),
        Field("assigned_to", "assignedTo", link="user"),
        Field("contact_id", "contactId", create_only=True, link="contact"),
    )
    lookup = Lookup(by=("contact_id", "pipeline_id", "name"))
    read_scopes = ("opportunities.readonly",)
    write_scopes = ("opportunities.write",)
    form = Form(
        fields,
        # not in the facts: how these are emptied; their schema has no null (opportunities.json)
        cleared={"value": 0, "assigned_to": ""},
        never_empty=("name", "status", "pipeline_id", "stage_id"),
        numbers=("value",),
    )
    many = "opportunities"
    one = ("opportunity",)

    def list(self) -> Request:
        """Ask for every opportunity, whatever its status, oldest first."""
        # the search alone of all v2 operations writes its parameters with underscores
        query = {"location_id": self.account.id, "limit": str(PAGE), "status": "all"}
        return Request("GET", "/opportunities/search", query | {"order": "added_asc"})

    def next(self, last: Request, reply: Reply) -> Request | None:
        """Continue after the last opportunity; both cursors travel (facts: ghl 6.9, 7 row 1).

        A page that is not full is the last one only if it completes the total. Raises RetryLater
        when a page comes twice: ending quietly would leave opportunities out.
        """
        meta = reply.body.get("meta") or {}
        ids = [str(each["id"]) for each in reply.body["opportunities"]]
        read = int(last.carry.get("read", 0)) + len(ids)
        if not ids or (len(ids) < PAGE and read >= (meta.get("total") or 0)):
            return None
        if ids[0] == last.carry.get("first"):
            raise RetryLater("GoHighLevel gives the same page of opportunities again.")
        cursors = {key: str(meta[key]) for key in ("startAfter", "startAfterId") if meta.get(key)}
        if not cursors:
            return None
        return replace(last.with_query(**cursors), carry={"read": str(read), "first": ids[0]})

    def get(self, record_id: str) -> Request:
        """Ask for one opportunity."""
        return Request("GET", _path(record_id))

    def create(self, values: Values) -> Request:
        """Ask to create an opportunity, open unless its status is said."""
        body = {"locationId": self.account.id, "status": "open", **self.form.new(values)}
        return Request("POST", "/opportunities/", json=body)

    def update(self, record_id: str, write: Write, version: str | None) -> Sequence[Request]:  # noqa: ARG002 - GoHighLevel has no versions
        """Ask for all fields in one call, status and stage included."""
        body = self.form.changed(write.set)
        return [Request("PUT", _path(record_id), json=body, repeatable=True)] if body else []

    def delete(self, record_id: str) -> Request:
        """Ask to delete an opportunity."""
        return Request("DELETE", _path(record_id), repeatable=True)


def _path(record_id: str) -> str:
    return f"/opportunities/{safe(record_id)}"
