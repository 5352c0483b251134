"""Transactions, threads and bad addresses, on both databases."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from contextlib import closing

import pytest
import sqlalchemy as sa

from instep.core.errors import UserError
from instep.store import shards, workers
from instep.store.database import Database
from instep.store.schema.workers import shard, worker
from tests.store import quick_sqlite

NOW = 1_790_000_000_000

MIGRATE = """
import sys
from instep.store.database import Database
db = Database(sys.argv[1])
print("open", flush=True)
sys.stdin.readline()
db.migrate()
db.close()
"""


def names(tx):
    return set(tx.execute(sa.select(worker.c.id)).scalars())


def test_a_transaction_that_ends_well_is_there_for_everybody(database, database_url):
    with database.write() as tx:
        workers.beat(tx, "anna", NOW, 1000)
    with closing(Database(database_url)) as other, other.read() as tx:
        assert names(tx) == {"anna"}


def test_a_transaction_that_fails_leaves_nothing(database):
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        workers.beat(tx, "anna", NOW, 1000)
        raise ZeroDivisionError
    with database.read() as tx:
        assert names(tx) == set()


async def test_work_runs_in_its_own_thread_and_its_answer_comes_back(database):
    def work(tx):
        workers.beat(tx, "anna", NOW, 1000)
        return threading.current_thread().name

    assert (await database.run(work)).startswith("instep-write")
    assert await database.run_read(names) == {"anna"}


async def test_an_error_in_a_thread_arrives_and_rolls_back(database):
    def work(tx):
        workers.beat(tx, "anna", NOW, 1000)
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await database.run(work)
    assert await database.run_read(names) == set()


async def test_writers_that_read_first_never_fight(database, database_url):
    """Under SQLite's plain BEGIN one of two such transactions would fail at its first write."""

    def take(tx):
        tx.execute(sa.select(shard)).all()
        return shards.take(tx, 1, "anna", NOW).epoch

    with closing(Database(database_url)) as other:
        epochs = await asyncio.gather(*(db.run(take) for db in (database, other) * 20))
    assert sorted(epochs) == list(range(1, 41))


async def test_a_reader_keeps_its_view_while_somebody_writes(sqlite_url):
    with closing(Database(sqlite_url)) as db, db.read() as tx:
        assert names(tx) == set()
        await db.run(lambda writing: workers.beat(writing, "anna", NOW, 1000))
        assert names(tx) == set()


def test_sqlite_is_set_up_to_survive_a_power_cut(sqlite_url, tmp_path):
    with quick_sqlite.put_off(), closing(Database(sqlite_url)) as db, db.read() as tx:
        settings = {
            name: tx.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    full = 2
    assert settings == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }


def test_a_new_file_and_its_folder_are_for_nobody_else(tmp_path):
    path = tmp_path / "data" / "instep.db"
    with closing(Database(f"sqlite:///{path}")) as db:
        db.migrate()
        files = list(path.parent.iterdir())
        assert {each.stat().st_mode & 0o777 for each in files} == {0o600}
        assert len(files) == 3, "the file, its log and its index"
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_two_processes_may_migrate_at_once(empty_url):
    command = [sys.executable, "-c", MIGRATE, empty_url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    processes = [subprocess.Popen(command, text=True, **pipes) for _ in range(2)]
    assert [each.stdout.readline() for each in processes] == ["open\n", "open\n"]
    for each in processes:
        each.stdin.write("go\n")
        each.stdin.flush()
    said = [each.communicate()[1] for each in processes]
    assert [each.returncode for each in processes] == [0, 0], said
    with closing(Database(empty_url)) as db, db.read() as tx:
        assert names(tx) == set()


@pytest.mark.parametrize("url", ["nonsense", "", "mysql://anna@host/db"])
def test_an_address_of_another_kind_is_refused_with_an_example(url):
    with pytest.raises(UserError, match="postgresql://user@host/database"):
        Database(url)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url):
    with pytest.raises(UserError, match="name a file"):
        Database(url)


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(UserError, match=r"letter\.txt cannot be used: file is not a database"):
        Database(f"sqlite:///{path}")


def test_a_folder_that_is_a_file_is_refused_by_name(tmp_path):
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(UserError, match=r"data/instep\.db cannot be used"):
        Database(f"sqlite:///{tmp_path / 'data' / 'instep.db'}")


def test_a_dead_server_is_named_with_its_reason_and_no_password():
    with pytest.raises(UserError) as caught:
        Database("postgresql://anna:sentinel-secret@127.0.0.1:1/instep")
    said = str(caught.value)
    assert "'instep' at 127.0.0.1:1 cannot be used: Connection refused." in said
    assert "INSTEP_DATABASE_URL" in said
    assert "sentinel" not in said


def test_a_database_that_is_not_there_is_named(postgres_server):
    url = sa.make_url(postgres_server).set(database="nowhere").render_as_string(False)
    with pytest.raises(UserError, match='database "nowhere" does not exist'):
        Database(url)
