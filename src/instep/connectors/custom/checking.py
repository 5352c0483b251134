"""What no single part of a manifest can see: that names lead somewhere and placeholders are known."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from instep.connectors.custom.connecting import BasicAuth, OAuth2Auth
from instep.connectors.custom.describing import OneField, OneResource
from instep.connectors.custom.document import Document, Location, Problem
from instep.connectors.custom.manifest import Manifest
from instep.connectors.custom.parts import Call
from instep.connectors.custom.placeholders import names_in, stray_brace
from instep.connectors.custom.wording import nearest
from instep.core.records import FieldType

_Found = Iterator[tuple[Location, str]]


def check(manifest: Manifest, document: Document) -> list[Problem]:
    """Return what is wrong between the parts, in the order of the lines."""
    found = [*_app(manifest)]
    for name, resource in manifest.resources.items():
        found += [(("resources", name, *at), said) for at, said in _resource(manifest, resource)]
    problems = [
        Problem(document.line_of(at), ".".join(map(str, at)), sentence) for at, sentence in found
    ]
    return sorted(problems, key=lambda each: each.line)


def _app(manifest: Manifest) -> _Found:
    config = _config_names(manifest)
    http = manifest.http
    yield from _placeholders(("http", "base_url"), http.base_url, config)
    yield from _placeholders(("http", "headers"), http.headers, config)
    yield from _call(("http", "verify"), http.verify, config)
    if http.verify.method not in ("GET", "POST"):
        yield ("http", "verify", "method"), "the proof of a connection only reads: GET."
    if isinstance(http.auth, OAuth2Auth):
        for name in ("token_url", "authorize_url"):
            url = getattr(http.auth, name) or ""
            yield from _placeholders(("http", "auth", name), url, config)
            if url and not url.startswith(("http://", "https://", "{config.")):
                yield ("http", "auth", name), "it has to be a whole address."
    yield from _secrets(manifest)
    yield from _always_known(manifest)
    kinds = [each.kind for each in manifest.resources.values()]
    for name, resource in manifest.resources.items():
        if kinds.count(resource.kind) > 1:
            yield ("resources", name, "kind"), f"two resources are of the kind {resource.kind}."
    if manifest.webhooks is not None:
        yield from _webhooks(manifest)


def _config_names(manifest: Manifest) -> dict[str, str]:
    """Return the placeholders of settings; the value says why one may not be used."""
    return {
        f"config.{name}": "is a secret: only the sign-in may use it"
        if each.type == "secret"
        else ""
        for name, each in manifest.config.items()
    }


def _always_known(manifest: Manifest) -> _Found:
    """Check that an address is never made of a setting that nobody gave."""
    for name, asked in manifest.config.items():
        if f"config.{name}" in names_in(manifest.http.base_url) and not (
            asked.required or asked.default
        ):
            yield ("config", name), "the address needs it: make it required or give it a default."


def _secrets(manifest: Manifest) -> _Found:
    auth = manifest.http.auth
    if isinstance(auth, OAuth2Auth):
        for name in ("client_id", "client_secret"):
            if name in manifest.config:
                yield ("config", name), "it is asked for by itself; leave it out."
        return
    if isinstance(auth, BasicAuth):
        wanted = {"username": auth.username, "password": auth.password}
    else:
        wanted = {"secret": auth.secret}
    for entry, name in wanted.items():
        if name:
            yield from _is_secret(manifest, ("http", "auth", entry), name)


def _is_secret(manifest: Manifest, at: Location, name: str) -> _Found:
    known = [each for each, asked in manifest.config.items() if asked.type == "secret"]
    if name not in known:
        yield at, f"no setting {name!r} of the type secret is under config{_meant(name, known)}"


def _webhooks(manifest: Manifest) -> _Found:
    if manifest.webhooks is None:
        return
    part, at = manifest.webhooks.inbound, ("webhooks", "inbound")
    yield from _is_secret(manifest, (*at, "auth", "secret"), part.auth.secret)
    named = {("events", event): each for event, each in part.events.items()}
    if part.resource is not None:
        named[("resource",)] = part.resource  # type: ignore[index]  # a place of another depth
    for entry, resource in named.items():
        if resource not in manifest.resources:
            yield (
                (*at, *entry),
                f"there is no resource {resource!r}{_meant(resource, manifest.resources)}",
            )


def _resource(manifest: Manifest, resource: OneResource) -> _Found:
    yield from _names(manifest, resource)
    yield from _calls(manifest, resource)
    if resource.list is None and (resource.parent is None or resource.parent.list is None):
        yield ("list",), "it is missing: without a list nothing is found."
    if resource.list is None and resource.parent and resource.parent.listed_together:
        yield ("list",), "it is missing, though the records are listed together."
    if resource.changes is not None and resource.cursor is None:
        yield ("cursor",), "it is missing: changes are asked for since a time."
    if resource.changes is not None and "since" not in {*_all_names(resource.changes)}:
        yield ("changes",), "nothing in it says {since}, so it would always bring everything."
    if "id" not in {*_all_names(resource.get)}:
        yield ("get",), "nothing in it says {id}."
    for name, call in resource.find.items():
        if "value" not in {*_all_names(call)}:
            yield ("find", name), "nothing in it says {value}."
    if resource.delete is not None and "id" not in {*_all_names(resource.delete)}:
        yield ("delete",), "nothing in it says {id}."
    yield from _update(resource)


def _update(resource: OneResource) -> _Found:
    if resource.update is None:
        return
    named = "id" in {*_all_names(resource.update)}
    if named != (resource.id.goes == "path"):
        where = "say {id} in it" if resource.id.goes == "path" else "leave {id} out of it"
        yield ("update",), f"id.goes is {resource.id.goes}: {where}."


def _names(manifest: Manifest, resource: OneResource) -> _Found:
    """Check that what names a field or a kind names one there is."""
    named = [
        *((("find", name), name) for name in resource.find),
        *((("required", name), name) for name in resource.required),
        *((("archived", name), name) for name in resource.archived),
        *((("lookup", "by"), name) for name in resource.lookup.by),
    ]
    if resource.lookup.made is not None:
        named.append((("lookup", "made"), resource.lookup.made))
    for at, name in named:
        if name not in resource.fields:
            yield at, f"there is no field {name!r}{_meant(name, resource.fields)}"
    if resource.parent is not None:
        yield from _parent(manifest, resource)


def _parent(manifest: Manifest, resource: OneResource) -> _Found:
    parent = resource.parent
    if parent is None:
        return
    kinds = [each.kind for each in manifest.resources.values()]
    if parent.kind not in kinds:
        said = f"no resource is of the kind {parent.kind!r}{_meant(parent.kind, kinds)}"
        yield ("parent", "kind"), said
    known = [name for name, each in resource.fields.items() if each.link == parent.kind]
    if parent.field not in known:
        yield (
            ("parent", "field"),
            f"no field {parent.field!r} is a link to {parent.kind}{_meant(parent.field, known)}",
        )


def _calls(manifest: Manifest, resource: OneResource) -> _Found:
    config = _config_names(manifest)
    below = {"parent.id": ""} if resource.parent is not None else {}
    record = {f"record.{name}": "" for name in resource.fields}
    reading = {**config, **below, "page.size": ""}
    for name, call in resource.reading.items():
        here = {"changes": {"since": ""}, "find": {"value": ""}}.get(name.split(".")[0], {})
        at = ("parent", "list") if name == "children" else tuple(name.split("."))
        yield from _call(at, call, {**reading, **here})
    one = {**config, **below, "id": ""}
    yield from _call(("get",), resource.get, one)
    if resource.create is not None:
        yield from _call(("create",), resource.create, {**config, **below, **record})
    if resource.update is not None:
        yield from _call(("update",), resource.update, {**one, **record})
    if resource.delete is not None:
        yield from _call(("delete",), resource.delete, one)
    if resource.parent is not None and resource.parent.link is not None:
        yield from _call(("parent", "link"), resource.parent.link, one)
    for name, field in resource.fields.items():
        yield from _field(("fields", name), field, one)


def _field(at: Location, field: OneField, one: dict[str, str]) -> _Found:
    for name, call in (("add", field.add), ("remove", field.remove)):
        if call is not None:
            yield from _call((*at, name), call, {**one, "value": ""})
    if field.type is FieldType.HTML and field.max is not None:
        yield (*at, "max"), "how much text fits HTML depends on its marks; leave max out."


def _call(at: Location, call: Call, known: dict[str, str]) -> _Found:
    for entry in ("path", "params", "headers", "body"):
        yield from _placeholders((*at, entry), getattr(call, entry), known)


def _placeholders(at: Location, template: Any, known: dict[str, str]) -> _Found:
    for name in names_in(template):
        if name not in known:
            yield at, f"{{{name}}} means nothing here{_meant(name, known)}"
        elif known[name]:
            yield at, f"{{{name}}} {known[name]}."
    if stray_brace(template) is not None:
        yield at, "it has a brace that belongs to no placeholder."


def _all_names(call: Call) -> Iterator[str]:
    for entry in (call.path, call.params, call.headers, call.body):
        yield from names_in(entry)


def _meant(word: str, known: Collection[str]) -> str:
    close = nearest(word, known)
    if close is not None:
        return f"; did you mean {close}?"
    return f"; there are {', '.join(sorted(known))}." if known else "."
