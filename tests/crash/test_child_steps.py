"""Kill the engine between any two steps of children's syncs; the end must be the same."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from instep.store.schema.syncs import history
from instep.store.vault import Vault
from tests.crash.fuse import Fuse, Killed
from tests.crash.small_family import Family, make_family
from tests.crash.steps import steps

FEWEST_STEPS = 20
"""A story takes more steps than these: fewer mean that the fuse is not in the way."""

DUE = "2026-02-01T09:00:00.000Z"
LATER = "2026-03-01T09:00:00.000Z"


@dataclass(frozen=True)
class Story:
    """What is there, what a process does that may be killed, and what each app has in the end."""

    name: str
    prepare: Callable[[Family], Awaitable[None]]
    runs: tuple[str, ...]
    ends: dict[str, int]
    late: bool = False


async def _children(family: Family) -> None:
    """Ann in both apps, and what belongs to her: matched, alike, and on one side alone."""
    family.both("Ann")
    await family.sync("contact")
    await family.run("contact")
    await family.sync("task")
    await family.sync("note")
    for app in family.apps:
        family.task(app, "Ann", "On both", due_at=DUE)
    family.task(family.a, "Ann", "On a", due_at=DUE)
    family.task(family.b, "Ann", "On b", due_at=DUE)
    for app in (family.a, family.a, family.a, family.b):
        family.note(app, "Ann", "Left voicemail")


async def _edits(family: Family) -> None:
    """The same in step already; then both sides are edited and added to."""
    await _children(family)
    await family.run()
    family.edit(family.a, "task", family.one(family.a, "task", title="On a").id, completed=True)
    family.edit(family.b, "task", family.one(family.b, "task", title="On both").id, due_at=LATER)
    family.edit(family.a, "note", next(iter(family.a.records("note"))), body="Spoke to her")
    family.edit(family.a, "contact", family.id_of(family.a, "Ann"), city="Leiden")
    family.note(family.b, "Ann", "Left voicemail")


async def _waiting(family: Family) -> None:
    """Cid and his task are new on A; the task is read first, so that it waits for him."""
    family.both("Ann")
    await family.sync("contact")
    await family.run("contact")
    await family.sync("task")
    await family.run("task")
    family.person(family.a, "Cid")
    family.task(family.a, "Cid", "Of Cid", due_at=DUE)
    family.task(family.b, "Ann", "Of Ann", due_at=DUE)


async def _employed(family: Family) -> None:
    """Two businesses, and people of both apps who belong to them, before anything is in step."""
    acme = family.add(family.a, "business", name="Acme")
    family.add(family.b, "business", name="acme")
    globex = family.add(family.b, "business", name="Globex")
    family.both("Ann")
    family.person(family.a, "Cid", business_id=acme)
    family.edit(family.b, "contact", family.id_of(family.b, "Ann"), business_id=globex)
    await family.sync("contact")
    await family.sync("business")


STORIES = (
    Story("children", _children, ("task", "note"), {"task": 3, "note": 3}),
    Story("edits", _edits, ("contact", "task", "note"), {"task": 3, "note": 4}),
    Story("waiting", _waiting, ("task", "contact", "task"), {"contact": 2, "task": 2}),
    Story(
        "linked later", _waiting, ("task", "contact", "task"), {"contact": 2, "task": 2}, late=True
    ),
    Story("employed", _employed, ("contact", "business", "contact"), {"contact": 2, "business": 2}),
)


@pytest.mark.crash
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
async def test_a_kill_at_any_step_loses_and_doubles_no_child(database, story, after):
    vault = Vault(os.urandom(32))
    for at in steps(database, after=after):
        family = await make_family(database, vault, late=story.late)
        await story.prepare(family)
        fuse = Fuse(at, after)
        try:
            await family.run(*story.runs, fuse=fuse)
        except Killed as killed:
            try:
                await _people_go_on_and_so_does_a_new_process(family, story)
            except AssertionError as error:
                error.add_note(f"killed {killed}")
                raise
        else:
            assert at > FEWEST_STEPS
            await _all_is_well(family, story)
            return


@pytest.mark.crash
@pytest.mark.parametrize("late", [False, True], ids=["with its contact", "linked later"])
@pytest.mark.parametrize("skipped", range(6))
async def test_a_lost_reply_of_any_write_doubles_no_child(database, late, skipped):
    family = await make_family(database, Vault(os.urandom(32)), late=late)
    await _children(family)
    for app in family.apps:
        app.faults = Dropping([False] * skipped + [True, True])
    await family.run("task", "note")
    for app in family.apps:
        app.clear()
    await _all_is_well(family, STORIES[0])


class Dropping:
    """The faults of an app that lets the replies to some writes get lost, in their order."""

    throttled = failing = 0

    def __init__(self, fates: list[bool]) -> None:
        self._fates = fates

    @property
    def dropped(self) -> int:
        """Whether the reply to the write that asks is lost; one that is not has had its turn."""
        if self._fates and not self._fates[0]:
            self._fates.pop(0)
            return 0
        return len(self._fates)

    @dropped.setter
    def dropped(self, left: int) -> None:
        del self._fates[: len(self._fates) - left]


async def _people_go_on_and_so_does_a_new_process(family: Family, story: Story) -> None:
    """Somebody edits in both apps while the engine is down; none of it may be lost."""
    edited = []
    for app in family.apps:
        for kind in set(story.ends) & {"task", "note"}:
            field = {"task": "body", "note": "title"}[kind]
            for number, record_id in enumerate([*app.records(kind)][:2]):
                text = f"{app.name} {kind} {number}"
                if not app.records(kind)[record_id].values.get(field):
                    family.edit(app, kind, record_id, **{field: text})
                    edited.append((app, kind, field, text))
    family.clock.move(30)
    await family.run()
    await family.drain()
    await _all_is_well(family, story)
    for app, kind, field, text in edited:
        shown = [each.values.get(field) for each in app.records(kind).values()]
        assert text in shown or _was_overruled(family, text), f"{text} is lost"


def _was_overruled(family: Family, text: str) -> bool:
    """Whether the history keeps this edit, which lost against another of the same field."""
    with family.database.read() as tx:
        query = sa.select(history.c.before).where(history.c.before.like(f"%{text}%"))
        return tx.execute(query.limit(1)).first() is not None


async def _all_is_well(family: Family, story: Story) -> None:
    """Both apps are equal, nothing is doubled, and nothing is left to write."""
    family.clock.move(120)
    await family.run()
    written = family.writes()
    await family.run()
    await family.drain()
    assert family.equal()
    for kind, number in story.ends.items():
        for app in family.apps:
            assert len(app.records(kind)) == number, f"{kind}s in {app.name}"
    assert family.writes() == written, "a run with nothing to do wrote something"
