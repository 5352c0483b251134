"""Sends what the outbox holds: several at once, one record's in order, again where a retry is due."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import random
import time
from collections import defaultdict

from instep.sandbox.faults import Faults
from instep.sandbox.gohighlevel.settings import Settings
from instep.sandbox.gohighlevel.webhooks.courier import Courier
from instep.sandbox.gohighlevel.webhooks.outbox import Delivery, Due, Outbox, Standing
from instep.sandbox.gohighlevel.webhooks.retries import delivered, wait_before_retry

_AT_ONCE = 16
_GRACE = 1.0  # seconds that running deliveries may take after a stop was asked for


class Dispatcher:
    """A task of the sandbox's event loop, from `start` to `stop`.

    A webhook that waits for its next try does not hold back later ones of its record: the order of
    a record holds for first tries. Faults meet a webhook before its first try. Times are those of
    the real clock: a skewed one shows in what is sent, not in when.
    """

    def __init__(
        self, outbox: Outbox, courier: Courier, faults: Faults, settings: Settings
    ) -> None:
        self._outbox = outbox
        self._courier = courier
        self._faults = faults
        self._settings = settings
        self._random = random.Random()  # noqa: S311 - jitter, not secrecy
        self._heap: list[Due] = []
        self._seen = 0
        self._busy: set[str] = set()
        self._behind: defaultdict[str, list[Due]] = defaultdict(list)  # heaps
        self._running: set[asyncio.Task[None]] = set()
        self._met: set[str] = set()
        self._overtaken: Due | None = None
        self._more = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin with what a previous life left behind."""
        loop = asyncio.get_running_loop()
        self._courier.open(_AT_ONCE)
        self._outbox.on_more(lambda: loop.call_soon_threadsafe(self._more.set))
        self._task = asyncio.create_task(self._run(), name="webhooks")

    async def stop(self) -> None:
        """End; what was not delivered is kept, and may have arrived all the same."""
        self._outbox.on_more(None)
        if self._task is None:
            return
        self._task.cancel()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=_GRACE)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await asyncio.gather(self._task, return_exceptions=True)
        await self._courier.close()

    async def _run(self) -> None:
        while True:
            self._more.clear()
            self._take_in()
            self._send_due()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._idle_seconds()):
                    await self._more.wait()

    def _take_in(self) -> None:
        for due in self._outbox.waiting_since(self._seen):
            heapq.heappush(self._heap, due)
            self._seen = due.number

    def _send_due(self) -> None:
        moment = now()
        while self._heap and self._heap[0].at <= moment and len(self._running) < _AT_ONCE:
            due = heapq.heappop(self._heap)
            if due.record in self._busy:
                heapq.heappush(self._behind[due.record], due)
            else:
                self._begin(due)

    def _idle_seconds(self) -> float | None:
        """Return how long there is nothing to do; None: until something is said."""
        if not self._heap or len(self._running) >= _AT_ONCE:
            return None
        return max(self._heap[0].at - now(), 0) / 1000

    def _begin(self, due: Due) -> None:
        self._busy.add(due.record)
        task = asyncio.create_task(self._deliver(due))
        self._running.add(task)
        task.add_done_callback(lambda done: self._end(due, done))

    def _end(self, due: Due, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._busy.discard(due.record)
        behind = self._behind.get(due.record)
        if behind:
            heapq.heappush(self._heap, heapq.heappop(behind))
        else:
            self._behind.pop(due.record, None)
        self._more.set()

    async def _deliver(self, due: Due) -> None:
        delivery = self._outbox.get(due.id)
        if delivery is None or not _still(due, delivery):
            return
        if self._overtaken is not None and self._overtaken.id == due.id:
            self._overtaken = None
        if self._is_held_up(delivery):
            return
        await self._try(delivery)
        if self._strikes("doubled_webhook", delivery):
            delivery["attempts"].append(await self._courier.carry(delivery))
            self._outbox.note(delivery, Standing(delivery["standing"]))
        self._let_overtaken_go()

    def _is_held_up(self, delivery: Delivery) -> bool:
        """Whether a fault keeps the webhook from being sent now, or ever. Each meets it once."""
        if delivery["attempts"] or delivery["id"] in self._met:
            return False
        if self._strikes("lost_webhook", delivery):
            self._outbox.note(delivery, Standing.LOST)
            return True
        if late := self._faults.strikes_webhook("late_webhook", delivery["event"]):
            self._postpone(delivery, late.seconds)
            return True
        if self._overtaken is None:
            held = self._faults.strikes_webhook("reordered_webhooks", delivery["event"])
            if held:
                self._overtaken = self._postpone(delivery, held.seconds)
                return True
        return False

    async def _try(self, delivery: Delivery) -> None:
        self._met.discard(delivery["id"])
        attempt = await self._courier.carry(delivery)
        delivery["attempts"].append(attempt)
        status, tries = attempt["status"], len(delivery["attempts"])
        policy, chance = self._settings.webhook_retries, self._random.random()
        wait = wait_before_retry(policy, status, tries, chance)
        if wait is not None:
            self._postpone(delivery, wait / self._settings.webhook_pace)
            return
        standing = Standing.DELIVERED if delivered(status) else Standing.GIVEN_UP
        delivery["standing"] = standing
        self._outbox.note(delivery, standing)

    def _postpone(self, delivery: Delivery, seconds: float) -> Due:
        """Send it later; a fault will not meet it again."""
        if not delivery["attempts"]:
            self._met.add(delivery["id"])
        return self._plan(delivery, now() + int(seconds * 1000))

    def _plan(self, delivery: Delivery, at: int) -> Due:
        due = Due(at, delivery["number"], delivery["id"], delivery["record"])
        delivery["due"] = at
        self._outbox.note(delivery, Standing.WAITING, at)
        heapq.heappush(self._heap, due)
        return due

    def _let_overtaken_go(self) -> None:
        """Send the one that was to be overtaken: another one has gone first."""
        due, self._overtaken = self._overtaken, None
        delivery = self._outbox.get(due.id) if due else None
        if due is not None and delivery is not None and _still(due, delivery):
            self._plan(delivery, 0)  # before all that wait

    def _strikes(self, fault: str, delivery: Delivery) -> bool:
        return self._faults.strikes_webhook(fault, delivery["event"]) is not None


def now() -> int:
    """Return the real time in milliseconds since 1970."""
    return int(time.time() * 1000)


def _still(due: Due, delivery: Delivery) -> bool:
    """Whether this is the delivery's latest appointment: others were put in its place."""
    waits = delivery["standing"] == Standing.WAITING
    return waits and (due.number, due.at) == (delivery["number"], delivery["due"])
