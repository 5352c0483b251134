"""The users of the agency and of its locations."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from instep import catalogue
from instep.sandbox.gohighlevel.company import Location
from instep.sandbox.gohighlevel.identifiers import new_id
from instep.sandbox.gohighlevel.lifecycle import Stage
from instep.sandbox.gohighlevel.locations.seeds import plant
from instep.sandbox.gohighlevel.refusals import bad_request
from instep.sandbox.gohighlevel.services import Services
from instep.sandbox.state import Collection

User = dict[str, Any]
"""A user as kept; nobody's password is."""

AGENCY_USER = "agency"
LOCATION_USER = "account"

_SEEDS = (("Morgan", "Reid", "admin"), ("Alex", "Tran", "user"))
_AS_SENT = (
    *("firstName", "lastName", "email", "phone", "profilePhoto", "platformLanguage"),
    *("scopes", "scopesAssignedToOnly", "twilioPhone"),
)
# what a user may reach is asked of the JSON: users are few
IN_LOCATION = "EXISTS (SELECT 1 FROM json_each(body, '$.roles.locationIds') WHERE value = ?)"
"""The condition that a user works in a location."""


class Directory:
    """Users are never removed for good: a deleted one keeps its id and is marked."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.users = Collection(
            services.state,
            "users",
            {
                "email": lambda user: user["email"].lower(),
                "name": lambda user: full_name(user).lower(),
                "phone": lambda user: user.get("phone", ""),
                "type": lambda user: user["roles"]["type"],
                "role": lambda user: user["roles"]["role"],
                "deleted": lambda user: user["deleted"],
                "added": lambda user: user["dateAdded"],
            },
            ["email"],
        )
        services.state.kept("agency user", self._seed_agency)
        plant(services, "users", self._seed)
        services.lifecycle.follow("location", Stage.DELETED, self._forget_location)

    def get(self, user_id: str) -> User:
        """Return a user. Raises Refusal if there is none (any more)."""
        user = self.users.get(user_id)
        if user is None or user["deleted"]:
            # not in the facts: the words; the spec has no 404 here
            raise bad_request(f"User with id {user_id} not found")
        return user

    def of(self, location_id: str) -> list[User]:
        """Return the users who work in a location, by name."""
        where = f"NOT deleted AND {IN_LOCATION}"
        return self.users.find(where, (location_id,), "name, id")

    def create(self, body: Mapping[str, Any]) -> User:
        """Add a user. Raises Refusal if the e-mail is taken."""
        blank = {"id": new_id(), "permissions": _permissions(), "roles": {}, "deleted": False}
        with self._services.state.transaction():
            if self.users.first("email = ? AND NOT deleted", (body["email"].lower(),)):
                # not in the facts: the words
                raise bad_request("A user with this email already exists")
            user = {**_changed(blank, body), "dateAdded": self._services.clock.milliseconds()}
            return self._keep(user, Stage.ADDED)

    def update(self, user_id: str, body: Mapping[str, Any]) -> User:
        """Change a user. The e-mail stays as it is: it can no longer be changed this way."""
        given = {name: value for name, value in body.items() if name != "email"}
        with self._services.state.transaction():
            return self._keep(_changed(self.get(user_id), given), Stage.CHANGED)

    def delete(self, user_id: str) -> User:
        """Remove a user, at once (the real one takes minutes). Raises Refusal if unknown."""
        with self._services.state.transaction():
            user = {**self.get(user_id), "deleted": True}
            return self._keep(user, Stage.DELETED)

    def _keep(self, user: User, stage: Stage) -> User:
        self.users.put(user["id"], user)
        self._services.lifecycle.announce("user", stage, user)
        return user

    def _seed_agency(self) -> bool:
        company = self._services.company
        names = {"firstName": "Robin", "lastName": "Hale", "email": company.profile["email"]}
        everywhere = list(company.locations)
        self._invent(company.user_id, names, AGENCY_USER, "admin", everywhere)
        return True

    def _seed(self, location: Location) -> None:
        slug = location["name"].replace(" ", "-").lower()
        for first, last, role in _SEEDS:
            email = f"{first}.{last}@{slug}.example".lower()
            names = {"firstName": first, "lastName": last, "email": email}
            self._invent(new_id(), names, LOCATION_USER, role, [location["id"]])

    def _invent(
        self, user_id: str, names: dict[str, str], kind: str, role: str, locations: list[str]
    ) -> None:
        user = {
            "id": user_id,
            **names,
            "permissions": _permissions(),
            "roles": _roles(kind, role, locations),
            "deleted": False,
            "dateAdded": self._services.clock.milliseconds(),
        }
        self.users.put(user_id, user)

    def _forget_location(self, location: Location) -> None:
        """Take the location out of its users' lists; whoever then has none goes."""
        for user in self.of(location["id"]):
            left = [each for each in user["roles"]["locationIds"] if each != location["id"]]
            if left or user["roles"]["type"] == AGENCY_USER:
                roles = {**user["roles"], "locationIds": left}
                self._keep({**user, "roles": roles}, Stage.CHANGED)
            else:
                self.delete(user["id"])


def full_name(user: User) -> str:
    """Return first and last name."""
    return " ".join(filter(None, (user.get("firstName"), user.get("lastName"))))


@cache
def _defaults() -> dict[str, bool]:
    shape = catalogue.shapes_of("users")["PermissionsDto"]
    return {name: bool(each.get("default")) for name, each in shape["properties"].items()}


def _permissions() -> dict[str, bool]:
    return dict(_defaults())


def _roles(kind: str, role: str, locations: list[str]) -> dict[str, Any]:
    return {"type": kind, "role": role, "locationIds": locations}


def _changed(user: User, body: Mapping[str, Any]) -> User:
    given = {name: body[name] for name in _AS_SENT if name in body}
    roles = {name: body[name] for name in ("type", "role", "locationIds") if name in body}
    return {
        **user,
        **given,
        "permissions": {**user["permissions"], **body.get("permissions", {})},
        "roles": {**user["roles"], **roles},
    }
