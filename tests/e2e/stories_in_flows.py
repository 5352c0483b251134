"""The conformance stories told by flows: each listed action is the step of a published one."""

from __future__ import annotations

import contextlib
from collections import defaultdict

import httpx

from instep import catalogue
from instep.catalogue.values import as_text
from instep.core.flow.keeping import keep
from tests.conformance.rehearsal import Answer, same
from tests.e2e.flow_workshop import workshop
from tests.engine.flows.stories_by_step import ACTIONS, Steps

MADE_OF_OTHERS = {part: each for each in ACTIONS for part in catalogue.get(each).parts}
"""The listed action that calls an operation, for those that are not listed as actions themselves."""


class FlowSteps(Steps):
    """Makes each call of a listed action by a flow; plain HTTP sets the scene and looks at it.

    `done` are the runs by action, `refused` those of calls that the story wants refused.
    """

    def __init__(self, actor, run, account):
        super().__init__(actor, run, account)
        self.done, self.refused = defaultdict(list), defaultdict(list)
        self._control = httpx.Client(base_url=account.url)

    def close(self):
        self._control.close()

    def offers(self, operation):
        return operation.id in ACTIONS or operation.id in MADE_OF_OTHERS

    def send(self, sending):
        action = MADE_OF_OTHERS.get(sending.operation.id, sending.operation.id)
        inputs = as_texts(self.inputs(sending))
        with self._one_call(sending):
            ran = self.run(self.actor.call(action, self.connection(sending), inputs))
        same(ran.input, keep(inputs).value)
        if ran.state == "done":
            self.done[action].append(ran)
            return Answer(sending.address.status, ran.output)
        answer = self.plain.send(sending)
        if answer.status < 300:
            raise AssertionError(f"{ran.state}: {ran.sentence}")
        self.refused[action].append(ran)
        return answer

    @contextlib.contextmanager
    def _one_call(self, sending):
        """Hold what GoHighLevel is sent meanwhile against what the story says."""
        journal = "/_sandbox/journal"
        self._control.put(journal, json={"on": True}).raise_for_status()
        yield
        calls = self._control.get(journal).json()["calls"]
        told = [(each["method"], each["path"], each["sent"] or {}) for each in calls]
        path = sending.address.path
        for name, value in sending.path.items():
            path = path.replace(f"{{{name}}}", value)
        same(told, [(sending.address.method, path, sending.body or {})])


def as_texts(value):
    """The same with each number and truth written as text, as a form or another app gives them."""
    match value:
        case dict():
            return {name: as_texts(each) for name, each in value.items()}
        case list():
            return [as_texts(each) for each in value]
        case bool() | int() | float():
            return as_text(value)
    return value


@contextlib.asynccontextmanager
async def at_account(url, told):
    """Open the flows of this database, connected to an account."""
    async with workshop(url) as opened:
        await opened.connect_ghl(told)
        yield opened
