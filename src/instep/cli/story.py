"""The story `instep demo` tells: two apps that differ, a sync, edits on both sides, in step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from instep.bootstrap import Instep
from instep.cli.runs import request_and_wait
from instep.core.mapping import SideName
from instep.core.records import Record, Write
from instep.engine.clients import Reached
from instep.engine.comparison import Comparison
from instep.engine.plan_services import Preview
from instep.engine.sync_services import Wanted
from instep.engine.typed import Typed
from instep.sandbox import Person, Sandbox
from instep.sandbox.gohighlevel.company import timezone_of
from instep.sdk.limits import Purpose
from instep.store import history, runs
from instep.store.runs import Run

GHL, INSIGHTLY, SYNC = "gohighlevel", "insightly", "contacts"
PER_SECOND = "40"  # the demo's Insightly allows ten times what the real one does
EDITS = 5
"""How many records the story changes on each side between the runs."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """People dealt out to the two apps."""

    ghl: Sequence[Person]
    insightly: Sequence[Person]


def deal(people: Sequence[Person]) -> Dealt:
    """Deal people out to both apps.

    Of ten, four are equal on both sides, two only here, two only there, two on both but different.
    """
    ghl = [person for number, person in enumerate(people) if number % 10 not in {6, 7}]
    insightly = [
        _differing(person) if number % 10 >= 8 else person  # noqa: PLR2004 - the last two of ten
        for number, person in enumerate(people)
        if number % 10 not in {4, 5}
    ]
    return Dealt(ghl, insightly)


def _differing(person: Person) -> Person:
    """Return the same person as the other app has it: one value other, one missing, a tag more."""
    return replace(
        person, city=f"New {person.city or 'Town'}", state=None, tags=(*person.tags, "newsletter")
    )


@dataclass(slots=True)
class Told:
    """What came of it, for people and for programs."""

    preview: Preview
    counts: Counter[str] = field(default_factory=Counter)
    second_run_writes: int = 0
    comparison: Comparison | None = None
    lines: Sequence[Any] = ()


async def connect(instep: Instep, sandbox: Sandbox, country: str) -> None:
    """Connect both apps of the sandbox, and set up the sync between their contacts."""
    await connect_apps(instep, sandbox, country)
    await instep.syncs.create(Wanted(SYNC, GHL, INSIGHTLY, every_seconds=60))


async def connect_apps(instep: Instep, sandbox: Sandbox, country: str) -> None:
    """Connect both apps of the sandbox."""
    described = sandbox.describe()
    ghl, insightly = described[GHL], described[INSIGHTLY]
    settings: tuple[tuple[str, Mapping[str, str]], ...] = (
        (
            GHL,
            {
                "base_url": ghl["url"],
                "location_id": ghl["location_id"],
                "token": ghl["private_integration_token"],
                "timezone": timezone_of(country),
            },
        ),
        (
            INSIGHTLY,
            {
                "base_url": insightly["url"],
                "api_key": insightly["api_key"],
                "per_second": PER_SECOND,
            },
        ),
    )
    for app, typed in settings:
        await instep.connections.connect(Typed(app, app, None, country, typed))


async def tell(instep: Instep, wake: Callable[[], None], *, quiet: bool) -> Told:
    """Preview, run, run again with nothing changed, edit both sides, run, and compare.

    The engine runs already; `wake` makes it look for due work at once.
    """

    async def run() -> dict[str, int]:
        counts = await request_and_wait(instep, SYNC, wake, quiet=quiet)
        return {word: number for word, number in counts.items() if isinstance(number, int)}

    told = Told(await instep.syncs.preview(SYNC))
    told.counts.update(await run())
    again = await run()
    told.second_run_writes = writes(again)
    await _edit(instep, "a", {"city": "Springfield"}, skip=0)
    await _edit(instep, "b", {"city": "Shelbyville"}, skip=EDITS - 1)  # one person on both sides
    told.counts.update(await run())
    told.comparison = await instep.syncs.compare(SYNC)
    told.lines = await _latest_lines(instep)
    return told


def writes(counts: Mapping[str, int]) -> int:
    """Return how many records were written to any app."""
    return sum(number for word, number in counts.items() if word[:-1] in {"created_", "updated_"})


async def _edit(instep: Instep, side: SideName, values: Mapping[str, str], skip: int) -> None:
    """Change a few records in one app, as a person there would."""
    reached = await instep.clients.named(GHL if side == "a" else INSIGHTLY)
    resource = reached.connector.resource("contact")(reached.account)
    for record in (await _by_email(reached))[skip : skip + EDITS]:
        for request in resource.update(record.id, Write(set=values), None):
            await reached.client.send(request, Purpose.PERSON)


async def _by_email(reached: Reached) -> list[Record]:
    """Return the first page of an app's records, in an order both apps share."""
    resource = reached.connector.resource("contact")(reached.account)
    reply = await reached.client.send(resource.list(), Purpose.PERSON)
    return sorted(
        (each for each in resource.records(reply) if each.values.get("email")),
        key=lambda record: str(record.values["email"]).lower(),
    )


async def _latest_lines(instep: Instep) -> Sequence[Any]:
    sync = await instep.syncs.get(SYNC)

    def read(tx: Any) -> Sequence[Any]:
        newest: Run = runs.latest(tx, sync.id)[0]
        return history.of_run(tx, newest.id)

    return await instep.db.run_read(read)
