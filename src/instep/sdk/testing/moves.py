"""The engine's moves in small: what the contract suite is written in."""
# ruff: noqa: S101 - asserting is what a test suite does

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from instep.core.normalise import normalise
from instep.core.records import Field, FieldType, Record, Value, Values, Write
from instep.sdk.client import Client
from instep.sdk.limits import Purpose
from instep.sdk.request import Request
from instep.sdk.resource import Resource

_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


async def create(client: Client, resource: Resource, values: Values) -> Record:
    """Create a record, below its parent if it has one, and read it, so that its version is known."""
    created = resource.created(await client.send(resource.create(values), Purpose.WRITE))
    for request in joining(resource, created.id):
        await client.send(request, Purpose.WRITE)
    return await get(client, resource, created.id)


def joining(resource: Resource, record_id: str) -> Sequence[Request]:
    """Return the calls that put a new record below its parent, where no create can name it."""
    parent, parent_id = resource.parent, resource.parent_id
    later = {field.name for field in resource.fields if field.update_only}
    if parent is None or parent_id is None or parent.field not in later:
        return ()
    return resource.update(record_id, Write(set={parent.field: parent_id}), None)


async def get(client: Client, resource: Resource, record_id: str) -> Record:
    """Read one record."""
    return resource.record(await client.send(resource.get(record_id)))


async def update(client: Client, resource: Resource, record: Record, write: Write) -> Values:
    """Send a write to a record as it was read; return the values the app named in its answer."""
    requests = resource.update(record.id, write, record.version)
    replies = [await client.send(request, Purpose.WRITE) for request in requests]
    return resource.updated(replies)[0]


async def find(client: Client, resource: Resource, key: str, value: str) -> Sequence[Record]:
    """Search by one key."""
    request = resource.find(key, value)
    assert request is not None
    return list(resource.records(await client.send(request)))


async def walk(
    client: Client, resource: Resource, first: Request | None = None
) -> list[Sequence[Record]]:
    """Read page after page, each page token written down and read again in between."""
    pages: list[Sequence[Record]] = []
    request: Request | None = first or resource.list()
    while request is not None:
        request = written_down(request)
        reply = await client.send(request)
        pages.append(resource.records(reply))
        request = resource.next(request, reply)
    return pages


def written_down(request: Request) -> Request:
    """Return the request as it comes back from a checkpoint."""
    return Request.load(json.loads(json.dumps(request.dump())))


def ids_of(pages: Sequence[Sequence[Record]]) -> set[str]:
    """Return the ids on some pages."""
    return {record.id for page in pages for record in page}


def alike(resource: Resource, values: Values, names: Iterable[str]) -> dict[str, Value]:
    """Return the named fields in the form that is compared."""
    wanted, country = {*names}, resource.account.country
    return {
        field.name: normalise(values.get(field.name), field, country)
        for field in resource.fields
        if field.name in wanted
    }


async def with_custom_fields(client: Client, resource: Resource) -> Resource:
    """Return the resource as the engine opens it once it has asked for the custom fields."""
    request = resource.ask_custom_fields()
    assert request is not None
    fields = tuple(resource.custom_fields(await client.send(request)))
    assert fields, "the emulator has no custom fields"
    account = replace(resource.account, custom={resource.canonical: fields})
    return type(resource)(account, resource.parent_id)


def custom_sample(field: Field) -> Value:
    """Return a value that a custom field of this type can hold, in the form that is compared."""
    words = [ours for _, ours in field.choices]
    if field.type is FieldType.WORDS:
        return tuple(sorted(word.lower() for word in words[:2]))
    return words[0] if words else _SAMPLES[field.type]


_SAMPLES: dict[FieldType, Value] = {
    FieldType.TEXT: "Line 7 & more",
    FieldType.LONG_TEXT: "One line\nand another",
    FieldType.EMAIL: "ann@example.com",
    FieldType.PHONE: "+14155550123",
    FieldType.DATE: "2026-03-04",
    FieldType.MOMENT: "2026-03-04T15:00:00.000Z",
    FieldType.NUMBER: "1250.5",
    FieldType.BOOLEAN: True,
}


def said(default: str | None, chosen: Value) -> Value:
    """Return what stands in for an empty required field: its default, or what a person chose."""
    if default is None:
        return chosen
    if not default.startswith("+"):
        return default
    return iso(datetime.now(UTC) + int(default[1:-1]) * _UNITS[default[-1]])


def moment_of(record: Record) -> datetime:
    """Return when the app says the record changed."""
    assert record.changed_at is not None
    return datetime.fromisoformat(record.changed_at)


def iso(moment: datetime) -> str:
    """Return a moment as the engine writes a cursor."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
