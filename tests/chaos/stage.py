"""What is set up before a trial begins: two apps with people in them, connections, syncs, users."""

from __future__ import annotations

import base64
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from instep.bootstrap import assemble
from instep.core.brakes import Brakes
from instep.engine.connection_services import Grant
from instep.engine.rule_making import Said
from instep.engine.sync_services import Wanted
from instep.engine.typed import Typed
from instep.sandbox import Person, Sandbox, invent
from instep.settings import Settings
from tests.chaos.doors import App, Door
from tests.chaos.kinds import Kind
from tests.chaos.ledger import Ledger
from tests.chaos.users import Users
from tests.crash.crowd import deal
from tests.e2e.browser import BACK, allow, consent_page

_OWNERS = 8
"""So many of the people on both sides have tasks, notes and appointments."""

_SCOPES = (
    *("contacts.readonly", "contacts.write", "businesses.readonly", "businesses.write"),
    *("locations/tasks.readonly", "calendars.readonly"),
    *("calendars/events.readonly", "calendars/events.write"),
)


def make_settings(url: str, folder: Path) -> Settings:
    """Return the settings of an Instep of its own."""
    key = base64.b64encode(os.urandom(32)).decode()
    return Settings(database_url=url, data_dir=folder, key=key, log_level="warning")


def environment(settings: Settings) -> dict[str, str]:
    """Return the same as the environment of its processes."""
    assert settings.key is not None
    return {
        "INSTEP_DATABASE_URL": settings.database_url,
        "INSTEP_DATA_DIR": str(settings.data_dir),
        "INSTEP_KEY": settings.key.get_secret_value(),
        "INSTEP_LOG_LEVEL": settings.log_level,
    }


def fill(sandbox: Sandbox, people: int, seed: int) -> None:
    """Deal people out to both apps, each with a last name of his own: by it he is known."""
    several = enumerate(invent(people, seed=seed))
    named: list[Person] = [
        replace(each, last_name=f"{each.last_name}{number}") for number, each in several
    ]
    dealt = deal(named)
    sandbox.apps["gohighlevel"].load(dealt.ghl)
    sandbox.apps["insightly"].load(dealt.insightly)


def make_users(
    kinds: Sequence[Kind],
    apps: Mapping[str, App],
    described: Mapping[str, Any],
    chance: random.Random,
    ledger: Ledger,
) -> list[Users]:
    """Return the users of each kind, and let both apps have what they begin with."""
    numbers = count(1)
    made: list[Users] = []
    for kind in kinds:
        doors: dict[str, Door] = {
            "a": kind.a(apps["gohighlevel"], described["gohighlevel"]),
            "b": kind.b(apps["insightly"], described["insightly"]),
        }
        users = Users(kind, doors, chance, ledger, numbers)
        if kind.belongs:
            users.belong_to(made[0].ids(sorted(made[0].kept)))
        users.furnish()
        users.begin()
        if not made:  # the contacts come first: others belong to some of them
            users.kept = frozenset(sorted(users.begun)[:_OWNERS])
        made.append(users)
    return made


async def connect(
    settings: Settings,
    described: Mapping[str, Any],
    kinds: Sequence[Kind],
    calendar: tuple[str, str],
) -> None:
    """Connect both apps, GoHighLevel by OAuth, and set up a sync for each kind."""
    ghl, insightly = described["gohighlevel"], described["insightly"]
    address = consent_page(ghl, *_SCOPES)
    grant = Grant(await allow(address, ghl["location_id"]), BACK)
    wanted = {name: ghl[name] for name in ("location_id", "client_id", "client_secret")}
    wanted |= {"base_url": ghl["url"], "marketplace_url": ghl["url"]}
    wanted |= {"webhook_public_key": ghl["webhook_public_key"], "book_anyway": "yes"}
    wanted["timezone"] = "America/New_York"
    key = {"base_url": insightly["url"], "api_key": insightly["api_key"], "per_second": "45"}
    async with assemble(settings) as instep:
        to = instep.connections.connect
        await to(Typed("gohighlevel", "gohighlevel", "oauth2", "US", wanted), grant)
        await to(Typed("insightly", "insightly", country="US", settings=key))
        for kind in kinds:
            await instep.syncs.create(_wanted(kind, calendar))


def _wanted(kind: Kind, calendar: tuple[str, str]) -> Wanted:
    # so many edits at once are what brakes are for; here they are meant
    brakes = Brakes(min_changes=100_000, per_record_per_hour=60, min_deletes=100)
    defaults = {"a.calendar_id": calendar[0], "a.assigned_to": calendar[1]}
    said = Said(
        deletes={"a": kind.deletes, "b": kind.deletes},
        defaults=defaults if kind.name == "appointment" else {},
    )
    return Wanted(
        kind.name,
        "gohighlevel",
        "insightly",
        canonical=kind.name,
        mapping=kind.mapping,
        every_seconds=60,
        brakes=brakes,
        said=said,
    )
