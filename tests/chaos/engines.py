"""Real Instep processes: a server on a fixed port, and on PostgreSQL a second worker. Killed often."""

from __future__ import annotations

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from instep.engine.access.local_token import FILE

_COMMAND = "from instep.cli.app import main; main()"
_PATIENCE = 60.0
_GLANCE = 0.05


class Engines:
    """The processes of one Instep. `names` are theirs; the first one is the server."""

    def __init__(self, environment: Mapping[str, str], log: Path, names: tuple[str, ...]) -> None:
        self._environment = {**os.environ, **environment}
        self._log = log
        self._names = names
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.port = _free_port()
        self.kills = 0

    def start(self) -> None:
        """Start whoever does not run; returns at once."""
        for name in self._names:
            process = self._processes.get(name)
            if process is not None and process.poll() is not None:
                raise AssertionError(f"{name} ended by itself:\n{self.said()}")
            if process is None:
                self._processes[name] = self._begin(name)

    def _begin(self, name: str) -> subprocess.Popen[bytes]:
        arguments = ["worker", "--name", name]
        if name == self._names[0]:
            arguments = ["up", "--port", str(self.port)]
        environment = {**self._environment, "INSTEP_WORKER": name}
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-c", _COMMAND, *arguments],
                env=environment,
                stdout=log,
                stderr=log,
            )

    def wait_until_up(self) -> None:
        """Start whoever does not run, and wait until the server answers."""
        self.start()
        ends_at = time.monotonic() + _PATIENCE
        while not self.is_up():
            self.start()
            if time.monotonic() > ends_at:
                raise AssertionError(f"the server does not answer:\n{self.said()}")
            time.sleep(_GLANCE)

    def is_up(self) -> bool:
        """Whether the server answers."""
        try:
            self.call("GET", "/health")
        except OSError:
            return False
        return True

    def kill_one(self, chance: random.Random) -> None:
        """Kill one process without warning, as the kernel kills."""
        running = [name for name in self._names if name in self._processes]
        if running:
            self._kill(chance.choice(running))
            self.kills += 1

    def kill_all(self) -> None:
        """End everything."""
        for name in [*self._processes]:
            self._kill(name)

    def _kill(self, name: str) -> None:
        process = self._processes.pop(name)
        process.kill()
        process.wait()

    def call(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """Call the API. Raises OSError while nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            data = None if body is None else json.dumps(body)
            whole = f"{path}?{urlencode(query)}" if query else path
            connection.request(method, whole, data, self._headers())
            reply = connection.getresponse()
            raw = reply.read()
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()
        assert reply.status < 400, f"{method} {path}: {reply.status} {raw!r}"
        return json.loads(raw) if raw else None

    def _headers(self) -> Mapping[str, str]:
        token = (Path(self._environment["INSTEP_DATA_DIR"]) / FILE).read_text()
        return {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}

    def said(self) -> str:
        """Return the end of what the processes logged."""
        return self._log.read_text()[-6000:] if self._log.exists() else ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
