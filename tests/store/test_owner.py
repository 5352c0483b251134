"""One engine process owns a SQLite file."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys

import pytest

from instep.core.errors import UserError
from instep.store.database import Database
from instep.store.owner import is_owned, owning

HOLD = """
import sys
from instep.store.database import Database
from instep.store.owner import owning
with owning(Database(sys.argv[1])):
    print("owning", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    url = f"sqlite:///{tmp_path / 'instep.db'}"
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "owning\n"
    database = Database(url)
    yield process, database
    database.close()
    process.kill()
    process.communicate()


def test_a_second_engine_is_refused_and_told_which_process_has_it(holder):
    process, database = holder
    assert is_owned(database)
    with pytest.raises(UserError, match=f"process {process.pid}"), owning(database):
        pass


def test_a_killed_owner_frees_the_file(holder):
    process, database = holder
    process.kill()
    process.wait()
    assert not is_owned(database)
    with owning(database):
        assert is_owned(database)


def test_on_postgresql_any_number_may_work(postgres_url):
    database = Database(postgres_url)
    with owning(database), owning(database):
        assert not is_owned(database)
    database.close()


def test_owning_leaves_the_database_as_it_was(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'instep.db'}")
    with owning(database):
        assert (tmp_path / "instep.db.owner").read_text() == str(os.getpid())
    database.close()


def test_somebody_who_only_asks_does_not_keep_an_engine_from_starting(tmp_path, monkeypatch):
    database = Database(f"sqlite:///{tmp_path / 'instep.db'}")
    asking = (tmp_path / "instep.db.owner").open("w")
    fcntl.flock(asking, fcntl.LOCK_SH)
    monkeypatch.setattr("instep.store.owner.time.sleep", lambda _seconds: asking.close())
    with owning(database):
        assert asking.closed
    database.close()
