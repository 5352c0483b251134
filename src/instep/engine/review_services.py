"""What waits for a person, seen and settled, and why a record stands as it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from instep.core.errors import InstepError, UserError
from instep.core.settlements import Settlement
from instep.core.times import iso_seconds
from instep.core.why import End, Explanation, Facts, Stand, explain, unknown
from instep.engine import write_only
from instep.engine.ancestors import awaited_by
from instep.engine.draining import Engine
from instep.engine.evidence import Evidence, gather
from instep.engine.settling import settle
from instep.store import reviews, syncs
from instep.store.batches import RecordKey
from instep.store.reviews import Place
from instep.store.shards import Fence
from instep.store.syncs import Sync

_PAGE = 500
"""How many records are looked at, or settled, in one transaction."""

_READ_ONLY = 0
"""An epoch no drain has: work opened under it can write nothing."""


@dataclass(frozen=True, slots=True)
class Told:
    """One record, linked pair, or unknown name, with how it stands; `places` are where it is."""

    id: str
    facts: Facts | None
    explanation: Explanation
    asked_at: int | None = None
    places: tuple[Place, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        facts = self.facts
        if facts is None:
            return {"id": self.id, "stands": self.stand, "why": [*self.explanation.sentences]}
        return {
            "id": self.id,
            "sync": facts.sync,
            "record": facts.label,
            "stands": self.stand,
            "why": [*self.explanation.sentences],
            "since": iso_seconds(self.asked_at),
            "a": _end(facts.names[0], facts.a),
            "b": _end(facts.names[1], facts.b),
            "fields": [_both(facts, name) for name in facts.fields] if self.waits else [],
            "candidates": [
                {"id": each.id, "record": each.label, "linked": each.linked}
                for each in facts.candidates
            ],
        }

    @property
    def stand(self) -> str:
        """How it stands, in one word."""
        return self.explanation.stand.value

    @property
    def waits(self) -> bool:
        """Whether a person is asked about it."""
        return self.facts is not None and self.facts.has("review")


@dataclass(frozen=True, slots=True)
class ReviewList:
    """A page of the records that wait for a person, and how many there are in all.

    `next` is where the next page begins; None on the last one.
    """

    items: Sequence[Told]
    total: int
    next: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        items = [each.as_json() for each in self.items]
        return {"total": self.total, "items": items, "next": self.next}


@dataclass(frozen=True, slots=True)
class Group:
    """Which of the records that wait are meant: those that stand so, and wait about this field."""

    stand: Stand | None = None
    field: str | None = None

    def holds(self, told: Told) -> bool:
        """Whether this one is meant."""
        if self.stand is not None and told.explanation.stand is not self.stand:
            return False
        asked = () if told.facts is None else told.facts.fields
        return self.field is None or self.field in asked


@dataclass(slots=True)
class Settled:
    """What became of one id a person named; `problem` says why nothing did."""

    id: str
    record: str | None = None
    problem: str | None = None
    place: tuple[str, RecordKey] | None = field(default=None, repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return it as programs read it."""
        done = self.problem is None
        return {"id": self.id, "record": self.record, "settled": done, "problem": self.problem}


class Reviews:
    """The services around what waits for a person, in one workspace."""

    def __init__(self, engine: Engine, workspace_id: str) -> None:
        self._engine = engine
        self._workspace_id = workspace_id

    async def list(
        self, sync: str | None = None, limit: int = 100, after: str | None = None
    ) -> ReviewList:
        """Return what waits for a person, in one sync or in all, a page at a time.

        `after` is the `next` of the page before. Raises UserError.
        """
        place = None if after is None else _place(after)

        def read(tx: sa.Connection) -> ReviewList:
            chosen = self._syncs(tx, sync)
            waiting = reviews.waiting(tx, [*chosen], limit + 1, place)
            places = [(row.sync_id, row.side, row.record_id) for row in waiting.rows]
            told = [*map(_told, _gather(tx, chosen, places[:limit]))]
            following = ":".join(places[limit - 1]) if len(places) > limit else None
            return ReviewList(told, waiting.total, following)

        return await self._engine.db.run_read(read)

    async def chosen(self, group: Group, sync: str | None = None) -> Sequence[str]:
        """Return the ids of all that wait and are in the group, page by page. Raises UserError."""
        ids: list[str] = []
        page = await self.list(sync, _PAGE)
        while True:
            ids += [each.id for each in page.items if group.holds(each)]
            if page.next is None:
                return ids
            page = await self.list(sync, _PAGE, page.next)

    async def why(self, text: str, sync: str | None = None) -> Sequence[Told]:
        """Say how a record stands: by its id in an app, its e-mail, or its link's id.

        One answer for each sync that knows it. Raises UserError for an unknown sync.
        """

        def read(tx: sa.Connection) -> Sequence[Told]:
            chosen = self._syncs(tx, sync)
            places = reviews.find(tx, [*chosen], [text])[text]
            gathered = _gather(tx, chosen, sorted(places))
            unread = {
                each: tuple(write_only.names(tx, self._engine.clients, chosen[each]))
                for each in {told.sync_id for told in gathered}
            }
            return [_told(_with_unread(each, unread[each.sync_id])) for each in gathered]

        return await self._engine.db.run_read(read) or [Told(text, None, unknown(text))]

    async def stands(self, places: Sequence[Place]) -> Sequence[Told]:
        """Say how these records stand; a linked pair is told once."""

        def read(tx: sa.Connection) -> Sequence[Told]:
            chosen = self._syncs(tx, None)
            return [*map(_told, _gather(tx, chosen, sorted(places)))]

        return await self._engine.db.run_read(read)

    async def settle(
        self, ids: Sequence[str], settled: Settlement, sync: str | None = None
    ) -> Sequence[Settled]:
        """Settle records under review, each wholly or not at all; the next run carries it out.

        Returns one outcome for each id. Raises UserError for an unknown sync.
        """
        outcomes: list[Settled] = []
        for at in range(0, len(ids), _PAGE):
            outcomes += await self._settle_page(ids[at : at + _PAGE], settled, sync)
        return outcomes

    async def _settle_page(
        self, ids: Sequence[str], settled: Settlement, sync: str | None
    ) -> Sequence[Settled]:
        chosen = await self._engine.db.run_read(lambda tx: self._syncs(tx, sync))
        outcomes = await self._engine.db.run_read(lambda tx: _named(tx, chosen, ids))
        for sync_id in dict.fromkeys(each.place[0] for each in outcomes if each.place):
            ours = [each for each in outcomes if each.place and each.place[0] == sync_id]
            await self._settle(chosen[sync_id], ours, settled)
        return outcomes

    async def _settle(self, sync: Sync, outcomes: Sequence[Settled], settled: Settlement) -> None:
        keys = [*dict.fromkeys(each.place[1] for each in outcomes if each.place)]
        try:
            work = await self._engine.open(sync, Fence(sync.shard, _READ_ONLY))
        except InstepError as error:
            problems: dict[RecordKey, str | None] = dict.fromkeys(keys, str(error))
        else:
            problems = await self._engine.db.run(lambda tx: settle(work, tx, keys, settled))
        for each in outcomes:
            if each.place:
                each.problem = problems[each.place[1]]

    def _syncs(self, tx: sa.Connection, name: str | None) -> dict[str, Sync]:
        if name is not None:
            one = syncs.get(tx, self._workspace_id, name)
            return {one.id: one}
        return {each.id: each for each in syncs.list_all(tx, self._workspace_id)}


def _place(text: str) -> Place:
    place = reviews.place_named(text)
    if place is None:
        raise UserError(f"{text!r} is no place in this list; take it from `next` of a page.")
    return place


def _gather(
    tx: sa.Connection, chosen: dict[str, Sync], places: Sequence[Place]
) -> Sequence[Evidence]:
    names = reviews.names(tx, [*chosen])
    found: list[Evidence] = []
    for sync_id in dict.fromkeys(each for each, _, _ in places):
        keys = [(side, record_id) for of, side, record_id in places if of == sync_id]
        told = gather(tx, chosen[sync_id], names[sync_id], keys)
        found += _with_awaited(tx, chosen[sync_id], told)
    return found


def _with_awaited(tx: sa.Connection, sync: Sync, told: Sequence[Evidence]) -> Sequence[Evidence]:
    """Add to records that wait for the one they belong to how that one stands."""
    keys = [key for each in told if each.facts.has("waiting") for key in each.keys]
    awaited = awaited_by(tx, sync, keys) if keys else {}
    return [
        replace(each, facts=replace(each.facts, awaited=awaited.get(each.keys[0]))) for each in told
    ]


def _with_unread(each: Evidence, names: tuple[str, ...]) -> Evidence:
    """Add where a record is written to and cannot be read back from."""
    return replace(each, facts=replace(each.facts, write_only=names)) if names else each


def _named(tx: sa.Connection, chosen: dict[str, Sync], ids: Sequence[str]) -> list[Settled]:
    """Find the record under review that each id names."""
    found = reviews.find(tx, [*chosen], ids)
    places = sorted({place for each in found.values() for place in each})
    under_review = {
        (each.sync_id, *key): each
        for each in _gather(tx, chosen, places)
        if each.facts.has("review")
        for key in each.keys
    }
    outcomes = []
    for text in dict.fromkeys(ids):
        hits = [under_review[place] for place in sorted(found[text]) if place in under_review]
        outcomes.append(_meant(text, {each.id: each for each in hits}))
    return outcomes


def _meant(text: str, hits: dict[str, Evidence]) -> Settled:
    if not hits:
        return Settled(text, problem=f"Nothing called {text!r} waits for a person.")
    if len(hits) > 1:
        there = ", ".join(hits)
        return Settled(text, problem=f"{text!r} may be any of {there}; name it by one of these.")
    (one,) = hits.values()
    return Settled(text, one.facts.label, place=(one.sync_id, one.keys[0]))


def _told(each: Evidence) -> Told:
    places = tuple((each.sync_id, *key) for key in each.keys)
    return Told(each.id, each.facts, explain(each.facts), each.asked_at, places)


def _end(connection: str, end: End | None) -> dict[str, Any] | None:
    if end is None:
        return None
    return {"connection": connection, "id": end.id, "changed_at": iso_seconds(end.changed_at)}


def _both(facts: Facts, name: str) -> dict[str, Any]:
    a, b = (end.values.get(name) if end is not None else None for end in (facts.a, facts.b))
    return {"field": name, "a": a, "b": b}
