"""Ask the linked apps about a person, now: one page of each thing, for some seconds at most.

What an app cannot tell is said for that app; what the others told is shown all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from instep.catalogue import get
from instep.catalogue.paging import records_in
from instep.core.errors import InstepError, RecordRejected
from instep.core.person.timeline import Happening
from instep.engine.clients import Clients, Reached
from instep.engine.flows.actions.operations import line_of, prepared
from instep.engine.operation_services import APP, call_once
from instep.engine.people.happenings import (
    of_conversation,
    of_message,
    of_opportunity,
    of_record,
)
from instep.engine.people.person import KINDS, Person
from instep.engine.work import iso_to_ms, to_ms
from instep.sdk.clock import Clock
from instep.sdk.limits import Purpose
from instep.sdk.request import Request
from instep.sdk.resource import Resource
from instep.store.people import CONTACT, End

PATIENCE_SECONDS = 8.0
"""So long one thing of one app is waited for."""

MOST = 100
_CONVERSATIONS = 20
_READ_THROUGH = 2
"""Of so many conversations, the newest, the messages are read."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Trouble:
    """What one app could not tell, and why."""

    connection: str
    what: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What the apps told, of which kinds, when they were asked, and what they could not tell.

    `tags` are those of each connection that was asked for them.
    """

    asked_at: int
    happenings: Sequence[Happening] = ()
    kinds: frozenset[str] = frozenset()
    troubles: Sequence[Trouble] = ()
    tags: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Gathered:
    happenings: list[Happening] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    troubles: list[Trouble] = field(default_factory=list)
    tags: dict[str, Sequence[str]] = field(default_factory=dict)


_Ask = Callable[[Reached, End, str, int], Awaitable[Sequence[Happening]]]


class Asker:
    """Asks the apps of one process about people."""

    def __init__(self, clients: Clients, clock: Clock) -> None:
        self._clients = clients
        self._clock = clock

    async def ask(self, person: Person) -> Answers:
        """Return what every linked app tells beyond what syncs have read."""
        asked_at, found = to_ms(self._clock.now()), _Gathered()
        await asyncio.gather(*(self._ask_one(person, end, asked_at, found) for end in person.ends))
        troubles = sorted(found.troubles, key=lambda each: (each.connection, each.what))
        return Answers(asked_at, found.happenings, frozenset(found.kinds), troubles, found.tags)

    async def _ask_one(self, person: Person, end: End, asked_at: int, found: _Gathered) -> None:
        name = person.name_of(end[0])
        try:
            reached = await self._clients.reach(end[0])
        except InstepError as error:
            found.troubles.append(Trouble(name, "everything", str(error)))
            return
        wanted: list[tuple[str, _Ask]] = [
            (kind, _children(each))
            for each in reached.connector.resources
            if (kind := each.canonical) in KINDS and (kind, end[0]) not in person.read
        ]
        if reached.connector.name == APP:
            wanted += [("opportunity", _opportunities), ("message", _conversations)]
        contacts = next(
            (each for each in reached.connector.resources if each.canonical == CONTACT), None
        )
        if contacts is not None and _tells_tags(contacts) and not person.reads(end, "tags"):
            wanted.append(("tag", _tags(contacts, found)))
        await asyncio.gather(
            *(_gather(kind, ask, (reached, end, name, asked_at), found) for kind, ask in wanted)
        )


async def _gather(
    kind: str, ask: _Ask, of: tuple[Reached, End, str, int], found: _Gathered
) -> None:
    name = of[2]
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            told = await ask(*of)
    except TimeoutError:
        sentence = f"{name} did not answer within {PATIENCE_SECONDS:.0f} seconds."
        found.troubles.append(Trouble(name, kind, sentence))
    except InstepError as error:
        found.troubles.append(Trouble(name, kind, str(error)))
    except (KeyError, TypeError, ValueError) as error:  # an answer of another form than expected
        log.warning("answer about a person not understood", app=name, what=kind, why=repr(error))
        sentence = f"{name} answered in a form that is not known; the log says more."
        found.troubles.append(Trouble(name, kind, sentence))
    else:
        found.happenings += told
        found.kinds.add(kind)


def _children(kind: type[Resource]) -> _Ask:
    """Return how to ask for the first page of one kind of things that belong to a record."""

    async def ask(reached: Reached, end: End, name: str, asked_at: int) -> Sequence[Happening]:
        below = kind(reached.account).under(end[1])
        request = below.list()
        if _lists_everybody(kind(reached.account), request):
            raise RecordRejected(
                f"{name} lists its {below.name} only all together: set up a sync of them to see "
                "them here."
            )
        reply = await reached.client.send(request, Purpose.PERSON)
        parent = below.parent.field if below.parent is not None else ""
        return [
            of_record(
                below.canonical,
                f"{below.canonical}:{end[0]}:{each.id}",
                (name,),
                each.values,
                iso_to_ms(each.changed_at),
                asked_at,
            )
            for each in below.records(reply)[:MOST]
            if each.values.get(parent) in (None, "", end[1])
        ]

    return ask


def _tells_tags(contacts: type[Resource]) -> bool:
    return any(each.name == "tags" for each in contacts.fields)


def _tags(contacts: type[Resource], found: _Gathered) -> _Ask:
    """Return how to ask for a person's own record, for the tags that no sync reads."""

    async def ask(reached: Reached, end: End, name: str, asked_at: int) -> Sequence[Happening]:  # noqa: ARG001 - tags have no time
        one = contacts(reached.account)
        reply = await reached.client.send(one.get(end[1]), Purpose.PERSON)
        tags = one.record(reply).values.get("tags")
        found.tags[name] = tags if isinstance(tags, tuple) else ()
        return ()

    return ask


def _lists_everybody(resource: Resource, request: Request) -> bool:
    """Whether a list below a parent is the list of all: then its first page says nothing."""
    try:
        whole = resource.list()
    except InstepError:
        return False  # there is no list of all
    return (whole.method, whole.path, whole.query, whole.json) == (
        request.method,
        request.path,
        request.query,
        request.json,
    )


async def _opportunities(
    reached: Reached, end: End, name: str, asked_at: int
) -> Sequence[Happening]:
    inputs = {"location_id": reached.account.id, "contact_id": end[1], "limit": MOST}
    body = await _called(reached, "opportunities.search", inputs)
    return [of_opportunity(each, name, asked_at) for each in body["opportunities"]]


async def _conversations(
    reached: Reached, end: End, name: str, asked_at: int
) -> Sequence[Happening]:
    """Ask for the conversations, and for the messages of the newest ones."""
    inputs = {"contactId": end[1], "limit": _CONVERSATIONS}
    told = (await _called(reached, "conversations.search", inputs))["conversations"]
    found = [of_conversation(each, name, asked_at) for each in told]
    newest = sorted(zip(found, told, strict=True), key=lambda pair: pair[0].place, reverse=True)
    messages = _messages(reached, [conversation["id"] for _, conversation in newest])
    return found + [of_message(each, name, asked_at) async for each in messages]


async def _messages(reached: Reached, ids: Sequence[str]) -> AsyncIterator[dict[str, Any]]:
    for each in ids[:_READ_THROUGH]:
        inputs = {"conversationId": each, "limit": MOST}
        body = await _called(reached, "conversations.list_messages", inputs)
        for message in records_in(get("conversations.list_messages"), body):
            yield message


async def _called(reached: Reached, operation: str, inputs: dict[str, Any]) -> Any:
    line = line_of(reached)
    return await call_once(line, prepared(line, operation, inputs), Purpose.PERSON)
