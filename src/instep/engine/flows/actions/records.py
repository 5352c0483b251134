"""The records of every other app for steps: made, changed, deleted, read and found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from instep.core.errors import Gone, InstepError, OutcomeUnknown, RecordRejected, RetryLater
from instep.core.records import Record, Values, Write
from instep.engine.clients import Reached
from instep.engine.flows.actions.calling import Arrived, Call
from instep.engine.flows.actions.record_actions import Verb, action_named
from instep.engine.flows.actions.record_look_ups import RecordLookUps
from instep.engine.flows.actions.record_values import Given, given, searched
from instep.engine.operation_services import Line, described
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.sdk.custom import PREFIX
from instep.sdk.kept import PREFIX as KEPT
from instep.sdk.limits import Purpose
from instep.sdk.request import Request
from instep.sdk.resource import Resource


class OpensResources(Protocol):
    """Opens a resource with the fields that its account made itself."""

    async def resource(self, reached: Reached, kind: type[Resource], naming: Any) -> Resource:
        """Open one resource of a connection."""


@dataclass(frozen=True, slots=True)
class Doing:
    """One call of a record action: on what, and what was given."""

    reached: Reached
    call: Call
    verb: Verb
    resource: Resource
    given: Given

    @property
    def below(self) -> Resource:
        """The resource as it reaches the record: below its parent where one was named."""
        parent_id = self.given.parent_id
        return self.resource if parent_id is None else self.resource.under(parent_id)

    @property
    def first_values(self) -> Values:
        """What a create sends: all but what the app takes only once the record is there."""
        return {name: each for name, each in self.given.write.set.items() if name not in self.late}

    @property
    def late(self) -> frozenset[str]:
        """What is written once the record is there."""
        wanted = self.given.write.set
        return frozenset(
            each.name for each in self.resource.fields if each.update_only and each.name in wanted
        )


class Records:
    """Carries out record actions over the connections of every app with resources."""

    def __init__(self, opens: OpensResources, look_ups: RecordLookUps, clock: Clock) -> None:
        self._opens = opens
        self._look_ups = look_ups
        self._clock = clock

    async def call(self, reached: Reached, call: Call) -> Any:
        """Carry a call out; return the record, or the records that were found."""
        doing = await self._doing(reached, call)
        match doing.verb:
            case "create":
                return await self._create(doing)
            case "update":
                return await _update(doing)
            case "delete":
                await reached.client.send(_deletion(doing), Purpose.WRITE)
                return {"id": doing.given.record_id}
            case "get":
                reply = await reached.client.send(_request(doing), Purpose.READ)
                return told(doing.below.record(reply))
            case "find":
                reply = await reached.client.send(_request(doing), Purpose.READ)
                records = [told(each) for each in doing.below.records(reply)]
                return {"records": records, "count": len(records)}

    async def find_out(self, reached: Reached, call: Call) -> Arrived | None:
        """Look up what became of a call whose answer was lost."""
        doing = await self._doing(reached, call)
        match doing.verb:
            case "create" if reached.connector.idempotency_header is not None:
                return None  # the app itself knows the second by the key of the first
            case "create":
                found = await self._look_ups.find(reached, doing.below, doing.given, call)
                return None if found is None else Arrived(told(found))
            case "delete":
                return await _delete_again(doing)
            case "update" if doing.late:
                return await _linked(doing)
            case _:
                # an update sets what it set, and adds words that are there once
                return None

    async def describe(self, reached: Reached, call: Call) -> Sequence[Mapping[str, Any]]:
        """Return the requests, their secrets hidden."""
        doing = await self._doing(reached, call)
        line = Line(reached.connector, reached.account, reached.client)
        told_ones = [_described(line, each) for each in _requests(doing)]
        if doing.verb == "create":
            note = f"{_NEW} stands for the id that the app gives to the record."
            told_ones[1:] = [{**each, "note": note} for each in told_ones[1:]]
        return told_ones

    async def _doing(self, reached: Reached, call: Call) -> Doing:
        action = action_named(reached.connector, reached.account, call.operation)
        # later steps may read any field of a record, so its custom ones are always asked for
        naming = None if action.verb == "delete" else PREFIX
        resource = await self._opens.resource(reached, action.kind, naming)
        now_ms = to_ms(self._clock.now())
        return Doing(
            reached, call, action.verb, resource, given(resource, action.verb, call.inputs, now_ms)
        )

    async def _create(self, doing: Doing) -> Any:
        reached = doing.reached
        made = doing.below.created(await reached.client.send(_request(doing), Purpose.WRITE))
        self._look_ups.remember(doing.call, made.id)
        if not doing.late:
            return told(made, doing.given.write.set)
        late = {name: doing.given.write.set[name] for name in doing.late}
        try:
            for each in doing.below.update(made.id, Write(set=late), made.version):
                await reached.client.send(each, Purpose.WRITE)
        except InstepError as error:
            names = " and ".join(sorted(late))
            raise RecordRejected(
                f"It was made as {made.id}, but its {names} could not be written: {error} "
                "Complete it there; doing the step again would make a second."
            ) from error
        return told(made, doing.given.write.set)


def told(record: Record, written: Values | None = None) -> dict[str, Any]:
    """Return a record as later steps read it. What the app did not tell is as it was written."""
    values = {**(written or {}), **record.values}
    plain = {name: [*each] if isinstance(each, tuple) else each for name, each in values.items()}
    return {"id": record.id, **plain}


async def _update(doing: Doing) -> Any:
    """Send an update; what the app does not tell of the record is as it was written."""
    client, write = doing.reached.client, doing.given.write
    replies = [await client.send(each, Purpose.WRITE) for each in _requests(doing)]
    values, _ = doing.below.updated(replies) if replies else ({}, None)
    return told(Record(_id(doing), values), write.set)


async def _delete_again(doing: Doing) -> Arrived:
    """Delete once more, which is harmless: what is gone counts as deleted."""
    try:
        await doing.reached.client.send(_deletion(doing), Purpose.WRITE)
    except Gone:
        return Arrived({"id": doing.given.record_id})
    except OutcomeUnknown as error:
        raise RetryLater(str(error), error.at) from error
    return Arrived({"id": doing.given.record_id})


def _requests(doing: Doing) -> Sequence[Request]:
    """Return every request of a call, in order, as far as they are known before an answer."""
    if doing.verb == "update":
        if not doing.given.write:
            raise RecordRejected("There is nothing to change: give at least one field.")
        return doing.below.update(_id(doing), doing.given.write, None)
    if doing.verb == "create" and doing.late:
        late = {name: doing.given.write.set[name] for name in doing.late}
        return [_request(doing), *doing.below.update(_NEW, Write(set=late), None)]
    return [_request(doing)]


_NEW = "0"
"""Stands for the id that a record is given when it is made, which a dry run cannot know."""


def _request(doing: Doing) -> Request:
    match doing.verb:
        case "create":
            return _keyed(doing, doing.below.create(doing.first_values))
        case "get":
            return doing.below.get(_id(doing))
        case "find":
            field, value = searched(doing.call.inputs, doing.resource)
            request = doing.below.find(field, value)
            if request is None:
                raise RecordRejected(
                    f"{doing.reached.connector.title} cannot find a {doing.resource.canonical} by "
                    f"{field}."
                )
            return request
        case _:
            return _deletion(doing)


async def _linked(doing: Doing) -> Arrived | None:
    """Return the record if it holds what an update writes last; None if that may be written again.

    A link that is added a second time may be there twice (facts: apps 1.3).
    """
    reply = await doing.reached.client.send(doing.below.get(_id(doing)), Purpose.READ)
    record, wanted = doing.below.record(reply), doing.given.write.set
    done = all(record.values.get(name) == wanted[name] for name in doing.late)
    return Arrived(told(record)) if done else None


def _described(line: Line, request: Request) -> dict[str, Any]:
    """Return a request as it would be sent; one that Instep answers itself goes nowhere."""
    if not request.path.startswith(KEPT):
        return described(line, request)
    body = request.json
    return {"method": request.method, "url": request.path, "headers": {}, "body": body}


def _keyed(doing: Doing, request: Request) -> Request:
    """Return a create with the key of its step, where the app knows a second by it."""
    header = doing.reached.connector.idempotency_header
    if header is None:
        return request
    return replace(request, headers={**request.headers, header: doing.call.key}, repeatable=True)


def _deletion(doing: Doing) -> Request:
    request = doing.below.delete(_id(doing))
    if request is None:
        title, kind = doing.reached.connector.title, doing.resource.canonical
        raise RecordRejected(f"{title} has no way to delete a {kind}.")
    return request


def _id(doing: Doing) -> str:
    return doing.given.record_id or ""
