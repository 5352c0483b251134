"""A GoHighLevel of one's own, on a real port."""

from __future__ import annotations

import pytest

from tests.sandbox.ghl_caller import serving


@pytest.fixture
async def ghl():
    async with serving() as caller:
        yield caller
