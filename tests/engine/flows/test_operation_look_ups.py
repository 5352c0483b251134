"""A create whose answer was lost is found again, and is not done twice."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from instep.core.errors import OutcomeUnknown, RetryLater
from instep.engine.flows.actions.calling import Arrived
from instep.engine.flows.actions.look_up_table import LOOK_UPS
from tests.conformance.local_account import BROWSER
from tests.conformance.outcome import Verdict
from tests.conformance.rehearsal import Answer
from tests.engine.flows.stories_by_step import Steps, told_by

FOUND = sorted({*LOOK_UPS, "contacts.create"})


async def told(actor, call):
    """What is found out of a call, once it can be told."""
    try:
        return await actor.caller.find_out(call)
    except RetryLater as error:
        if isinstance(error, OutcomeUnknown):
            raise
        actor.clock.move((error.at - actor.clock.now()).total_seconds())
        return await actor.caller.find_out(call)


class LosesAnswers(Steps):
    """Loses the answer of every create that can be looked up, and goes on with what is found."""

    def __init__(self, *args):
        super().__init__(*args)
        self.arrived, self.before, self.wrong = set(), set(), []

    def offers(self, operation):
        return operation.id in FOUND or super().offers(operation)

    def send(self, sending):
        identifier = sending.operation.id
        call = self.made(sending)
        if identifier not in FOUND or not self._can_be_told(call):
            return super().send(sending)
        self._switch_on(sending)
        try:
            self.run(self.actor.caller.call(call))
        except OutcomeUnknown:
            found = self.run(told(self.actor, call))
        except Exception:  # noqa: BLE001 - refused before the fault could strike
            return self.plain.send(sending)
        finally:
            self._switch_off()
        if not isinstance(found, Arrived):
            answer = self.plain.send(sending)
            if answer.status < 300:  # it was not what the app refuses
                self.wrong.append(f"{identifier} was not found")
            return answer
        again = replace(call, key=f"{call.key} again")
        if identifier != "contacts.create" and self.run(told(self.actor, again)) is not None:
            self.wrong.append(f"{identifier} was there twice, or taken twice")
        self.arrived.add(identifier)
        return Answer(sending.address.status, found.output)

    def _can_be_told(self, call):
        """Whether it is not there yet, and would be recognised."""
        try:
            found = self.run(told(self.actor, replace(call, key=f"{call.key} before")))
        except Exception:  # noqa: BLE001 - what is refused anyhow is not looked up
            return False
        if found is not None:
            self.wrong.append(f"{call.operation} was found before it was made")
        self.before.add(call.operation)
        return True

    def _control(self, method, **kwargs):
        url = f"{self.account.url}/_sandbox/faults"
        httpx.request(method, url, headers=BROWSER, **kwargs).raise_for_status()

    def _switch_on(self, sending):
        fault = {"method": sending.address.method, "probability": 1}
        self._control("PUT", json={"timeout_after_success": fault})

    def _switch_off(self):
        self._control("DELETE")


@pytest.fixture(scope="module")
def lost():
    return told_by(LosesAnswers)


@pytest.mark.parametrize("operation", FOUND)
def test_a_create_whose_answer_was_lost_is_found_and_the_story_goes_on(lost, operation):
    steps, outcomes = lost
    assert operation in steps.arrived
    if operation in outcomes:
        assert (outcomes[operation].verdict, outcomes[operation].note) == (Verdict.PASSED, "")


@pytest.mark.parametrize("operation", FOUND)
def test_a_create_that_never_arrived_may_be_sent_again(lost, operation):
    assert operation in lost[0].before


def test_nothing_is_found_before_it_is_made_or_taken_for_the_work_of_two(lost):
    assert lost[0].wrong == []
