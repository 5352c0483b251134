"""How a user is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from instep.sandbox.gohighlevel.users.directory import AGENCY_USER, User, full_name

JsonObject = dict[str, Any]

# scopes are a list; the spec calls them one text (its bodies say list)
_SHOWN = (
    *("id", "firstName", "lastName", "email", "phone", "extension", "permissions"),
    *("scopes", "roles", "platformLanguage"),
)


def detailed(user: User) -> JsonObject:
    """Show a user alone."""
    shown = {name: user[name] for name in _SHOWN if name in user}
    return {**shown, "name": full_name(user), "lcPhone": user.get("twilioPhone", {})}


def listed(user: User) -> JsonObject:
    """Show a user among others."""
    return {**detailed(user), "deleted": user["deleted"]}


def projected(user: User, projection: str | None) -> JsonObject:
    """Show the fields asked for: names with commas between them, or `all`; else id and e-mail."""
    if projection == "all":
        return listed(user)
    wanted: Iterable[str] = ("id", "email")
    if projection:
        wanted = [name.strip() for name in projection.split(",")]
    shown = listed(user)
    return {name: shown[name] for name in wanted if name in shown}


def told(user: User, company_id: str) -> JsonObject:
    """Show a user as its event does: an agency's with all locations, a location's with one."""
    # facts: ghl 5.1 (docs/webhook events/UserCreate.md)
    names = ("id", "firstName", "lastName", "email", "phone", "extension", "permissions")
    shown = {name: user[name] for name in names if name in user}
    shown["role"] = user["roles"]["role"]
    locations = user["roles"]["locationIds"]
    if user["roles"]["type"] == AGENCY_USER:
        return {**shown, "companyId": company_id, "locations": locations}
    return {**shown, "locationId": locations[0]} if locations else shown
