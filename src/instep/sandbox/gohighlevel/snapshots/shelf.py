"""The agency's snapshots, and where each was loaded."""

from __future__ import annotations

from typing import Any

from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

Snapshot = dict[str, Any]

_SEEDS = (("Insurance broker", "own"), ("Mortgage broker", "imported"))
ASSETS = ("custom_fields", "custom_values", "forms", "pipelines", "tags", "workflows")
"""What a snapshot holds, as it is told."""


class Shelf:
    """Snapshots hold nothing here: loading one is remembered, and adds nothing to a location."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.snapshots: list[Snapshot] = services.state.kept("snapshots", _invent)
        self._loads = Collection(
            services.state,
            "snapshot_loads",
            {
                "snapshot": lambda load: load["snapshotId"],
                "location": lambda load: load["locationId"],
                "added": lambda load: load["dateAdded"],
            },
            ["snapshot, location, added"],
        )

    def get(self, snapshot_id: str) -> Snapshot:
        """Return a snapshot. Raises Refusal if there is none."""
        for each in self.snapshots:
            if each["id"] == snapshot_id:
                return each
        # not in the facts: the words
        raise bad_request(f"Snapshot with id {snapshot_id} not found")

    def load(self, snapshot_id: str, location_id: str) -> None:
        """Remember that a snapshot was loaded into a location. Raises Refusal if it is unknown."""
        self.get(snapshot_id)
        identifier = new_id()
        load = {
            "id": identifier,
            "snapshotId": snapshot_id,
            "locationId": location_id,
            "status": "completed",
            "dateAdded": self._services.clock.milliseconds(),
        }
        self._loads.put(identifier, load)

    def loads(
        self, snapshot_id: str, span: tuple[int, int], limit: int, after: str = ""
    ) -> list[dict[str, Any]]:
        """Return up to `limit` loads within these moments, after that of the id `after`."""
        where = "snapshot = ? AND added BETWEEN ? AND ?"
        found = self._loads.find(where, (snapshot_id, *span), "added, id")
        ids = [each["id"] for each in found]
        begin = ids.index(after) + 1 if after in ids else 0
        return found[begin : begin + limit]

    def latest(self, snapshot_id: str, location_id: str) -> dict[str, Any]:
        """Return the last load into a location. Raises Refusal if there was none."""
        found = self._loads.find(
            "snapshot = ? AND location = ?", (snapshot_id, location_id), "added DESC", limit=1
        )
        if not found:
            # not in the facts: the words
            raise bad_request(f"Snapshot {snapshot_id} was not loaded into {location_id}")
        return found[0]


def _invent() -> list[Snapshot]:
    return [{"id": new_id(), "name": name, "type": kind} for name, kind in _SEEDS]
