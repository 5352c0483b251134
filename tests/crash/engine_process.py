"""A real engine process, started as people start it and killed as the kernel kills."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from instep.store.database import Database
from instep.store.schema.syncs import effect, run
from instep.store.schema.workers import shard

_COMMAND = "from instep.cli.app import main; main()"
_PATIENCE = 60.0
_GLANCE = 0.01


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

    def kill(self) -> str:
        """Kill it without warning; return what it was doing."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None
        return self._doing()

    def _doing(self) -> str:
        """Say which phase the run was in; a claimed effect was on its way or just answered."""
        with self._database.read() as tx:
            phase = tx.execute(sa.select(run.c.phase).where(run.c.state == "running")).scalar()
            sending = self._in_flight(tx)
        if phase is None:
            return "idle"
        return {"read_a": "reading", "read_b": "reading", "decide": "deciding"}.get(
            phase, "sending" if sending else "storing"
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

    def unfinished(self) -> Counter:
        """Return what is open or ended badly: runs and effects by state."""
        with self._database.read() as tx:
            runs = tx.execute(sa.select(run.c.state).where(run.c.state != "done")).scalars().all()
            effects = tx.execute(sa.select(effect.c.state)).scalars().all()
        return Counter(
            [f"run {state}" for state in runs] + [f"effect {state}" for state in effects]
        )

    def _said(self) -> str:
        return self._log.read_text()[-4000:]
