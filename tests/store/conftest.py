"""Databases that hold nothing yet, and connections to keep in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from instep.sdk.auth import Credential
from instep.store.connections import Connections, NewConnection
from instep.store.vault import Vault
from instep.store.workspaces import DEFAULT_WORKSPACE
from tests.store import postgres

SENTINEL = "sentinel-secret"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database nobody has migrated, of each kind in turn."""
    yield from _empty(request, request.param)


@pytest.fixture
def empty_url_beside(request: pytest.FixtureRequest, database_url: str) -> Iterator[str]:
    """A database nobody has migrated, of the same kind as this test's own."""
    yield from _empty(request, database_url.partition(":")[0])


def _empty(request: pytest.FixtureRequest, kind: str) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('tmp_path') / 'empty.db'}"
        return
    with postgres.fresh_database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def vault() -> Vault:
    return Vault(b"k" * 32)


@pytest.fixture
def connections(database, vault) -> Connections:
    return Connections(database, vault, DEFAULT_WORKSPACE)


@pytest.fixture
def credential() -> Credential:
    return Credential("oauth2", {"access_token": SENTINEL, "refresh_token": f"{SENTINEL}-0"})


@pytest.fixture
async def connection(connections, credential):
    new = NewConnection("ghl", "gohighlevel", "oauth2", "loc_1", "US", {"base_url": "https://x"})
    return await connections.create(new, credential)
