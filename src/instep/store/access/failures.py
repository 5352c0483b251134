"""Failures to sign in, counted in the database: a restart does not forget them."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from instep.core.people.throttling import FORGET_MS, Failures, next_number, wait_ms
from instep.store.schema.people import sign_in_failure
from instep.store.workspaces import DEFAULT_WORKSPACE

_LOCK = 0x51691  # one attempt is counted on a PostgreSQL at a time


def reserve(tx: sa.Connection, keys: Mapping[str, str], now: int) -> int:
    """Count an attempt as failed before it is looked at; return the milliseconds to wait instead.

    `keys` are digests by kind. Counted first, so that many attempts at once are no way around.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    mine = sa.select(sign_in_failure).where(sign_in_failure.c.key.in_(keys.values()))
    there = {row.kind: Failures(row.kind, row.failures, row.last_at) for row in tx.execute(mine)}
    wait = max((wait_ms(each, now) for each in there.values()), default=0)
    if wait:
        return wait
    old = sign_in_failure.c.last_at <= now - FORGET_MS
    tx.execute(sa.delete(sign_in_failure).where(old | sign_in_failure.c.key.in_(keys.values())))
    rows = [
        {
            "key": key,
            "workspace_id": DEFAULT_WORKSPACE,
            "kind": kind,
            "failures": next_number(there.get(kind), now),
            "last_at": now,
        }
        for kind, key in keys.items()
    ]
    tx.execute(sa.insert(sign_in_failure), rows)
    return 0


def clear(tx: sa.Connection, keys: Mapping[str, str]) -> None:
    """Forget the failures of somebody who has signed in, and take back the one of their address.

    An address keeps the failures it had with other users.
    """
    mine = [key for kind, key in keys.items() if kind != "address"]
    tx.execute(sa.delete(sign_in_failure).where(sign_in_failure.c.key.in_(mine)))
    one = sa.update(sign_in_failure).where(sign_in_failure.c.key == keys["address"])
    tx.execute(one.values(failures=sign_in_failure.c.failures - 1))
