"""The calls on what is no record: users, tags in use, custom fields, the instance itself."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from instep.connectors.insightly.emulator.custom import definitions
from instep.connectors.insightly.emulator.exchange import reply, rows
from instep.connectors.insightly.emulator.instance import FIRST_USER, Instance
from instep.connectors.insightly.emulator.kinds import KINDS
from instep.connectors.insightly.emulator.paging import page_of
from instep.sandbox.state import Document

_RECORD_TYPES = {"contacts", "leads", "opportunities", "organisations", "projects", "emails"}
_SINCE = "2020-01-01 00:00:00"


def _user(number: int, first: str, last: str) -> Document:
    return {
        "USER_ID": number,
        "FIRST_NAME": first,
        "LAST_NAME": last,
        "EMAIL_ADDRESS": f"{first}.{last}@example.com".lower(),
        "ACTIVE": True,
        "ADMINISTRATOR": number == FIRST_USER,
        "TIMEZONE_ID": "UTC",
        "DATE_CREATED_UTC": _SINCE,
        "DATE_UPDATED_UTC": _SINCE,
    }


USERS = (_user(FIRST_USER, "Sandy", "Box"), _user(FIRST_USER + 1, "Robin", "Vale"))
"""Who works in the instance; the key is the first one's."""


class PeopleCalls:
    """Serves users, and says who is asking, what tags are in use and what custom fields there are."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    def routes(self) -> list[BaseRoute]:
        """Return the routes; the last one takes what no other has taken."""
        return [
            Route("/Instance", self.instance),
            Route("/Users", self.users),
            Route("/Users/Me", self.me),
            Route("/Users/{id:int}", self.user),
            Route("/Tags", self.tags_in_use),
            Route("/CustomFields/{plural}", self.custom_fields),
            # a wrong singular or plural is a 405, not a 404 (facts: apps 1.2)
            Route("/{collection}", self.wrong_name, methods=["GET", "POST", "PUT", "DELETE"]),
        ]

    async def instance(self, _request: Request) -> Response:
        """Say whose instance this is."""
        return reply({"INSTANCE_NAME": "Sandbox", "INSTANCE_SUBDOMAIN": "sandbox"})

    async def users(self, request: Request) -> Response:
        """List the users."""
        top, skip = page_of(request)
        return rows(request, [*USERS[skip : skip + top]], lambda: len(USERS))

    async def me(self, _request: Request) -> Response:
        """Say whose key this is."""
        return reply(USERS[0])

    async def user(self, request: Request) -> Response:
        """Get one user."""
        number = request.path_params["id"]
        for user in USERS:
            if user["USER_ID"] == number:
                return reply(user)
        raise HTTPException(404, f"User {number} was not found.")

    async def tags_in_use(self, request: Request) -> Response:
        """List the tags used for one type of record."""
        record_type = request.query_params.get("record_type")
        if record_type not in _RECORD_TYPES:
            raise HTTPException(400, f"record_type must be one of {sorted(_RECORD_TYPES)}.")
        kinds = [kind for kind in KINDS if kind.has_tags and kind.table == record_type]
        used = [tag for kind in kinds for tag in self._instance.shelves[kind].tags()]
        top, skip = page_of(request)
        page = [{"TAG_NAME": name} for name in used[skip : skip + top]]
        return rows(request, page, lambda: len(used))

    async def custom_fields(self, request: Request) -> Response:
        """List the custom fields of one kind of record."""
        plural = request.path_params["plural"]
        for kind in KINDS:
            if kind.plural == plural:
                return reply(definitions(kind))
        raise HTTPException(404, f"There are no custom fields of {plural}.")

    async def wrong_name(self, request: Request) -> Response:
        """Refuse a collection that does not exist."""
        raise HTTPException(405, f"The resource does not support {request.method}.")
