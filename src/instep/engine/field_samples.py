"""The fields that a sync could map, with values as the two apps have them now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from instep.core.errors import InstepError
from instep.core.pairs import SideName
from instep.core.records import Field, FieldType, Record, Value
from instep.engine.clients import Clients
from instep.engine.rule_making import End, open_end
from instep.engine.sync_setup import SyncSetup
from instep.sdk.limits import Purpose
from instep.sdk.resource import Resource

_EVERY_FIELD = "custom."
"""Names a custom field, so that both apps are asked for theirs."""

_SAMPLES = 3
_WORDS = 20
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Sampled:
    """A field with what a few records hold in it, shortened. `type` is how it is compared.

    `words` are more of them, of a field of few words that records share: those a value map is made
    of. Where the app allows only certain words, these are all of them.
    """

    name: str
    type: str
    readonly: bool
    identity: str | None
    custom: bool
    samples: tuple[str, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SampledSide:
    """One side's fields; `problem` says why there are no values, None: they were asked for."""

    side: SideName
    connection: str
    app: str
    fields: Sequence[Sampled] = field(default_factory=tuple)
    problem: str | None = None


class FieldSamples:
    """The service that shows a person what there is to map."""

    def __init__(self, clients: Clients, setup: SyncSetup) -> None:
        self._clients = clients
        self._setup = setup

    async def of_sync(self, name: str) -> tuple[SampledSide, SampledSide]:
        """Return the fields of both sides. Each app is asked for one page of its records.

        An app that does not answer has its fields without values. Raises UserError for an unknown
        sync, and as `open_end` does.
        """
        shown = await self._setup.show(name)
        kind = shown.sync.canonical
        a = await open_end(self._clients, "a", shown.a, kind, _EVERY_FIELD)
        b = await open_end(self._clients, "b", shown.b, kind, _EVERY_FIELD)
        return await _sampled(a, shown.a), await _sampled(b, shown.b)


async def _sampled(end: End, connection: str) -> SampledSide:
    problem: str | None = None
    records: Sequence[Record] = ()
    if not is_listed(end.resource):
        problem = f"{end.called} are listed one person at a time, so no values are shown."
    else:
        try:
            records = await _some(end)
        except InstepError as error:
            problem = str(error)
    fields = tuple(
        Sampled(
            each.name,
            each.type.canonical.value,
            each.readonly,
            None if each.identity is None else each.identity.value,
            each.custom,
            *_values(records, each),
        )
        for each in end.resource.fields
    )
    return SampledSide(end.name, connection, end.reached.connector.title, fields, problem)


def is_listed(resource: Resource) -> bool:
    """Whether one call lists the records of everybody, not of one parent alone."""
    return resource.parent is None or resource.parent.listed_together


async def _some(end: End) -> Sequence[Record]:
    reply = await end.reached.client.send(end.resource.list(), Purpose.PERSON)
    return end.resource.records(reply)


def _values(records: Sequence[Record], of: Field) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the first few different values there are, as a person reads them, and its words."""
    texts = [text for each in records if (text := told(each.values.get(of.name))) is not None]
    found = tuple(dict.fromkeys(texts))
    allowed = tuple(ours for _, ours in of.choices)
    is_shared = len(found) < len(texts) and len(found) <= _WORDS
    is_whole = all(len(each) < _LONGEST for each in found)
    words = allowed or (found if of.type is FieldType.TEXT and is_shared and is_whole else ())
    return found[:_SAMPLES], words


def told(value: Value) -> str | None:
    """Return a value in few words; None where there is none."""
    if value is None or value in ("", [], ()):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
