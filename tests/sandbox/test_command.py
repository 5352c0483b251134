"""`instep sandbox` with webhooks and faults, as somebody types it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import sys

import aiohttp
import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tests.sandbox.webhook_receiver import WAIT, receiving

MAIN = "from instep.cli.app import main; main()"


@contextlib.asynccontextmanager
async def started(tmp_path, *args):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", MAIN, "sandbox", *args),
        env={**os.environ, "INSTEP_DATA_DIR": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.communicate(), WAIT)


async def test_one_option_is_enough_to_receive_a_signed_webhook(tmp_path):
    async with receiving() as receiver:
        args = ("--webhook-url", receiver.url, "--fault", "doubled_webhook", "--seed", "3")
        async with started(tmp_path, *args) as process:
            told = json.loads(await process.stdout.readline())["gohighlevel"]
            headers = {
                "Authorization": f"Bearer {told['private_integration_token']}",
                "Version": "2021-07-28",
            }
            body = {"locationId": told["location_id"], "firstName": "Ada"}
            async with (
                aiohttp.ClientSession(headers=headers) as client,
                client.post(f"{told['url']}/contacts/", json=body) as reply,
            ):
                assert reply.status == 201
            first, second = await receiver.wait_for(2)
        assert first.raw == second.raw
        assert first.event == "ContactCreate"
        key = load_der_public_key(base64.b64decode(told["webhook_public_key"]))
        key.verify(base64.b64decode(first.headers["x-ghl-signature"]), first.raw)
        assert process.returncode == 0


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("--webhook-url", "nope"), "The webhook URL must be a whole address"),
        (("--fault", "chaos=faults:odd"), "cannot strike with 'odd'"),
    ],
)
async def test_an_option_that_cannot_be_is_refused_in_a_sentence(tmp_path, args, sentence):
    async with started(tmp_path, *args) as process:
        out, err = await asyncio.wait_for(process.communicate(), WAIT)
        assert process.returncode == 2
        assert sentence in err.decode()
        assert "Traceback" not in err.decode()
        assert out == b""
