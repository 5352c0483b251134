"""Families of two apps for the tests of children; both databases."""

from __future__ import annotations

import os

import pytest

from instep.store.vault import Vault
from tests.crash.small_family import make_family


@pytest.fixture
async def family(database):
    """Two apps with Ann and Bob in both, Cid in the first alone, Dan in the second alone."""
    made = await make_family(database, Vault(os.urandom(32)))
    for name in ("Ann", "Bob"):
        made.both(name)
    made.person(made.a, "Cid")
    made.person(made.b, "Dan")
    await made.sync("contact")
    return made


@pytest.fixture
async def linked(family):
    """The same, with the contacts in step and syncs of tasks and notes set up."""
    await family.run("contact")
    await family.sync("task")
    await family.sync("note")
    return family
