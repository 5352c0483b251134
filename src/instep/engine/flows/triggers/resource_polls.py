"""Polls of connectors: a resource's new and changed records, as canonical fields."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from instep.core.errors import UserError
from instep.core.flow.arrivals import Watch
from instep.core.normalise import normalise
from instep.core.records import Field, FieldType, Record, Value
from instep.engine import app_time
from instep.engine.clients import Clients, Reached
from instep.engine.flows.triggers.polling import Polled
from instep.engine.flows.triggers.progress import Page, Progress, follow
from instep.sdk import custom
from instep.sdk.clock import Clock
from instep.sdk.limits import Purpose
from instep.sdk.request import Request
from instep.sdk.resource import Resource

_CHANGED = ".changed"
CUSTOM = custom.PREFIX.rstrip(".")
"""Under this name an item has the account's own fields, by their names."""


def watched_resources(resources: Sequence[type[Resource]]) -> Mapping[str, type[Resource]]:
    """Return the resources that can be polled, by the operation that does it: `contact.changed`."""
    return {
        f"{each.canonical}{_CHANGED}": each
        for each in resources
        if each.kept or not each.write_only
    }


def parent_input(kind: type[Resource]) -> str | None:
    """Return the input that says whose records are read; None where all are read together."""
    parent = kind.parent
    return None if parent is None or parent.listed_together else parent.field


class ResourcePolls:
    """Reads the resources of connections for triggers. Deletions are not told."""

    def __init__(self, clients: Clients, clock: Clock) -> None:
        self._clients = clients
        self._clock = clock

    async def pages(
        self,
        reached: Reached,
        kind: type[Resource],
        inputs: Mapping[str, Any],
        cursor: str | None,
    ) -> AsyncIterator[Polled]:
        """Yield the pages of one poll. Raises UserError without the parent, and what the app says."""
        resource = await self._open(reached, kind, inputs)

        async def read(at: Progress) -> Page:
            return await self._read(reached, resource, at)

        async for page in follow(Progress.load(cursor), read):
            yield page

    async def _open(
        self, reached: Reached, kind: type[Resource], inputs: Mapping[str, Any]
    ) -> Resource:
        # which of the account's own fields the steps read is not known here: all of them
        resource = await self._clients.resource(reached, kind, custom.PREFIX)
        name = parent_input(kind)
        if name is None:
            return resource
        parent_id = inputs.get(name)
        if not isinstance(parent_id, (str, int)) or parent_id == "":
            raise UserError(f"{kind.canonical}{_CHANGED} needs {name}: whose records are read.")
        return resource.under(str(parent_id))

    async def _read(self, reached: Reached, resource: Resource, at: Progress) -> Page:
        request = _request(resource, at)
        reply = await reached.client.send(request, Purpose.READ)
        records = resource.records(reply)
        following = resource.next(request, reply)
        country = reached.account.country
        return Page(
            [item_of(each, resource.fields, country) for each in records],
            _watch(resource, records),
            app_time.began(reply, resource.cursor.overlap_seconds, self._clock.now()),
            None if following is None else following.dump(),
            slips=not resource.cursor.ordered,
        )


def item_of(record: Record, fields: Sequence[Field], country: str | None) -> dict[str, Any]:
    """Return a record as steps read it: `id`, its canonical fields, `changed_at` and `version`.

    A field that was not read is not there. Custom fields stand under `custom`.
    """
    item: dict[str, Any] = {"id": record.id}
    own: dict[str, Any] = {}
    for each in fields:
        if each.name in record.values:
            value = _plain(record.values[each.name], each, country)
            place = own if each.name.startswith(custom.PREFIX) else item
            place[each.name.removeprefix(custom.PREFIX)] = value
    if own:
        item[CUSTOM] = own
    told = {"changed_at": record.changed_at, "version": record.version}
    return item | {name: value for name, value in told.items() if value is not None}


def _plain(raw: Value, field: Field, country: str | None) -> Any:
    """Return a value in its canonical form, as JSON has it: words as a list, a number as one."""
    value = normalise(raw, field, country)
    if isinstance(value, tuple):
        return list(value)
    if field.type is FieldType.NUMBER and isinstance(value, str):
        return _number(value)
    return value


def _number(text: str) -> float | str:
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _request(resource: Resource, at: Progress) -> Request:
    if at.following is not None:
        return Request.load(at.following)
    if at.since is None or not resource.cursor.since:
        return resource.list()
    return resource.changes(at.since)


def _watch(resource: Resource, records: Sequence[Record]) -> Watch:
    """Return what the records are known by.

    An app's own version says most: two changes may have the same time. But of an index that is
    behind the records only a time tells which of two states is the newer one.
    """
    versioned = any(each.version is not None for each in records) and not resource.cursor.late
    return Watch(("id",), ("version",) if versioned else ("changed_at",))
