"""What was posted and what was not, as people read it, and their word that it goes out again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from instep.core.errors import UserError
from instep.core.times import iso_seconds
from instep.engine.work import to_ms
from instep.sdk.clock import Clock
from instep.store import postings
from instep.store.connections import Connection, Connections
from instep.store.database import Database
from instep.store.postings import Posting


@dataclass(frozen=True, slots=True)
class Standing:
    """How a connection's postings stand: how many in which state, and why they are stopped."""

    counts: Mapping[str, int] = field(default_factory=dict)
    stopped: str | None = None

    @property
    def sentence(self) -> str | None:
        """What a person has to know of it; None if there is nothing to do."""
        if self.stopped is not None:
            return f"Posting is stopped: {self.stopped}"
        dead = self.counts.get("dead", 0)
        return f"Webhooks given up on: {dead}; see instep bridge posts --dead." if dead else None

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        states = ("waiting", "sent", "dead")
        return {**{each: self.counts.get(each, 0) for each in states}, "stopped": self.stopped}


@dataclass(frozen=True, slots=True)
class PostingTold:
    """A posting as people and programs read it: without what it tells, which is people's data."""

    posting: Posting

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        each = self.posting
        return {
            "id": each.key,
            "event": each.event,
            "kind": each.kind,
            "record": each.record_id,
            "state": each.state,
            "attempts": each.attempts,
            "next_try": iso_seconds(each.due_at) if each.state == "waiting" else None,
            "status": each.status,
            "why": each.sentence,
            "created_at": iso_seconds(each.created_at),
            "tries": [
                {
                    "at": iso_seconds(one["at"]),
                    "status": one["status"],
                    "milliseconds": one["milliseconds"],
                    "why": one["sentence"],
                }
                for one in each.tries
            ],
        }


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of a connection's postings: those in a state; those before one of them (its number)."""

    state: str | None = None
    limit: int = 50
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A page of a connection's postings, newest first, and how all of them stand."""

    connection_id: str
    standing: Standing
    posts: Sequence[PostingTold]
    next: int | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many postings go out again, how many stay dead, and whether posting was stopped before.

    With `all_dead`, those stay dead that were overtaken by a later one of the same record.
    """

    connection_id: str
    replayed: int
    left: int
    was_stopped: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {
            "replayed": self.replayed,
            "left": self.left,
            "was_stopped": self.was_stopped,
        }


class Postings:
    """The services around the postings of one workspace."""

    def __init__(
        self, db: Database, connections: Connections, clock: Clock, workspace_id: str
    ) -> None:
        self._db = db
        self._connections = connections
        self._clock = clock
        self._workspace_id = workspace_id

    async def standings(self) -> dict[str, Standing]:
        """Return how postings stand, for every connection that has any or is stopped."""

        def read(tx: sa.Connection) -> dict[str, Standing]:
            counts = postings.counts(tx, self._workspace_id)
            stops = postings.stops(tx, self._workspace_id)
            return {
                each: Standing(counts.get(each, {}), stops.get(each))
                for each in counts.keys() | stops.keys()
            }

        return await self._db.run_read(read)

    async def report(self, name: str, wanted: Wanted) -> Report:
        """Return a page of a connection's postings. Raises UserError for an unknown connection."""
        found = await self._connections.get(name)

        def read(tx: sa.Connection) -> Report:
            page = postings.page(tx, found.id, wanted.state, wanted.limit, wanted.before)
            counts = postings.counts(tx, self._workspace_id).get(found.id, {})
            standing = Standing(counts, postings.stops(tx, self._workspace_id).get(found.id))
            following = page[-1].id if len(page) == wanted.limit else None
            return Report(found.id, standing, [*map(PostingTold, page)], following)

        return await self._db.run_read(read)

    async def replay(
        self, name: str, keys: Collection[str] = (), *, all_dead: bool = False
    ) -> Replayed:
        """Let these postings be posted afresh, or all that were given up on.

        A connection whose postings were stopped goes on, too; with nothing named, that is all that
        is done. Raises UserError for an unknown connection, for ids it does not have (naming them)
        and if there is nothing to do; then nothing is changed.
        """
        found = await self._connections.get(name)
        now = to_ms(self._clock.now())
        if keys and all_dead:
            raise UserError("Either name webhooks or say that all dead ones are meant, not both.")

        def replay(tx: sa.Connection) -> Replayed:
            _check_known(tx, found, keys)
            number = postings.replay(tx, found.id, keys, now) if keys else 0
            if all_dead:
                number = postings.replay_dead(tx, found.id, now)
            was_stopped = postings.lift(tx, found.id)
            if not (was_stopped or keys or all_dead):
                raise UserError(
                    f"Nothing of {found.name!r} is stopped. Name the webhooks to be sent again, or "
                    "say --all-dead for all that were given up on."
                )
            left = postings.counts(tx, self._workspace_id).get(found.id, {}).get("dead", 0)
            return Replayed(found.id, number, left, was_stopped)

        return await self._db.run(replay)


def _check_known(tx: sa.Connection, found: Connection, keys: Collection[str]) -> None:
    unknown = sorted(set(keys) - postings.known(tx, found.id, keys)) if keys else []
    if unknown:
        raise UserError(
            f"{found.name!r} has no webhook {', '.join(unknown)}. "
            f"instep bridge posts {found.name} shows what there is."
        )
