from __future__ import annotations

import pytest

from tests.engine.flows.ground import make_ground


@pytest.fixture
async def ground(database):
    """Flows with fakes for apps, on both databases."""
    return await make_ground(database)
