"""Pipelines with their stages, and the reasons opportunities are lost for."""

from __future__ import annotations

from typing import Any

from instep.sandbox.gohighlevel.company import Location
from instep.sandbox.gohighlevel.identifiers import new_id, new_uuid
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.locations.seeds import plant
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.gohighlevel.shapes import whole_number
from instep.sandbox.gohighlevel.times import iso
from instep.sandbox.gohighlevel.versions import View
from instep.sandbox.state import Collection, Column

Pipeline = dict[str, Any]

_SEEDS = {
    "Clients": ("New enquiry", "Quoted", "Application lodged", "Approved", "Settled"),
    "Renewals": ("Due soon", "Contacted", "Renewed"),
}
_REASONS = ("Chose another broker", "No answer", "Too expensive")
_PAGE = 100


class Pipelines:
    """The pipelines and lost reasons of every location. There is no call that changes them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        columns = {
            "location": lambda each: each["locationId"],
            "name": lambda each: each["name"].lower(),
        }
        self._pipelines = Collection(services.state, "pipelines", columns, ["location"])
        self.reasons = Collection(services.state, "lost_reasons", columns, ["location"])
        plant(services, "pipelines", self._seed)
        services.lifecycle.follow("location", Stage.DELETED, self._forget_location)

    def of(self, location_id: str) -> list[Pipeline]:
        """Return a location's pipelines."""
        return self._pipelines.find("location = ?", (location_id,), "name")

    def place(
        self, location_id: str, pipeline_id: str, stage_id: str | None
    ) -> tuple[Pipeline, str]:
        """Return a pipeline and the stage of this id, or its first. Raises Refusal if unknown."""
        pipeline = self._pipelines.get(pipeline_id)
        # not in the facts: both refusals' words
        if pipeline is None or pipeline["locationId"] != location_id:
            raise bad_request(f"Pipeline with id {pipeline_id} not found")
        ids = [stage["id"] for stage in pipeline["stages"]]
        if stage_id is not None and stage_id not in ids:
            raise bad_request(f"Stage with id {stage_id} not found in pipeline {pipeline_id}")
        return pipeline, stage_id or ids[0]

    def check_reason(self, location_id: str, reason_id: str | None) -> None:
        """Raise Refusal if the location has no such lost reason; None is no reason."""
        if reason_id is None:
            return
        found = self.reasons.get(reason_id)
        if found is None or found["locationId"] != location_id:
            # not in the facts: that it is refused, and the words
            raise bad_request(f"Lost reason with id {reason_id} not found")

    def _seed(self, location: Location) -> None:
        now = self._services.clock.milliseconds()
        for name, stages in _SEEDS.items():
            pipeline = _invent(location["id"], name, stages)
            self._pipelines.put(pipeline["id"], pipeline)
        for name in _REASONS:
            reason = {"id": new_id(), "name": name, "locationId": location["id"], "at": now}
            self.reasons.put(reason["id"], reason)

    def _forget_location(self, location: Location) -> None:
        for kept in (self._pipelines, self.reasons):
            kept.remove("location = ?", (location["id"],))


def _invent(location_id: str, name: str, stages: tuple[str, ...]) -> Pipeline:
    seen = {"showInFunnel": True, "showInPieChart": True}
    return {
        "id": new_id(),
        "name": name,
        # facts: ghl 6.1; the spec calls a stage a list, everybody sees an object
        "stages": [
            {"id": new_uuid(), "name": stage, "position": position, **seen}
            for position, stage in enumerate(stages)
        ],
        **seen,
        "colorRenderMode": "none",
        "locationId": location_id,
    }


def list_pipelines(call: Call) -> JsonObject:
    """Return all pipelines of the location with their stages."""
    more = {"useOpportunityProbability": True} if call.view is View.V3 else {}
    found = call.part(Pipelines).of(call.query["locationId"])
    return {"pipelines": [each | more for each in found]}


def list_lost_reasons(call: Call) -> JsonObject:
    """Return a page of the location's lost reasons, by name."""
    query, reasons = call.query, call.part(Pipelines).reasons
    where, values = "location = ?", list[Column]([query["locationId"]])
    if query.get("deleted") == "true":
        where += " AND 0"  # none can be deleted here
    if query.get("name"):
        where, values = f"{where} AND name = ?", [*values, query["name"].lower()]
    if query.get("query"):
        where, values = f"{where} AND instr(name, ?)", [*values, query["query"].lower()]
    limit = whole_number(query.get("limit")) or _PAGE
    found = reasons.find(where, values, "name", limit, whole_number(query.get("skip")) or 0)
    shown = [_reason(each) for each in found]
    return {"lostReasons": shown, "total": reasons.count(where, values)}


def _reason(reason: dict[str, Any]) -> JsonObject:
    times = dict.fromkeys(("createdAt", "updatedAt"), iso(reason["at"]))
    return {name: reason[name] for name in ("id", "name", "locationId")} | times


OPERATIONS = (
    Operation("opportunities.list_pipelines", list_pipelines),
    Operation("opportunities.list_lost_reasons", list_lost_reasons),
)
