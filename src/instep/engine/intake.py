"""Take webhooks in: prove each, and answer only once it is durable.

One writer commits whatever has gathered while it wrote the last time, so that many webhooks share
one transaction. What cannot be kept soon is refused with IntakeBusy, which the app is told as 429:
the one answer that makes GoHighLevel send again (facts: ghl 5.4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from instep.core.errors import ConnectionBroken, UserError
from instep.core.records import Value
from instep.engine.waiting_room import CAPACITY, PATIENCE_SECONDS, WaitingRoom, busy
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.sdk.connector import Connector
from instep.sdk.webhooks import Hint, Incoming, SecretWebhooks, Webhooks
from instep.store import events
from instep.store.connections import Connection, Connections
from instep.store.database import Database
from instep.store.events import Arrival, Stored

KEEP = timedelta(days=3)
"""How long an event is remembered. Repetitions come within some hours (facts: ghl 5.4)."""

_SWEEP_EVERY = timedelta(minutes=1)
_DOOR_SECONDS = 5
_LONGEST_WORD = 500

log = structlog.get_logger()


class NoSuchDoor(UserError):
    """There is no connection of this name, or its app has no webhooks."""


@dataclass(frozen=True, slots=True)
class _Door:
    """Where one connection's webhooks come in, as it was `opened_at` (epoch milliseconds)."""

    connection: Connection
    webhooks: Webhooks
    keys: Mapping[str, str]
    opened_at: int


class Intake:
    """The intake of this process. Its coroutines run in one event loop."""

    def __init__(
        self,
        db: Database,
        connections: Connections,
        connectors: Mapping[str, Connector],
        clock: Clock,
        capacity: int = CAPACITY,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._db = db
        self._connections = connections
        self._connectors = connectors
        self._clock = clock
        self._doors: dict[str, _Door] = {}
        self._room = WaitingRoom(self._write, capacity, patience)
        self._sweep_at = clock.now()

    @property
    def waiting(self) -> int:
        """How many webhooks wait for the writer."""
        return self._room.waiting

    async def take(self, name: str, incoming: Incoming) -> Stored:
        """Prove a webhook and keep it; one that was kept before is fine, too.

        `name` is the connection's, or its id. Returns what became due by it and by those that were
        kept together with it. Raises NoSuchDoor, WebhookRefused, UserError for a key
        that is none, IntakeBusy. Nothing is kept when anything is raised but the last.
        """
        door = await self._door(name)
        told = door.webhooks.read(incoming, door.keys, self._clock.now())
        _check_words(told)
        account = door.connection.account_id
        arrival = Arrival(
            workspace_id=door.connection.workspace_id,
            connection_id=door.connection.id,
            hint=told,
            ours=told.account_id in {None, account},
            received_at=to_ms(incoming.received_at),
        )
        return await self._room.keep(arrival)

    async def _door(self, name: str) -> _Door:
        """Return a connection's door, as it was at most some seconds ago."""
        now = to_ms(self._clock.now())
        door = self._doors.get(name)
        if door is None or not 0 <= now - door.opened_at < _DOOR_SECONDS * 1000:
            self._doors.pop(name, None)
            door = self._doors[name] = await self._open(name, now)
        return door

    async def _open(self, name: str, now: int) -> _Door:
        try:
            connection = await self._connections.get(name)
        except UserError:
            # who asks is a stranger until proven: no names of other connections
            raise NoSuchDoor("There is no connection of this name.") from None
        except SQLAlchemyError as error:
            raise busy(error) from error
        connector = self._connectors.get(connection.connector)
        if connector is None or connector.webhooks is None:
            raise NoSuchDoor("The app of this connection sends no webhooks that could be read.")
        keys = keys_of(connector.webhooks, connection.config)
        if isinstance(connector.webhooks, SecretWebhooks):
            keys = {**keys, **await self._secrets(connector.webhooks, connection)}
        return _Door(connection, connector.webhooks, keys, now)

    async def _secrets(self, webhooks: SecretWebhooks, connection: Connection) -> Mapping[str, str]:
        """Return the connection's own secrets that its webhooks are proven by, and no others."""
        try:
            secrets = await self._connections.secrets(connection)
        except SQLAlchemyError as error:
            raise busy(error) from error
        except ConnectionBroken:
            raise NoSuchDoor("This connection has no secret to prove its webhooks by.") from None
        return {name: secrets[name] for name in webhooks.secrets if name in secrets}

    async def _write(self, arrivals: Sequence[Arrival]) -> Stored:
        """Store a batch. Raises IntakeBusy where the database does not take it."""
        now = self._clock.now()
        try:
            stored = await self._db.run(lambda tx: events.store(tx, arrivals, to_ms(now)))
            if now >= self._sweep_at:
                self._sweep_at = now + _SWEEP_EVERY
                await self._db.run(lambda tx: events.forget(tx, to_ms(now - KEEP)))
        except SQLAlchemyError as error:
            log.warning("webhooks not kept", webhooks=len(arrivals), why=type(error).__name__)
            raise busy(error) from error
        return stored


def keys_of(webhooks: Webhooks, config: Mapping[str, str]) -> Mapping[str, str]:
    """Return the keys that prove a connection's webhooks: the published ones, or its own.

    The connection's setting for the key `rsa` is `webhook_rsa_public_key`; the first of the
    published keys is the one in use, and its setting is plain `webhook_public_key`.
    """
    first = next(iter(webhooks.keys), None)
    settings = {
        kind: "webhook_public_key" if kind == first else f"webhook_{kind}_public_key"
        for kind in webhooks.keys
    }
    return {kind: config.get(settings[kind]) or key for kind, key in webhooks.keys.items()}


def _check_words(told: Hint) -> None:
    """Refuse what no database keeps, such as a NUL, before others have to wait with it."""
    words = (told.id, told.event, told.resource, told.record_id, told.parent_id, told.account_id)
    kept = [word for each in told.told for word in (each.kind, each.record_id, each.parent_id)]
    every = (*words, *kept)
    if not all(each.isprintable() and len(each) <= _LONGEST_WORD for each in every if each):
        raise UserError("The webhook names something by an id that cannot be one.")
    texts = [text for each in told.told for value in each.values.values() for text in _texts(value)]
    if not all(_is_text(each) for each in texts):
        raise UserError("The webhook holds text that is none: half a character at least.")


def _texts(value: Value) -> Sequence[str]:
    return (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()


def _is_text(text: str) -> bool:
    """Whether a text can be written down: JSON can name half of a character, which none keeps."""
    return not any("\ud800" <= each <= "\udfff" for each in text)
