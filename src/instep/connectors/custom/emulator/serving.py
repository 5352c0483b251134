"""Carries out the calls of a manifest on the emulated app's own records."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from instep.connectors.custom import times
from instep.connectors.custom.describing import OneField, OneResource
from instep.connectors.custom.emulator.matching import Found, Route, extracted, routes_of
from instep.connectors.custom.emulator.paging import page_of, with_token
from instep.connectors.custom.emulator.shelf import Shelf, milliseconds
from instep.connectors.custom.form import Form
from instep.connectors.custom.manifest import Manifest
from instep.connectors.custom.parts import ListCall, NoPages, OneCall, WriteCall
from instep.connectors.custom.places import UNTOLD, dig, plant
from instep.core.records import FieldType
from instep.sandbox.state import Document

Changed = Callable[[str, str, Document], None]
"""Told of every change: resource, what happened (created, updated, deleted), record."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One call: where it leads, what its path says, and what it carries."""

    request: Request
    route: Route
    found: Found
    sent: Any


class Calls:
    """The calls of one app."""

    def __init__(
        self,
        manifest: Manifest,
        shelves: Mapping[str, Shelf],
        config: Mapping[str, str],
        changed: Changed,
    ) -> None:
        self._manifest = manifest
        self._shelves = shelves
        self._config = config
        self._changed = changed
        self._routes = routes_of(manifest, config)
        self._forms = {
            name: Form(part, manifest.title) for name, part in manifest.resources.items()
        }

    async def answer(self, request: Request, path: str) -> Response:
        """Answer one call; what no manifest knows is a 404."""
        sent = await _sent(request)
        for route in self._routes:
            found = route.follow(request.method, path)
            if found is not None:
                return self._do(_Asked(request, route, found, sent))
        verify = self._manifest.http.verify
        if (request.method, path) == (verify.method, verify.path):
            return JSONResponse({"ok": True, "app": self._manifest.app})
        raise HTTPException(404, f"There is no {request.method} {path}.")

    def _do(self, asked: _Asked) -> Response:
        role = asked.route.role.split(".")[0]
        if role in {"list", "changes", "children", "find"}:
            return self._list(asked)
        acts = {
            "get": self._get,
            "create": self._create,
            "update": self._update,
            "delete": self._delete,
            "link": self._link,
            "words": self._words,
        }
        return acts[role](asked)

    # Reading

    def _list(self, asked: _Asked) -> Response:
        """List what every call of this path together asks for."""
        name = asked.route.resource
        resource = self._manifest.resources[name]
        said: dict[str, str] = dict(asked.found)
        finding: dict[str, str] = {}
        for route in self._routes:
            if (
                route.resource != name
                or route.follow(asked.request.method, asked.request.scope["app_path"]) is None
            ):
                continue
            part = self._said(route, asked)
            if part is None:
                continue
            said |= part
            if route.role.startswith("find.") and "value" in part:
                finding[route.role.removeprefix("find.")] = part["value"]
        records = self._selected(name, said, finding)
        return self._page(asked, resource, records)

    def _said(self, route: Route, asked: _Asked) -> Found | None:
        params = extracted(route.call.params, asked.request.query_params, self._config)
        body = extracted(route.call.body, asked.sent, self._config)
        return None if params is None or body is None else {**params, **body}

    def _told(self, asked: _Asked) -> Found:
        """Return what the path, the query and the body of a call say."""
        return {**asked.found, **(self._said(asked.route, asked) or {})}

    def _selected(
        self, name: str, said: Mapping[str, str], finding: Mapping[str, str]
    ) -> Sequence[Document]:
        parent = said.get("parent.id")
        self._check_parent(self._manifest.resources[name], parent)
        records = self._shelves[name].select(parent=parent, since=self._since(name, said))
        return [
            each
            for each in records
            if all(self._holds(name, each, field, word) for field, word in finding.items())
        ]

    def _since(self, name: str, said: Mapping[str, str]) -> tuple[int, bool] | None:
        rule = self._manifest.resources[name].cursor
        if rule is None or "since" not in said:
            return None
        moment = milliseconds(times.instant(said["since"], rule.param_format, rule.timezone))
        if moment is None:
            raise HTTPException(400, f"{said['since']!r} is no time this app reads.")
        return moment, rule.inclusive

    def _holds(self, name: str, record: Document, field: str, word: str) -> bool:
        value = self._forms[name].named(record["body"]).get(field)
        return value is not None and str(value).casefold() == word.casefold()

    def _page(self, asked: _Asked, resource: OneResource, records: Sequence[Document]) -> Response:
        call = asked.route.call
        assert isinstance(call, ListCall)  # noqa: S101 - roles that read are made of these
        whole = resource.list.paging if resource.list is not None else None
        paging = call.paging or whole or NoPages(type="none")
        page = page_of(asked.request, asked.sent, records, paging)
        body = plant({}, call.records, [each["body"] for each in page.records])
        return JSONResponse(with_token(body, page, paging), headers=dict(page.headers))

    def _get(self, asked: _Asked) -> Response:
        shelf = self._shelves[asked.route.resource]
        record = shelf.seen(asked.found.get("id", "")) or self._named(asked)
        self._check_below(asked, record)
        return self._reply(asked, record)

    # Writing

    def _create(self, asked: _Asked) -> Response:
        name, resource = asked.route.resource, self._manifest.resources[asked.route.resource]
        fields = self._fields(asked, resource)
        for required in resource.required:
            if dig(fields, resource.fields[required].path) in (UNTOLD, None, ""):
                raise HTTPException(422, f"{required} is required.")
        parent = self._parent_of(asked, resource, fields)
        self._check_parent(resource, parent)
        if parent is not None and resource.parent is not None:
            field = resource.fields[resource.parent.field]
            if dig(fields, field.path) is UNTOLD:
                fields = plant(fields, field.path, _as_told(field, parent))
        record = self._shelves[name].add(fields, parent)
        self._changed(name, "created", record)
        return self._reply(asked, record, 201)

    def _update(self, asked: _Asked) -> Response:
        name, resource = asked.route.resource, self._manifest.resources[asked.route.resource]
        record = self._named(asked)
        self._check_version(asked, resource, record)
        fields = self._fields(asked, resource)
        record = self._shelves[name].change(record, fields)
        self._changed(name, "updated", record)
        return self._reply(asked, record)

    def _delete(self, asked: _Asked) -> Response:
        name = asked.route.resource
        record = self._named(asked)
        self._shelves[name].remove(record)
        self._changed(name, "deleted", record)
        return Response(status_code=204)

    def _link(self, asked: _Asked) -> Response:
        name, resource = asked.route.resource, self._manifest.resources[asked.route.resource]
        record = self._named(asked)
        said = self._told(asked)
        parent = said.get("parent.id")
        if parent is None or resource.parent is None:
            raise HTTPException(422, "Nothing says what to link to.")
        self._check_parent(resource, parent)
        field = resource.fields[resource.parent.field]
        body = plant(record["body"], field.path, _as_told(field, parent))
        record = self._shelves[name].join(record, parent, body)
        self._changed(name, "updated", record)
        return JSONResponse({"linked": True}, 201)

    def _words(self, asked: _Asked) -> Response:
        name, resource = asked.route.resource, self._manifest.resources[asked.route.resource]
        record = self._named(asked)
        _, field_name, act = asked.route.role.split(".")
        field = resource.fields[field_name]
        said = self._told(asked)
        form = self._forms[name]
        before = form.named(record["body"]).get(field_name) or ()
        words = {*before} if isinstance(before, tuple) else set()
        words = words | {said["value"]} if act == "add" else words - {said["value"]}
        sent = plant({}, field.path, form.outgoing(field_name, tuple(sorted(words))) or [])
        record = self._shelves[name].change(record, sent)
        self._changed(name, "updated", record)
        return JSONResponse({"done": True})

    # What they stand on

    def _named(self, asked: _Asked) -> Document:
        """Return the record that a call is about. Raises the app's 404."""
        resource = self._manifest.resources[asked.route.resource]
        part, call = resource.id, asked.route.call
        told = self._told(asked).get("id")
        if told is None and part.goes == "query":
            told = asked.request.query_params.get(part.name)
        if told is None:
            wrap = call.wrap if isinstance(call, WriteCall) else ()
            found = dig(asked.sent, (*wrap, *part.path))
            told = None if found is UNTOLD else str(found)
        record = self._shelves[asked.route.resource].get(told or "")
        if record is None:
            raise HTTPException(404, f"{asked.route.resource} {told} was not found.")
        return record

    def _fields(self, asked: _Asked, resource: OneResource) -> Any:
        """Return the fields that were sent, each no longer than the app keeps it."""
        call = asked.route.call
        wrap = call.wrap if isinstance(call, WriteCall) else ()
        fields = dig(asked.sent, wrap)
        if not isinstance(fields, dict):
            raise HTTPException(400, "The body is not the object this app takes.")
        for name, field in resource.fields.items():
            raw = dig(fields, field.path)
            if raw is UNTOLD:
                continue
            if field.readonly:
                raise HTTPException(422, f"{name} cannot be written.")
            if field.max is not None and isinstance(raw, str):
                fields = plant(fields, field.path, raw[: field.max])
        return fields

    def _parent_of(self, asked: _Asked, resource: OneResource, fields: Any) -> str | None:
        if resource.parent is None:
            return None
        said = self._told(asked)
        if "parent.id" in said:
            return said["parent.id"]
        raw = dig(fields, resource.fields[resource.parent.field].path)
        return None if raw in (UNTOLD, None, "") else str(raw)

    def _check_parent(self, resource: OneResource, parent: str | None) -> None:
        if parent is None or resource.parent is None:
            return
        for name, each in self._manifest.resources.items():
            if each.kind == resource.parent.kind and self._shelves[name].get(parent) is None:
                raise HTTPException(404, f"{resource.parent.kind} {parent} was not found.")

    def _check_below(self, asked: _Asked, record: Document) -> None:
        parent = asked.found.get("parent.id")
        if parent is not None and record["parent"] != parent:
            raise HTTPException(404, f"{record['id']} does not belong to {parent}.")

    def _check_version(self, asked: _Asked, resource: OneResource, record: Document) -> None:
        rule = resource.version
        told = asked.request.headers.get(rule.write_header) if rule and rule.write_header else None
        if told is not None and told != self._version(resource, record):
            raise HTTPException(412, "The record was changed since it was read.")

    def _version(self, resource: OneResource, record: Document) -> str:
        rule = resource.version
        if rule is not None and rule.path is not None:
            return str(dig(record["body"], rule.path))
        return self._shelves_version(resource, record)

    def _shelves_version(self, resource: OneResource, record: Document) -> str:
        [shelf] = [each for each in self._shelves.values() if each.resource is resource]
        return shelf.version(record)

    def _reply(self, asked: _Asked, record: Document, status: int = 200) -> Response:
        resource = self._manifest.resources[asked.route.resource]
        call = asked.route.call
        place = call.record if isinstance(call, OneCall) else ()
        headers = {}
        if resource.version is not None and resource.version.header is not None:
            headers[resource.version.header] = self._version(resource, record)
        return JSONResponse(plant({}, place, record["body"]), status, headers)


async def _sent(request: Request) -> Any:
    raw = await request.body()
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        raise HTTPException(400, "The body is no JSON.") from None


def _as_told(field: OneField, parent: str) -> Any:
    numeric = field.sent_as == "number" or field.type is FieldType.NUMBER
    return int(parent) if numeric and parent.isdecimal() else parent
