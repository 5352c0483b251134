"""A flow's own address: whoever has it starts runs by posting to it.

The address holds a token that is worked out from the flow and the vault's key, so that it can be
shown again, and is kept nowhere. A posting is durable before it is answered; a paused flow takes
it, too, and does it once it goes on.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError

from instep.core.flow.model import Bridge
from instep.core.flow.reading import read_flow
from instep.core.flow.spoken import FlowLanguage
from instep.engine.flows.triggers.posted_items import items_in, key_in, sending_of
from instep.engine.intake import NoSuchDoor
from instep.engine.waiting_room import CAPACITY, PATIENCE_SECONDS, WaitingRoom, busy
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.sdk.webhooks import Incoming
from instep.store.database import Database
from instep.store.flows import starts, versions
from instep.store.flows.starts import Posted
from instep.store.flows.versions import StoredFlow
from instep.store.vault import Vault

PREFIX = "/hooks/flows"
_PURPOSE = "flow address"
_LENGTH = 43  # characters of base 16: 172 bits, which nobody guesses
_DOOR_SECONDS = 5.0
_DOORS_KEPT = 1_000
_UNKNOWN = "There is no flow at this address."

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Address:
    """Where a flow's items are posted to. `takes` says whether it is published with this trigger."""

    flow: str
    path: str
    takes: bool


@dataclass(frozen=True, slots=True)
class _Door:
    flow_id: str
    tokens: Sequence[str]
    order_by: str | None
    opened_at: float


class Addresses:
    """The addresses of one workspace's flows. Its coroutines run in one event loop."""

    def __init__(
        self,
        db: Database,
        vault: Vault,
        clock: Clock,
        workspace_id: str,
        capacity: int = CAPACITY,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._db = db
        self._vault = vault
        self._clock = clock
        self._workspace_id = workspace_id
        self._doors: dict[str, _Door] = {}
        self._room = WaitingRoom(self._write, capacity, patience)

    async def show(self, name: str, *, new: bool = False) -> Address:
        """Return a flow's address; with `new` another one, and the one before is good no more.

        Raises UserError for an unknown flow.
        """

        def read(tx: sa.Connection) -> tuple[StoredFlow, Bridge | None]:
            found = versions.get(tx, self._workspace_id, name)
            if new:
                versions.renew_address(tx, found.id)
                found = versions.get(tx, self._workspace_id, name)
            return found, _trigger(tx, found)

        found, trigger = await (self._db.run(read) if new else self._db.run_read(read))
        if new:
            self._doors.clear()
        token = self._vault.digest(_told(found), _PURPOSE)[:_LENGTH]
        return Address(found.name, f"{PREFIX}/{found.name}/{token}", trigger is not None)

    async def take(self, name: str, token: str, incoming: Incoming) -> None:
        """Keep what was posted to a flow's address; what was kept before is fine, too.

        Raises NoSuchDoor, UserError for a body that holds no item, IntakeBusy.
        """
        door = await self._door(name)
        if not any(hmac.compare_digest(token.encode(), each.encode()) for each in door.tokens):
            raise NoSuchDoor(_UNKNOWN)
        items = items_in(incoming)
        keys = [key_in(each, door.order_by) for each in items]
        at = to_ms(incoming.received_at)
        posted = Posted(door.flow_id, sending_of(incoming), items, keys, at)
        if door.flow_id not in await self._room.keep(posted):
            raise NoSuchDoor(_UNKNOWN)

    async def _door(self, name: str) -> _Door:
        """Return a flow's door, as it was at most some seconds ago."""
        now = self._clock.monotonic()
        door = self._doors.get(name)
        if door is None or now - door.opened_at >= _DOOR_SECONDS:
            self._doors.pop(name, None)
            door = await self._open(name, now)
            if len(self._doors) >= _DOORS_KEPT:
                self._doors.clear()
            self._doors[name] = door
        return door

    async def _open(self, name: str, now: float) -> _Door:
        def read(tx: sa.Connection) -> tuple[StoredFlow, Bridge] | None:
            found = versions.find(tx, self._workspace_id, name)
            trigger = None if found is None else _trigger(tx, found)
            return None if found is None or trigger is None else (found, trigger)

        try:
            there = await self._db.run_read(read)
        except SQLAlchemyError as error:
            raise busy(error) from error
        if there is None:
            # who asks is a stranger until proven: whether there is such a flow is not told
            raise NoSuchDoor(_UNKNOWN)
        found, trigger = there
        tokens = [each[:_LENGTH] for each in self._vault.digests(_told(found), _PURPOSE)]
        return _Door(found.id, tokens, trigger.order_by, now)

    async def _write(self, posted: Sequence[Posted]) -> frozenset[str]:
        """Store a batch. Raises IntakeBusy where the database does not take it."""
        now = to_ms(self._clock.now())
        try:
            return await self._db.run(lambda tx: starts.start_posted(tx, posted, now))
        except SQLAlchemyError as error:
            log.warning("postings not kept", postings=len(posted), why=type(error).__name__)
            raise busy(error) from error


def _told(found: StoredFlow) -> str:
    return f"{found.id}\n{found.address}"


def _trigger(tx: sa.Connection, found: StoredFlow) -> Bridge | None:
    """Return the trigger of a flow's newest version, if that is an address of its own."""
    newest = versions.newest(tx, found)
    flow = None if newest is None else read_flow(newest.document, FlowLanguage()).flow
    return flow.trigger if flow is not None and isinstance(flow.trigger, Bridge) else None
