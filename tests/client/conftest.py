"""The client on a sandbox of its own, on a real port."""

from __future__ import annotations

import pytest

from instep import GoHighLevel
from tests.sandbox.ghl_caller import serving


@pytest.fixture
async def sandbox():
    async with serving() as caller:
        yield caller


@pytest.fixture
async def ghl(sandbox):
    async with GoHighLevel(**reaching(sandbox)) as client:
        yield client


def reaching(sandbox, **changes):
    told = sandbox.told
    return {
        "token": told["private_integration_token"],
        "location_id": told["location_id"],
        "base_url": told["url"],
        **changes,
    }


@pytest.fixture
def reach(sandbox):
    """What a client needs to reach the sandbox."""
    return lambda **changes: reaching(sandbox, **changes)
