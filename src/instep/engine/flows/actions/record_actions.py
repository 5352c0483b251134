"""What a flow can do with the records of an app that is no catalogue: by kind and verb.

`contact.create`, `task.update`, `note.find` …, their inputs by canonical field names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from instep.core.errors import UserError
from instep.core.flow.offer import Input, OfferedAction
from instep.core.flow.problems import nearest
from instep.core.records import Field, FieldType
from instep.core.template import Kind, Shape
from instep.sdk.connector import Connector
from instep.sdk.resource import Account, Resource

Verb = Literal["create", "update", "delete", "get", "find"]

VERBS: tuple[Verb, ...] = get_args(Verb)
REMOVE = "remove_"
"""Before the name of a field of words: the input with the words to take away."""

_KINDS: Mapping[FieldType, Kind] = {
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.BOOLEAN: Kind.BOOLEAN,
    FieldType.CONSENT: Kind.BOOLEAN,
    FieldType.DATE: Kind.DATE,
    FieldType.MOMENT: Kind.MOMENT,
    FieldType.WORDS: Kind.LIST,
}
_TAKEN: Mapping[FieldType, Kind] = {
    **_KINDS,
    FieldType.DATE: Kind.TIME,
    FieldType.MOMENT: Kind.TIME,
    FieldType.WORDS: Kind.ANY,  # a list, or a text with commas
}
_TEXT = Shape(Kind.TEXT)
_EFFECTS: Mapping[Verb, Literal["read", "write", "destructive"]] = {
    "create": "write",
    "update": "write",
    "delete": "destructive",
    "get": "read",
    "find": "read",
}


@dataclass(frozen=True, slots=True)
class RecordAction:
    """One thing to do with records of one kind."""

    kind: type[Resource]
    verb: Verb


def action_named(connector: Connector, account: Account, operation: str) -> RecordAction:
    """Return what an operation of a connector means. Raises UserError that names the nearest."""
    canonical, _, verb = operation.rpartition(".")
    for kind in connector.resources:
        for each in VERBS if kind.canonical == canonical else ():
            if each == verb and _can(kind(account), each):
                return RecordAction(kind, each)
    known = [name_of(each) for each in actions_of(connector, account)]
    raise UserError(
        f"{connector.title} has no operation {operation!r}. {nearest(operation, known)}"
    )


def name_of(action: RecordAction) -> str:
    """Return the operation's name."""
    return f"{action.kind.canonical}.{action.verb}"


def actions_of(connector: Connector, account: Account) -> Iterator[RecordAction]:
    """Yield what can be done with an app's records."""
    for kind in connector.resources:
        resource = kind(account)
        for verb in VERBS:
            if _can(resource, verb):
                yield RecordAction(kind, verb)


def _can(resource: Resource, verb: Verb) -> bool:
    """Whether a resource can do something. What it describes is asked; nothing is sent."""
    match verb:
        case "create":
            return not resource.readonly and resource.creates
        case "update":
            return not resource.readonly and resource.updates
        case "delete":
            return not resource.readonly and _somewhere(resource).delete("0") is not None
        case "get":
            return resource.kept or not resource.write_only
        case "find":
            return bool(found_by(resource))


def found_by(resource: Resource) -> tuple[str, ...]:
    """Return the fields that records can be found by."""
    if resource.write_only and not resource.kept:
        return ()
    below = _somewhere(resource)
    samples = {FieldType.NUMBER: "1", FieldType.EMAIL: "a@example.com"}
    return tuple(
        each.name
        for each in resource.fields
        if below.find(each.name, samples.get(each.type, "1")) is not None
    )


def _somewhere(resource: Resource) -> Resource:
    return resource if resource.parent is None else resource.under("0")


def offered(resource: Resource, verb: Verb) -> OfferedAction:
    """Return what an action takes, and what it gives: the id, and the fields by canonical name."""
    scopes = resource.read_scopes if _EFFECTS[verb] == "read" else resource.write_scopes
    record = Shape(Kind.OBJECT, {"id": _TEXT, **_shapes(resource)}, more=True)
    match verb:
        case "find":
            found = {"records": Shape(Kind.LIST, items=record), "count": Shape(Kind.NUMBER)}
            output = Shape(Kind.OBJECT, found)
        case "delete":
            output = Shape(Kind.OBJECT, {"id": _TEXT})
        case _:
            output = record
    return OfferedAction(dict(_inputs(resource, verb)), output, _EFFECTS[verb], scopes)


def _shapes(resource: Resource) -> dict[str, Shape]:
    return {each.name: _shape(each, _KINDS) for each in resource.fields}


def _shape(field: Field, kinds: Mapping[FieldType, Kind]) -> Shape:
    kind = kinds.get(field.type, Kind.TEXT)
    return Shape(kind, items=_TEXT if kind is Kind.LIST else None)


def _inputs(resource: Resource, verb: Verb) -> Iterator[tuple[str, Input]]:
    """Yield the inputs by name."""
    if verb in {"update", "delete", "get"}:
        yield "id", Input(_TEXT, required=True)
    if verb == "find":
        yield "field", Input(_TEXT, required=True, allowed=found_by(resource))
        yield "value", Input(_TEXT, required=True)
    must = {each.field for each in resource.required if each.default is None}
    for field in written_fields(resource, verb):
        needed = verb == "create" and field.name in must
        # an expression is filled in later: of the allowed words only those written out are checked
        allowed = tuple(ours for _, ours in field.choices)
        yield field.name, Input(_shape(field, _TAKEN), needed, allowed)
        if verb == "update" and field.type is FieldType.WORDS and not field.whole:
            yield f"{REMOVE}{field.name}", Input(_shape(field, _TAKEN))
    parent = resource.parent
    if parent is not None:
        needed = parent.required if verb == "create" else not parent.listed_together
        yield parent.field, Input(_TEXT, needed)


def written_fields(resource: Resource, verb: Verb) -> tuple[Field, ...]:
    """Return the fields that an action can write."""
    if verb not in {"create", "update"}:
        return ()
    return tuple(
        each
        for each in resource.fields
        if not each.readonly and not (verb == "update" and each.create_only)
    )
