"""Answers the requests of kept resources out of what a keeper has. No socket is in between."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import unquote

from instep.core.records import Value, Write
from instep.sdk import custom
from instep.sdk.kept import wire
from instep.sdk.kept.keeper import Keeper, Refused, Wanted
from instep.sdk.kept.resource import PREFIX
from instep.sdk.request import JsonObject, Reply, Request
from instep.sdk.resource import Resource


class Answering:
    """Finds the call that a request means, and has the keeper carry it out."""

    def __init__(self, keeper: Keeper, resources: Sequence[type[Resource]]) -> None:
        self._keeper = keeper
        self._resources = {each.name: each for each in resources}
        self._kinds = {each.canonical for each in resources}

    async def answer(self, request: Request) -> Reply:
        """Return what an app would answer; never raises for what was asked wrongly."""
        try:
            return await self._answer(request, _steps(request.path))
        except Refused as refusal:
            return refusal.reply

    async def _answer(self, request: Request, steps: Sequence[str]) -> Reply:
        match (request.method, steps):
            case ("GET", [""]):
                return Reply(200, {}, {})
            case ("GET", [name, "find"]) if name in self._resources and "field" in request.query:
                return await self._find(self._resources[name], request.query)
            case (_, [_, parent_id, name, *rest]) if self._is_child(name):
                return await self._below(self._resources[name], parent_id, rest, request)
            case (_, [name, *rest]) if name in self._resources:
                return await self._flat(self._resources[name], rest, request)
        return _unknown(request)

    def _is_child(self, name: str) -> bool:
        return name in self._resources and self._resources[name].parent is not None

    async def _flat(self, resource: type[Resource], rest: Sequence[str], request: Request) -> Reply:
        """Answer a call that names no parent."""
        parent = resource.parent
        match (request.method, rest):
            case ("GET", []) if parent is None or parent.listed_together:
                return await self._page(resource, None, request.query)
            case ("POST", []) if parent is None:
                return await self._create(resource, None, request.json)
            case (_, [record_id]):
                return await self._one(resource, None, record_id, request)
        return _unknown(request)

    async def _below(
        self, resource: type[Resource], parent_id: str, rest: Sequence[str], request: Request
    ) -> Reply:
        """Answer a call of one parent's records; one of them may be told of before its parent."""
        if len(rest) == 1:
            return await self._one(resource, parent_id, rest[0], request)
        kind = resource.parent.kind if resource.parent is not None else ""
        if kind in self._kinds and await self._keeper.read(kind, parent_id) is None:
            return wire.problem(404, f"There is no {kind} {parent_id}.")
        match (request.method, rest):
            case ("GET", []):
                return await self._page(resource, parent_id, request.query)
            case ("POST", []):
                return await self._create(resource, parent_id, request.json)
        return _unknown(request)

    async def _find(self, resource: type[Resource], query: Mapping[str, str]) -> Reply:
        found = await self._keeper.find(resource.canonical, query["field"], query["value"])
        return _listed(resource, [wire.body_of(each) for each in found], None)

    async def _page(
        self, resource: type[Resource], parent_id: str | None, query: Mapping[str, str]
    ) -> Reply:
        wanted = Wanted(
            resource.canonical,
            parent_id,
            query.get("after"),
            query.get("page"),
            int(query["limit"]),
        )
        page = await self._keeper.page(wanted)
        return _listed(resource, [wire.body_of(each) for each in page.records], page.more)

    async def _create(
        self, resource: type[Resource], parent_id: str | None, told: JsonObject
    ) -> Reply:
        if refusal := _refusal_of(resource, told.keys()):
            return refusal
        if missing := [each.field for each in resource.required if not told.get(each.field)]:
            return wire.problem(422, f"Missing fields: {', '.join(missing)}.")
        belongs: dict[str, Value] = {}
        if resource.parent is not None and parent_id is not None:
            belongs = {resource.parent.field: parent_id}
        values = {**wire.values_of(told), **belongs}
        return wire.whole(201, await self._keeper.add(resource.canonical, values))

    async def _one(
        self, resource: type[Resource], parent_id: str | None, record_id: str, request: Request
    ) -> Reply:
        kind = resource.canonical
        record = await self._keeper.read(kind, record_id)
        belongs_by = resource.parent.field if resource.parent is not None else ""
        if record is None or parent_id not in (None, record.values.get(belongs_by)):
            return wire.problem(404, f"There is no {kind} {record_id}.")
        version = request.headers.get("if-match")
        if version not in (None, record.version):
            return _moved(kind, record_id)
        match request.method:
            case "GET":
                return wire.whole(200, record)
            case "DELETE":
                await self._keeper.remove(kind, record_id)
                return Reply(200, {}, {})
            case "PATCH":
                return await self._edit(resource, record_id, request.json, version)
        return _unknown(request)

    async def _edit(
        self, resource: type[Resource], record_id: str, told: JsonObject, version: str | None
    ) -> Reply:
        if refusal := _refusal_of(resource, {*told["set"], *told["add"], *told["remove"]}):
            return refusal
        write = Write(
            wire.values_of(told["set"]), wire.words_of(told["add"]), wire.words_of(told["remove"])
        )
        edited = await self._keeper.edit(resource.canonical, record_id, write, version)
        return _moved(resource.canonical, record_id) if edited is None else wire.whole(200, edited)


def _steps(path: str) -> list[str]:
    return [unquote(step) for step in path.removeprefix(PREFIX).strip("/").split("/")]


def _listed(resource: type[Resource], bodies: Sequence[JsonObject], more: str | None) -> Reply:
    return Reply(200, {}, {resource.name: bodies, "next": more})


def _refusal_of(resource: type[Resource], names: Collection[str]) -> Reply | None:
    """Refuse fields that there are not, or that nobody may write; its custom ones a keeper knows."""
    known = {field.name for field in resource.fields if not field.readonly}
    unknown = sorted(each for each in {*names} - known if not each.startswith(custom.PREFIX))
    return wire.problem(422, f"Unknown fields: {', '.join(unknown)}.") if unknown else None


def _moved(kind: str, record_id: str) -> Reply:
    return wire.problem(412, f"The {kind} {record_id} was changed meanwhile.")


def _unknown(request: Request) -> Reply:
    return wire.problem(404, f"There is no {request.method} {request.path}.")
