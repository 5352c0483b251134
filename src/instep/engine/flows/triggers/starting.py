"""What starts runs: polls and schedules that are due, each item once."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
import structlog

from instep.core.errors import ConnectionBroken, InstepError, RetryLater
from instep.core.flow.arrivals import Arrival, arrivals, ids_of, order_key
from instep.core.flow.model import Flow, Poll, Schedule
from instep.core.retry import backoff_seconds
from instep.engine.faults import AFTER_FAULT, FAULT
from instep.engine.flows.triggers.polling import Polled, Poller
from instep.engine.flows.triggers.timetable import next_time
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store.database import Database
from instep.store.flows import runs, triggers
from instep.store.flows.runs import NewRun
from instep.store.flows.triggers import TriggerRow
from instep.store.shards import Fence

_LEAST_WAIT = 5.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Due:
    """A trigger whose time has come, with its flow."""

    trigger: TriggerRow
    flow: Flow
    version: int


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of a poll, to be taken in at `now` (epoch milliseconds)."""

    due: Due
    trigger: Poll
    page: Polled
    now: int

    def store(self, tx: sa.Connection, fence: Fence) -> None:
        """Start a run for each new item, remember what was seen, and move the cursor."""
        fence.check(tx)
        row, page = self.due.trigger, self.page
        watch = replace(page.watch, changed=page.watch.changed and self.trigger.changed)
        known = triggers.known(tx, row.flow_id, ids_of(page.items, watch))
        baseline = page.baseline and not self.trigger.everything
        told = arrivals(page.items, known, watch, baseline=baseline)
        new = [self._run(each, fence) for each in told.emitted]
        item_at = {"item_at": self.now} if runs.put(tx, new) else {}
        triggers.learn(tx, row, told.learned)
        # a poll that was cut short goes on at once
        due_at = self.now + (0 if page.more else row.every_ms or 0)
        fine = {"ok_at": self.now, "failures": 0, "sentence": None}
        triggers.change(tx, row.flow_id, cursor=page.cursor, due_at=due_at, **fine, **item_at)

    def _run(self, arrival: Arrival, fence: Fence) -> NewRun:
        row = self.due.trigger
        return NewRun(
            flow_id=row.flow_id,
            workspace_id=row.workspace_id,
            version=self.due.version,
            shard=fence.shard,
            origin="poll",
            item=arrival.item,
            at=self.now,
            order_key=order_key(row.watched, arrival.id),
            record_id=arrival.id,
            ordered_at=self.now,
        )


@dataclass(slots=True)
class Starter:
    """Looks at triggers and starts runs. Every write is under the drain's fence."""

    db: Database
    poller: Poller
    clock: Clock
    chance: Callable[[], float] = random.random

    async def start(self, due: Due, fence: Fence) -> None:
        """Look at one due trigger; what goes wrong is noted at it. Raises DrainOvertaken."""
        try:
            match due.flow.trigger:
                case Poll() as trigger:
                    await self._poll(due, trigger, fence)
                case Schedule() as trigger:
                    await self._strike(due, trigger, fence)
        except ConnectionBroken as error:
            await self._note(due, fence, str(error), _wait_of(due))
        except RetryLater as error:
            wait = backoff_seconds(due.trigger.failures + 1, self.chance())
            at = error.at - self.clock.now() if error.at else timedelta(0)
            least = timedelta(seconds=max(wait, _LEAST_WAIT))
            await self._note(due, fence, str(error), max(at, least))
        except InstepError as error:
            await self._note(due, fence, str(error), _wait_of(due))

    async def note_fault(self, due: Due, fence: Fence) -> None:
        """Note that a fault of ours kept a trigger from being looked at."""
        await self._note(due, fence, FAULT, AFTER_FAULT)

    async def _poll(self, due: Due, trigger: Poll, fence: Fence) -> None:
        """Take in page after page: the cursor moves only with what was made of its items."""
        async for page in self.poller.pages(trigger, due.trigger.cursor):
            taken = _Page(due, trigger, page, to_ms(self.clock.now()))
            await self.db.run(lambda tx, taken=taken: taken.store(tx, fence))  # type: ignore[misc] # a lambda's default has no type

    async def _strike(self, due: Due, trigger: Schedule, fence: Fence) -> None:
        """Start one run for the moment that has come, and the last of those that were missed."""
        now = self.clock.now()
        struck = datetime.fromtimestamp(due.trigger.due_at / 1000, UTC)
        following = next_time(trigger.cron, trigger.zone, now)
        at = struck.isoformat()
        new = NewRun(
            flow_id=due.trigger.flow_id,
            workspace_id=due.trigger.workspace_id,
            version=due.version,
            shard=fence.shard,
            origin="schedule",
            item={"at": at},
            at=to_ms(now),
            sending=at,
            order_key="schedule",
        )

        def store(tx: sa.Connection) -> None:
            fence.check(tx)
            runs.put(tx, [new])
            told = {"ok_at": new.at, "item_at": new.at, "failures": 0, "sentence": None}
            triggers.change(tx, new.flow_id, due_at=to_ms(following), **told)

        await self.db.run(store)

    async def _note(self, due: Due, fence: Fence, sentence: str, wait: timedelta) -> None:
        at = to_ms(self.clock.now() + wait)
        failures = due.trigger.failures + 1

        def store(tx: sa.Connection) -> None:
            fence.check(tx)
            triggers.change(
                tx, due.trigger.flow_id, due_at=at, failures=failures, sentence=sentence
            )

        await self.db.run(store)
        log.info("trigger not looked at", flow=due.flow.id, why=sentence)


def _wait_of(due: Due) -> timedelta:
    """Return how long a trigger rests that a person has to mend: as long as between two polls."""
    return max(timedelta(milliseconds=due.trigger.every_ms or 0), AFTER_FAULT)
