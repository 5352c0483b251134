"""Webhooks by HTTP: 500 at rest (50 a second), then 20,000 with 64 on their way at any time.

`instep`'s API runs in a process of its own on a fresh database; each webhook is signed (Ed25519),
proven, and its row committed before the 200 is counted. They are about 5,000 contacts that one sync
watches, so each is also a hint. Signing and sending is this process's work and is not counted as the
server's processor time, though both share the machine.

Run as `python -m bench.intake URL FOLDER KEY` it is the server: it serves until its standard input
closes, and its first line is its address.
"""

from __future__ import annotations

import asyncio
import base64
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench import databases
from bench.measuring import Bench, Figures
from instep.api.server import serve
from instep.bootstrap import Instep, assemble
from instep.engine.sync_services import Wanted
from instep.sdk.auth import Credential
from instep.settings import Settings
from instep.store.connections import Connections, NewConnection
from instep.store.database import Database
from instep.store.schema.events import event, hint
from instep.store.vault import open_vault
from instep.store.workspaces import DEFAULT_WORKSPACE

AT_REST, MODEST = 500, 50
"""So many webhooks, at so many a second: none has to wait for another one."""

CROWD = 20_000
TOGETHER = 64
CONTACTS = 5_000
_LOCATION = "loc1"
_WARM = 50


async def measure() -> Figures:
    """Time both, on both databases."""
    figures: dict[str, float] = {}
    for kind in databases.KINDS:
        with databases.fresh(kind) as url:
            figures |= {f"{kind}_{name}": figure for name, figure in (await _on(url)).items()}
    return figures


async def _on(url: str) -> dict[str, float]:
    key = Ed25519PrivateKey.generate()
    with _serving(url, key) as (address, process):
        await send_all(address, _signed(key, _WARM, "warm"), 1)
        rest = await send_all(address, _signed(key, AT_REST, "rest"), 1, every=1 / MODEST)
        crowd = _signed(key, CROWD, "crowd")
        busy = processor_seconds(process.pid)
        began = time.perf_counter()
        together = await send_all(address, crowd, TOGETHER)
        seconds = time.perf_counter() - began
        busy = processor_seconds(process.pid) - busy
    _check(url)
    return {
        "rest_p50_ms": statistics.median(rest) * 1000,
        "rest_p99_ms": statistics.quantiles(rest, n=100)[98] * 1000,
        "together_per_s": CROWD / seconds,
        "together_p50_ms": statistics.median(together) * 1000,
        "together_per_processor_s": CROWD / busy,
    }


def _signed(key: Ed25519PrivateKey, number: int, name: str) -> list[bytes]:
    """Return whole HTTP requests, signed beforehand."""
    now = datetime.now(UTC).isoformat()
    return [request_of(key, f"{name}-{each}", each, now) for each in range(number)]


def request_of(key: Ed25519PrivateKey, sending: str, number: int, now: str) -> bytes:
    """Return a whole HTTP request, signed, about one of the contacts."""
    return _request(key, _body(sending, number, now))


def _body(sending: str, number: int, now: str) -> bytes:
    """Return a body of the size of a real one."""
    told = {
        "type": "ContactUpdate",
        "locationId": _LOCATION,
        "id": f"contact{number % CONTACTS:013}",
        "webhookId": sending,
        "timestamp": now,
        "firstName": "Ada",
        "lastName": "Lovelace",
        "email": f"ada{number}@example.com",
        "phone": "+12125550123",
        "tags": ["lead", "newsletter"],
        "customFields": [{"id": f"field{each:015}", "value": "some text"} for each in range(10)],
    }
    return json.dumps(told).encode()


def _request(key: Ed25519PrivateKey, body: bytes) -> bytes:
    head = (
        "POST /hooks/ghl HTTP/1.1\r\nHost: instep\r\nContent-Type: application/json\r\n"
        f"X-GHL-Signature: {base64.b64encode(key.sign(body)).decode()}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def send_all(
    address: str, requests: Sequence[bytes], together: int, every: float = 0.0
) -> list[float]:
    """Send them over this many connections; return the seconds each waited for its 200.

    `every` is how many seconds one connection lets go by from one to the next.
    """
    waits: list[float] = []
    left = iter(requests)
    await asyncio.gather(*(_send(address, left, waits, every) for _ in range(together)))
    return waits


async def _send(address: str, left: Iterator[bytes], waits: list[float], every: float) -> None:
    parts = urlsplit(address)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    for request in left:
        await asyncio.sleep(every)
        began = time.perf_counter()
        writer.write(request)
        answer = await reader.readuntil(b"\r\n\r\n")
        waits.append(time.perf_counter() - began)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise AssertionError(f"not kept: {answer!r}")
    writer.close()
    await writer.wait_closed()


def _check(url: str) -> None:
    """Check that every webhook is a row, and every contact a hint."""
    with closing(Database(url)) as db, db.read() as tx:
        rows = [
            tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (event, hint)
        ]
    if rows != [_WARM + AT_REST + CROWD, CONTACTS]:
        raise AssertionError(f"events and hints are not all there: {rows}")


def processor_seconds(pid: int) -> float:
    """Return how long a process has used a processor."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def resident_mb(pid: int) -> float:
    """Return a process's resident memory, in mebibytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("the process does not tell its memory")


@contextmanager
def _serving(url: str, key: Ed25519PrivateKey) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with tempfile.TemporaryDirectory(prefix="instep-bench-") as folder:
        told = [url, folder, base64.b64encode(public).decode()]
        command = [sys.executable, "-m", "bench.intake", *told]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            try:
                yield child.stdout.readline().strip(), child
            finally:
                child.communicate()


async def _serve(url: str, folder: str, key: str) -> None:
    settings = Settings(data_dir=Path(folder), database_url=url, port=0, log_level="warning")
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    async with assemble(settings) as instep:
        await _prepare(instep, key)
        await serve(instep, lambda: None, lambda address: print(address, flush=True), ended)


async def _prepare(instep: Instep, key: str) -> None:
    """Store two connections and a sync between them; nothing of it is ever run here."""
    stored = Connections(instep.db, open_vault(instep.settings), DEFAULT_WORKSPACE)
    for name, connector, kind, config in (
        ("ghl", "gohighlevel", "private_integration", {"webhook_public_key": key}),
        ("ins", "insightly", "api_key", {}),
    ):
        address = {"base_url": "http://127.0.0.1:9"}
        await stored.create(
            NewConnection(name, connector, kind, _LOCATION, "US", {**address, **config}),
            Credential(kind, {"token": "pit-bench-bench", "api_key": "bench"}),
        )
    await instep.syncs.create(Wanted("people", "ghl", "ins"))


BENCH = Bench("intake", "webhooks proven, durable and answered, by HTTP", measure)

if __name__ == "__main__":
    asyncio.run(_serve(*sys.argv[1:]))
