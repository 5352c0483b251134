"""The story `instep demo --full` tells: everything of both apps in step, undone, and in step again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from instep.bootstrap import Instep
from instep.cli.hands import Hands
from instep.cli.story import GHL, INSIGHTLY, writes
from instep.core.records import Value
from instep.engine.comparison import Comparison
from instep.engine.rule_making import Said
from instep.engine.sync_services import Wanted

KINDS = {
    "businesses": "business",
    "contacts": "contact",
    "tasks": "task",
    "notes": "note",
    "appointments": "appointment",
}
"""Syncs of the story and their kinds of records, those that others name first."""

Run = Callable[[str], Awaitable[Mapping[str, Any]]]
"""Makes a run for what it is given, waits for its end and returns its counts."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is on both sides, by the ids each app gave them, in one order; and a calendar."""

    ghl: Hands
    insightly: Hands
    people: Sequence[tuple[str, str]]
    calendar: str

    async def add(self, kind: str, person: int, *, ghl: bool, **values: Value) -> None:
        """Make something that belongs to a person, in one of the two apps."""
        hands, parent = (self.ghl, 0) if ghl else (self.insightly, 1)
        parent_id = self.people[person][parent]
        await hands.make(kind, {**values, "contact_id": parent_id}, parent_id)


@dataclass(slots=True)
class FullyTold:
    """What came of it: both apps compared sync by sync, and whether undoing restored them."""

    counts: Counter[str] = field(default_factory=Counter)
    second_run_writes: int = 0
    restored: bool = False
    refused: int = 0
    comparisons: dict[str, Comparison] = field(default_factory=dict)


async def find_cast(instep: Instep) -> Cast:
    """Find who is on both sides, by e-mail."""
    ghl, insightly = [Hands(await instep.clients.named(app)) for app in (GHL, INSIGHTLY)]
    ids: list[dict[str, str]] = []
    for hands in (ghl, insightly):
        records = await hands.look("contact")
        ids.append({str(each.values["email"]).lower(): each.id for each in records})
    shared = sorted(ids[0].keys() & ids[1].keys())
    (calendar, *_) = await ghl.look("calendar")
    people = [(ids[0][each], ids[1][each]) for each in shared]
    return Cast(ghl, insightly, people, calendar.id)


async def furnish(cast: Cast, now: datetime) -> None:
    """Give both apps what people there would have made: some on both sides, some on one."""
    for hands, names in ((cast.ghl, _GHL_BUSINESSES), (cast.insightly, _INSIGHTLY_BUSINESSES)):
        made = [await hands.make("business", {"name": name}) for name in names]
        side = 0 if hands is cast.ghl else 1
        for number, business in enumerate(made):
            person = cast.people[number + 3 * side][side]
            await hands.edit("contact", person, {"business_id": business})
    await _furnish_tasks(cast, now)
    await _furnish_notes(cast)
    await _furnish_appointments(cast, now)


_GHL_BUSINESSES = ("Acme Insurance", "North Lending")
_INSIGHTLY_BUSINESSES = ("Acme Insurance", "South Brokers")


async def _furnish_tasks(cast: Cast, now: datetime) -> None:
    due = _stamp(now + timedelta(days=3))
    await cast.add("task", 0, ghl=True, title="Call about the renewal", due_at=due)
    await cast.add("task", 0, ghl=True, title="Send the quote", body="Two drivers.", due_at=due)
    await cast.add("task", 1, ghl=False, title="Check the payslips", due_at=due)
    await cast.add("task", 1, ghl=False, title="File the application")  # it is due at no time
    for ghl in (True, False):  # the same on both sides, done on one
        await cast.add(
            "task", 2, ghl=ghl, title="Collect the licence", due_at=due, completed=not ghl
        )


async def _furnish_notes(cast: Cast) -> None:
    for _ in range(3):
        await cast.add("note", 0, ghl=True, body="Left a voicemail.")
    await cast.add(
        "note", 1, ghl=False, title="First meeting", body="Wants a fixed rate.\nTwo cars."
    )
    for ghl in (True, False):
        await cast.add("note", 2, ghl=ghl, title="Referral", body="Sent by her brother.")


async def _furnish_appointments(cast: Cast, now: datetime) -> None:
    # ten o'clock on two working days: the calendar offers that
    zone = ZoneInfo(cast.ghl.app.account.config["timezone"])
    day = now.astimezone(zone).replace(hour=10, minute=0, second=0, microsecond=0)
    tuesday = day + timedelta(days=8 - day.weekday())
    first, second = _stretch(tuesday), _stretch(tuesday + timedelta(days=1))
    await cast.add(
        "appointment",
        0,
        ghl=True,
        title="Review of the policy",
        calendar_id=cast.calendar,
        status="confirmed",
        **first,
    )
    await cast.add("appointment", 1, ghl=False, title="Loan interview", **second)


def _stretch(start: datetime) -> dict[str, Value]:
    return {"starts_at": _stamp(start), "ends_at": _stamp(start + timedelta(minutes=30))}


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


async def tell_fully(instep: Instep, cast: Cast, run: Run, undo: Run) -> FullyTold:
    """Run every sync, undo all of it, begin again, edit both sides, run, and compare.

    `run` takes a sync's name, `undo` the id of a run; both return the counts of the run they made.
    """
    told = FullyTold()
    before = await _contents(cast)
    await _set_up(instep, cast)
    first = [await run(name) for name in KINDS]
    told.second_run_writes = sum([writes(numbers(await run(name))) for name in KINDS])
    # what belongs to somebody is undone before the one it belongs to
    for counts in reversed(first):
        told.refused += (await undo(counts["run"])).get("refused", 0)
    told.restored = await _contents(cast) == before
    for name in reversed(KINDS):
        await instep.setup.remove(name)
    await _set_up(instep, cast)
    for counts in [await run(name) for name in KINDS]:
        told.counts.update(numbers(counts))
    await _edit(cast)
    for counts in [await run(name) for name in KINDS]:
        told.counts.update(numbers(counts))
    told.comparisons = {name: await instep.syncs.compare(name) for name in KINDS}
    return told


def numbers(counts: Mapping[str, Any]) -> dict[str, int]:
    """Return the figures of a run's counts."""
    return {word: each for word, each in counts.items() if isinstance(each, int)}


async def _contents(cast: Cast) -> tuple[Counter[str], Counter[str]]:
    kinds = [*KINDS.values()]
    return await cast.ghl.contents(kinds), await cast.insightly.contents(kinds)


async def _set_up(instep: Instep, cast: Cast) -> None:
    """Set up a sync for every kind, as a person would."""
    for name, kind in KINDS.items():
        said = Said(defaults={"a.calendar_id": cast.calendar} if kind == "appointment" else {})
        await instep.syncs.create(Wanted(name, GHL, INSIGHTLY, canonical=kind, said=said))


async def _edit(cast: Cast) -> None:
    """Change something of every kind, here or there, as people would."""
    for hands in (cast.ghl, cast.insightly):
        records = {str(each.values["title"]): each for each in await hands.look("task")}
        task = records["Send the quote" if hands is cast.ghl else "Call about the renewal"]
        parent = str(task.values["contact_id"])
        await hands.edit("task", task.id, {"completed": True}, parent)
    (business,) = [
        each
        for each in await cast.insightly.look("business")
        if each.values["name"] == "North Lending"
    ]
    await cast.insightly.edit("business", business.id, {"phone": "+12125550143"})
    (event,) = [
        each
        for each in await cast.insightly.look("appointment")
        if each.values["title"] == "Review of the policy"
    ]
    await cast.insightly.edit("appointment", event.id, {"title": "Review of both policies"})
    # GoHighLevel's notes are read where their contact changed, until a webhook or a sweep tells
    await cast.add("note", 0, ghl=True, body="Has moved.")
    await cast.ghl.edit("contact", cast.people[0][0], {"city": "Springfield"})
    await cast.insightly.edit("contact", cast.people[1][1], {"city": "Shelbyville"})
