"""One ordeal: a two-way sync on one database, its engine killed again and again."""

from __future__ import annotations

import asyncio
import base64
import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from instep.bootstrap import assemble, sandbox_apps
from instep.core.brakes import Brakes
from instep.engine.sync_services import Wanted
from instep.engine.typed import Typed
from instep.sandbox import Sandbox, invent
from instep.settings import Settings
from instep.store.database import Database
from tests.crash.crowd import Crowd, Verdict, deal, make_crowd
from tests.crash.engine_process import EngineProcess
from tests.crash.two_apps import GoHighLevel, Insightly

PACE = "20"
"""The apps allow twenty times what the real ones do: slow enough for kills to land in mid-flight."""

SYNC = "torture"
_SETTLING_RUNS = 6
_DELAYS = {"reading": 0.01, "deciding": 0.02, "sending": 0.4, "between": 0.005}
"""What the kills aim at, and how many seconds later they strike at the latest."""

_AIMS = ("reading", "deciding", "sending", "sending", "sending", "between")


@dataclass(frozen=True)
class Plan:
    """How hard it is going to be."""

    kills: int
    contacts: int
    seed: int
    edits: int = 8
    newcomers: int = 1
    takeovers: int = 0  # how many restarts are by another worker (PostgreSQL only)


@dataclass
class Outcome:
    """What came of it."""

    database: str
    kills: int
    looked_up: int
    verdict: Verdict
    in_step: bool
    phases: Counter = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def well(self) -> bool:
        return self.in_step and self.verdict.well

    def figures(self) -> dict:
        return {
            "database": self.database,
            "kills": self.kills,
            "phases": dict(self.phases),
            "looked_up": self.looked_up,
            "people": self.verdict.people,
            "edits": self.verdict.edits,
            "lost": len(self.verdict.lost_people) + len(self.verdict.lost_edits),
            "doubled": len(self.verdict.doubled),
            "equal": self.well,
            "seconds": round(self.seconds, 1),
        }


def undergo(url: str, folder: Path, plan: Plan) -> Outcome:
    """Fill both apps, kill the engine as often as planned, let it finish, and judge."""
    began = time.monotonic()
    settings = Settings(
        database_url=url,
        data_dir=folder,
        key=base64.b64encode(os.urandom(32)).decode(),
        log_level="warning",
    )
    apps = sandbox_apps(pace=PACE, seed=plan.seed, only=("gohighlevel", "insightly"))
    with Sandbox(apps).in_thread() as sandbox:
        crowd = _fill(sandbox, plan)
        asyncio.run(_connect(settings, sandbox))
        database = Database(url)
        try:
            engine = EngineProcess(_environment(settings), folder / "engine.log", database)
            phases, looked_up = _torture(engine, crowd, settings, plan)
            _let_it_finish(engine, settings)
        finally:
            database.close()
        verdict, in_step = crowd.judge(), asyncio.run(_compare(settings))
    name = "sqlite" if url.startswith("sqlite") else "postgresql"
    seconds = time.monotonic() - began
    return Outcome(name, plan.kills, looked_up, verdict, in_step, phases, seconds)


def _environment(settings: Settings) -> dict[str, str]:
    assert settings.key is not None
    return {
        "INSTEP_DATABASE_URL": settings.database_url,
        "INSTEP_DATA_DIR": str(settings.data_dir),
        "INSTEP_KEY": settings.key.get_secret_value(),
        "INSTEP_LOG_LEVEL": settings.log_level,
    }


def _fill(sandbox: Sandbox, plan: Plan) -> Crowd:
    dealt = deal(invent(plan.contacts, seed=plan.seed))
    described = sandbox.describe()
    apps = GoHighLevel(described["gohighlevel"]), Insightly(described["insightly"])
    sandbox.apps["gohighlevel"].load(dealt.ghl)
    sandbox.apps["insightly"].load(dealt.insightly)
    return make_crowd(*apps, dealt, random.Random(plan.seed))


async def _connect(settings: Settings, sandbox: Sandbox) -> None:
    ghl, insightly = (sandbox.describe()[name] for name in ("gohighlevel", "insightly"))
    typed = (
        (
            "gohighlevel",
            {
                "base_url": ghl["url"],
                "location_id": ghl["location_id"],
                "token": ghl["private_integration_token"],
            },
        ),
        (
            "insightly",
            {
                "base_url": insightly["url"],
                "api_key": insightly["api_key"],
                "per_second": "99",
            },
        ),
    )
    async with assemble(settings) as instep:
        for app, each in typed:
            await instep.connections.connect(Typed(app, app, country="US", settings=each))
        # so many edits at once are what brakes are for; here they are meant
        brakes = Brakes(min_changes=100_000, per_record_per_hour=100_000)
        wanted = Wanted(SYNC, "gohighlevel", "insightly", every_seconds=60, brakes=brakes)
        await instep.syncs.create(wanted)


async def _request_run(settings: Settings) -> None:
    async with assemble(settings) as instep:
        await instep.syncs.request_run(SYNC)


async def _compare(settings: Settings) -> bool:
    async with assemble(settings) as instep:
        return (await instep.syncs.compare(SYNC)).in_step


def _torture(
    engine: EngineProcess, crowd: Crowd, settings: Settings, plan: Plan
) -> tuple[Counter, int]:
    """Start, wait a little, kill; in between people go on working in both apps."""
    phases: Counter = Counter()
    looked_up = 0
    for number in range(1, plan.kills + 1):
        asyncio.run(_request_run(settings))
        engine.start(_name_of(number, plan))
        doing = crowd.chance.choice(_AIMS)
        phases[engine.kill_while(doing, crowd.chance.uniform(0, _DELAYS[doing]))] += 1
        looked_up += engine.in_flight()
        linked = engine.finished_runs() > 0
        crowd.change_something(linked=linked, edits=plan.edits, newcomers=plan.newcomers)
    return phases, looked_up


def _name_of(number: int, plan: Plan) -> str:
    """Return the worker's name; now and then another one, who has to notice that the last died."""
    return f"worker-{number * plan.takeovers // plan.kills}" if plan.takeovers else "worker"


def _let_it_finish(engine: EngineProcess, settings: Settings) -> None:
    """Run until a run has nothing to write. The first one may have read before the last edits."""
    finished = engine.finished_runs()
    asyncio.run(_request_run(settings))
    engine.start("worker-last")
    for number in range(_SETTLING_RUNS):
        engine.wait(lambda: engine.finished_runs() > finished, "finish its run", patience=240)  # noqa: B023 - called at once
        finished = engine.finished_runs()
        if number and not engine.wrote_lately():
            break
        asyncio.run(_request_run(settings))
    # a run that was asked for during another one begins as soon as that has ended
    engine.wait(lambda: not engine.unfinished(), "come to rest", patience=240)
    engine.kill()
    left = engine.unfinished()
    if left:
        raise AssertionError(f"after the last run there is still something open: {left}")
