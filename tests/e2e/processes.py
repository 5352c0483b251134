"""`instep ARGS…` as a person starts it: a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE
from dataclasses import dataclass
from pathlib import Path

WAIT = 60  # seconds; a test that waits this long has failed
INSTEP = str(Path(sys.executable).with_name("instep"))


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out.strip().splitlines()[-1])


async def ran(*args, **env):
    """Run a command to its end. Its data directory and credentials come from `env` alone."""
    process = await _start(INSTEP, *args, **env)
    out, err = await asyncio.wait_for(process.communicate(), WAIT)
    return Ended(process.returncode, out.decode(), err.decode())


@contextlib.asynccontextmanager
async def sandbox(*args, **env):
    """Run `instep sandbox ARGS…`; what its first line tells of GoHighLevel."""
    process = await _start(INSTEP, "sandbox", "--pace", "fast", *args, **env)
    try:
        line = await asyncio.wait_for(process.stdout.readline(), WAIT)
        yield json.loads(line)["gohighlevel"]
    finally:
        if process.returncode is None:
            process.terminate()
        _, err = await asyncio.wait_for(process.communicate(), WAIT)
    assert (process.returncode, err) == (0, b""), err.decode()


@contextlib.asynccontextmanager
async def up(**env):
    """Run `instep up` on any port; its address and its process. It is killed at the end."""
    process = await _start(INSTEP, "up", "--port", "0", **env)
    try:
        line = await asyncio.wait_for(process.stdout.readline(), WAIT)
        yield line.decode().split()[-1].removesuffix("/docs"), process
    finally:
        if process.returncode is None:
            process.kill()
        await asyncio.wait_for(process.communicate(), WAIT)


@contextlib.asynccontextmanager
async def together(size, script, *args, **env):
    """Run a script so often at once; `go()` lets all of them do their work, and gives their ends.

    Such a script says "ready" and waits for a line before it does anything.
    """
    started = [await _start(sys.executable, str(script), *args, **env) for _ in range(size)]
    try:
        for each in started:
            said = await asyncio.wait_for(each.stdout.readline(), WAIT)
            assert said == b"ready\n", (await each.communicate())[1].decode()

        async def go():
            ends = await asyncio.gather(*(each.communicate(b"go\n") for each in started))
            codes = [each.returncode for each in started]
            return [
                Ended(code, out.decode(), err.decode())
                for code, (out, err) in zip(codes, ends, strict=True)
            ]

        yield go
    finally:
        for each in started:
            if each.returncode is None:
                each.kill()
                await each.communicate()


async def _start(*command, **env):
    own = {name: value for name, value in os.environ.items() if not name.startswith("GHL_")}
    return await asyncio.create_subprocess_exec(
        *command, env=own | env, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
