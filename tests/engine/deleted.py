"""What the tests of deletes do to a small world: rules, losses, complete reads, what is known."""

from __future__ import annotations

import json

import sqlalchemy as sa

from instep.core.rules import Deletes, Rules, SideRules
from instep.store.schema.syncs import history, link, record, sync
from tests.crash.small_world import World, named
from tests.engine.services import services_of


def rule(world: World, policy: Deletes) -> None:
    """Let both sides follow this policy."""
    rules = Rules(SideRules(deletes=policy), SideRules(deletes=policy))
    with world.database.write() as tx:
        tx.execute(
            sa.update(sync)
            .where(sync.c.name == world.sync)
            .values(rules=json.dumps(rules.as_json()))
        )


def lose(world: World, app, name: str, kind: str = "contact") -> str:
    """Delete somebody in an app, as its user would; return their id."""
    record_id = named(app, name).id
    world.clock.move(1)
    app.remove(record_id, kind)
    return record_id


async def read_all(world: World, fuse=None) -> None:
    """Run once, reading both sides completely."""
    async with services_of(world) as syncs:
        await syncs.read_everything_again(world.sync)
    world.clock.move(1)
    await world.run(fuse)


def states(world: World, name: str) -> dict[str, str]:
    """Return how the records of this first name stand, by side."""
    with world.database.read() as tx:
        query = sa.select(record.c.side, record.c.state).where(_ours(world, record))
        query = query.where(record.c.label.like(f"{name}%"))
        return {row.side: row.state for row in tx.execute(query)}


def said(world: World, name: str) -> str:
    """Return what is said about the records of this first name."""
    with world.database.read() as tx:
        query = sa.select(record.c.sentence).where(_ours(world, record))
        query = query.where(record.c.label.like(f"{name}%"))
        return " ".join(filter(None, tx.execute(query).scalars()))


def lines(world: World, what: str) -> list[sa.Row]:
    """Return the lines of history of this kind."""
    with world.database.read() as tx:
        query = sa.select(history).where(_ours(world, history), history.c.what == what)
        return [*tx.execute(query)]


def held(world: World) -> list[str]:
    """Return why pairs are left alone."""
    with world.database.read() as tx:
        query = sa.select(link.c.held).where(_ours(world, link), link.c.held.is_not(None))
        return [*tx.execute(query).scalars()]


def deletes(world: World) -> int:
    """Return how many deletes were sent."""
    return world.a.calls["DELETE"] + world.b.calls["DELETE"]


def left(world: World, table: sa.Table) -> int:
    """Return how many rows of a table this world's sync has."""
    with world.database.read() as tx:
        query = sa.select(sa.func.count()).select_from(table).where(_ours(world, table))
        return tx.execute(query).scalar_one()


def _ours(world: World, table: sa.Table) -> sa.ColumnElement[bool]:
    """One database may hold several worlds."""
    ours = sa.select(sync.c.id).where(sync.c.name == world.sync)
    return table.c.sync_id == ours.scalar_subquery()
