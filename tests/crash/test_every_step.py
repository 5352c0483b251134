"""Kill the engine before and after every transaction and every call; the end must be the same."""

from __future__ import annotations

import os

import pytest

from instep.store.vault import Vault
from tests.crash.fuse import Fuse, Killed
from tests.crash.small_world import World, contents, has, make_world, named
from tests.crash.steps import steps

FEWEST_STEPS = 20
"""A run of this world takes more steps than these: fewer mean that the fuse is not in the way."""


async def _first_run(world: World, fuse: Fuse) -> None:
    await world.run(fuse)


async def _later_run(world: World, fuse: Fuse) -> None:
    await world.run()
    world.edit(world.a, "Equal", city="Gouda")
    world.edit(world.b, "Differs", website="https://example.com/differs", phone="+12125550177")
    world.edit(world.b, "Tagged", tags=("gold", "lead", "newsletter"))
    world.add(world.a, {"first_name": "Nora", "email": "nora@example.com"})
    world.add(world.b, {"first_name": "Noor", "email": "noor@example.com"})
    await world.run(fuse)


@pytest.mark.crash
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("run", [_first_run, _later_run])
async def test_a_kill_at_any_step_loses_and_doubles_nothing(database, run, after):
    vault = Vault(os.urandom(32))
    for at in steps(database, after=after):
        world = await make_world(database, vault)
        fuse = Fuse(at, after)
        try:
            await run(world, fuse)
        except Killed as killed:
            try:
                await _people_go_on_and_so_does_a_new_process(world)
            except AssertionError as error:
                error.add_note(f"killed {killed}")
                raise
        else:
            assert at > FEWEST_STEPS
            return


async def _people_go_on_and_so_does_a_new_process(world: World) -> None:
    """Somebody edits in both apps while the engine is down; none of it may be lost."""
    world.edit(world.a, "Anna", website="https://example.com/anna")
    world.edit(world.b, "Bert", website="https://example.com/bert")
    for app, names in (
        (world.a, ("Bert", "Bea", "Noor")),
        (world.b, ("Anna", "Arno", "Nora", "Zoe")),
    ):
        for name in names:
            if has(app, name):  # the engine's own copy, whose outcome it may not know yet
                world.edit(app, name, city=f"{name}ville")
    world.clock.move(30)
    await world.run()
    await world.run()
    _assert_all_is_well(world)
    written = world.writes()
    await world.run()
    assert world.writes() == written, "a run with nothing to do wrote something"


def _assert_all_is_well(world: World) -> None:
    a, b = contents(world.a), contents(world.b)
    assert a == b, f"only in a: {a - b}; only in b: {b - a}"
    assert len(world.a.records()) == world.people
    for name, key, value in world.edits:
        assert named(world.a, name).values[key] == value, f"the edit of {name}'s {key} is lost"
