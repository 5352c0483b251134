"""What every test may ask for: both databases, migrated and its own."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

from instep.store.database import Database
from tests.store import postgres, quick_sqlite

_SLOW = [HealthCheck.too_slow]  # two cores, shared by every worker
settings.register_profile("dev", deadline=None, suppress_health_check=_SLOW)
settings.register_profile("ci", settings.get_profile("dev"), max_examples=500, print_blob=True)
settings.register_profile("deterministic", settings.get_profile("dev"), derandomize=True)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE", "deterministic" if os.environ.get("CI") else "dev")
)

quick_sqlite.begin()


def pytest_collection_finish() -> None:
    """Leave what was collected out of every later search for cycles: it stays until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)  # as rare as it is in the product


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server's own database; one server per test process."""
    with postgres.serving() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a migrated database to copy."""
    with postgres.fresh_database(postgres_server) as url:
        _migrate(url)
        yield str(sa.make_url(url).database)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file that is copied for every test."""
    path = tmp_path_factory.mktemp("template") / "instep.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_pool(postgres_server: str, postgres_template: str) -> Iterator[postgres.Pool]:
    """Migrated databases, one for each test that runs, without any rows."""
    with closing(postgres.Pool(postgres_server, postgres_template)) as pool:
        yield pool


@pytest.fixture
def postgres_url(postgres_pool: postgres.Pool) -> Iterator[str]:
    """A migrated PostgreSQL database of this test's own."""
    with postgres_pool.lend() as url:
        yield url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite file of this test's own."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'instep.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Both databases in turn, migrated, as an address that other processes can open, too."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Both databases in turn, migrated and open."""
    with closing(Database(database_url)) as db:
        yield db


def _migrate(url: str) -> None:
    with closing(Database(url)) as db:
        db.migrate()
