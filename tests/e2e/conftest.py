"""A sandbox on a real port, somebody who receives its webhooks, and Instep's own clients."""

from __future__ import annotations

import pytest

from tests.e2e.reaching import connected
from tests.sandbox.ghl_caller import serving
from tests.sandbox.webhook_receiver import receiving


@pytest.fixture
async def ghl():
    async with serving() as caller:
        yield caller


@pytest.fixture
async def receiver():
    async with receiving() as each:
        yield each


@pytest.fixture
async def line(ghl):
    """GoHighLevel's connector, reached as Instep reaches it."""
    async with connected(ghl.told) as reached:
        yield reached
