"""Try a sync's mapping on values as a person works on it. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from instep.core.mapping_trials import Samples, Side, Trial, try_rows
from instep.core.pairs import SideName
from instep.engine.clients import Clients
from instep.engine.rule_making import End, open_end
from instep.engine.sync_setup import SyncSetup


class MappingTrials:
    """The service that says what a mapping would do, before it is anybody's mapping."""

    def __init__(self, clients: Clients, setup: SyncSetup) -> None:
        self._clients = clients
        self._setup = setup

    async def of_sync(
        self, name: str, rows: Sequence[Mapping[str, Any]], samples: Sequence[Samples]
    ) -> list[Trial]:
        """Try rows between the two sides of a sync; `samples` are as many as `rows`.

        Asks an app only for its custom fields, where a row names one and nobody asked lately.
        Raises UserError for an unknown sync.
        """
        shown = await self._setup.show(name)
        kind = shown.sync.canonical
        return try_rows(
            rows,
            samples,
            await self._side("a", shown.a, kind, rows),
            await self._side("b", shown.b, kind, rows),
        )

    async def _side(
        self, side: SideName, connection: str, kind: str, rows: Sequence[Mapping[str, Any]]
    ) -> Side:
        named: list[Any] = [row.get(side, row.get("a")) for row in rows]
        end: End = await open_end(self._clients, side, connection, kind, named)
        return Side(end.resource.fields, end.called, end.reached.account.country)
