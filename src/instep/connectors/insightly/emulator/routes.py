"""The calls on records (facts: apps 1.2, 1.3, insightly.json)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from instep.connectors.insightly.emulator.document import stamp, tag_name, tags_of
from instep.connectors.insightly.emulator.exchange import (
    guarded,
    reply,
    rows,
    sent_json,
    sent_object,
)
from instep.connectors.insightly.emulator.instance import Instance
from instep.connectors.insightly.emulator.kinds import CHILDREN, KINDS, NOTE, PARENTS, Kind
from instep.connectors.insightly.emulator.paging import page_of, query_time, truth
from instep.connectors.insightly.emulator.shelf import Query
from instep.sandbox.app import SandboxApp
from instep.sandbox.state import Document

# what `brief` leaves out, of lists and of searches (facts: apps 1.2)
_LIST_EXTRAS = ("LINKS",)
_SEARCH_EXTRAS = ("LINKS", "TAGS", "CUSTOMFIELDS", "DATES", "EMAILDOMAINS")


class RecordCalls:
    """Serves records of every kind, their tags, their links and their children."""

    def __init__(self, app: SandboxApp, instance: Instance) -> None:
        self._app = app
        self._instance = instance

    def routes(self) -> list[BaseRoute]:
        """Return the routes; the path is case-sensitive and its names are plural."""
        return [route for kind in KINDS for route in self._routes_of(kind)]

    def _routes_of(self, kind: Kind) -> list[BaseRoute]:
        path = f"/{kind.plural}"
        methods = ["GET", "POST", "PUT"] if kind.stands_alone else ["GET", "PUT"]
        routes: list[BaseRoute] = [
            Route(path, partial(self.collection, kind), methods=methods),
            Route(f"{path}/Search", partial(self.search, kind)),
            Route(f"{path}/{{id:int}}", partial(self.record, kind), methods=["GET", "DELETE"]),
            Route(f"{path}/{{id:int}}/Links", partial(self.links, kind), methods=["GET", "POST"]),
            Route(
                f"{path}/{{id:int}}/Links/{{link:int}}",
                partial(self.link, kind),
                methods=["DELETE"],
            ),
        ]
        if kind.has_tags:
            tags = partial(self.tags, kind)
            verbs = ["GET", "POST", "PUT", "DELETE"]
            routes.append(Route(f"{path}/SearchByTag", partial(self.search_by_tag, kind)))
            routes.append(Route(f"{path}/{{id:int}}/Tags", tags, methods=verbs))
        if kind in PARENTS:
            routes += [self._children_of(kind, child) for child in CHILDREN]
        return routes

    def _children_of(self, parent: Kind, child: Kind) -> Route:
        methods = ["GET", "POST", "PUT"] if child is NOTE else ["GET"]
        path = f"/{parent.plural}/{{id:int}}/{child.plural}"
        return Route(path, partial(self.children, parent, child), methods=methods)

    # Records

    async def collection(self, kind: Kind, request: Request) -> Response:
        """List, create or update."""
        if request.method == "GET":
            return self._list(request, Query(kind), _LIST_EXTRAS)
        sent = await sent_object(request)
        if request.method == "POST":
            return reply(self._instance.add(kind, sent), 201)
        return self._update(kind, request, sent)

    async def record(self, kind: Kind, request: Request) -> Response:
        """Get or delete one record."""
        record = self._existing(kind, request.path_params["id"])
        if request.method == "GET":
            return reply(record)
        self._instance.remove(kind, record[kind.key])
        return Response(status_code=202)

    async def search(self, kind: Kind, request: Request) -> Response:
        """List by one field's exact value, by the time of the last change, or by both."""
        asked = request.query_params
        name, value = asked.get("field_name"), asked.get("field_value")
        needless = name is None and "updated_after_utc" in asked
        if (name is None) != (value is None) or (name is None and not needless):
            raise HTTPException(400, "field_name and field_value are both required.")
        query = Query(kind)
        if name is not None and value is not None:
            if name not in kind.plain:
                raise HTTPException(400, f"{name} is not a field of the record {kind.name}.")
            query = query.holding(name, value)
        return self._list(request, self._recent(request, query), _SEARCH_EXTRAS)

    async def search_by_tag(self, kind: Kind, request: Request) -> Response:
        """List by one tag."""
        name = request.query_params.get("tag_name")
        if not name:
            raise HTTPException(400, "tag_name is required.")
        return self._list(request, Query(kind).tagged(name), _SEARCH_EXTRAS)

    async def children(self, kind: Kind, child: Kind, request: Request) -> Response:
        """List what is linked to a contact or an organisation; add or change one of its notes."""
        parent = self._existing(kind, request.path_params["id"])
        number = parent[kind.key]
        if request.method == "GET":
            query = self._recent(request, Query(child).linked_to(kind.name, number))
            return self._list(request, query, _LIST_EXTRAS)
        sent = await sent_object(request)
        if request.method == "POST":
            return reply(self._instance.add_note((kind, number), sent), 201)
        return self._update(child, request, sent)

    # Tags and links

    async def tags(self, kind: Kind, request: Request) -> Response:
        """List, add, replace or remove the tags of one record."""
        record = self._existing(kind, request.path_params["id"])
        if request.method == "GET":
            return reply(record["TAGS"])
        sent = await sent_json(request)
        if request.method == "PUT":
            several = sent if isinstance(sent, list) else [sent]
            after = self._instance.retag(kind, record, [tag_name(each) for each in several])
            return reply(after["TAGS"])
        name, before = tag_name(sent), tags_of(record)
        if request.method == "DELETE":
            others = [tag for tag in before if tag.casefold() != name.casefold()]
            self._instance.retag(kind, record, others)
            return Response(status_code=202)
        self._instance.retag(kind, record, [*before, name])
        return reply({"TAG_NAME": name}, 201)

    async def links(self, kind: Kind, request: Request) -> Response:
        """List the links made on one record, or make one."""
        record = self._existing(kind, request.path_params["id"])
        if request.method == "GET":
            return reply(record["LINKS"])
        return reply(self._instance.link(kind, record, await sent_object(request)), 201)

    async def link(self, kind: Kind, request: Request) -> Response:
        """Take one link away."""
        record = self._existing(kind, request.path_params["id"])
        link = self._instance.links.get(request.path_params["link"])
        if link is None or (link["OBJECT_NAME"], link["OBJECT_ID"]) != (
            kind.name,
            record[kind.key],
        ):
            raise HTTPException(404, f"Link {request.path_params['link']} was not found.")
        self._instance.unlink(kind, record, link)
        return Response(status_code=202)

    # What they stand on

    def _update(self, kind: Kind, request: Request, sent: Document) -> Response:
        record = self._existing(kind, sent.get(kind.key))
        guarded(request, record)
        return reply(self._instance.update(kind, record, sent))

    def _existing(self, kind: Kind, number: Any) -> Document:
        if not isinstance(number, int):
            raise HTTPException(400, f"{kind.key} is required.")
        record = self._instance.shelves[kind].get(number)
        if record is None:
            raise HTTPException(404, f"{kind.name} {number} was not found.")
        return record

    def _recent(self, request: Request, query: Query) -> Query:
        """Narrow a query to what changed after the time that was asked for, if one was."""
        since = request.query_params.get("updated_after_utc")
        if since is None:
            return query
        late = timedelta(seconds=self._app.faults.seconds("index_lag"))
        return query.updated_after(query_time(since), stamp(self._app.clock.now() - late))

    def _list(self, request: Request, query: Query, extras: tuple[str, ...]) -> Response:
        top, skip = page_of(request)
        shelf = self._instance.shelves[query.kind]
        page = shelf.page(query, top, skip)
        if truth(request, "brief"):
            page = [{name: row[name] for name in row if name not in extras} for row in page]
        return rows(request, page, lambda: shelf.count(query))
