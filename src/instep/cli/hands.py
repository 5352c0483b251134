"""What a person does in an app, for the story: make, edit, look. Through the app's own API."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from instep.core.fingerprint import dump
from instep.core.records import Record, Values, Write
from instep.engine.clients import Reached
from instep.sdk.limits import Purpose
from instep.sdk.request import Request
from instep.sdk.resource import Resource


@dataclass(frozen=True, slots=True)
class Hands:
    """Somebody at work in one app."""

    app: Reached

    def resource(self, kind: str, parent_id: str | None = None) -> Resource:
        """Return a resource of the app, below a parent if one is named."""
        resource = self.app.connector.resource(kind)(self.app.account)
        return resource if parent_id is None else resource.under(parent_id)

    async def make(self, kind: str, values: Values, parent_id: str | None = None) -> str:
        """Create a record and return its id."""
        resource = self.resource(kind, parent_id)
        reply = await self.app.client.send(resource.create(values), Purpose.PERSON)
        made = resource.created(reply)
        late = {each.name for each in resource.fields if each.update_only} & values.keys()
        if late:
            await self.edit(kind, made.id, {name: values[name] for name in late}, parent_id)
        return made.id

    async def edit(
        self, kind: str, record_id: str, values: Values, parent_id: str | None = None
    ) -> None:
        """Change a record."""
        for request in self.resource(kind, parent_id).update(record_id, Write(set=values), None):
            await self.app.client.send(request, Purpose.PERSON)

    async def look(self, kind: str) -> Sequence[Record]:
        """Return every record of a kind; children one parent at a time where the app wants that."""
        resource = self.resource(kind)
        if resource.parent is None or resource.parent.listed_together:
            return [record async for record in self._all(resource)]
        parents = await self.look(resource.parent.kind)
        return [
            record
            for parent in parents
            async for record in self._all(self.resource(kind, parent.id))
        ]

    async def _all(self, resource: Resource) -> AsyncIterator[Record]:
        request: Request | None = resource.list()
        while request is not None:
            reply = await self.app.client.send(request, Purpose.PERSON)
            for record in resource.records(reply):
                yield record
            request = resource.next(request, reply)

    async def contents(self, kinds: Sequence[str]) -> Counter[str]:
        """Return what the app holds of these kinds, as a multiset of fields and values.

        Fields that the app fills by itself and nobody can write do not count.
        """
        held: Counter[str] = Counter()
        for kind in kinds:
            writable = {each.name for each in self.resource(kind).fields if not each.readonly}
            for record in await self.look(kind):
                values = {name: each for name, each in record.values.items() if name in writable}
                held[f"{kind} {dump(values)}"] += 1
        return held
