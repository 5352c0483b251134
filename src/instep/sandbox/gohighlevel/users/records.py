"""Users: the operations on one user."""

from __future__ import annotations

from collections.abc import Iterable

from instep.sandbox.gohighlevel.credentials import AGENCY
from instep.sandbox.gohighlevel.operations import Call, JsonObject, Operation
from instep.sandbox.gohighlevel.refusals import unprocessable, wrong_company, wrong_location
from instep.sandbox.gohighlevel.users.directory import Directory, User, full_name
from instep.sandbox.gohighlevel.users.views import detailed, told
from instep.sandbox.gohighlevel.versions import View


def get(call: Call) -> JsonObject:
    """Return a user."""
    return detailed(_asked(call))


def create(call: Call) -> JsonObject:
    """Add a user."""
    body, services = call.body, call.services
    if body["companyId"] != services.company.id:
        raise wrong_company()
    _check_locations(call, body["locationIds"])
    with services.state.transaction():
        user = call.part(Directory).create(body)
        # an agency's user may work in no location; the event is the agency's then
        location_id = next(iter(user["roles"]["locationIds"]), services.company.id)
        services.events.fire("UserCreate", location_id, told(user, services.company.id))
    return detailed(user)


def update(call: Call) -> JsonObject:
    """Change a user; permissions one by one."""
    user, body = _asked(call), call.body
    if call.bearer.grant.level == AGENCY and "companyId" not in body:
        # the spec's description of the field: an agency must name itself
        raise unprocessable(["companyId should not be empty", "companyId must be a string"])
    if body.get("companyId", call.services.company.id) != call.services.company.id:
        raise wrong_company()
    _check_locations(call, body.get("locationIds", ()))
    return detailed(call.part(Directory).update(user["id"], body))


def delete(call: Call) -> JsonObject:
    """Remove a user; nothing stays assigned to them."""
    user = _asked(call)
    call.part(Directory).delete(user["id"])
    # facts: ghl 2.3 (only v3 spells it right)
    done = "succeded" if call.view is View.V2 else "succeeded"
    message = (
        f"Queued deleting user with e-mail {user['email']} and name {full_name(user)}. "
        "Will take effect in a few minutes."
    )
    return {done: True, "message": message}


def _asked(call: Call) -> User:
    user = call.part(Directory).get(call.path["userId"])
    everywhere = call.bearer.grant.level == AGENCY
    if not everywhere and not any(map(call.bearer.reaches, user["roles"]["locationIds"])):
        raise wrong_location()
    return user


def _check_locations(call: Call, location_ids: Iterable[str]) -> None:
    known = call.services.company.locations
    if not all(each in known and call.bearer.reaches(each) for each in location_ids):
        raise wrong_location()


OPERATIONS = (
    Operation("users.get", get),
    Operation("users.create", create),
    Operation("users.update", update),
    Operation("users.delete", delete),
)
