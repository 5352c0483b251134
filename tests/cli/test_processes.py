"""Processes that stay: they answer, they end in order when told, and one owns the SQLite file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import aiohttp
import pytest


@pytest.fixture
def started(tmp_path):
    """Start `instep ARGS…` and return the process; whatever still runs is killed afterwards."""
    processes = []

    def start(*args) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", "from instep.cli.app import main; main()", *args],
            env={**os.environ, "INSTEP_DATA_DIR": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


async def test_up_serves_health_and_ends_in_order_when_told(started):
    process = started("up", "--port", "0")
    url = process.stdout.readline().split(": ", 1)[1].strip().removesuffix("/docs")
    async with aiohttp.ClientSession() as client, client.get(f"{url}/health") as reply:
        assert (await reply.json())["status"] == "ok"
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0


def test_a_second_worker_on_the_same_file_is_told_who_has_it(started):
    first = started("worker")
    assert "worker runs" in first.stdout.readline()
    second = started("worker")
    assert second.wait(60) == 2
    assert f"process {first.pid}" in " ".join(second.stderr.read().split())
    first.send_signal(signal.SIGINT)
    assert first.wait(60) == 0


def test_the_sandbox_says_in_its_first_line_all_that_is_needed_to_call_it(started, tmp_path):
    process = started("sandbox", "--contacts", "3", "--data", str(tmp_path / "sandbox"))
    described = json.loads(process.stdout.readline())
    assert {
        "url",
        "location_id",
        "company_id",
        "private_integration_token",
        "client_id",
        "client_secret",
        "webhook_public_key",
    } <= described["gohighlevel"].keys()
    assert {"url", "api_key"} <= described["insightly"].keys()
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
