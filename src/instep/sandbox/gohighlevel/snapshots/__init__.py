"""Snapshots: listed, shared, and where they were loaded."""

from __future__ import annotations

from typing import Any

from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import unprocessable, wrong_company
from instep.sandbox.gohighlevel.shapes import whole_number
from instep.sandbox.gohighlevel.snapshots.shelf import ASSETS, Shelf
from instep.sandbox.gohighlevel.times import iso, moment

_PAGE = 10


def list_all(call: Call) -> JsonObject:
    """Return the agency's snapshots."""
    _check_company(call)
    return {"snapshots": call.part(Shelf).snapshots}


def share(call: Call) -> JsonObject:
    """Return an address under which others may take a snapshot."""
    _check_company(call)
    call.part(Shelf).get(call.body["snapshot_id"])
    share_id = new_id()
    return {"id": share_id, "shareLink": f"https://affiliates.gohighlevel.com/?share={share_id}"}


def list_loads(call: Call) -> JsonObject:
    """Return where a snapshot was loaded between two moments."""
    _check_company(call)
    span = moment(call.query["from"]), moment(call.query["to"])
    if span[0] is None or span[1] is None:
        raise unprocessable(["from and to must be dates"])
    snapshot_id = call.part(Shelf).get(call.path["snapshotId"])["id"]
    limit = whole_number(call.query.get("limit")) or _PAGE
    loads = call.part(Shelf).loads(snapshot_id, (span[0], span[1]), limit, call.query["lastDoc"])
    return {"data": [{**_shown(each), "dateAdded": iso(each["dateAdded"])} for each in loads]}


def get_last_load(call: Call) -> JsonObject:
    """Return how far the last load of a snapshot into a location came: it is always done."""
    _check_company(call)
    load = call.part(Shelf).latest(call.path["snapshotId"], call.path["locationId"])
    return {"data": {**_shown(load), "completed": list(ASSETS), "pending": []}}


def _check_company(call: Call) -> None:
    if call.query["companyId"] != call.services.company.id:
        raise wrong_company()


def _shown(load: dict[str, Any]) -> JsonObject:
    return {name: load[name] for name in ("id", "locationId", "status")}


OPERATIONS = (
    Operation("snapshots.list", list_all),
    Operation("snapshots.create_snapshot_share_link", share),
    Operation("snapshots.get_snapshot_push", list_loads),
    Operation("snapshots.get_latest_snapshot_push", get_last_load),
)

__all__ = ["OPERATIONS"]
