"""GoHighLevel's sandbox on a real port, and the caller of a flow that reaches it."""

from __future__ import annotations

import pytest

from tests.engine.flows.acting import acting
from tests.sandbox.ghl_caller import serving


@pytest.fixture
async def ghl():
    async with serving() as caller:
        yield caller


@pytest.fixture
async def actor(ghl):
    async with acting(ghl.told) as opened:
        yield opened
