"""What a test of a flow begins with: a real item, one that was pasted, or one that is made up."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from instep.core.errors import UserError
from instep.core.flow.model import Bridge, Event, Flow, Manual, Poll, Schedule
from instep.core.flow.offer import Offer
from instep.core.flow.samples import sample_for, sample_of
from instep.core.flow.versions import watched
from instep.core.template import Shape
from instep.engine.flows.triggers.polling import Poller
from instep.sdk.clock import Clock
from instep.store.database import Database
from instep.store.flows import runs, triggers
from instep.store.flows.versions import StoredFlow


class Source(StrEnum):
    """Where the item of a test comes from; `any` is a real one of a run, else a sample."""

    ANY = "any"
    RECENT = "recent"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class TrialItem:
    """An item, and in a sentence where it is from."""

    item: Any
    whence: str


@dataclass(frozen=True, slots=True)
class TrialItems:
    """Finds items for tests of flows."""

    db: Database
    poller: Poller
    clock: Clock

    async def find(
        self, flow: Flow, stored: StoredFlow | None, offer: Offer, source: Source, *, may_ask: bool
    ) -> TrialItem:
        """Return an item. With `may_ask` a page of a poll may be read for it.

        Raises UserError where there is no recent one, and what the app answers.
        """
        if source is not Source.SAMPLE:
            recent = await self._of_run(flow, stored)
            if recent is None and source is Source.RECENT:
                recent = await self._polled(flow, may_ask=may_ask)
            if recent is not None:
                return recent
        return self._sample(flow, offer)

    async def _of_run(self, flow: Flow, stored: StoredFlow | None) -> TrialItem | None:
        """Return the item of the newest run; None if none was started by what is watched now."""
        if stored is None:
            return None
        trigger = await self.db.run_read(lambda tx: triggers.of_flow(tx, stored.id))
        if trigger is None or trigger.watched != watched(flow.trigger):
            return None
        found = await self.db.run_read(lambda tx: runs.newest(tx, stored.id))
        return (
            None if found is None else TrialItem(found.item, f"It is that of the run {found.key}.")
        )

    async def _polled(self, flow: Flow, *, may_ask: bool) -> TrialItem:
        trigger = flow.trigger
        if not isinstance(trigger, Poll):
            raise UserError(
                "The flow has had no run with this trigger, so there is no recent item. Test it "
                "with a sample, or paste an item."
            )
        if not may_ask:
            raise UserError(
                "The flow has had no run with this trigger, and a dry run asks no app for an item. "
                "Let it read, or test it with a sample."
            )
        # an async generator, whatever the port says of it
        pages = cast("Any", self.poller.pages(trigger, None))
        async with aclosing(pages):
            async for page in pages:
                if page.items:
                    whence = f"It was read just now: {trigger.operation} of {trigger.connection}."
                    return TrialItem(page.items[0], whence)
        raise UserError("What the trigger reads is empty just now. Test it with a sample.")

    def _sample(self, flow: Flow, offer: Offer) -> TrialItem:
        match flow.trigger:
            case Event(connection=connection, event=event):
                offered = offer.events(connection).get(event)
                item = sample_of(Shape() if offered is None else offered.item)
            case Poll(connection=connection, operation=operation):
                offered = offer.polls(connection).get(operation)
                item = sample_of(Shape() if offered is None else offered.item)
            case Schedule():
                item = {"at": self.clock.now().isoformat()}
            case Manual() | Bridge():
                return TrialItem(
                    sample_for(flow), "It is made up of what the steps read: its form is not known."
                )
        if not isinstance(item, dict) or not item:
            return TrialItem(sample_for(flow), "It is made up of what the steps read.")
        return TrialItem(item, "It is made up of what is known of the trigger's items.")
