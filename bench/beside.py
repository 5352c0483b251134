"""The flow of `bench.flows` in Node-RED, where that is installed: what it takes there, on this machine.

Node-RED answers before anything is kept and keeps no history, so it stands beside raw. It is found as
`node-red` on the path, or where the environment's NODE_RED says. Its flow is what a person would build:
an HTTP node, a function that filters and maps, an HTTP request node.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.intake import send_all

_READY_SECONDS = 60
_CODE = """
const told = msg.payload;
if (!String(told.email || "").includes("@")) return [null, {...msg, payload: ""}];
const word = (text) => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
const body = {
  id: told.id, sending: told.webhookId, name: `${told.firstName} ${told.lastName || "(none)"}`,
  first: word(told.firstName), mail: told.email.toLowerCase(), phone: told.phone, labels: told.tags,
};
return [{payload: body, headers: {"content-type": "application/json"}}, {...msg, payload: ""}];
"""


class NodeRed:
    """A running Node-RED with the flow in it."""

    def __init__(self, process: subprocess.Popen[bytes], address: str) -> None:
        self.process = process
        self.address = address

    async def send(self, requests: Sequence[bytes], together: int) -> None:
        """Send these webhooks to it, so many on their way at any time."""
        to_it = [each.replace(b"/hooks/ghl", b"/hook", 1) for each in requests]
        await send_all(self.address, to_it, together)

    @property
    def pid(self) -> int:
        """Its process."""
        return self.process.pid


def program() -> str | None:
    """Return the program of Node-RED; None where it is not installed."""
    return os.environ.get("NODE_RED") or shutil.which("node-red")


def version() -> float:
    """Return the installed version, such as 4.1."""
    found = program()
    assert found is not None
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    major, minor, *_ = told.split()[1].removeprefix("v").split(".")
    return float(f"{major}.{minor}")


@contextmanager
def running(sink: str) -> Iterator[NodeRed]:
    """Run it while the block does; it posts to the sink."""
    found = program()
    assert found is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="instep-bench-") as folder:
        flow = Path(folder) / "flows.json"
        flow.write_text(json.dumps(_flow(sink)))
        settings = Path(folder) / "settings.js"
        settings.write_text(
            f"module.exports = {{flowFile: {json.dumps(str(flow))}, uiHost: '127.0.0.1', "
            f"uiPort: {port}, logging: {{console: {{level: 'off'}}}}}};"
        )
        command = [found, "--settings", str(settings), "--userDir", folder]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:
            try:
                _wait_for(port, process)
                yield NodeRed(process, f"http://127.0.0.1:{port}")
            finally:
                process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    ends_at = time.monotonic() + _READY_SECONDS
    while time.monotonic() < ends_at and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as there:
                there.sendall(b"GET /hook HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                # until the flow is there every address is unknown; then this one knows POST alone
                if b" 404 " in there.recv(100):
                    time.sleep(2)
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("Node-RED did not come up")


def _flow(sink: str) -> list[dict[str, object]]:
    nodes: list[dict[str, object]] = [
        {"id": "in", "type": "http in", "url": "/hook", "method": "post", "wires": [["map"]]},
        {"id": "map", "type": "function", "func": _CODE, "outputs": 2, "wires": [["post"], ["ok"]]},
        {"id": "ok", "type": "http response", "statusCode": "200", "wires": []},
        {
            "id": "post",
            "type": "http request",
            "method": "POST",
            "ret": "obj",
            "url": f"{sink}/people",
            "wires": [[]],
        },
    ]
    return [{"id": "tab", "type": "tab", "label": "onward"}, *({**n, "z": "tab"} for n in nodes)]
