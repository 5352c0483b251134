"""The webhooks to send and those that were sent: kept, so that none is forgotten by a restart."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

from instep.sandbox.state import Collection, State

Delivery = dict[str, Any]
Attempt = dict[str, Any]
"""`at`, `url`, `status`, `error`, `milliseconds` of one sending."""

_REMEMBERED = 10_000
_TIDY_EVERY = 1_000


class Standing(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    LOST = "lost"  # by the fault of this name


class Due(NamedTuple):
    """A delivery that is to be sent at a time, in milliseconds of the real clock."""

    at: int
    number: int
    id: str
    record: str


class Outbox:
    """Deliveries by their webhook's id. `number` says in which order they were put in."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._rows = Collection(
            state,
            "webhooks",
            {
                "number": lambda row: row["number"],
                "standing": lambda row: row["standing"],
                "event": lambda row: row["event"],
                "due": lambda row: row["due"],
                "record": lambda row: row["record"],
            },
            ["standing, number", "number"],
        )
        last = state.execute("SELECT max(number) FROM webhooks").fetchone()[0]
        self._numbers = itertools.count((last or 0) + 1)
        self._finished = 0
        self._lock = threading.Lock()
        self._wake: Callable[[], object] | None = None

    def on_more(self, wake: Callable[[], object] | None) -> None:
        """Call `wake`, from any thread, when there is more to send; None: nobody sends now."""
        with self._lock:
            self._wake = wake

    def add(self, delivery: Delivery, due: int) -> None:
        """Put in a new delivery, within the transaction that caused it.

        It has an `id`, the `event`, the `location_id`, the `record` it is about, and the `body`.
        """
        waiting = {"standing": Standing.WAITING, "due": due, "attempts": []}
        self._put({**delivery, **waiting, "number": next(self._numbers)})
        self.wake()

    def waiting_since(self, number: int) -> list[Due]:
        """Return what waits and was put in after this number."""
        rows = self._state.execute(
            "SELECT due, number, id, record FROM webhooks "
            "WHERE standing = 'waiting' AND number > ? ORDER BY number",
            (number,),
        )
        return [Due(*row) for row in rows.fetchall()]

    def get(self, delivery_id: str) -> Delivery | None:
        """Return one delivery, or None."""
        return self._rows.get(delivery_id)

    def list(
        self, standing: str | None, event: str | None, limit: int, skip: int
    ) -> tuple[list[Delivery], int]:
        """Return deliveries, the newest first, and how many there are in all."""
        wanted = {"standing": standing, "event": event}
        filled = {name: value for name, value in wanted.items() if value is not None}
        where = " AND ".join(f"{name} = ?" for name in filled) or "1"
        values = list(filled.values())
        found = self._rows.find(where, values, "number DESC", limit, skip)
        return found, self._rows.count(where, values)

    def note(self, delivery: Delivery, standing: Standing, due: int | None = None) -> None:
        """Keep what became of an attempt.

        A delivery that was deleted meanwhile stays so; one that was put in again stays in.
        """
        with self._state.transaction():
            present = self._rows.get(delivery["id"])
            if present is None:
                return
            changed: Delivery = {"attempts": delivery["attempts"]}
            if present["number"] == delivery["number"]:
                changed |= {"standing": standing} | ({} if due is None else {"due": due})
            self._put({**present, **changed})
        if standing is not Standing.WAITING:
            self._finished += 1
            if self._finished % _TIDY_EVERY == 0:
                self._tidy()

    def again(self, delivery_id: str, due: int) -> Delivery | None:
        """Put a delivery in once more, behind all others. Returns None if there is none."""
        with self._state.transaction():
            row = self._rows.get(delivery_id)
            if row is None:
                return None
            number = next(self._numbers)
            row = {**row, "standing": Standing.WAITING, "due": due, "number": number}
            self._put(row)
        self.wake()
        return row

    def clear(self) -> int:
        """Forget every delivery, also those that wait; say how many there were."""
        return self._state.execute("DELETE FROM webhooks").rowcount

    def wake(self) -> None:
        """Say that there may be more to send."""
        with self._lock:
            if self._wake is not None:
                self._wake()

    def _put(self, row: Delivery) -> None:
        self._rows.put(row["id"], row)

    def _tidy(self) -> None:
        """Forget the oldest of the finished ones."""
        self._state.execute(
            "DELETE FROM webhooks WHERE standing != 'waiting' AND number <= "
            "(SELECT max(number) FROM webhooks) - ?",
            (_REMEMBERED,),
        )
