"""Turning the flow of a recipe on, and letting it look and work while time passes."""

from __future__ import annotations

from instep.engine.recipe_services import Using
from instep.store.flows.versions import FIRST_SHARD

_ROUNDS = 20


class Turning:
    """For a stage with `instep`, `connections` and a way to `wait`."""

    async def turn_on(self, recipe_id, *parts, **answers):
        """Use a flow's recipe as a person does, publish it, and let it take note of what is there."""
        using = Using(self.connections, answers=answers, parts=parts, publish=True)
        used = await self.instep.recipes.use(recipe_id, using)
        assert used.flow.problems == []
        await self.watch(0)
        return used.flow.name

    async def watch(self, minutes=16):
        """Let time pass, and let every flow look once and carry out what came of it."""
        self.wait(minutes * 60)
        for _ in range(_ROUNDS):
            due = {each for each in await self.instep.engine.due_shards() if each >= FIRST_SHARD}
            if not due:
                return
            for shard in due:
                await self.instep.engine.advance(shard)
        raise AssertionError("the flows never rest")

    async def states(self, name):
        """How many runs of a flow there are, by state; its trigger is well."""
        standing = await self.instep.flows.get(name)
        assert standing.flow.state == "active", standing.flow.sentence
        assert standing.trigger.sentence is None
        return dict(standing.runs)
