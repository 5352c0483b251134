"""Suggest which fields of two connections belong together; take up what a person accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from instep.core.errors import UserError
from instep.core.mapping import FieldMapping, build, default_mapping
from instep.core.suggesting import Suggestion, chosen, rows_with, suggest
from instep.engine.clients import Clients
from instep.engine.rule_making import End, Said, open_end
from instep.engine.sync_setup import Shown, SyncSetup

_EVERY_FIELD = "custom."
"""Names a custom field, so that both apps are asked for theirs."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be added to a mapping. `a` and `b` are the names of the two connections."""

    a: str
    b: str
    records: str
    suggestions: Sequence[Suggestion]


class Suggestions:
    """The services around suggestions for a mapping. None is taken up without a person's word."""

    def __init__(self, clients: Clients, setup: SyncSetup) -> None:
        self._clients = clients
        self._setup = setup

    async def between(self, a: str, b: str, records: str) -> Offer:
        """Return what a new sync of two connections could map besides what it maps by itself.

        Asks both apps for the fields that people made there. Raises UserError for an unknown
        connection, or a kind of record that an app does not have.
        """
        ends = await self._ends(a, b, records)
        mapping = default_mapping(ends[0].resource.fields, ends[1].resource.fields)
        return Offer(a, b, records, _offered(ends, records, mapping))

    async def of_sync(self, name: str) -> Offer:
        """Return what a sync could map besides what it maps now. Asks as `between` does."""
        shown = await self._setup.show(name)
        _, offer = await self._of(shown)
        return offer

    async def accept(self, name: str, fields: Sequence[str] | None) -> Shown:
        """Make suggestions part of a sync's mapping: those for these fields of side A, or all.

        The next run reads and decides by the new mapping. Raises UserError where a field has no
        suggestion, and as `SyncSetup.change` does; then nothing is changed.
        """
        shown = await self._setup.show(name)
        mapping, offer = await self._of(shown)
        accepted = offer.suggestions if fields is None else chosen(offer.suggestions, fields)
        if not accepted:
            raise UserError(f"There is nothing to accept: nothing is suggested for {name!r}.")
        return await self._setup.change(shown.sync.id, Said(mapping=rows_with(mapping, accepted)))

    async def _of(self, shown: Shown) -> tuple[FieldMapping, Offer]:
        sync = shown.sync
        ends = await self._ends(shown.a, shown.b, sync.canonical)
        a, b = ends
        mapping = build(sync.mapping, a.resource.fields, b.resource.fields, (a.called, b.called))
        offered = _offered(ends, sync.canonical, mapping)
        return mapping, Offer(shown.a, shown.b, sync.canonical, offered)

    async def _ends(self, a: str, b: str, records: str) -> tuple[End, End]:
        return (
            await open_end(self._clients, "a", a, records, _EVERY_FIELD),
            await open_end(self._clients, "b", b, records, _EVERY_FIELD),
        )


def _offered(ends: tuple[End, End], records: str, mapping: FieldMapping) -> Sequence[Suggestion]:
    a, b = ends
    return suggest(a.resource.fields, b.resource.fields, records, mapping)
