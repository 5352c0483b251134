"""Whether a record that a step made is there, though nobody heard the app say so."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from instep.core.normalise import normalise
from instep.core.records import Field, Identity, Record, Values
from instep.engine.clients import Reached
from instep.engine.flows.actions.calling import Call
from instep.engine.flows.actions.finds import Finds, unknown
from instep.engine.flows.actions.record_values import Given
from instep.engine.looking_up import shortly_before
from instep.sdk.limits import Purpose
from instep.sdk.request import Request
from instep.sdk.resource import Resource

_PAGES = 20
"""How many pages are looked through for one record."""


class RecordLookUps:
    """Finds the records that creates made; one per process, as it knows whose a record is."""

    def __init__(self, finds: Finds) -> None:
        self._finds = finds

    def remember(self, call: Call, record_id: str) -> None:
        """Take note of what a call made, so that no other call takes it for its own."""
        self._finds.claim(call, record_id)

    async def find(
        self, reached: Reached, resource: Resource, given: Given, call: Call
    ) -> Record | None:
        """Return the record that a create made; None if it is not there.

        Raises OutcomeUnknown where that cannot be told, RetryLater while it is too early.
        """
        if resource.write_only and not resource.kept:
            raise unknown(call, f"{reached.connector.title} cannot be read")
        self._finds.wait(call, resource.lookup.settle_seconds)
        written, begun = given.write.set, datetime.fromtimestamp(call.begun_at / 1000, UTC)
        keys = _keys(resource, written)
        if keys:
            found = await _with_key(reached, resource, keys, written, call)
            return self._by_key(resource, found, written, call)
        if not resource.lookup.by:
            raise unknown(call, "its records cannot be told apart")
        async for record in _listed(reached, resource, call):
            sent_at = _sent_at(resource, record, begun)
            if resource.recognises(written, record, sent_at) and self._finds.claim(call, record.id):
                return record
        return None

    def _by_key(
        self, resource: Resource, found: Sequence[Record], written: Values, call: Call
    ) -> Record | None:
        """Return the one that is as it was written. Another with its key may be anybody's."""
        fields = {each.name: each for each in resource.fields}
        country = resource.account.country
        for record in found:
            held = [
                _same(fields[name], written, record, country)
                for name in written
                if name in fields and name in record.values
            ]
            if all(held) and self._finds.claim(call, record.id):
                return record
        if found:
            raise unknown(call, "a record with its key is there, but not as it was written")
        return None


def _sent_at(resource: Resource, record: Record, begun: datetime) -> datetime:
    """Return when a record was sent if it is ours: when it was made, but not before the call began.

    A later attempt may have made it, hours after the first one.
    """
    made = record.values.get(resource.lookup.made) if resource.lookup.made else None
    if not isinstance(made, str):
        return begun
    moment = datetime.fromisoformat(made)
    return max(begun, moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _keys(resource: Resource, written: Values) -> list[Field]:
    """Return the fields a record is known by, the surest first."""
    ranks = (Identity.STRONG, Identity.WEAK)
    return [
        field
        for rank in ranks
        for field in resource.fields
        if field.identity is rank and written.get(field.name)
    ]


def _same(field: Field, written: Values, record: Record, country: str | None) -> bool:
    wanted = normalise(written.get(field.name), field, country)
    return wanted == normalise(record.values.get(field.name), field, country)


async def _with_key(
    reached: Reached, resource: Resource, keys: Sequence[Field], written: Values, call: Call
) -> Sequence[Record]:
    """Return the records with the surest key that can be searched by, else among what is new."""
    country = resource.account.country
    for field in keys:
        request = resource.find(field.name, str(written[field.name]))
        if request is not None:
            reply = await reached.client.send(request, Purpose.READ)
            read = resource.records(reply)
            return [each for each in read if _same(field, written, each, country)]
    new = [each async for each in _listed(reached, resource, call)]
    return [each for each in new if _same(keys[0], written, each, country)]


async def _listed(reached: Reached, resource: Resource, call: Call) -> AsyncIterator[Record]:
    """Yield the parent's records, or what is new. Raises OutcomeUnknown where it is too much."""
    request: Request | None = _first(resource, call)
    for _ in range(_PAGES):
        if request is None:
            return
        reply = await reached.client.send(request, Purpose.READ)
        for record in resource.records(reply):
            yield record
        request = resource.next(request, reply)
    if request is not None:
        raise unknown(call, "there are more records than can be looked through")


def _first(resource: Resource, call: Call) -> Request:
    """Return where to begin: what is linked to its parent later may not stand below it yet."""
    if resource.parent_id is not None and not resource.links_later:
        return resource.list()
    return type(resource)(resource.account).changes(shortly_before(call.begun_at))
