"""A GoHighLevel to talk to, the command line, and both databases."""

from __future__ import annotations

import pytest

from instep import bootstrap
from instep.sandbox import Sandbox, invent
from tests.cli.conftest import instep, settings
from tests.conftest import (
    database_url,
    postgres_pool,
    postgres_server,
    postgres_template,
    postgres_url,
    sqlite_template,
    sqlite_url,
)

__all__ = [
    "database_url",
    "instep",
    "postgres_pool",
    "postgres_server",
    "postgres_template",
    "postgres_url",
    "sqlite_template",
    "sqlite_url",
]


@pytest.fixture
def place():
    """A GoHighLevel with three people of its own."""
    (app,) = [each for each in bootstrap.sandbox_apps(pace="fast") if each.name == "gohighlevel"]
    app.load(invent(3, seed=3, country="US"))
    with Sandbox([app]).in_thread() as served:
        yield served.describe()["gohighlevel"]


@pytest.fixture
def typed(place):
    """What a person types to connect it."""
    return {
        "base_url": place["url"],
        "location_id": place["location_id"],
        "token": place["private_integration_token"],
    }


@pytest.fixture
def connected(instep, typed):
    """The command line, with that GoHighLevel connected as ghl."""
    given = settings(**typed)
    said = instep("connect", "gohighlevel", "--name", "ghl", "--country", "US", *given)
    assert said.code == 0, said.err
    return instep
