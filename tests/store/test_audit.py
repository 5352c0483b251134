"""The audit log is written with what it tells, only ever added to, and shows when it was changed."""

from __future__ import annotations

import asyncio
from contextlib import closing

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from instep.core.people.roles import Actor, Role
from instep.engine.access.audit import AuditLog
from instep.store import bulk
from instep.store.access import users
from instep.store.audit import entries
from instep.store.audit.acting import Act, acting
from instep.store.audit.entries import Wanted
from instep.store.audit.watched import COUNTED, ROW_BY_ROW
from instep.store.database import Database
from instep.store.schema import metadata
from instep.store.schema.audit import audit_entry
from instep.store.schema.flows import flow_replay
from instep.store.workspaces import DEFAULT_WORKSPACE

ANN = Actor("user", "usr_1", "ann", "127.0.0.1")


async def add(database, name, act="users add", actor=ANN):
    def work(tx):
        return users.add(tx, DEFAULT_WORKSPACE, name, Role.VIEWER, "$argon2id$sentinel", 1)

    with acting(Act(actor, act, name)):
        return await database.run(work)


async def listed(database, **wanted):
    return await database.run_read(lambda tx: entries.page(tx, Wanted(**wanted), 100, None))


async def test_a_change_and_its_entry_come_together(database):
    await add(database, "bob")
    [entry] = await listed(database)
    assert (entry.actor, entry.origin, entry.act) == ("ann", "127.0.0.1", "users add")
    assert (entry.noun, entry.object) == ("user", "bob")
    [change] = entry.changes
    assert change["before"] is None
    assert change["after"]["role"] == "viewer"
    assert "sentinel" not in repr(entry)


async def test_what_is_rolled_back_is_not_told(database):
    def fail(tx):
        users.add(tx, DEFAULT_WORKSPACE, "bob", Role.VIEWER, None, 1)
        raise RuntimeError

    with acting(Act(ANN, "users add", "bob")), pytest.raises(RuntimeError):
        await database.run(fail)
    assert await listed(database) == []


async def test_what_nobody_asked_for_and_what_changes_nothing_is_not_told(database):
    await database.run(lambda tx: users.add(tx, DEFAULT_WORKSPACE, "bob", Role.VIEWER, None, 1))
    bob = await database.run_read(lambda tx: users.get(tx, DEFAULT_WORKSPACE, "bob"))
    with acting(Act(ANN, "users role", "bob")):
        await database.run(lambda tx: users.set_role(tx, DEFAULT_WORKSPACE, bob, Role.VIEWER))
    assert await listed(database) == []


async def test_a_changed_and_a_removed_row_are_told(database):
    bob = await add(database, "bob")
    with acting(Act(ANN, "users role", "bob")):
        await database.run(lambda tx: users.set_role(tx, DEFAULT_WORKSPACE, bob, Role.ADMIN))
    with acting(Act(ANN, "users remove", "bob")):
        await database.run(lambda tx: users.remove(tx, DEFAULT_WORKSPACE, bob))
    removed, changed, _ = await listed(database)
    [change] = changed.changes
    assert (change["before"], change["after"]) == ({"role": "viewer"}, {"role": "admin"})
    [change] = removed.changes
    assert (change["before"]["name"], change["after"]) == ("bob", None)


@pytest.fixture
def postgres_database(postgres_url):
    """Where several write at a time."""
    with closing(Database(postgres_url)) as db:
        yield db


async def test_what_somebody_else_changes_meanwhile_is_not_ascribed(postgres_database):
    database = postgres_database
    await database.run(lambda tx: users.add(tx, DEFAULT_WORKSPACE, "carl", Role.VIEWER, None, 1))

    def work(tx):
        made = users.add(tx, DEFAULT_WORKSPACE, "bob", Role.VIEWER, None, 1)
        with acting(None), database.write() as other:
            carl = users.get(other, DEFAULT_WORKSPACE, "carl")
            users.set_role(other, DEFAULT_WORKSPACE, carl, Role.ADMIN)
        return made

    with acting(Act(ANN, "users add", "bob")):
        await database.run(work)
    [entry] = await listed(database)
    assert [each["name"] for each in entry.changes] == ["bob"]


@pytest.mark.parametrize(
    "verb", ["UPDATE audit_entry SET actor = 'eve'", "DELETE FROM audit_entry"]
)
async def test_the_database_refuses_to_change_the_log(database, verb):
    await add(database, "bob")
    with pytest.raises(DBAPIError, match="only added to"):
        await database.run(lambda tx: tx.execute(sa.text(verb)))
    assert len(await listed(database)) == 1


async def test_postgresql_refuses_to_empty_it(postgres_database):
    database = postgres_database
    with pytest.raises(DBAPIError, match="only added to"):
        await database.run(lambda tx: tx.execute(sa.text("TRUNCATE audit_entry")))


def disarm(tx):
    """What somebody does who owns the database."""
    if tx.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            tx.execute(sa.text(f"DROP TRIGGER audit_entry_no_{verb}"))
    else:
        tx.execute(sa.text("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_guard"))


def rearm(tx):
    if tx.dialect.name == "postgresql":  # which other tests use again
        tx.execute(sa.text("ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_guard"))


async def test_the_chain_holds_and_a_break_is_found_even_by_whoever_owns_the_database(database):
    for name in ("bob", "carl", "dora"):
        await add(database, name)
    log = AuditLog(database)
    whole = await log.verify()
    assert (whole.entries, whole.broken) == (3, None)

    def forge(tx):
        disarm(tx)
        tx.execute(sa.update(audit_entry).where(audit_entry.c.number == 2).values(actor="eve"))
        rearm(tx)

    await database.run(forge)
    broken = (await log.verify()).broken
    assert broken.number == 2
    assert "was changed" in broken.sentence


async def test_an_entry_taken_out_is_found(database):
    for name in ("bob", "carl", "dora"):
        await add(database, name)

    def forge(tx):
        disarm(tx)
        tx.execute(sa.delete(audit_entry).where(audit_entry.c.number == 2))
        rearm(tx)

    await database.run(forge)
    assert "Entry 2 is missing" in (await AuditLog(database).verify()).broken.sentence


async def test_many_at_once_make_one_chain(database):
    await asyncio.gather(*(add(database, f"user {each}") for each in range(20)))
    told = await AuditLog(database).verify()
    assert (told.entries, told.broken) == (20, None)


async def test_entries_are_chosen_by_who_what_and_when(database):
    await add(database, "bob")
    await add(database, "carl", actor=Actor("token", "t", "token robot", "10.0.0.1"))
    [his] = await listed(database, actor="token robot")
    assert his.object == "carl"
    assert [each.object for each in await listed(database, object="bob")] == ["bob"]
    assert len(await listed(database, noun="user")) == 2
    assert await listed(database, noun="sync") == []
    assert await listed(database, until=his.at - 10**6) == []
    assert len(await listed(database, since=his.at - 10**6)) == 2
    assert len(await listed(database, act="users add")) == 2


def test_what_is_followed_is_there_and_no_secret_of_it_is_told():
    assert {*ROW_BY_ROW, *COUNTED} <= {*metadata.tables}
    for told in ROW_BY_ROW.values():
        assert {*told.without} <= {*told.table.c.keys()}
        shown = {*told.table.c.keys()} - {*told.without}
        assert not shown & {"sealed", "digest", "password"}, told.noun


async def test_of_a_large_table_an_act_is_told_once_with_the_rows_it_wrote(database):
    def give(ids):
        def work(tx):
            row = {"workspace_id": DEFAULT_WORKSPACE, "wanted": "{}", "state": "made"}
            row |= {"cursor": 0, "last": 0, "taken": 0, "refused": 0, "made_at": 1, "person": "ann"}
            rows = [{"id": each, **row} for each in ids]
            return bulk.insert_new(tx, flow_replay, rows, ("id",))

        return work

    with acting(Act(ANN, "run replay")):
        await database.run(give(["1", "2", "3"]))
        await database.run(give(["4"]))
    [entry] = await listed(database)
    assert (entry.noun, entry.changes) == ("replay", [{"noun": "replay", "rows": 3}])
    with acting(Act(ANN, "run replay")):
        await database.run(give(["1", "2"]))  # which are there
    assert len(await listed(database)) == 1
