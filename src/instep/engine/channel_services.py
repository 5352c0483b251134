"""Channels as people set them up and try them, and the messages that flows send to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.posting import Next, judge
from instep.core.times import iso_of
from instep.engine.alerts import deliver
from instep.engine.channels import WAYS
from instep.engine.channels.way import Outgoing, Way, Wire
from instep.engine.work import to_ms
from instep.store import alert_channels, alert_messages
from instep.store.alert_channels import Channel, Channels, NewChannel
from instep.store.alert_messages import NewMessage
from instep.store.database import Database
from instep.store.ids import new_id

_TITLE = "This is a test of Instep's alerts."
_TEXT = "If you can read this, alerts reach you here. Nothing is wrong."


class Notifier(Protocol):
    """By which a flow tells people something."""

    async def notify(self, channel: str | None, title: str, text: str, key: str) -> None:
        """Put a message into the outbox, for one channel (its name) or (None) for all of them.

        With the same `key` once, however often. Raises UserError for an unknown channel, or if
        there is none at all.
        """


@dataclass(frozen=True, slots=True)
class ChannelTold:
    """A channel as people and programs read it.

    `made` are secrets that Instep has just made: shown this once, to whoever adds the channel.
    """

    channel: Channel
    counts: Mapping[str, int] = field(default_factory=dict)
    made: Mapping[str, str] = field(default_factory=dict, repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        each = self.channel
        counted = {state: self.counts.get(state, 0) for state in ("waiting", "sent", "dead")}
        return {
            "id": each.id,
            "name": each.name,
            "kind": each.kind,
            "leads_to": each.leads_to,
            "problem": each.problem,
            "created_at": iso_of(each.created_at),
            **counted,
            "made": dict(self.made),
        }


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a test message. `status` is HTTP's, None where there is none."""

    channel: str
    arrived: bool
    status: int | None
    sentence: str

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {
            "channel": self.channel,
            "arrived": self.arrived,
            "status": self.status,
            "sentence": self.sentence,
        }


class AlertChannels:
    """The services around the channels of one workspace; a Notifier."""

    def __init__(self, db: Database, channels: Channels, wire: Wire, workspace_id: str) -> None:
        self._db = db
        self._channels = channels
        self._wire = wire
        self._workspace_id = workspace_id

    def kinds(self) -> Sequence[Way]:
        """Return the kinds of channels there are, each with the settings it takes."""
        return [*WAYS.values()]

    async def add(self, name: str, kind: str, settings: Mapping[str, str]) -> ChannelTold:
        """Add a channel. Raises UserError for a kind or settings that cannot be used, a taken name."""
        way = _way(kind)
        given = {name for name, value in settings.items() if value.strip()}
        made = {each: secret for each, secret in way.make().items() if each not in given}
        complete = way.complete({**settings, **made})
        new = NewChannel(name, kind, way.leads_to(complete), complete)
        return ChannelTold(await self._channels.add(new, self._now()), {}, made)

    async def list(self) -> Sequence[ChannelTold]:
        """Return every channel by name, and how its messages stand."""

        def read(tx: sa.Connection) -> Sequence[ChannelTold]:
            counts = alert_messages.counts(tx, self._workspace_id)
            there = alert_channels.list_all(tx, self._workspace_id)
            return [ChannelTold(each, counts.get(each.id, {})) for each in there]

        return await self._db.run_read(read)

    async def remove(self, name: str) -> Channel:
        """Forget a channel and its messages. Raises UserError for an unknown one."""
        return await self._channels.remove(name)

    async def test(self, name: str) -> Tried:
        """Send a test message at once and say what the channel answered.

        Raises UserError for an unknown channel.
        """
        found = await self._channels.get(name)
        now = self._wire.clock.now()
        message = Outgoing(new_id("msg"), _TITLE, _TEXT, now)
        answer = await deliver(self._channels, found, message, self._wire)
        arrived = judge(answer, 1, now, 0.0).next is Next.SENT
        await self._channels.mark(found.id, answer.sentence or None, to_ms(now))
        sentence = answer.sentence or f"{found.leads_to} took the test message."
        return Tried(found.name, arrived, answer.status, sentence)

    async def notify(self, channel: str | None, title: str, text: str, key: str) -> None:
        """Put a message into the outbox: see Notifier."""
        now = self._now()

        def put(tx: sa.Connection) -> None:
            to = self._named(tx, channel)
            messages = [NewMessage(each.id, key, title, text) for each in to]
            alert_messages.put(tx, self._workspace_id, messages, now)

        await self._db.run(put)

    def _named(self, tx: sa.Connection, channel: str | None) -> Sequence[Channel]:
        if channel is not None:
            return [alert_channels.find(tx, self._workspace_id, channel)]
        if there := alert_channels.list_all(tx, self._workspace_id):
            return there
        raise UserError("There is no channel to tell it to; instep alerts channel add makes one.")

    def _now(self) -> int:
        return to_ms(self._wire.clock.now())


def _way(kind: str) -> Way:
    if kind not in WAYS:
        raise UserError(f"There is no kind of channel {kind!r}. There are: {', '.join(WAYS)}.")
    return WAYS[kind]
