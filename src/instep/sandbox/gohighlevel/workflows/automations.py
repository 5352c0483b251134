"""The workflows and campaigns there are: invented, since no operation makes any."""

from __future__ import annotations

from typing import Any

from instep.sandbox.gohighlevel.company import Location
from instep.sandbox.gohighlevel.identifiers import new_id, new_uuid
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.locations.seeds import plant
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

Automation = dict[str, Any]
"""A workflow or a campaign; times are in milliseconds."""

_WORKFLOWS = (
    ("New lead follow-up", "published", 3),
    ("Appointment reminder", "published", 2),
    ("Renewal check", "draft", 1),
)
_CAMPAIGNS = (("Welcome", "published"), ("Policy renewals", "published"), ("Spring offer", "draft"))


class Automations:
    """Every location begins with the same ones, under ids of its own."""

    def __init__(self, services: Services) -> None:
        self._clock = services.clock
        self._workflows = _collection(services, "workflows")
        self._campaigns = _collection(services, "campaigns")
        plant(services, "workflows and campaigns", self._seed)
        services.lifecycle.follow("location", Stage.DELETED, self._forget)

    def workflows(self, location_id: str) -> list[Automation]:
        """Return a location's workflows."""
        return self._workflows.find("location = ?", (location_id,), "rowid")

    def campaigns(self, location_id: str) -> list[Automation]:
        """Return a location's campaigns."""
        return self._campaigns.find("location = ?", (location_id,), "rowid")

    def workflow(self, location_id: str, workflow_id: str) -> Automation:
        """Return a workflow of this location. Raises Refusal if it has no such."""
        return _one("Workflow", self._workflows, location_id, workflow_id)

    def campaign(self, location_id: str, campaign_id: str) -> Automation:
        """Return a campaign of this location. Raises Refusal if it has no such."""
        return _one("Campaign", self._campaigns, location_id, campaign_id)

    def _seed(self, location: Location) -> None:
        now = self._clock.milliseconds()
        for name, status, version in _WORKFLOWS:
            about = {"name": name, "status": status, "version": version}
            _plant(
                self._workflows, new_uuid(), location, about | {"createdAt": now, "updatedAt": now}
            )
        for name, status in _CAMPAIGNS:
            _plant(self._campaigns, new_id(), location, {"name": name, "status": status})

    def _forget(self, location: Location) -> None:
        for collection in (self._workflows, self._campaigns):
            collection.remove("location = ?", (location["id"],))


def _collection(services: Services, name: str) -> Collection:
    columns = {"location": lambda automation: automation["locationId"]}
    return Collection(services.state, name, columns, ["location"])


def _plant(collection: Collection, identifier: str, location: Location, about: Automation) -> None:
    collection.put(identifier, {"id": identifier, "locationId": location["id"], **about})


def _one(kind: str, automations: Collection, location_id: str, identifier: str) -> Automation:
    found = automations.get(identifier)
    if found is None or found["locationId"] != location_id:
        # not in the facts; refused as an unknown contact is (the spec declares no 404 either)
        raise bad_request(f"{kind} with id {identifier} not found")
    return found
