"""The opportunities of every location: kept, moved, told apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instep.sandbox.gohighlevel.contacts.address_book import AddressBook
from instep.sandbox.gohighlevel.contacts.values import Contact
from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.opportunities.news import news_of
from instep.sandbox.gohighlevel.opportunities.pipelines import Pipelines
from instep.sandbox.gohighlevel.opportunities.values import Opportunity, OpportunityValues
from instep.sandbox.gohighlevel.refusals import Refusal, bad_request, unprocessable, wrong_location
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

_FOLLOWED_BY = "EXISTS (SELECT 1 FROM json_each(body, '$.followers') WHERE value = ?)"


class Board:
    """Every change is one transaction; it is announced, and its events are fired."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._book = services.part(AddressBook)
        self._pipelines = services.part(Pipelines)
        self._values = services.part(OpportunityValues)
        self.opportunities = Collection(
            services.state,
            "opportunities",
            {
                "location": lambda each: each["locationId"],
                "pipeline": lambda each: each["pipelineId"],
                "stage": lambda each: each["pipelineStageId"],
                "status": lambda each: each["status"],
                "contact": lambda each: each["contactId"],
                "assigned": lambda each: each.get("assignedTo"),
                "name": lambda each: each["name"].lower(),
                "value": lambda each: each["monetaryValue"],
                "source": lambda each: each.get("source"),
                "reason": lambda each: each.get("lostReasonId"),
                "added": lambda each: each["dateAdded"],
                "updated": lambda each: each["dateUpdated"],
                "status_changed": lambda each: each["lastStatusChangeAt"],
                "stage_changed": lambda each: each["lastStageChangeAt"],
            },
            ["location, added, id", "contact, pipeline", "location, pipeline, stage"],
        )
        services.lifecycle.follow("contact", Stage.DELETED, self._forget_contact)
        services.lifecycle.follow("user", Stage.DELETED, self._forget_user)
        services.lifecycle.follow("location", Stage.DELETED, self._forget_location)

    def get(self, opportunity_id: str) -> Opportunity:
        """Return an opportunity. Raises Refusal if there is none."""
        found = self.opportunities.get(opportunity_id)
        if found is None:
            # not in the facts: the words; the spec has no 404 here
            raise bad_request(f"Opportunity with id {opportunity_id} not found")
        return found

    def create(self, location_id: str, body: Mapping[str, Any]) -> Opportunity:
        """Add an opportunity.

        Raises Refusal if its place or its contact is unknown, or the contact has one already.
        """
        with self._services.state.transaction():
            made = self._new(location_id, body)
            self._refuse_second(made)
            return self._keep(None, made)

    def update(self, before: Opportunity, body: Mapping[str, Any]) -> Opportunity:
        """Change an opportunity. Raises Refusal if a place is unknown, or it would be a second."""
        with self._services.state.transaction():
            after = self._values.changed(before, body)
            if after["pipelineId"] != before["pipelineId"]:
                # not in the facts; without it the setting could be walked around
                self._refuse_second(after)
            return self._keep(before, after)

    def upsert(self, location_id: str, body: Mapping[str, Any]) -> tuple[Opportunity, bool]:
        """Change the opportunity of this id, or of this contact in this pipeline, or add one.

        Says whether it is new. Raises Refusal as `create` and `update` do.
        """
        with self._services.state.transaction():
            found = self._meant(location_id, body)
            if found is not None:
                return self.update(found, _no_id(body)), False
            missing = [name for name in ("contactId", "name") if not body.get(name)]
            if missing:
                # not in the facts: what a new one lacks is refused as a create would
                raise unprocessable([f"{name} should not be empty" for name in missing])
            made = self._new(location_id, {"status": "open", **_no_id(body)})
            return self._keep(None, made), True

    def set_followers(self, before: Opportunity, followers: list[str]) -> Opportunity:
        """Replace who follows an opportunity. It fires no event of its own."""
        with self._services.state.transaction():
            return self._keep(before, {**before, "followers": followers})

    def delete(self, opportunity: Opportunity) -> None:
        """Remove an opportunity."""
        with self._services.state.transaction():
            self.opportunities.delete(opportunity["id"])
            self._tell(Stage.DELETED, opportunity, None)

    def contacts_of(self, opportunities: list[Opportunity]) -> dict[str, Contact]:
        """Return the contacts of these opportunities, by id."""
        return self._book.among({each["contactId"] for each in opportunities})

    def _new(self, location_id: str, body: Mapping[str, Any]) -> Opportunity:
        contact = self._book.get(body["contactId"])
        if contact["locationId"] != location_id:
            raise wrong_location()
        blank = {
            "id": new_id(),
            "locationId": location_id,
            "contactId": contact["id"],
            "monetaryValue": 0,
            "followers": [],
            "customFields": [],
        }
        return self._values.changed(blank, body)

    def _meant(self, location_id: str, body: Mapping[str, Any]) -> Opportunity | None:
        """Return the opportunity that an upsert is about."""
        if body.get("id"):
            found = self.get(body["id"])
            if found["locationId"] != location_id:
                raise wrong_location()
            return found
        contact_id = body.get("contactId")
        return self._of_contact(contact_id, body["pipelineId"]) if contact_id else None

    def _of_contact(self, contact_id: str, pipeline_id: str) -> Opportunity | None:
        """Return a contact's opportunity in a pipeline, an open one if there are several."""
        where = "contact = ? AND pipeline = ?"
        order = "status = 'open' DESC, added DESC, id"
        found = self.opportunities.find(where, (contact_id, pipeline_id), order, limit=1)
        return found[0] if found else None

    def _refuse_second(self, made: Opportunity) -> None:
        """Refuse a contact's second opportunity in a pipeline, whatever becomes of the first."""
        # facts: ghl 6.9; that it is per pipeline, and that closed ones count too, is what several
        # clients report
        company, switches = self._services.company, self._services.settings
        if company.allows(
            made["locationId"],
            "allowDuplicateOpportunity",
            otherwise=switches.allow_duplicate_opportunity,
        ):
            return
        twin = self._of_contact(made["contactId"], made["pipelineId"])
        if twin is not None and twin["id"] != made["id"]:
            raise _second(twin["id"])

    def _keep(self, before: Opportunity | None, after: Opportunity) -> Opportunity:
        """Store an opportunity with its times. Its time of change is later than the one before."""
        old = before or {}
        now = max(self._services.clock.milliseconds(), old.get("dateUpdated", 0) + 1)
        times = {"dateAdded": old.get("dateAdded", now), "dateUpdated": now, "lastActionDate": now}
        for time, field in _TIMED.items():
            times[time] = old[time] if old.get(field) == after[field] else now
        kept = {**after, **times}
        self.opportunities.put(kept["id"], kept)
        self._tell(Stage.CHANGED if before else Stage.ADDED, kept, before)
        return kept

    def _tell(self, stage: Stage, opportunity: Opportunity, before: Opportunity | None) -> None:
        self._services.lifecycle.announce("opportunity", stage, opportunity)
        kinds, record = news_of(stage, opportunity, before)
        for kind in kinds:
            self._services.events.fire(kind, opportunity["locationId"], record)

    def _forget_contact(self, contact: Contact) -> None:
        """Let go of a contact's opportunities; the contact's own event says enough."""
        # not in the facts: GoHighLevel warns that a contact's opportunities go with it; whether
        # each is told of is not known
        for gone in self.opportunities.remove("contact = ?", (contact["id"],)):
            self._services.lifecycle.announce("opportunity", Stage.DELETED, gone)

    def _forget_user(self, user: dict[str, Any]) -> None:
        """Take a user out of what they were assigned to and followed."""
        where = f"assigned = ? OR {_FOLLOWED_BY}"
        for before in self.opportunities.find(where, (user["id"], user["id"])):
            after = {**before, "followers": [f for f in before["followers"] if f != user["id"]]}
            if after.get("assignedTo") == user["id"]:
                del after["assignedTo"]
            self._keep(before, after)

    def _forget_location(self, location: dict[str, Any]) -> None:
        self.opportunities.remove("location = ?", (location["id"],))


_TIMED = {"lastStatusChangeAt": "status", "lastStageChangeAt": "pipelineStageId"}


def _no_id(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "id"}


def _second(existing_id: str) -> Refusal:
    # facts: ghl 6.9
    return bad_request(
        "Can not create duplicate opportunity for the contact.",
        code="OPPORTUNITY_NO_DUPLICATE",
        meta={"existingId": existing_id},
    )
