"""For how many days what is over is kept, as people see and set it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from instep.core.retention import What, check_days
from instep.store import retention
from instep.store.database import Database


@dataclass(frozen=True, slots=True)
class Retained:
    """What is kept for how many days; `usual` is what the environment says, `is_set` if a person did."""

    what: str
    days: int
    usual: int
    is_set: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return asdict(self)


class Retention:
    """The service around retention in one workspace. `usual`: days, as the environment says."""

    def __init__(self, db: Database, usual: Mapping[What, int], workspace_id: str) -> None:
        self._db = db
        self._usual = usual
        self._workspace_id = workspace_id

    async def list(self) -> Sequence[Retained]:
        """Return everything that is kept for some days only."""
        found = await self._db.run_read(lambda tx: retention.days_set(tx, self._workspace_id))
        return [
            Retained(what.value, found.get(what, usual), usual, what in found)
            for what, usual in self._usual.items()
        ]

    async def set(self, what: What, days: int | None) -> Retained:
        """Keep something for so many days from the next sweep on; None is as usual again.

        Raises UserError for a number that cannot be.
        """
        wanted = None if days is None else check_days(days)
        await self._db.run(lambda tx: retention.set_days(tx, self._workspace_id, what, wanted))
        return next(each for each in await self.list() if each.what == what.value)
