"""Every listed action is carried out as a step does it, on a sandbox on a real port.

What each is given, and what has to come of it, is told by the conformance stories.
"""

from __future__ import annotations

import asyncio
import threading

import pytest

from instep import catalogue
from instep.core.errors import InstepError
from tests.conformance.local_account import serve_account
from tests.conformance.outcome import Verdict
from tests.conformance.plain_http import PlainHttp
from tests.conformance.rehearsal import Answer, Rehearsal
from tests.conformance.stories import STORIES
from tests.engine.flows.acting import acting

ACTIONS = sorted(
    each.id
    for each in catalogue.all_operations()
    if each.listed is not None and each.listed.kind == "action"
)


class Steps:
    """A client of the stories that makes each call as the step of a flow does."""

    name = "flows"
    view = "v2"
    defects: dict[str, str] = {}  # noqa: RUF012 - the stories only read it

    def __init__(self, actor, run, plain):
        self._actor, self._run, self._plain = actor, run, plain

    def offers(self, operation):
        return operation.id in ACTIONS or operation.effect == "read"

    def send(self, sending):
        inputs = {**sending.path, **sending.query}
        body = sending.body
        inputs |= body if isinstance(body, dict) else {} if body is None else {"body": body}
        agency = sending.address.token.startswith("agency")
        call = self._actor.made(sending.operation.id, "agency" if agency else "ghl", **inputs)
        try:
            return Answer(sending.address.status, self._run(self._actor.caller.call(call)))
        except InstepError:
            # the status and the words of a refusal, which a story may ask for
            answer = self._plain.send(sending)
            if answer.status < 300:
                raise
            return answer


def _described(account):
    return {name: getattr(account, name) for name in account.__slots__}


@pytest.fixture(scope="module")
def verdicts():
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(work):
        return asyncio.run_coroutine_threadsafe(work, loop).result(timeout=60)

    with serve_account() as account:
        plain = PlainHttp(account, "v2", None)
        opened = acting(_described(account))
        actor = run(opened.__aenter__())
        try:
            outcomes = Rehearsal(account, Steps(actor, run, plain), plain).tell(STORIES)
        finally:
            run(opened.__aexit__(None, None, None))
            plain.close()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()
    return {each.operation: each for each in outcomes}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_listed_action_does_in_a_step_what_its_story_asks_for(verdicts, action):
    outcome = verdicts[action]
    assert (outcome.verdict, outcome.note) == (Verdict.PASSED, "")


def test_there_are_69_listed_actions():
    assert len(ACTIONS) == 69
