"""Flows with fakes for apps; and GoHighLevel's sandbox with the caller of a flow that reaches it."""

from __future__ import annotations

import pytest

from tests.engine.flows.acting import acting
from tests.engine.flows.ground import make_ground
from tests.sandbox.ghl_caller import serving


@pytest.fixture
async def ghl():
    async with serving() as caller:
        yield caller


@pytest.fixture
async def actor(ghl):
    async with acting(ghl.told) as opened:
        yield opened


@pytest.fixture
async def ground(database):
    """Flows with fakes for apps, on both databases."""
    return await make_ground(database)
