"""Looking for trouble and telling of it: one process of all that share a database, beside its drains.

A look stores what it found, what each channel knows from then on and the messages that tell it, in
one transaction. Messages are sent from there: one that was answered is never sent again; one whose
answer was lost with its process is sent once more, under the same key.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
import structlog

from instep.core.alerting.incidents import Finding, look
from instep.core.alerting.telling import Tellings, tell
from instep.core.alerting.wording import words_of
from instep.core.errors import ConnectionBroken, UserError
from instep.core.posting import Answer, Next, judge
from instep.core.retention import What
from instep.engine.beside import Beside, rung
from instep.engine.channels import WAYS
from instep.engine.channels.way import Outgoing, Wire
from instep.engine.turns import Turn
from instep.engine.work import to_ms
from instep.store import alert_channels, alert_messages, alert_rules, alerts, retention
from instep.store.alert_channels import Channel, Channels
from instep.store.alert_findings import find_all
from instep.store.alert_findings.sought import Sought
from instep.store.alert_messages import Attempted, Message, NewMessage
from instep.store.database import Database
from instep.store.ids import new_id
from instep.store.shards import OF_ALERTS, DrainOvertaken, Fence

LOOK_EVERY = timedelta(seconds=30)
BATCH = 5
"""Messages of one channel that are sent one after the other before anything else is looked at."""

_TICK_SECONDS = 5.0
_SWEEP_EVERY = timedelta(minutes=10)

log = structlog.get_logger()


@dataclass(slots=True)
class Watch:
    """What watches and tells for this process. One per process; it runs in one event loop.

    `keep` is how long past alerts and messages are remembered.
    """

    db: Database
    channels: Channels
    wire: Wire
    workspace_id: str
    keep: timedelta
    chance: Callable[[], float] = random.random
    _turn: Turn = field(init=False)
    _look_at: datetime | None = field(default=None, init=False)
    _sweep_at: datetime | None = field(default=None, init=False)
    _beside: Beside = field(default_factory=Beside, init=False)

    def __post_init__(self) -> None:
        """Wait for the turn to watch."""
        self._turn = Turn(self.db, self.wire.clock, "alerts", OF_ALERTS)

    def start(self) -> None:
        """Begin to look for trouble, and to send what is due."""
        self._beside.start(self._go_on())

    async def stop(self) -> None:
        """Let what is on its way finish for some seconds, and leave the rest to others."""
        await self._beside.stop()
        await self._turn.give_back()

    def wake(self) -> None:
        """Look for messages that are due at once; called in the event loop."""
        self._beside.bell.set()

    async def look(self) -> bool:
        """Look for trouble once and store what is to be told; False if another process does it."""
        fence = await self._turn.take()
        if fence is None:
            return False
        now = to_ms(self.wire.clock.now())
        # what is in trouble is looked for without keeping any writer waiting
        findings = await self.db.run_read(lambda tx: _find(tx, self.workspace_id, now))

        def store(tx: sa.Connection) -> None:
            fence.check(tx)
            _take_in(tx, self.workspace_id, findings, now)

        await self.db.run(store)
        return True

    async def send_due(self) -> bool:
        """Send every message that is due now and wait for it; False if another process does it."""
        fence = await self._turn.take()
        if fence is None:
            return False
        while rounds := self._begin(await self._due(), fence):
            if not all(await asyncio.gather(*rounds)):
                break
        return True

    async def _go_on(self) -> None:
        while True:
            self._beside.bell.clear()
            try:
                await self._carry_on()
            except DrainOvertaken:
                self._turn.lost()
            except Exception:
                log.exception("alerts not looked at")  # the next look tries again
            await rung(self._beside.bell, _TICK_SECONDS)

    async def _carry_on(self) -> None:
        now = self.wire.clock.now()
        if self._look_at is None or now >= self._look_at:
            self._look_at = now + LOOK_EVERY
            await self.look()
        due = await self._due()
        # kept while anything is on its way, so that nobody else sends it, too
        if (due or self._beside.rounds) and (fence := await self._turn.take()) is not None:
            self._begin(due, fence)
        if self._sweep_at is None or now >= self._sweep_at:
            self._sweep_at = now + _SWEEP_EVERY
            await self.db.run(lambda tx: _forget(tx, self.workspace_id, now, self.keep))

    async def _due(self) -> dict[str, list[Message]]:
        """Return the messages that are due now, by the ids of their channels."""
        now = to_ms(self.wire.clock.now())
        due: dict[str, list[Message]] = {}
        for each in await self.db.run_read(lambda tx: alert_messages.due(tx, now, BATCH)):
            due.setdefault(each.channel_id, []).append(each)
        return due

    def _begin(self, due: dict[str, list[Message]], fence: Fence) -> list[asyncio.Task[bool]]:
        """Begin to send these, each channel by itself, so that a slow one holds up no other."""
        for channel_id, messages in due.items():
            if channel_id not in self._beside.rounds:
                task = asyncio.create_task(self._send(channel_id, messages, fence))
                self._beside.rounds[channel_id] = task
        return [self._beside.rounds[each] for each in due]

    async def _send(self, channel_id: str, messages: Sequence[Message], fence: Fence) -> bool:
        """Send these one after the other; what came of each is stored before the next one goes.

        Returns whether all of it could be done.
        """
        try:
            channel = await self.channels.get(channel_id)
            for each in messages:
                answer = await deliver(self.channels, channel, _outgoing(each), self.wire)
                await self._store(channel, each, answer, fence)
            return True  # noqa: TRY300 - what follows are the ways in which it can end early
        except DrainOvertaken:
            log.info("alerts overtaken", channel=channel_id)
            self._turn.lost()
        except UserError:  # the channel was removed meanwhile, and its messages with it
            log.info("channel is gone", channel=channel_id)
        except Exception:
            log.exception("alerts not sent", channel=channel_id)  # the next look tries again
        finally:
            del self._beside.rounds[channel_id]
        return False

    async def _store(
        self, channel: Channel, message: Message, answer: Answer, fence: Fence
    ) -> None:
        now = self.wire.clock.now()
        verdict = judge(answer, message.attempts + 1, now, self.chance())
        state = "dead" if verdict.next is Next.STOPPED else verdict.next.value
        due = to_ms(now + timedelta(seconds=verdict.wait or 0.0))
        sentence = answer.sentence or None
        done = Attempted(message, state, due, to_ms(now), sentence)

        def store(tx: sa.Connection) -> None:
            fence.check(tx)
            alert_messages.store(tx, [done])
            alert_channels.mark(tx, channel.id, sentence, to_ms(now))

        await self.db.run(store)
        if sentence is not None:
            log.warning("alert not told", channel=channel.name, state=state, why=sentence)


async def deliver(channels: Channels, to: Channel, message: Outgoing, wire: Wire) -> Answer:
    """Send a message to a channel once, and tell what came of it."""
    try:
        settings = await channels.settings(to)
    except ConnectionBroken as error:
        return Answer(None, str(error), ours=True)
    try:
        return await WAYS[to.kind].send(settings, message, wire)
    except Exception as error:  # noqa: BLE001 - a fault of ours or a library's: it is tried again
        # its kind alone: what it says may repeat an address, which is the channel's secret
        kind = type(error).__name__
        log.error("channel failed", channel=to.name, kind=kind)  # noqa: TRY400 - as above
        return Answer(None, f"Instep met a fault of its own ({kind}).")


def _outgoing(message: Message) -> Outgoing:
    made_at = datetime.fromtimestamp(message.created_at / 1000, UTC)
    return Outgoing(message.key, message.title, message.text, made_at, message.alerts)


def _find(tx: sa.Connection, workspace_id: str, now: int) -> list[Finding]:
    return find_all(tx, Sought(workspace_id, now, alert_rules.rules_of(tx, workspace_id)))


def _take_in(tx: sa.Connection, workspace_id: str, findings: Sequence[Finding], now: int) -> None:
    """Store what became of the alerts and what is to be told of them, together."""
    seen = look(findings, alerts.open_ones(tx, workspace_id), now)
    alerts.store_look(tx, workspace_id, seen, now)
    channels = [each.id for each in alert_channels.list_all(tx, workspace_id)]
    known, tellings = alerts.to_tell(tx, workspace_id)
    said = tell(known, tellings, alert_rules.rules_of(tx, workspace_id), channels, now)
    alerts.store_tellings(tx, workspace_id, said.changed)
    alert_messages.put(tx, workspace_id, _messages(said), now)


def _messages(said: Tellings) -> list[NewMessage]:
    """Return one message for each channel that is told anything."""
    messages = []
    for channel_id, told in said.by_channel().items():
        words = words_of(told)
        messages.append(
            NewMessage(channel_id, new_id("msg"), words.title, words.text, words.alerts)
        )
    return messages


def _forget(tx: sa.Connection, workspace_id: str, now: datetime, usual: timedelta) -> None:
    keep = retention.keep(tx, workspace_id, What.SENT, usual)
    before = to_ms(now - keep)
    alert_messages.forget(tx, before)
    alerts.forget(tx, before)
