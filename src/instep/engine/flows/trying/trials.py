"""Tests of flows: a draft or a version, whole or one step, with an item, sending no more than is meant.

A test is handed back whole and kept nowhere: it is no run, and nothing goes on by itself after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from instep.core.errors import NeedsPerson, UserError
from instep.core.flow.keeping import keep
from instep.core.flow.model import Action, Flow, SyncNow
from instep.core.flow.offer import Offer
from instep.core.flow.problems import Problem, nearest
from instep.engine.flows.actions.calling import Caller
from instep.engine.flows.runs.carrying import SyncRunner
from instep.engine.flows.runs.draining import SecretsOf
from instep.engine.flows.services import FlowServices, Offers
from instep.engine.flows.trying.trial_items import Source, TrialItem, TrialItems
from instep.engine.flows.trying.trial_walk import Sending, TrialStep, TrialWalk
from instep.sdk.clock import Clock
from instep.sdk.custom import PREFIX
from instep.store.ids import new_id

GIVEN = "It was given."


@dataclass(frozen=True, slots=True)
class TrialWanted:
    """How a flow is to be tested. With `given`, the item is `item`; else it is from `source`.

    `only` is the id of one step. A test that sends everything has to be `confirmed` if it writes.
    """

    sending: Sending = Sending.NOTHING
    source: Source = Source.ANY
    item: Any = None
    given: bool = False
    only: str | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of a test, as people may see it. `writes` are the steps that write; `end` says where it ended."""

    sending: Sending
    item: TrialItem
    writes: Sequence[str]
    problems: Sequence[Problem]
    steps: Sequence[TrialStep]
    end: str

    @property
    def has_failed(self) -> bool:
        """Whether a step failed."""
        return any(each.state in {"failed", "unknown", "broken"} for each in self.steps)

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {
            "sent": self.sending.value,
            "item": self.item.item,
            "whence": self.item.whence,
            "writes": [*self.writes],
            "problems": [each.sentence for each in self.problems],
            "steps": [each.as_json() for each in self.steps],
            "end": self.end,
            "failed": self.has_failed,
        }


@dataclass(slots=True)
class Trials:
    """Tests flows of one workspace. `unasked` is a caller that asks no app to tell a request."""

    services: FlowServices
    offers: Offers
    items: TrialItems
    caller: Caller
    unasked: Caller
    run_sync: SyncRunner
    secrets_of: SecretsOf
    clock: Clock

    async def writes(self, document: Any, only: str | None = None) -> Sequence[str]:
        """Say which steps of a document write, or run a sync, in sentences.

        Raises UserError for a document that cannot be read or has no such step.
        """
        flow, _ = await self._read(document, only)
        return _writes(flow, await self.offers.current(), only)

    async def test(self, document: Any, wanted: TrialWanted) -> Tested:
        """Test a document. Raises UserError for one that cannot be, what the app says of an item.

        Raises NeedsPerson that names what is written, where a test writes and is not confirmed.
        """
        flow, problems = await self._read(document, wanted.only)
        offer = await self.offers.current()
        writes = _writes(flow, offer, wanted.only)
        if wanted.sending is Sending.EVERYTHING:
            _check_may_send(problems, writes, confirmed=wanted.confirmed)
        item = await self._item(flow, offer, wanted)
        names = {each.connection for each in flow.all_steps() if isinstance(each, Action)}
        secrets = await self.secrets_of(sorted(names))
        walk = TrialWalk(
            flow,
            self._caller(flow, wanted.sending),
            self.run_sync,
            offer,
            self.clock,
            wanted.sending,
            new_id("tst"),
            wanted.only,
            secrets,
        )
        end = await walk.go(item.item)
        shown = replace(item, item=keep(item.item, secrets).value)
        return Tested(wanted.sending, shown, writes, problems, walk.steps, end)

    async def _read(self, document: Any, only: str | None) -> tuple[Flow, Sequence[Problem]]:
        checked = await self.services.check(document)
        if checked.flow is None:
            raise UserError(f"The flow cannot be tested: {checked.errors[0].sentence}")
        ids = [each.id for each in checked.flow.all_steps()]
        if only is not None and only not in ids:
            raise UserError(f"The flow has no step {only!r}. {nearest(only, ids)}")
        return checked.flow, checked.problems

    async def _item(self, flow: Flow, offer: Offer, wanted: TrialWanted) -> TrialItem:
        if wanted.given:
            return TrialItem(wanted.item, GIVEN)
        stored = await self.services.find(flow.id)
        may_ask = wanted.sending is not Sending.NOTHING
        return await self.items.find(flow, stored, offer, wanted.source, may_ask=may_ask)

    def _caller(self, flow: Flow, sending: Sending) -> Caller:
        """Return who carries calls out, or tells them: only custom fields have to be asked for."""
        names_custom = any(
            name.startswith(PREFIX)
            for each in flow.all_steps()
            if isinstance(each, Action)
            for name in each.inputs
        )
        return self.caller if names_custom or sending is not Sending.NOTHING else self.unasked


def _check_may_send(problems: Sequence[Problem], writes: Sequence[str], *, confirmed: bool) -> None:
    errors = [each for each in problems if not each.is_warning]
    if errors:
        raise UserError(f"A flow with an error is only tested dry: {errors[0].sentence}")
    if writes and not confirmed:
        raise NeedsPerson(f"This test writes: {'; '.join(writes)}. Confirm it if that is meant.")


def _writes(flow: Flow, offer: Offer, only: str | None) -> list[str]:
    """Return what a test that sends everything does to apps, step by step."""
    told = []
    for step in flow.all_steps():
        if only not in {None, step.id}:
            continue
        if isinstance(step, SyncNow):
            told.append(f"{step.id} runs the sync {step.sync}")
        if isinstance(step, Action):
            offered = offer.actions(step.connection).get(step.operation)
            if offered is None or offered.effect != "read":
                told.append(f"{step.id} calls {step.operation} of {step.connection}")
    return told
