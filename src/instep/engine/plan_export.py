"""A stored plan as a file: read and told a page at a time, however long it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from instep.core.plan_rows import COLUMNS, rows_of_item
from instep.engine.csv_lines import line
from instep.engine.plan_services import Plans
from instep.engine.sync_setup import Shown, SyncSetup
from instep.store.plans import Plan, Wanted

_PAGE = 500


@dataclass(frozen=True, slots=True)
class PlanExport:
    """A plan that is there, and the sync it is of; its items are read as the text is asked for."""

    plans: Plans
    plan: Plan
    sync: Shown

    @classmethod
    async def open(cls, plans: Plans, setup: SyncSetup, plan_id: str) -> PlanExport:
        """Look the plan up before anything of it is told. Raises UserError if there is none."""
        plan = await plans.get(plan_id)
        return cls(plans, plan, await setup.show(plan.sync_id))

    @property
    def file_name(self) -> str:
        """What the file is called: ASCII alone, as a header has to be."""
        kept = [each if each.isascii() and each.isalnum() else "-" for each in self.sync.sync.name]
        return f"{''.join(kept).strip('-') or 'sync'}-{self.plan.kind}.csv"

    async def lines(self, wanted: Wanted) -> AsyncIterator[str]:
        """Yield the header, then the lines of the wanted items, one page after another."""
        yield line(COLUMNS)
        ends = {"a": self.sync.a, "b": self.sync.b}
        after: int | None = 0
        while after is not None:
            page = replace(wanted, after=after, limit=_PAGE)
            items, after = await self.plans.items(self.plan.id, page)
            yield "".join(line(row) for item in items for row in rows_of_item(item, ends))
