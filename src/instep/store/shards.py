"""Shards: who drains what, and the fence that keeps a stalled drain from writing later."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from instep.core.errors import InstepError
from instep.store.database import insert_into
from instep.store.schema.workers import shard

OF_POSTINGS = -1
"""The number under which postings have their epoch, beside the shards of syncs."""


OF_ALERTS = -2
"""The number under which alerts have theirs."""


class DrainOvertaken(InstepError):
    """Another worker took this shard over; whatever we still wanted to write is void."""


@dataclass(frozen=True, slots=True)
class Fence:
    """The epoch of one drain of one shard."""

    shard: int
    epoch: int

    def check(self, tx: sa.Connection) -> None:
        """Raise DrainOvertaken unless this drain is the shard's newest.

        Locks the row, so that no newer drain can begin before this transaction has ended.
        """
        if tx.execute(_EPOCH, {"number": self.shard}).scalar_one() != self.epoch:
            raise DrainOvertaken(f"Shard {self.shard} was taken over by another worker.")


def take(tx: sa.Connection, number: int, owner: str, now: int) -> Fence:
    """Begin a drain: from now on, writes of earlier drains of this shard are refused."""
    statement = insert_into(tx, shard).values(
        number=number, workspace_id="", epoch=1, owner=owner, taken_at=now
    )
    epoch = tx.execute(
        statement.on_conflict_do_update(
            index_elements=["number"],
            set_={"epoch": shard.c.epoch + 1, "owner": owner, "taken_at": now},
        ).returning(shard.c.epoch)
    ).scalar_one()
    return Fence(number, epoch)


# built once: it is asked in every transaction of a drain
_EPOCH = sa.select(shard.c.epoch).where(shard.c.number == sa.bindparam("number")).with_for_update()
