"""Two apps and a sync: in step, on both databases."""

from __future__ import annotations

import pytest

from tests.two_way.stage import person, staged

PEOPLE = [
    person("Anna", city="Leiden", phone="+12125550101", tags=("lead",)),
    person("Bert", city="Gouda", phone="+12125550102"),
    person("Cora", city="Delft", phone="+12125550103", tags=("vip",)),
]


@pytest.fixture
async def bare(database_url, tmp_path):
    """Both apps connected, nobody in them, no sync yet."""
    async with staged(database_url, tmp_path) as stage:
        await stage.connect()
        yield stage


@pytest.fixture
async def stage(database_url, tmp_path):
    """Anna, Bert and Cora in both apps, linked by the sync's first run."""
    async with staged(database_url, tmp_path, PEOPLE) as made:
        await made.connect()
        await made.create()
        await made.run()
        made.assert_in_step()
        yield made
