"""The calls of the emulator (facts: apps 1.2, 1.3, insightly.json)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from instep.connectors.insightly.emulator.contact import (
    SEARCHABLE,
    etag,
    stamp,
    tag_name,
    tagged,
    tags_of,
    written,
)
from instep.connectors.insightly.emulator.paging import page_of, query_time, truth
from instep.connectors.insightly.emulator.shelf import Query, Shelf
from instep.sandbox.app import SandboxApp
from instep.sandbox.state import Document

_RECORD_TYPES = {"contacts", "leads", "opportunities", "organisations", "projects", "emails"}
# what `brief` leaves out, of lists and of searches (facts: apps 1.2)
_LIST_EXTRAS = ("LINKS",)
_SEARCH_EXTRAS = ("LINKS", "TAGS", "CUSTOMFIELDS", "DATES")


class Calls:
    """Serves contacts, their tags, and who is asking."""

    def __init__(self, app: SandboxApp, shelf: Shelf, touches: Callable[[], bool]) -> None:
        self._app = app
        self._shelf = shelf
        self._touches = touches

    def routes(self) -> list[BaseRoute]:
        """Return the routes; the path is case-sensitive and its names are plural."""
        return [
            Route("/Instance", self.instance),
            Route("/Users/Me", self.me),
            Route("/Tags", self.tags_in_use),
            Route("/Contacts", self.contacts, methods=["GET", "POST", "PUT"]),
            Route("/Contacts/Search", self.search),
            Route("/Contacts/SearchByTag", self.search_by_tag),
            Route("/Contacts/{id:int}", self.contact, methods=["GET", "DELETE"]),
            Route("/Contacts/{id:int}/Tags", self.tags, methods=["GET", "POST", "PUT", "DELETE"]),
            # a wrong singular or plural is a 405, not a 404 (facts: apps 1.2)
            Route("/{collection}", self.wrong_name, methods=["GET", "POST", "PUT", "DELETE"]),
        ]

    async def contacts(self, request: Request) -> Response:
        """List, create or update."""
        if request.method == "GET":
            return self._list(request, Query(), _LIST_EXTRAS)
        sent = await _object(request)
        if request.method == "POST":
            return _reply(self._shelf.add(sent), 201)
        return self._update(request, sent)

    def _update(self, request: Request, sent: Document) -> Response:
        contact = self._existing(sent.get("CONTACT_ID"))
        guard = request.headers.get("if-match")
        if guard is not None and guard != etag(contact):
            # 400 and these words, not the documented 412 (facts: apps 1.2)
            raise HTTPException(400, f"If-Match header value {guard} is not valid.")
        after = written(contact, sent, self._shelf.now())
        self._shelf.put(after)
        return _reply(after)

    async def contact(self, request: Request) -> Response:
        """Get or delete one contact."""
        contact = self._existing(request.path_params["id"])
        if request.method == "GET":
            return _reply(contact)
        self._shelf.remove(contact["CONTACT_ID"])
        return Response(status_code=202)

    async def search(self, request: Request) -> Response:
        """List by one field's exact value, by the time of the last change, or by both."""
        asked = request.query_params
        name, value, since = (
            asked.get(each) for each in ("field_name", "field_value", "updated_after_utc")
        )
        if (name is None) != (value is None) or (name is None and since is None):
            raise HTTPException(400, "field_name and field_value are both required.")
        query = Query()
        if name is not None and value is not None:
            if name not in SEARCHABLE:
                raise HTTPException(400, f"{name} is not a field of a contact.")
            query = query.holding(name, value)
        if since is not None:
            late = timedelta(seconds=self._app.faults.seconds("index_lag"))
            query = query.updated_after(query_time(since), stamp(self._app.clock.now() - late))
        return self._list(request, query, _SEARCH_EXTRAS)

    async def search_by_tag(self, request: Request) -> Response:
        """List by one tag."""
        name = request.query_params.get("tag_name")
        if not name:
            raise HTTPException(400, "tag_name is required.")
        return self._list(request, Query().tagged(name), _SEARCH_EXTRAS)

    async def tags(self, request: Request) -> Response:
        """List, add, replace or remove the tags of one contact."""
        contact = self._existing(request.path_params["id"])
        if request.method == "GET":
            return _reply(contact["TAGS"])
        sent = await _json(request)
        before = tags_of(contact)
        if request.method == "PUT":
            several = sent if isinstance(sent, list) else [sent]
            after = self._retag(contact, [tag_name(each) for each in several])
            return _reply(after["TAGS"])
        name = tag_name(sent)
        others = [tag for tag in before if tag.casefold() != name.casefold()]
        if request.method == "DELETE":
            self._retag(contact, others)
            return Response(status_code=202)
        self._retag(contact, [*before, name])
        return _reply({"TAG_NAME": name}, 201)

    def _retag(self, contact: Document, tags: list[str]) -> Document:
        now = self._shelf.now() if self._touches() else contact["DATE_UPDATED_UTC"]
        after = tagged(contact, tags, now)
        self._shelf.put(after)
        return after

    async def tags_in_use(self, request: Request) -> Response:
        """List the tags used for one type of record."""
        record_type = request.query_params.get("record_type")
        if record_type not in _RECORD_TYPES:
            raise HTTPException(400, f"record_type must be one of {sorted(_RECORD_TYPES)}.")
        used = self._shelf.tags() if record_type == "contacts" else []
        top, skip = page_of(request)
        rows = [{"TAG_NAME": name} for name in used[skip : skip + top]]
        return _rows(request, rows, lambda: len(used))

    async def instance(self, _request: Request) -> Response:
        """Say whose instance this is."""
        return _reply({"INSTANCE_NAME": "Sandbox", "INSTANCE_SUBDOMAIN": "sandbox"})

    async def me(self, _request: Request) -> Response:
        """Say whose key this is."""
        return _reply({"USER_ID": 1, "FIRST_NAME": "Sandy", "LAST_NAME": "Box", "ACTIVE": True})

    async def wrong_name(self, request: Request) -> Response:
        """Refuse a collection that does not exist."""
        raise HTTPException(405, f"The resource does not support {request.method}.")

    def _existing(self, number: Any) -> Document:
        if not isinstance(number, int):
            raise HTTPException(400, "CONTACT_ID is required.")
        contact = self._shelf.get(number)
        if contact is None:
            raise HTTPException(404, f"Contact {number} was not found.")
        return contact

    def _list(self, request: Request, query: Query, extras: tuple[str, ...]) -> Response:
        top, skip = page_of(request)
        rows = self._shelf.page(query, top, skip)
        if truth(request, "brief"):
            rows = [{name: row[name] for name in row if name not in extras} for row in rows]
        return _rows(request, rows, lambda: self._shelf.count(query))


def _rows(request: Request, rows: list[Document], count: Callable[[], int]) -> Response:
    reply = _reply(rows)
    if truth(request, "count_total"):
        reply.headers["X-Total-Count"] = str(count())
    return reply


def _reply(body: Any, status: int = 200) -> Response:
    return JSONResponse(body, status, {"ETag": etag(body)})


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError as error:
        raise HTTPException(400, "The body is not JSON.") from error


async def _object(request: Request) -> Document:
    sent = await _json(request)
    if not isinstance(sent, dict):
        raise HTTPException(400, "The body must be one contact.")
    return sent
