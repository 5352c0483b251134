"""Tests of flows over REST: a dry run unless it is said otherwise."""

from __future__ import annotations

from typing import Any, Self

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, model_validator

from instep.api.access import OPERATOR
from instep.bootstrap import Instep
from instep.core.errors import UserError
from instep.engine.flows.trying.trial_items import Source
from instep.engine.flows.trying.trial_walk import Sending
from instep.engine.flows.trying.trials import TrialWanted


class TestWanted(BaseModel):
    """How a flow is to be tested; with a `document`, that one, else a stored one by `flow`.

    `send` is nothing (a dry run), reads, or everything, which has to be `confirmed` if a step
    writes. The item is the one given, else from `source`. `step` tests one step alone.
    """

    __test__ = False  # no test of ours, whatever its name

    model_config = ConfigDict(extra="forbid")

    flow: str | None = None
    version: int | None = None
    document: dict[str, Any] | None = None
    send: Sending = Sending.NOTHING
    source: Source = Source.ANY
    item: Any = None
    step: str | None = None
    confirmed: bool = False

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.flow is None) == (self.document is None):
            raise ValueError("name a flow or give a document, one of the two")
        return self


class StepTested(BaseModel):
    """What came of a step. `state` is done, shown (what would be sent), failed, unknown, broken.

    `requests` are what was or would be sent, `made_up` says that the output is a sample, `pointed`
    shows the place in a template, `note` what a test does otherwise than a run, `cut` what is left out.
    """

    place: str
    step: str
    kind: str
    title: str | None
    state: str
    input: Any
    output: Any
    made_up: bool
    requests: list[dict[str, Any]]
    error: str | None
    pointed: str | None
    note: str | None
    cut: str | None


class TestedView(BaseModel):
    """What came of a test: its item and where that is from, its steps, where it ended and why."""

    __test__ = False  # as above

    sent: Sending
    item: Any
    whence: str
    writes: list[str]
    problems: list[str]
    steps: list[StepTested]
    end: str
    failed: bool


_UNSAVED = "a flow that is not saved"


def router(instep: Instep) -> APIRouter:
    """Return the route of tests."""
    routes = APIRouter(prefix="/api/flow-tests", tags=["flows"])

    @routes.post("", dependencies=[OPERATOR])
    async def test(wanted: TestWanted) -> TestedView:
        """Test a flow or one step, and show every request. A dry run sends nothing.

        A test is kept nowhere. One that writes and is not confirmed is refused with what it writes.
        """
        document = wanted.document
        if wanted.flow is not None:
            document = await instep.flows.document(wanted.flow, wanted.version)
        elif wanted.version is not None:
            raise UserError("A version is one of a stored flow: name the flow.")
        if wanted.send is Sending.EVERYTHING and wanted.confirmed:
            await instep.people.audit.note("flow test", wanted.flow or _UNSAVED, {})
        tested = await instep.trials.test(
            document,
            TrialWanted(
                wanted.send,
                wanted.source,
                wanted.item,
                given="item" in wanted.model_fields_set,
                only=wanted.step,
                confirmed=wanted.confirmed,
            ),
        )
        return TestedView(**tested.as_json())

    return routes
