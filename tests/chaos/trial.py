"""One trial: two-way syncs on one database under everything that can go wrong, from one seed."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from instep.bootstrap import sandbox_apps
from instep.sandbox import Sandbox
from instep.store.database import Database
from instep.store.schema.events import hint
from instep.store.schema.syncs import effect, run, sync
from tests.chaos import stage
from tests.chaos.doors import App, open_ghl, open_insightly
from tests.chaos.engines import Engines
from tests.chaos.ghl_doors import first_calendar
from tests.chaos.kinds import KINDS
from tests.chaos.ledger import Ledger, now
from tests.chaos.users import Users
from tests.chaos.verdict import Verdict, judge
from tests.chaos.weather import draw

PACE = 5
"""The apps allow five times what the real ones do."""

SETTLING_RUNS = 15
_PATIENCE = 90.0
_GLANCE = 0.05
_CALM = 1.5  # seconds in which an app whose day is used up must not be called


@dataclass(frozen=True)
class Size:
    """How much happens in one trial."""

    people: int = 50
    rounds: int = 11
    doings: int = 8
    kills: int = 2
    pause: float = 0.3


@dataclass
class Trial:
    """One trial and its figures."""

    seed: int
    database: str
    verdict: Verdict
    kills: int
    webhooks: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def well(self) -> bool:
        return not self.verdict.troubles

    def line(self) -> str:
        """Return the figures as one line."""
        told = {**self.verdict.figures, "kills": self.kills, **self.webhooks}
        figures = ", ".join(f"{number} {name}" for name, number in told.items())
        ended = "in step" if self.well else f"{len(self.verdict.troubles)} TROUBLES"
        return f"seed {self.seed} {self.database}: {figures}, {self.seconds:.1f} s: {ended}"


def undergo(url: str, folder: Path, seed: int, size: Size) -> Trial:
    """Fill both apps, let users and weather at them and the engine, let it settle, and judge."""
    began = time.monotonic()
    with Sandbox(
        sandbox_apps(pace=str(PACE), seed=seed, only=("gohighlevel", "insightly"))
    ).in_thread() as sandbox:
        running = _set(sandbox, url, folder, seed, size)
        try:
            running.rage()
            running.settle()
            verdict, webhooks = running.judge(), running.webhooks()
            verdict.troubles += running.exhaust()
        finally:
            running.close()
    name = "sqlite" if url.startswith("sqlite") else "postgresql"
    seconds = time.monotonic() - began
    return Trial(seed, name, verdict, running.engines.kills, webhooks, seconds)


def _set(sandbox: Sandbox, url: str, folder: Path, seed: int, size: Size) -> _Running:
    settings, described = stage.make_settings(url, folder), sandbox.describe()
    apps = {
        "gohighlevel": open_ghl(described["gohighlevel"]),
        "insightly": open_insightly(described["insightly"]),
    }
    stage.fill(sandbox, size.people, seed)
    calendar = first_calendar(apps["gohighlevel"], described["gohighlevel"]["location_id"])
    asyncio.run(stage.connect(settings, described, KINDS, calendar))
    for app in apps.values():
        app.control("PUT", "/journal", {"on": True})
    chance, ledger, database = random.Random(seed), Ledger(), Database(url)
    users = stage.make_users(KINDS, apps, described, chance, ledger)
    names = ("server",) if database.is_sqlite else ("server", "second")
    engines = Engines(stage.environment(settings), folder / "engine.log", names)
    hooks = f"http://127.0.0.1:{engines.port}/hooks/gohighlevel"
    apps["gohighlevel"].control("PUT", "/app", {"webhook_url": hooks, "events": ["*"]})
    return _Running(seed, size, chance, apps, users, ledger, engines, database)


@dataclass
class _Running:
    """One trial under way."""

    seed: int
    size: Size
    chance: random.Random
    apps: dict[str, App]
    users: list[Users]
    ledger: Ledger
    engines: Engines
    database: Database
    _written: int = -1

    # The storm

    def rage(self) -> None:
        """Let users work, processes die and the weather strike, round after round."""
        weather = draw(self.chance, self.size.rounds)
        weather.begin(self.apps, self.seed)
        self.engines.wait_until_up()
        kills = sorted(self.chance.sample(range(1, self.size.rounds), self.size.kills))
        for number in range(self.size.rounds):
            weather.strike(self.apps, number)
            self._work()
            self._ask_for_a_run()
            if self.chance.random() < 0.4:
                self._repeat_webhooks()
            if number in kills:
                self._kill()
            self.engines.start()
            time.sleep(self.size.pause * self.chance.uniform(0.2, 1.8))
        weather.clear(self.apps)

    def _work(self) -> None:
        """Let the contacts' users work, and those of one or two other kinds."""
        linked_at = self._first_end(self.users[0].kind.name)
        # what belongs to contacts is linked by a run that began after they were
        finished = self._finished(linked_at) if linked_at is not None else set()
        contacts, *others = self.users
        chosen = self.chance.sample(others, self.chance.choice([1, 2]))
        for users, doings in [(contacts, self.size.doings), *((each, 3) for each in chosen)]:
            is_linked = linked_at is not None if users is contacts else users.kind.name in finished
            users.work(doings, linked=is_linked)

    def _kill(self) -> None:
        """Kill somebody, mostly while writes are on their way."""
        if self.chance.random() < 0.7:
            self._wait_for(lambda: self._count(effect.c.state == "sending") > 0, 1.5)
        time.sleep(self.chance.uniform(0, 0.2))
        self.engines.kill_one(self.chance)

    def _ask_for_a_run(self) -> None:
        for users in self.chance.sample(self.users, 2):
            try:
                self.engines.call("POST", f"/api/syncs/{users.kind.name}/run")
            except OSError:
                return  # it is not up just now; whoever wants a run would try again

    def _repeat_webhooks(self) -> None:
        """Send webhooks of a while ago again, in another order."""
        ghl = self.apps["gohighlevel"]
        sent = ghl.control("GET", "/webhooks?limit=40")["webhooks"]
        for each in self.chance.sample(sent, min(5, len(sent))):
            ghl.control("POST", f"/webhooks/{each['id']}/redeliver")

    # Afterwards

    def settle(self) -> None:
        """Run until a run finds nothing to do; a person settles the conflicts meanwhile."""
        self.engines.wait_until_up()
        for users in self.users:
            if users.kind.read_whole:
                self.engines.call("POST", f"/api/syncs/{users.kind.name}/reread")
        for _ in range(SETTLING_RUNS):
            wrote = self._run_all()
            asked = self._settle_conflicts()
            if not wrote and not asked and self._is_quiet():
                return
        raise AssertionError(
            f"after {SETTLING_RUNS} runs there is still something to do: {self._unfinished()}"
        )

    def _run_all(self) -> bool:
        """Run every sync, parents first, and wait; say whether anything was written."""
        for users in self.users:
            asked_at, name = now(), users.kind.name
            self.engines.call("POST", f"/api/syncs/{name}/run")
            self._wait(lambda: name in self._finished(asked_at), f"finish its run of {name}")  # noqa: B023 - called at once
        self._wait(self._is_quiet, "become quiet")
        before, self._written = self._written, self._writes()
        return self._written != before

    def _writes(self) -> int:
        return sum(sum(map(_writes, self._calls(name))) for name in self.apps)

    def _settle_conflicts(self) -> int:
        waiting = self.engines.call("GET", "/api/conflicts", limit="1000")["items"]
        asked = [each["id"] for each in waiting if each["stands"] == "conflict"]
        if asked:
            word = {"ids": asked[:500], "use": self.chance.choice(["a", "b"]), "by": "chaos"}
            self.engines.call("POST", "/api/conflicts/resolve", word)
        return len(asked)

    def judge(self) -> Verdict:
        """Read both apps and say what is lost, doubled, different, repeated or unexplained."""
        sides = {"a": self._calls("gohighlevel"), "b": self._calls("insightly")}
        return judge(self.users, self.ledger, sides, self.database, self._why)

    def _why(self, kind: str, record_id: str) -> str:
        told = self.engines.call("GET", "/api/why", record=record_id, sync=kind)
        return str(told[0]["stands"])

    def exhaust(self) -> list[str]:
        """Let one app's day be used up; return what is wrong with how the sync takes it.

        It comes last, because nobody waits here for the next day.
        """
        name = self.chance.choice([*self.apps])
        app, sync_name = self.apps[name], self.users[0].kind.name
        # tokens are not given out of the day's quota
        app.control("PUT", "/faults", {"rate_limit_daily": {"path": "/[cC]ontacts*"}})
        self.engines.call("POST", f"/api/syncs/{sync_name}/run")
        if not self._wait_for(lambda: self._resumes(sync_name), _PATIENCE):
            return [f"exhausted: {name} had no calls left, and nobody was told when it goes on"]
        before = len(self._calls(name))
        time.sleep(_CALM)
        late = [call for call in self._calls(name)[before:] if "/oauth/" not in call["path"]]
        return [f"exhausted: {name} was called all the same: {call['path']}" for call in late]

    def _resumes(self, name: str) -> bool:
        """Whether the sync's run waits for another day, and says so."""
        query = (
            sa.select(run.c.sentence)
            .join(sync, sync.c.id == run.c.sync_id)
            .where(sync.c.name == name, run.c.state == "running", sync.c.due_at > now() + 1000)
        )
        with self.database.read() as tx:
            said = tx.execute(query).scalar()
        return said is not None and "UTC" in said

    def webhooks(self) -> dict[str, int]:
        """Count what became of the webhooks."""
        log = self.apps["gohighlevel"]
        counts = {
            standing: log.control("GET", f"/webhooks?standing={standing}&limit=1")["total"]
            for standing in ("delivered", "lost", "given_up")
        }
        return {f"webhooks {name.replace('_', ' ')}": number for name, number in counts.items()}

    def close(self) -> None:
        """End everything."""
        self.engines.kill_all()
        self.database.close()
        for app in self.apps.values():
            app.close()

    # What is seen in the database

    def _finished(self, since: int = 0) -> set[str]:
        """Return the syncs that have ended a run well which began since then and read lists."""
        query = (
            sa.select(sync.c.name)
            .join(run, run.c.sync_id == sync.c.id)
            .where(run.c.state == "done", run.c.kind != "webhook", run.c.started_at >= since)
        )
        with self.database.read() as tx:
            return set(tx.execute(query).scalars())

    def _first_end(self, name: str) -> int | None:
        """Return when the first run of a sync ended well."""
        query = (
            sa.select(sa.func.min(run.c.finished_at))
            .join(sync, run.c.sync_id == sync.c.id)
            .where(sync.c.name == name, run.c.state == "done")
        )
        with self.database.read() as tx:
            return tx.execute(query).scalar()

    def _count(self, condition: sa.ColumnElement[bool]) -> int:
        with self.database.read() as tx:
            return int(tx.execute(sa.select(sa.func.count()).where(condition)).scalar_one())

    def _is_quiet(self) -> bool:
        open_effects = effect.c.state.in_(("ready", "sending", "unknown"))
        with self.database.read() as tx:
            hints = tx.execute(sa.select(sa.func.count()).select_from(hint)).scalar_one()
        return not (hints or self._count(open_effects) or self._count(run.c.state == "running"))

    def _unfinished(self) -> str:
        with self.database.read() as tx:
            effects = tx.execute(sa.select(effect.c.state, effect.c.label, effect.c.sentence)).all()
            runs = tx.execute(
                sa.select(run.c.kind, run.c.state, run.c.phase, run.c.sentence, run.c.counts)
                .order_by(run.c.started_at.desc())
                .limit(5)
            ).all()
            halted = tx.execute(
                sa.select(sync.c.name, sync.c.sentence).where(sync.c.state != "active")
            ).all()
        return f"{halted} {effects[:5]} {runs}\n{self.engines.said()}"

    def _wait(self, until: Callable[[], bool], what: str) -> None:
        if not self._wait_for(until, _PATIENCE):
            raise AssertionError(f"the engine did not {what}: {self._unfinished()}")

    def _wait_for(self, until: Callable[[], bool], patience: float) -> bool:
        ends_at = time.monotonic() + patience
        while not until():
            if time.monotonic() > ends_at:
                return False
            time.sleep(_GLANCE)
        return True

    def _calls(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while page := self.apps[name].control("GET", f"/journal?after={len(found)}")["calls"]:
            found += page
        return found


def _writes(call: Mapping[str, Any]) -> bool:
    """Whether it is a call of ours that writes."""
    reading = call["method"] == "GET" or call["path"].endswith(("/search", "/token"))
    return call["by"] == "app" and not reading
