"""Flows: a webhook, a filter, seven fields mapped, a POST to a local sink, with the whole history kept.

In one round, on a fresh SQLite database: `instep` in a process of its own, the sink in another, and
the webhooks from here, signed beforehand.

- raw: 10,000 webhooks, proven and committed as always, and then only sent on as they came;
- flow: as many, each of them a run of a published flow: its steps stored with what they took and gave,
  the step stored before it is sent and again with its answer;
- at rest: 20 webhooks a second, from sending one to its arrival at the sink;
- idle: 200 published flows that poll every 15 minutes, over half a minute.

Run as `python -m bench.flows serve|sink …` it is one of the processes.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench import beside, databases
from bench.intake import processor_seconds, request_of, resident_mb, send_all
from bench.measuring import Bench, Figures
from instep.api.server import serve
from instep.bootstrap import Instep, assemble
from instep.cli.session import run_long, settle_in
from instep.engine.jobs import Jobs
from instep.engine.work import to_ms
from instep.sdk.auth import Credential
from instep.sdk.limits import Purpose
from instep.sdk.request import Request
from instep.sdk.webhooks import Incoming
from instep.settings import Settings
from instep.store.connections import Connections, NewConnection
from instep.store.database import Database
from instep.store.events import Stored
from instep.store.flows import versions
from instep.store.schema.flows import flow_run, flow_step, flow_trigger
from instep.store.vault import open_vault
from instep.store.workspaces import DEFAULT_WORKSPACE

CROWD = 10_000
TOGETHER = 64
AT_REST, A_SECOND = 200, 20
CONTACTS = 2_000
IDLE_FLOWS, IDLE_SECONDS = 200, 30
_EVERY_MS = 15 * 60_000
_SENDERS = 64
_LOCATION = "loc1"
_LONGEST = 300.0

MANIFEST = """
manifest_version: 1
app: sink
title: Sink
status: documented
evidence: {source: this bench}
config:
  base_url: {type: url, title: Address, default: "http://127.0.0.1:9"}
  api_key: {type: secret, title: API key}
http:
  base_url: "{config.base_url}"
  auth: {type: header, name: X-Api-Key, secret: api_key}
  verify: {path: /me}
  idempotency_header: Idempotency-Key
  limits: {rate: 1000000, per: 1, burst: 10000, concurrency: 64}
resources:
  contacts:
    kind: contact
    id: {path: id}
    list: {path: /contacts, records: data}
    get: {path: "/contacts/{id}"}
    fields:
      email: {path: mail, type: email, identity: strong}
"""

FLOW: dict[str, Any] = {
    "id": "onward",
    "trigger": {"kind": "event", "connection": "ghl", "event": "ContactUpdate"},
    "steps": [
        {
            "id": "known",
            "kind": "filter",
            "where": {"all": [{"field": "trigger.email", "operator": "contains", "value": "@"}]},
        },
        {
            "id": "post",
            "kind": "action",
            "connection": "sink",
            "operation": "http.request",
            "inputs": {
                "method": "POST",
                "path": "/people",
                "body": {
                    "id": "{{trigger.id}}",
                    "sending": "{{trigger.webhookId}}",
                    "name": '{{trigger.firstName}} {{trigger.lastName | default:"(none)"}}',
                    "first": "{{trigger.firstName | title}}",
                    "mail": "{{trigger.email | lower}}",
                    "phone": "{{trigger.phone}}",
                    "labels": "{{trigger.tags}}",
                },
            },
        },
    ],
}


async def measure() -> Figures:
    """Time all four, in processes of their own."""
    key = Ed25519PrivateKey.generate()
    with _sink() as sink:
        raw = await _rate(key, sink, "raw")
        flow = await _rate(key, sink, "flow")
        others = await _beside(key, sink) if beside.program() else {}
    with databases.fresh("sqlite") as url, _sink() as sink:
        idle = await _idle(key, url, sink)
    return {
        "events_per_s": flow["per_s"],
        "raw_per_s": raw["per_s"],
        "ratio_to_raw": flow["per_s"] / raw["per_s"],
        "cpu_ms_per_event": flow["cpu_ms"],
        "raw_cpu_ms_per_event": raw["cpu_ms"],
        "p50_ms": flow["p50_ms"],
        "p95_ms": flow["p95_ms"],
        **idle,
        **others,
    }


async def _rate(key: Ed25519PrivateKey, sink: _Sink, mode: str) -> Mapping[str, float]:
    """Send the crowd, then some at rest; return what came of both at the sink."""
    with databases.fresh("sqlite") as url, _serving(url, key, sink.address, mode) as server:
        await send_all(server.address, _signed(key, f"{mode}-warm", 200), 8)
        await sink.until(f"{mode}-warm", 200)
        crowd = _signed(key, f"{mode}-crowd", CROWD)
        busy = processor_seconds(server.process.pid)
        began = time.time()
        await send_all(server.address, crowd, TOGETHER)
        arrived = await sink.until(f"{mode}-crowd", CROWD)
        busy = processor_seconds(server.process.pid) - busy
        sent: dict[str, float] = {}
        rest = _signed(key, f"{mode}-rest", AT_REST)
        await _send_slowly(server.address, rest, f"{mode}-rest", sent)
        reached = await sink.until(f"{mode}-rest", AT_REST)
        if mode == "flow":
            await _check(url)
    waits = [(reached[each] - at) * 1000 for each, at in sent.items()]
    return {
        "per_s": CROWD / (max(arrived.values()) - began),
        "cpu_ms": busy / CROWD * 1000,
        "p50_ms": statistics.median(waits),
        "p95_ms": statistics.quantiles(waits, n=20)[18],
    }


async def _beside(key: Ed25519PrivateKey, sink: _Sink) -> Mapping[str, float]:
    """Send the crowd to Node-RED; return its figures."""
    with beside.running(sink.address) as other:
        await asyncio.sleep(2)
        resting = resident_mb(other.pid)
        await other.send(_signed(key, "nodered-warm", 200), 8)
        await sink.until("nodered-warm", 200)
        crowd = _signed(key, "nodered-crowd", CROWD)
        busy, began = processor_seconds(other.pid), time.time()
        await other.send(crowd, TOGETHER)
        arrived = await sink.until("nodered-crowd", CROWD)
        busy = processor_seconds(other.pid) - busy
    return {
        "nodered_version": beside.version(),
        "nodered_events_per_s": CROWD / (max(arrived.values()) - began),
        "nodered_cpu_ms_per_event": busy / CROWD * 1000,
        "nodered_idle_mb": resting,
    }


async def _check(url: str) -> None:
    """Check that every event is a run that is done, with both of its steps kept."""
    told = 200 + CROWD + AT_REST
    ends_at = time.monotonic() + 30
    with closing(Database(url)) as db:
        while True:
            with db.read() as tx:
                done = sa.select(sa.func.count()).select_from(flow_run)
                runs = tx.execute(done.where(flow_run.c.state == "done")).scalar_one()
                kept = sa.select(sa.func.count()).select_from(flow_step)
                steps = tx.execute(kept.where(flow_step.c.state == "done")).scalar_one()
            if (runs, steps) == (told, 2 * told):
                return
            if time.monotonic() > ends_at:
                raise AssertionError(f"{runs} runs and {steps} steps are done of {told} events")
            await asyncio.sleep(0.2)


async def _idle(key: Ed25519PrivateKey, url: str, sink: _Sink) -> Mapping[str, float]:
    with _serving(url, key, sink.address, "idle") as server:
        await asyncio.sleep(5)
        busy, began = processor_seconds(server.process.pid), time.monotonic()
        await asyncio.sleep(IDLE_SECONDS)
        busy = processor_seconds(server.process.pid) - busy
        return {
            "idle_mb": resident_mb(server.process.pid),
            "idle_percent_of_a_core": 100 * busy / (time.monotonic() - began),
        }


def _signed(key: Ed25519PrivateKey, name: str, number: int) -> list[bytes]:
    now = datetime.now(UTC).isoformat()
    return [request_of(key, f"{name}-{each}", each % CONTACTS, now) for each in range(number)]


async def _send_slowly(
    address: str, requests: Sequence[bytes], name: str, sent: dict[str, float]
) -> None:
    for number, request in enumerate(requests):
        sent[f"{name}-{number}"] = time.time()
        await send_all(address, [request], 1)
        await asyncio.sleep(1 / A_SECOND)


# The sink


class _Sink:
    """The sink's process: what has arrived there, and when."""

    def __init__(self, process: subprocess.Popen[str], address: str, log: Path) -> None:
        self.process = process
        self.address = address
        self._log = log

    async def until(self, name: str, number: int) -> dict[str, float]:
        """Wait until so many of a name have arrived; return when each did first."""
        ends_at = time.monotonic() + _LONGEST
        while True:
            arrived: dict[str, float] = {}
            for line in self._log.read_text().splitlines():
                sending, _, at = line.partition(" ")
                if sending.startswith(f"{name}-"):
                    arrived.setdefault(sending, float(at))
            if len(arrived) >= number:
                return arrived
            if time.monotonic() > ends_at:
                raise AssertionError(f"{len(arrived)} of {number} arrived of {name}")
            await asyncio.sleep(0.1)


@contextmanager
def _sink() -> Iterator[_Sink]:
    with tempfile.TemporaryDirectory(prefix="instep-bench-") as folder:
        log = Path(folder) / "arrived"
        log.touch()
        with _process("sink", str(log)) as (process, address):
            yield _Sink(process, address, log)


class _Answering(asyncio.Protocol):
    """Says yes to everything, as quickly as can be, and notes each posting."""

    def __init__(self, log: Any) -> None:
        self._log = log
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while True:
            head, found, rest = self._read.partition(b"\r\n\r\n")
            if not found:
                return
            length = _length(head)
            if len(rest) < length:
                return
            self._read = rest[length:]
            self._answer(head, rest[:length])

    def _answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"POST"):
            told = json.loads(body)
            self._log.write(f"{told.get('sending') or told.get('webhookId')} {time.time():.6f}\n")
            self._log.flush()
        said = b'{"data": [], "ok": true}'
        self._transport.write(  # type: ignore[attr-defined] # a stream's transport
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            % (len(said), said)
        )


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def _be_sink(log: str) -> None:
    with Path(log).open("a") as file:  # noqa: ASYNC230 - opened once, before there is anything to do
        server = await asyncio.get_running_loop().create_server(
            lambda: _Answering(file), "127.0.0.1", 0
        )
        print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await _until_told()
        server.close()


# Instep


class _Server:
    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.process = process
        self.address = address


@contextmanager
def _serving(url: str, key: Ed25519PrivateKey, sink: str, mode: str) -> Iterator[_Server]:
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with tempfile.TemporaryDirectory(prefix="instep-bench-") as folder:
        told = (url, folder, base64.b64encode(public).decode(), sink, mode)
        # by a process of its own: what is measured starts from what is stored, as after a restart
        subprocess.run([sys.executable, "-m", "bench.flows", "prepare", *told], check=True)
        with _process("serve", *told) as (process, address):
            yield _Server(process, address)


@contextmanager
def _process(*told: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "bench.flows", *told]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        try:
            address = child.stdout.readline().strip()
            if not address:
                raise AssertionError(f"{told[0]} did not come up")
            yield child, address
        finally:
            child.communicate()


async def _until_told() -> None:
    """Wait until the standard input closes."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    await ended.wait()


async def _be_prepared(url: str, folder: str, key: str, sink: str, mode: str) -> None:
    manifests = Path(folder) / "connectors"
    manifests.mkdir()
    (manifests / "sink.yaml").write_text(MANIFEST)
    async with assemble(_settings(url, folder)) as instep:
        await _prepare(instep, key, sink, mode)


async def _serve(url: str, folder: str, _key: str, _sink: str, mode: str) -> None:
    async with assemble(_settings(url, folder), owner="bench") as instep:
        jobs = Jobs(instep.engine, worker="bench")
        await jobs.start()
        told = asyncio.Event()
        passing = _Passing(instep)
        if mode == "raw":
            instep.intake.take = passing.take  # type: ignore[method-assign] # the bench's own way on
        serving = asyncio.create_task(serve(instep, jobs.wake, _say_ready, told))
        async with passing:
            await _until_told()
        told.set()
        await serving
        await jobs.stop()


def _say_ready(address: str) -> None:
    settle_in()  # as `instep up` does
    print(address, flush=True)


def _settings(url: str, folder: str) -> Settings:
    # its standard output is a pipe: what nobody reads would stop it some day
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    return Settings(data_dir=Path(folder), database_url=url, port=0, log_level="warning")


async def _prepare(instep: Instep, key: str, sink: str, mode: str) -> None:
    stored = Connections(instep.db, open_vault(instep.settings), DEFAULT_WORKSPACE)
    for name, connector, kind, config in (
        ("ghl", "gohighlevel", "private_integration", {"webhook_public_key": key}),
        ("sink", "sink", "header", {"base_url": sink}),
    ):
        address = {"base_url": "http://127.0.0.1:9"}
        await stored.create(
            NewConnection(name, connector, kind, _LOCATION, "US", {**address, **config}),
            Credential(kind, {"token": "pit-bench-bench", "api_key": "bench"}),
        )
    if mode == "flow":
        await instep.flows.save(FLOW)
        await instep.flows.publish("onward")
    if mode == "idle":
        await _publish_polls(instep)


async def _publish_polls(instep: Instep) -> None:
    trigger = {"kind": "poll", "connection": "sink", "operation": "contact.changed", "minutes": 15}
    body = {"mail": "{{trigger.email}}"}
    post = {**FLOW["steps"][1], "inputs": {"method": "POST", "path": "/people", "body": body}}
    for number in range(IDLE_FLOWS):
        document = {"id": f"poll_{number}", "trigger": trigger, "steps": [post]}
        await instep.flows.save(document)
        await instep.flows.publish(f"poll_{number}")
    # spread over the quarter of an hour, as they would be after a while
    now = to_ms(datetime.now(UTC))

    def spread(tx: sa.Connection) -> None:
        for number in range(IDLE_FLOWS):
            found = sa.update(flow_trigger).where(flow_trigger.c.flow_id == _id(tx, number))
            tx.execute(found.values(due_at=now + number * _EVERY_MS // IDLE_FLOWS))

    await instep.db.run(spread)


def _id(tx: sa.Connection, number: int) -> str:
    return versions.get(tx, DEFAULT_WORKSPACE, f"poll_{number}").id


class _Passing:
    """What is raw: a webhook is kept as always, and sent on as it came by one of many senders."""

    def __init__(self, instep: Instep) -> None:
        self._instep = instep
        self._take = instep.intake.take
        self._kept: asyncio.Queue[bytes] = asyncio.Queue()
        self._senders: list[asyncio.Task[None]] = []

    async def take(self, name: str, incoming: Incoming) -> Stored:
        kept = await self._take(name, incoming)
        self._kept.put_nowait(incoming.body)
        return kept

    async def __aenter__(self) -> None:
        self._senders = [asyncio.create_task(self._send()) for _ in range(_SENDERS)]

    async def __aexit__(self, *_: object) -> None:
        for each in self._senders:
            each.cancel()

    async def _send(self) -> None:
        reached = await self._instep.clients.named("sink")
        while True:
            body = json.loads(await self._kept.get())
            await reached.client.send(Request("POST", "/people", json=body), Purpose.WRITE)


BENCH = Bench("flows", "webhook to filter to map to POST, with the whole history kept", measure)

if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        role, *rest = sys.argv[1:]
        match role:
            case "sink":
                asyncio.run(_be_sink(*rest))
            case "prepare":
                asyncio.run(_be_prepared(*rest))
            case _:
                run_long(_serve(*rest))
