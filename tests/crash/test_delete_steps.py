"""Kill the engine at every step of noticing, confirming and deleting; the end must be the same."""

from __future__ import annotations

import os

import pytest

from instep.core.records import Write
from instep.core.rules import Deletes
from instep.store.schema.syncs import sighting
from instep.store.vault import Vault
from tests.crash.fuse import Fuse, Killed
from tests.crash.small_world import World, has, make_world, named
from tests.crash.steps import steps
from tests.engine.deleted import deletes, left, lines, lose, read_all, rule, states

FEWEST_STEPS = 10
"""Such a run takes more steps than these: fewer mean that the fuse is not in the way."""

TAG = "deleted in memory"


async def _a_run_with_deletes(world: World, fuse: Fuse, policy: Deletes) -> None:
    """Two are deleted, one on each side; a third is edited where it is left."""
    await world.run()
    rule(world, policy)
    lose(world, world.a, "Equal")
    lose(world, world.b, "Fills")
    lose(world, world.a, "Tagged")
    world.b.edit(named(world.b, "Tagged").id, Write(set={"city": "Hoorn"}))
    world.clock.move(10)  # long enough for the last look before a delete
    await read_all(world, fuse)


@pytest.mark.crash
@pytest.mark.parametrize(
    ("policy", "after"),
    [(Deletes.DELETE, False), (Deletes.DELETE, True), (Deletes.TAG, True)],
    ids=["delete-before", "delete-after", "tag-after"],
)
async def test_a_kill_at_any_step_of_a_delete_deletes_nothing_wrong_or_twice(
    database, policy, after
):
    vault = Vault(os.urandom(32))
    for at in steps(database, after=after):
        world = await make_world(database, vault)
        fuse = Fuse(at, after)
        try:
            await _a_run_with_deletes(world, fuse, policy)
        except Killed as killed:
            try:
                await _people_go_on_and_so_does_a_new_process(world, policy)
            except AssertionError as error:
                error.add_note(f"killed {killed}")
                raise
        else:
            _assert_all_is_well(world, policy)
            assert at > FEWEST_STEPS
            return


async def _people_go_on_and_so_does_a_new_process(world: World, policy: Deletes) -> None:
    world.edit(world.a, "Anna", website="https://example.com/anna")
    world.clock.move(30)
    await world.run()
    await world.run()
    _assert_all_is_well(world, policy)
    assert named(world.b, "Anna").values["website"] == "https://example.com/anna"
    written, deleted = world.writes(), deletes(world)
    await world.run()
    assert (world.writes(), deletes(world)) == (written, deleted), "it goes on and on"


def _assert_all_is_well(world: World, policy: Deletes) -> None:
    assert not has(world.a, "Equal")
    assert not has(world.b, "Fills")
    assert named(world.b, "Tagged").values["city"] == "Hoorn", "an edited record was deleted"
    assert not has(world.a, "Tagged"), "a deleted twin was made again"
    if policy is Deletes.DELETE:
        assert (has(world.b, "Equal"), has(world.a, "Fills")) == (False, False)
        assert deletes(world) == 2, "something was deleted twice, or not at all"
        assert len(lines(world, "deleted")) == 2
        assert states(world, "Equal") == {"a": "gone", "b": "gone"}
    else:
        assert named(world.b, "Equal").values["tags"] == (TAG,)
        assert named(world.a, "Fills").values["tags"] == (TAG,)
        assert deletes(world) == 0
    assert left(world, sighting) == 0
