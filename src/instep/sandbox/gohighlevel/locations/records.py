"""Locations (sub-accounts): made, changed, found."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from typing import Any

from instep.sandbox.gohighlevel.company import Location, timezone_of
from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.locations.definitions import Definitions
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import bad_request, wrong_company
from instep.sandbox.gohighlevel.shapes import whole_number
from instep.sandbox.gohighlevel.snapshots.shelf import Shelf

_PLACE = ("address", "city", "state", "country", "postalCode", "website", "timezone")
_AS_SENT = ("name", "phone", *_PLACE)
_BUSINESS = ("name", *_PLACE)
_LISTED = ("id", "email", *_AS_SENT, "social")
_BARE = ("companyId", *_LISTED)
_PAGE = 10


def search(call: Call) -> JsonObject:
    """Return a page of the locations that the token reaches, oldest first."""
    query = call.query
    _check_company(call, query.get("companyId"))
    # not in the facts: what a location's token sees (its own), and what `order` orders by
    found = [
        each
        for each in call.services.company.locations.values()
        if call.bearer.reaches(each["id"])
        and query.get("email", "").lower() in {"", each.get("email", "").lower()}
    ]
    if query.get("order", "asc") == "desc":
        found.reverse()
    skip = whole_number(query.get("skip")) or 0
    limit = whole_number(query.get("limit")) or _PAGE
    return {"locations": [_shown(call, each, _LISTED) for each in found[skip : skip + limit]]}


def get(call: Call) -> JsonObject:
    """Return one location and its settings."""
    location = _asked(call)
    return {"location": _shown(call, location, tuple(location))}


def create(call: Call) -> JsonObject:
    """Add a location; it has users, fields and pipelines of its own at once."""
    body, services = call.body, call.services
    _check_company(call, body["companyId"])
    country = body.get("country", services.company.country)
    blank = {
        "id": new_id(),
        "companyId": services.company.id,
        "country": country,
        "timezone": timezone_of(country),
        "social": {},
        "settings": {},
    }
    location = _changed(blank, body)
    with services.company.changing() as locations:
        locations[location["id"]] = location
        services.lifecycle.announce("location", Stage.ADDED, location)
        if "snapshotId" in body:
            call.part(Shelf).load(body["snapshotId"], location["id"])
        services.events.fire("LocationCreate", location["id"], _event(location))
    return _shown(call, location, _BARE)


def update(call: Call) -> JsonObject:
    """Change what the body names; settings and social links one by one."""
    body, services = call.body, call.services
    _check_company(call, body["companyId"])
    location = _changed(_asked(call), body)
    with services.company.changing() as locations:
        locations[location["id"]] = location
        services.lifecycle.announce("location", Stage.CHANGED, location)
        if "snapshot" in body:
            call.part(Shelf).load(body["snapshot"]["id"], location["id"])
        services.events.fire("LocationUpdate", location["id"], _event(location))
    return _shown(call, location, _BARE)


def delete(call: Call) -> JsonObject:
    """Remove a location and all it holds."""
    company, location = call.services.company, _asked(call)
    if location["id"] == company.location_id:
        # the sandbox's own rule: its first line promises this location
        raise bad_request("The sandbox keeps its first location; delete another one.")
    with company.changing() as locations:
        call.services.lifecycle.announce("location", Stage.DELETED, location)
        del locations[location["id"]]
    return {"success": True, "message": f"Deleted location with id: {location['id']}"}


def timezones(call: Call) -> JsonObject:  # noqa: ARG001 - a handler takes the call
    """Return the names of all time zones."""
    # not in the facts: the reply's shape
    return {"timezones": sorted(zoneinfo.available_timezones())}


def tags(call: Call) -> JsonObject:
    """Return the tags defined for the location."""
    return {"tags": call.part(Definitions).tags(call.path["locationId"])}


def _asked(call: Call) -> Location:
    return call.services.company.locations[call.path["locationId"]]


def _check_company(call: Call, company_id: str | None) -> None:
    if company_id not in {None, call.services.company.id}:
        raise wrong_company()


def _changed(location: Location, body: Mapping[str, Any]) -> Location:
    """Return the location with what the body names put in."""
    given: dict[str, Any] = {name: body[name] for name in _AS_SENT if name in body}
    # not in the facts: the e-mail has no other way in; credentials for other services are not kept
    given |= body.get("prospectInfo", {})
    for name in ("settings", "social"):
        given[name] = {**location.get(name, {}), **body.get(name, {})}
    changed = location | given
    business = {name: changed[name] for name in _BUSINESS if name in changed}
    return {**changed, "business": {**location.get("business", {}), **business}}


def _shown(call: Call, location: Location, names: tuple[str, ...]) -> JsonObject:
    """Return these fields of a location, and its settings with what holds where none is set."""
    company, switches = call.services.company, call.services.settings
    begin = {
        "allowDuplicateContact": switches.allow_duplicate_contact,
        "allowDuplicateOpportunity": switches.allow_duplicate_opportunity,
        "allowFacebookNameMerge": False,
        "disableContactTimezone": False,
    }
    settings = {
        name: company.allows(location["id"], name, otherwise=value) for name, value in begin.items()
    }
    return {**{name: location[name] for name in names if name in location}, "settings": settings}


def _event(location: Location) -> JsonObject:
    return {
        name: location[name] for name in ("id", "name", "email", "companyId") if name in location
    }


OPERATIONS = (
    Operation("locations.search", search),
    Operation("locations.get", get),
    Operation("locations.create", create),
    Operation("locations.update", update),
    Operation("locations.delete", delete),
    Operation("locations.get_timezones", timezones),
    Operation("locations.list_tags", tags),
)
