"""The conformance stories told by flows: each listed action is the step of a published one."""

from __future__ import annotations

import contextlib
from collections import defaultdict

from instep import catalogue
from tests.conformance.rehearsal import Answer
from tests.e2e.flow_workshop import workshop
from tests.engine.flows.stories_by_step import ACTIONS, Steps

MADE_OF_OTHERS = {part: each for each in ACTIONS for part in catalogue.get(each).parts}
"""The listed action that calls an operation, of those that are not listed as actions themselves."""


class FlowSteps(Steps):
    """Makes each call of a listed action by a flow; plain HTTP sets the scene and looks at it.

    `ran` are the runs by the action, `refused` those of a call that the story wants refused.
    """

    def __init__(self, *args):
        super().__init__(*args)
        self.ran, self.refused = defaultdict(list), defaultdict(list)

    def offers(self, operation):
        return operation.id in ACTIONS or operation.id in MADE_OF_OTHERS

    def send(self, sending):
        inputs, connection = self.inputs(sending), self.connection(sending)
        action = MADE_OF_OTHERS.get(sending.operation.id, sending.operation.id)
        ran = self.run(self.actor.call(action, connection, inputs))
        if ran.state == "done":
            self.ran[action].append(ran)
            return Answer(sending.address.status, ran.output)
        answer = self.plain.send(sending)
        if answer.status < 300:
            raise AssertionError(f"{ran.state}: {ran.sentence}")
        self.refused[action].append(ran)
        return answer


def in_flows(url):
    """What opens a workshop on this database, for an account."""

    @contextlib.asynccontextmanager
    async def opens(told):
        async with workshop(url) as opened:
            await opened.connect_ghl(told)
            yield opened

    return opens
