"""Kill the engine at every step of a run in which somebody leaves a filter and somebody is made."""

from __future__ import annotations

import os

import pytest

from instep.core.leaving import LEFT
from instep.engine.rule_making import Said
from instep.store.vault import Vault
from tests.crash.fuse import Fuse, Killed
from tests.crash.small_world import make_world, named
from tests.crash.steps import steps

DEFAULT = "https://example.com/default"
SAID = Said(filters={"a": ["city not Delft"]}, leaving="tag", defaults={"b.website": DEFAULT})
FEWEST_STEPS = 10


@pytest.mark.crash
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("mapped", [True, False], ids=["tags mapped", "tags not mapped"])
async def test_a_kill_at_any_step_tags_who_left_and_lets_no_default_travel(database, mapped, after):
    rows = [{"a": name} for name in ("first_name", "last_name", "email", "city", "website")]
    vault = Vault(os.urandom(32))
    for at in steps(database, after=after):
        mapping = [*rows, {"a": "tags"}] if mapped else rows
        world = await make_world(database, vault, mapping=mapping, said=SAID)
        await world.run()
        world.edit(world.a, "Anna", city="Delft")
        world.add(world.a, {"first_name": "Nora", "email": "nora@example.com"})
        fuse = Fuse(at, after)
        try:
            await world.run(fuse)
        except Killed as killed:
            world.clock.move(30)
            await world.run()
            _assert_all_is_well(world, str(killed))
        else:
            _assert_all_is_well(world, "not at all")
            assert at > FEWEST_STEPS
            return


def _assert_all_is_well(world, killed):
    assert LEFT in (named(world.b, "Anna").values["tags"] or ()), f"killed {killed}"
    assert named(world.b, "Anna").values["city"] == "Leiden"
    assert LEFT not in (named(world.a, "Anna").values["tags"] or ())
    assert named(world.b, "Nora").values["website"] == DEFAULT, f"killed {killed}"
    assert not named(world.a, "Nora").values.get("website"), f"killed {killed}"
