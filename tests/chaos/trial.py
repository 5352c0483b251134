"""One trial: a two-way sync on one database under everything that can go wrong, from one seed."""

from __future__ import annotations

import asyncio
import base64
import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from instep.bootstrap import assemble, sandbox_apps
from instep.core.brakes import Brakes
from instep.engine.connection_services import Grant
from instep.engine.sync_services import Wanted
from instep.engine.typed import Typed
from instep.sandbox import Person, Sandbox, invent
from instep.settings import Settings
from instep.store.database import Database
from instep.store.schema.events import hint
from instep.store.schema.syncs import effect, run
from tests.chaos.doors import App, Door, open_ghl, open_insightly
from tests.chaos.engines import Engines
from tests.chaos.kinds import KINDS, Kind
from tests.chaos.ledger import Ledger
from tests.chaos.users import Users
from tests.chaos.verdict import Verdict, judge
from tests.chaos.weather import draw
from tests.crash.crowd import deal
from tests.e2e.browser import BACK, allow, consent_page

PACE = 5
"""The apps allow five times what the real ones do."""

SETTLING_RUNS = 15
_PATIENCE = 90.0
_GLANCE = 0.05


@dataclass(frozen=True)
class Size:
    """How much happens in one trial."""

    people: int = 60
    rounds: int = 14
    doings: int = 9
    kills: int = 3
    pause: float = 0.35


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
    settings = Settings(
        database_url=url,
        data_dir=folder,
        key=base64.b64encode(os.urandom(32)).decode(),
        log_level="warning",
    )
    with Sandbox(sandbox_apps(pace=str(PACE), seed=seed)).in_thread() as sandbox:
        stage = _Stage.set(sandbox, settings, seed, size)
        try:
            stage.rage()
            stage.settle()
            verdict, webhooks = stage.judge(), stage.webhooks()
        finally:
            stage.close()
    name = "sqlite" if url.startswith("sqlite") else "postgresql"
    seconds = time.monotonic() - began
    return Trial(seed, name, verdict, stage.engines.kills, webhooks, seconds)


@dataclass
class _Stage:
    """Everything on the stage of one trial."""

    size: Size
    chance: random.Random
    apps: dict[str, App]
    users: list[Users]
    ledger: Ledger
    engines: Engines
    database: Database
    seed: int
    started: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def set(cls, sandbox: Sandbox, settings: Settings, seed: int, size: Size) -> _Stage:
        chance = random.Random(seed)
        described = sandbox.describe()
        apps = {
            "gohighlevel": open_ghl(described["gohighlevel"]),
            "insightly": open_insightly(described["insightly"]),
        }
        dealt = deal(_invented(size.people, seed))
        sandbox.apps["gohighlevel"].load(dealt.ghl)
        sandbox.apps["insightly"].load(dealt.insightly)
        asyncio.run(_connect(settings, described))
        database = Database(settings.database_url)
        names = ("server",) if database.is_sqlite else ("server", "second")
        engines = Engines(_environment(settings), settings.data_dir / "engine.log", names)
        ledger = Ledger()
        users = [_users(kind, apps, described, chance, ledger) for kind in KINDS]
        stage = cls(size, chance, apps, users, ledger, engines, database, seed)
        stage._begin()
        return stage

    def _begin(self) -> None:
        for app in self.apps.values():
            app.control("PUT", "/journal", {"on": True})
        for each in self.users:
            each.begin()
        hooks = f"http://127.0.0.1:{self.engines.port}/hooks/gohighlevel"
        self.apps["gohighlevel"].control("PUT", "/app", {"webhook_url": hooks, "events": ["*"]})

    # The storm

    def rage(self) -> None:
        """Let users work, processes die and the weather strike, round after round."""
        weather = draw(self.chance, self.size.rounds)
        weather.begin(self.apps, self.seed)
        self.engines.wait_until_up()
        kills = sorted(self.chance.sample(range(1, self.size.rounds), self.size.kills))
        for number in range(self.size.rounds):
            weather.strike(self.apps, number)
            for users in self.users:
                users.work(self.size.doings, linked=self._has_finished())
            self._ask_for_a_run()
            if self.chance.random() < 0.4:
                self._repeat_webhooks()
            if number in kills:
                self._kill()
            self.engines.start()
            time.sleep(self.size.pause * self.chance.uniform(0.2, 1.8))
        weather.clear(self.apps)

    def _kill(self) -> None:
        """Kill somebody, mostly while writes are on their way."""
        if self.chance.random() < 0.7:
            self._wait_for(lambda: self._count(effect.c.state == "sending") > 0, 1.5)
        time.sleep(self.chance.uniform(0, 0.2))
        self.engines.kill_one(self.chance)

    def _ask_for_a_run(self) -> None:
        if self.chance.random() < 0.6:
            try:
                self.engines.call("POST", f"/api/syncs/{self.users[0].kind.name}/run")
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
        for _ in range(SETTLING_RUNS):
            wrote = self._run_once()
            asked = self._settle_conflicts()
            if not wrote and not asked and self._is_quiet():
                return
        raise AssertionError(
            f"after {SETTLING_RUNS} runs there is still something to do: {self._unfinished()}"
        )

    def _run_once(self) -> bool:
        """Ask for a run and wait until it has ended; say whether anything was written."""
        finished = self._finished_polls()
        for users in self.users:
            self.engines.call("POST", f"/api/syncs/{users.kind.name}/run")
        self._wait(lambda: self._finished_polls() >= finished + len(self.users), "finish its run")
        self._wait(self._is_quiet, "become quiet")
        return self._writes() != self._last_writes()

    def _writes(self) -> int:
        return sum(len(self._calls(name, writing=True)) for name in self.apps)

    def _last_writes(self) -> int:
        before, self._written = getattr(self, "_written", -1), self._writes()
        return before

    def _settle_conflicts(self) -> int:
        waiting = self.engines.call("GET", "/api/conflicts", limit="1000")["items"]
        asked = [each["id"] for each in waiting if each["stands"] == "conflict"]
        if asked:
            word = {"ids": asked[:500], "use": self.chance.choice(["a", "b"]), "by": "chaos"}
            self.engines.call("POST", "/api/conflicts/resolve", word)
        return len(asked)

    def judge(self) -> Verdict:
        """Read both apps and say what is lost, doubled, different, repeated or unexplained."""
        journals = {name: self._calls(name) for name in self.apps}
        sides = {"a": journals["gohighlevel"], "b": journals["insightly"]}
        return judge(self.users, self.ledger, sides, self.database, self._why)

    def _why(self, record_id: str) -> str:
        told = self.engines.call("GET", "/api/why", record=record_id)
        return str(told[0]["stands"])

    def webhooks(self) -> dict[str, int]:
        """Count what became of the webhooks."""
        log = self.apps["gohighlevel"]
        counts = {
            standing: log.control("GET", f"/webhooks?standing={standing}&limit=1")["total"]
            for standing in ("delivered", "lost", "given_up")
        }
        return {f"webhooks {name.replace('_', ' ')}": number for name, number in counts.items()}

    def close(self) -> None:
        self.engines.kill_all()
        self.database.close()
        for app in self.apps.values():
            app.close()

    # What is seen in the database

    def _has_finished(self) -> bool:
        return self._finished_polls() > 0

    def _finished_polls(self) -> int:
        query = sa.select(sa.func.count()).where(run.c.state == "done", run.c.kind != "webhook")
        with self.database.read() as tx:
            return int(tx.execute(query).scalar_one())

    def _count(self, condition: sa.ColumnElement[bool]) -> int:
        with self.database.read() as tx:
            return int(tx.execute(sa.select(sa.func.count()).where(condition)).scalar_one())

    def _is_quiet(self) -> bool:
        open_effects = effect.c.state.in_(("ready", "sending", "unknown"))
        running = run.c.state == "running"
        with self.database.read() as tx:
            hints = tx.execute(sa.select(sa.func.count()).select_from(hint)).scalar_one()
        return not (hints or self._count(open_effects) or self._count(running))

    def _unfinished(self) -> str:
        with self.database.read() as tx:
            effects = tx.execute(sa.select(effect.c.state, effect.c.label, effect.c.sentence)).all()
            runs = tx.execute(
                sa.select(run.c.kind, run.c.state, run.c.phase, run.c.sentence, run.c.counts)
                .order_by(run.c.started_at.desc())
                .limit(5)
            ).all()
        return f"{effects[:5]} {runs}\n{self.engines.said()}"

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

    def _calls(self, name: str, *, writing: bool = False) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while page := self.apps[name].control("GET", f"/journal?after={len(found)}")["calls"]:
            found += page
        if not writing:
            return found
        return [each for each in found if each["by"] == "app" and _writes(each)]


def _writes(call: Mapping[str, Any]) -> bool:
    return call["method"] in {"PUT", "DELETE"} or (
        call["method"] == "POST" and not call["path"].endswith(("/search", "/token"))
    )


def _invented(number: int, seed: int) -> list[Person]:
    """Invent people, each with a last name of his own: by it everybody is known on both sides."""
    people = enumerate(invent(number, seed=seed))
    return [replace(each, last_name=f"{each.last_name}{number}") for number, each in people]


def _users(
    kind: Kind,
    apps: Mapping[str, App],
    described: Mapping[str, Any],
    chance: random.Random,
    ledger: Ledger,
) -> Users:
    doors: dict[str, Door] = {
        "a": kind.a(apps["gohighlevel"], described["gohighlevel"]),
        "b": kind.b(apps["insightly"], described["insightly"]),
    }
    return Users(kind, doors, chance, ledger)


def _environment(settings: Settings) -> dict[str, str]:
    assert settings.key is not None
    return {
        "INSTEP_DATABASE_URL": settings.database_url,
        "INSTEP_DATA_DIR": str(settings.data_dir),
        "INSTEP_KEY": settings.key.get_secret_value(),
        "INSTEP_LOG_LEVEL": settings.log_level,
    }


async def _connect(settings: Settings, described: Mapping[str, Any]) -> None:
    ghl, insightly = described["gohighlevel"], described["insightly"]
    address = consent_page(ghl, "contacts.readonly", "contacts.write")
    grant = Grant(await allow(address, ghl["location_id"]), BACK)
    wanted = {name: ghl[name] for name in ("location_id", "client_id", "client_secret")}
    wanted |= {"base_url": ghl["url"], "marketplace_url": ghl["url"]}
    wanted["webhook_public_key"] = ghl["webhook_public_key"]
    key = {"base_url": insightly["url"], "api_key": insightly["api_key"], "per_second": "45"}
    # so many edits at once are what brakes are for; here they are meant
    brakes = Brakes(min_changes=100_000, per_record_per_hour=60)
    async with assemble(settings) as instep:
        connect = instep.connections.connect
        await connect(Typed("gohighlevel", "gohighlevel", "oauth2", "US", wanted), grant)
        await connect(Typed("insightly", "insightly", country="US", settings=key))
        for kind in KINDS:
            sync = Wanted(
                kind.name,
                "gohighlevel",
                "insightly",
                canonical=kind.name,
                mapping=kind.mapping,
                every_seconds=60,
                brakes=brakes,
            )
            await instep.syncs.create(sync)
