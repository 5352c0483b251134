"""How often a sync reads by itself, from what its credentials allow and its runs have cost."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from instep.core.cadence import Budget, Cadence, cadence
from instep.core.mapping import SideName
from instep.sdk.pacing import RESERVE
from instep.store import budgets
from instep.store.budgets import Spending
from instep.store.syncs import Sync


def cadence_of(tx: sa.Connection, sync: Sync, apps: Mapping[SideName, str]) -> Cadence:
    """Return how often a sync reads; `apps` is how people call the app of either side."""
    spent = budgets.spending(tx, sync)
    return cadence(sync.every_seconds, [_budget(apps[side], each) for side, each in spent.items()])


def _budget(app: str, spent: Spending) -> Budget:
    machines = 0 if spent.daily is None else spent.daily - int(spent.daily * RESERVE)
    return Budget(
        app=app,
        daily=spent.daily,
        machines=machines,
        syncs=spent.syncs,
        poll_pages=spent.poll_pages,
        scan_pages=spent.scan_pages,
    )
