"""Ask the app itself whether what a connector says of it holds. Calls that only read, and few."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from instep.core.errors import ConnectionBroken, InstepError
from instep.core.normalise import normalise
from instep.core.records import Field, FieldType, Identity, Record
from instep.sdk.client import Client
from instep.sdk.connector import Connector
from instep.sdk.limits import Purpose
from instep.sdk.request import Reply, Request
from instep.sdk.resource import Account, Resource

PARENTS = 3
"""Parents whose children are looked at, where these are listed one parent at a time."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried. `holds` None: nothing there shows it."""

    resource: str
    what: str
    holds: bool | None
    said: str


@dataclass(frozen=True, slots=True)
class _Page:
    resource: Resource
    request: Request
    reply: Reply
    records: Sequence[Record]


async def verify(connector: Connector, account: Account, client: Client) -> AsyncIterator[Finding]:
    """Try everything that can be tried by reading, and tell each as soon as it is known."""
    try:
        await client.send(connector.verify(account), Purpose.PERSON)
    except InstepError as error:
        yield Finding("", "sign-in", holds=False, said=str(error))
        return
    yield Finding("", "sign-in", holds=True, said=f"{connector.title} takes the credential.")
    for kind in connector.resources:
        try:
            async for finding in _of_resource(connector, kind(account), client):
                yield finding
        except ConnectionBroken as error:
            yield Finding(kind.name, "list", holds=False, said=str(error))
        except InstepError as error:
            yield Finding(kind.name, "reading", holds=False, said=str(error))


async def _of_resource(
    connector: Connector, resource: Resource, client: Client
) -> AsyncIterator[Finding]:
    page = await _first_page(connector, resource, client)
    if page is None or not page.records:
        yield Finding(resource.name, "list", None, "There is nothing in it to look at.")
        return
    yield Finding(
        resource.name, "list", holds=True, said=f"The first page has {len(page.records)}."
    )
    yield await _paging(page, client)
    yield await _get(page, client)
    for finding in await _changes(page, client):
        yield finding
    for field in resource.fields:
        yield _field(page, field)
        if field.identity in (Identity.STRONG, Identity.WEAK):
            found = await _find(page, field, client)
            if found is not None:
                yield found


async def _first_page(connector: Connector, resource: Resource, client: Client) -> _Page | None:
    """Return the first page with something in it; of some parents' children, where it takes one."""
    parent = resource.parent
    if parent is None or parent.listed_together:
        return await _page(resource, resource.list(), client)
    above = connector.resource(parent.kind)(resource.account)
    parents = await _page(above, above.list(), client)
    page: _Page | None = None
    for each in parents.records[:PARENTS]:
        below = resource.under(each.id)
        page = await _page(below, below.list(), client)
        if page.records:
            return page
    return page


async def _page(resource: Resource, request: Request, client: Client) -> _Page:
    reply = await client.send(request, Purpose.PERSON)
    return _Page(resource, request, reply, resource.records(reply))


async def _paging(page: _Page, client: Client) -> Finding:
    resource, name = page.resource, page.resource.name
    following = resource.next(page.request, page.reply)
    if following is None:
        return Finding(name, "paging", None, "Everything is on one page; nothing to follow.")
    second = await _page(resource, following, client)
    first = {record.id for record in page.records}
    fresh = [record for record in second.records if record.id not in first]
    if fresh:
        return Finding(
            name, "paging", holds=True, said=f"The second page brings {len(fresh)} others."
        )
    if not second.records or resource.next(following, second.reply) is None:
        return Finding(name, "paging", None, "The second page is empty: the first was just full.")
    return Finding(name, "paging", holds=False, said="The second page is the first once more.")


async def _get(page: _Page, client: Client) -> Finding:
    resource, wanted = page.resource, page.records[0]
    reply = await client.send(resource.get(wanted.id), Purpose.PERSON)
    got = resource.record(reply)
    if got.id != wanted.id:
        said = f"Asked for {wanted.id}, it answers with {got.id}."
        return Finding(resource.name, "get", holds=False, said=said)
    told = [name for name, value in got.values.items() if value is not None]
    if not told:
        return Finding(
            resource.name, "get", holds=False, said="The record comes without any field."
        )
    return Finding(
        resource.name, "get", holds=True, said=f"{wanted.id} comes with {len(told)} fields."
    )


async def _changes(page: _Page, client: Client) -> list[Finding]:
    """Ask for changes since tomorrow: what honours the time has none."""
    resource, name = page.resource, page.resource.name
    if not resource.cursor.since:
        return [
            Finding(name, "changes", None, "It cannot tell what changed; all is read each time.")
        ]
    untold = [record for record in page.records if record.changed_at is None]
    if untold:
        said = f"{len(untold)} of {len(page.records)} records do not say when they changed."
        return [Finding(name, "changes", holds=False, said=said)]
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    later = await _since(page, tomorrow, client)
    if later:
        said = f"Asked for changes since tomorrow it brings {len(later)}: the time is ignored."
        return [Finding(name, "changes", holds=False, said=said)]
    return [Finding(name, "changes", *await _brings(page, client))]


async def _brings(page: _Page, client: Client) -> tuple[bool | None, str]:
    """Ask for what changed since shortly before one record did: it has to be among them."""
    record = page.records[0]
    try:
        moment = datetime.fromisoformat(record.changed_at or "")
    except ValueError:
        return False, f"{record.changed_at!r} is no time; check the format."
    since = await _since(page, moment - timedelta(seconds=2), client)
    if any(each.id == record.id for each in since):
        return True, "Changes since a time are told, and none since tomorrow."
    if since:
        return None, "None since tomorrow; the record looked for is not on the first page."
    return False, "A record that changed after the time is not among them."


async def _since(page: _Page, moment: datetime, client: Client) -> Sequence[Record]:
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (await _page(page.resource, page.resource.changes(text), client)).records


async def _find(page: _Page, field: Field, client: Client) -> Finding | None:
    for record in page.records:
        value = record.values.get(field.name)
        if not isinstance(value, str) or not value:
            continue
        request = page.resource.find(field.name, value)
        if request is None:
            return None
        found = await _page(page.resource, request, client)
        holds, said = _is_found(found, field, record)
        return Finding(page.resource.name, f"find by {field.name}", holds=holds, said=said)
    return None


def _is_found(found: _Page, field: Field, wanted: Record) -> tuple[bool, str]:
    country = found.resource.account.country
    value = normalise(wanted.values[field.name], field, country)
    others = [
        each
        for each in found.records
        if normalise(each.values.get(field.name), field, country) not in (value, None)
    ]
    if others:
        return False, f"It brings {len(others)} records with another value: the value is ignored."
    if not any(each.id == wanted.id for each in found.records):
        return False, "The record is not found by it."
    return True, f"{len(found.records)} found by it."


def _field(page: _Page, field: Field) -> Finding:
    """Say in how many records a field is filled, and whether what stands there is of its type."""
    name, country = page.resource.name, page.resource.account.country
    filled = [
        value for record in page.records if (value := record.values.get(field.name)) is not None
    ]
    if not filled:
        said = f"It is empty in all {len(page.records)} records; check its path."
        return Finding(name, field.name, None, said)
    odd = [value for value in filled if not _fits(normalise(value, field, country), field)]
    if odd:
        said = f"{len(odd)} of {len(filled)} values are no {field.type.value}."
        return Finding(name, field.name, holds=False, said=said)
    said = f"It is filled in {len(filled)} of {len(page.records)} records."
    return Finding(name, field.name, holds=True, said=said)


_SHAPES = {
    FieldType.EMAIL: r"[^@\s]+@[^@\s]+",
    FieldType.PHONE: r".*\d.*\d.*\d.*",
    FieldType.DATE: r"\d{4}-\d{2}-\d{2}",
    FieldType.MOMENT: r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z",
    FieldType.NUMBER: r"-?\d+(\.\d+)?",
}


def _fits(value: object, field: Field) -> bool:
    shape = _SHAPES.get(field.type)
    if shape is not None:
        return isinstance(value, str) and re.fullmatch(shape, value, re.DOTALL) is not None
    if field.choices:
        ours = {word.casefold() for _, word in field.choices}
        words = value if isinstance(value, tuple) else (value,)
        return all(str(word).casefold() in ours for word in words)
    return True
