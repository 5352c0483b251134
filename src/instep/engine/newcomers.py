"""Children that are new to a sync because their parent is: no mass change of the children's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from instep.core.mapping import SideName
from instep.core.pairs import SIDES
from instep.core.plan import Kind
from instep.engine.work import Work
from instep.store import kin, runs
from instep.store.decisions import Decided
from instep.store.runs import Run


def count_newcomers(work: Work, tx: sa.Connection, run: Run, decided: Sequence[Decided]) -> int:
    """Count the creates below parents that were linked since both sides were last read.

    How many parents are linked at once is braked in their own sync; what they bring along comes
    in a heap, and would pull this sync's brake for nothing.
    """
    parent = work.a.resource.parent or work.b.resource.parent
    relative = work.family.relatives.get(parent.kind) if parent is not None else None
    born = list(_below_parents(decided))
    if relative is None or not born:
        return 0
    since = runs.last_read(tx, run)
    fresh = {
        side: kin.linked_since(tx, relative, side, {each for of, each in born if of == side}, since)
        for side in SIDES
    }
    return sum(parent_id in fresh[side] for side, parent_id in born)


def _below_parents(decided: Sequence[Decided]) -> Iterator[tuple[SideName, str]]:
    """Yield side and parent of each record that is to be created on the other side."""
    for each in decided:
        side: SideName = "a" if each.item.a_id is not None else "b"
        if each.item.kind is Kind.CREATE and side in each.parents:
            yield side, each.parents[side]
