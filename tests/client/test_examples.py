"""The examples run, as they stand, against the sandbox."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


async def run(sandbox, name):
    """What an example prints, in a process of its own."""
    told = sandbox.told
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(EXAMPLES / name),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={
            **os.environ,
            "GHL_TOKEN": told["private_integration_token"],
            "GHL_LOCATION_ID": told["location_id"],
            "GHL_URL": told["url"],
        },
    )
    out, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")
    return out.decode()


@pytest.mark.parametrize("name", sorted(each.name for each in EXAMPLES.glob("*.py")))
async def test_an_example_runs_twice(sandbox, name):
    await sandbox.create(email="someone@x.org", tags=["example"])
    assert await run(sandbox, name) == await run(sandbox, name) != ""
