"""A real engine process, started as people start it and killed as the kernel kills."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from instep.store.database import Database
from instep.store.schema.syncs import effect, run, sync
from instep.store.schema.workers import shard

_COMMAND = "from instep.cli.app import main; main()"
_PATIENCE = 60.0
_GLANCE = 0.002
_LONGEST_WATCH = 1.5

DOINGS = ("reading", "deciding", "sending", "between", "idle")
"""What a killed process was doing: `between` is between two batches of effects."""


class EngineProcess:
    """Starts `instep worker`, watches what it does in the database, and kills it."""

    def __init__(self, environment: dict[str, str], log: Path, database: Database) -> None:
        self._environment = {**os.environ, **environment}
        self._log = log
        self._database = database
        self._process: subprocess.Popen | None = None

    def start(self, name: str) -> None:
        """Start it and wait until it has taken its shard, which is when work begins."""
        before = self._epochs()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _COMMAND, "worker", "--name", name],
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        self.wait(lambda: self._epochs() > before, "begin to work")

    def _epochs(self) -> int:
        with self._database.read() as tx:
            return tx.execute(sa.select(sa.func.sum(shard.c.epoch))).scalar() or 0

    def wait(self, until: Callable[[], bool], what: str, patience: float = _PATIENCE) -> None:
        """Wait until something is seen in the database. The process has to live meanwhile."""
        ends_at = time.monotonic() + patience
        while not until():
            if self._process is not None and self._process.poll() is not None:
                raise AssertionError(f"the engine ended by itself:\n{self._said()}")
            if time.monotonic() > ends_at:
                raise AssertionError(f"the engine did not {what}:\n{self._said()}")
            time.sleep(_GLANCE)

    def kill_while(self, doing: str, delay: float) -> str:
        """Kill it that many seconds after it was seen doing this, or after it did not for long."""
        ends_at = time.monotonic() + _LONGEST_WATCH
        while self._doing() != doing and time.monotonic() < ends_at:
            time.sleep(_GLANCE)
        time.sleep(delay)  # a phase is hit at its start, in its middle and just after it
        return self.kill()

    def kill(self) -> str:
        """Kill it without warning; return what it was doing."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None
        return self._doing()

    def _doing(self) -> str:
        """Say which phase the run is in; `sending` means that effects are on their way."""
        with self._database.read() as tx:
            phase = tx.execute(sa.select(run.c.phase).where(run.c.state == "running")).scalar()
            sending = self._in_flight(tx)
        if phase is None:
            return "idle"
        return {"read_a": "reading", "read_b": "reading", "decide": "deciding"}.get(
            phase, "sending" if sending else "between"
        )

    def in_flight(self) -> int:
        """Count the effects whose outcome nobody knows, which the next process looks up."""
        with self._database.read() as tx:
            return self._in_flight(tx)

    def _in_flight(self, tx: sa.Connection) -> int:
        query = sa.select(sa.func.count()).where(effect.c.state.in_(("sending", "unknown")))
        return tx.execute(query).scalar_one()

    def finished_runs(self) -> int:
        with self._database.read() as tx:
            query = sa.select(sa.func.count()).where(run.c.state == "done")
            return tx.execute(query).scalar_one()

    def wrote_lately(self) -> bool:
        """Whether the newest finished run wrote to any app."""
        newest = sa.select(run.c.counts).where(run.c.state == "done")
        with self._database.read() as tx:
            counts = tx.execute(newest.order_by(run.c.finished_at.desc()).limit(1)).scalar_one()
        return any(word.startswith(("created_", "updated_")) for word in json.loads(counts))

    def unfinished(self) -> Counter:
        """Return what is open or ended badly: runs and effects by state, runs asked for."""
        with self._database.read() as tx:
            asked = tx.execute(sa.select(sync.c.id).where(sync.c.requested_at.is_not(None))).all()
            runs = tx.execute(sa.select(run.c.state).where(run.c.state != "done")).scalars().all()
            effects = tx.execute(sa.select(effect.c.state)).scalars().all()
        return Counter(
            [f"run {state}" for state in runs]
            + [f"effect {state}" for state in effects]
            + ["run asked for" for _ in asked]
        )

    def _said(self) -> str:
        return self._log.read_text()[-4000:]
