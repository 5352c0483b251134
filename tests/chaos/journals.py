"""What the apps' own journals say about our calls: repeated writes, and what could be known when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tests.chaos.doors import Door, Written
from tests.chaos.ledger import Edit

Call = Mapping[str, Any]

_BREAKING = {"timeout_after_success", "truncated_reply"}
"""The work was done and nobody heard of it: whoever repeats such a call may do so."""


@dataclass
class _State:
    """What a record holds at one point of the journal, as far as it has been written."""

    values: dict[str, str | None] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)

    def take(self, written: Written) -> bool:
        """Write; say whether anything changes by it."""
        moved = any(self.values.get(name) != value for name, value in written.values.items())
        moved = moved or bool(written.add - self.tags or written.remove & self.tags)
        self.values |= written.values
        self.tags = (self.tags | written.add) - written.remove
        return moved or written.removes_record


class Journal:
    """The journal of one app, read for one kind of record."""

    def __init__(self, door: Door, calls: Sequence[Call], marker: str) -> None:
        self._door = door
        self._marker = marker
        self._calls = calls
        self.repeats = 0

    @cached_property
    def _writes(self) -> list[tuple[Call, Written]]:
        """Every write that was carried out, in order, with the ids of what was created."""
        done = [call for call in self._calls if 200 <= (call["status"] or 0) < 300]
        read = ((call, self._door.written(call)) for call in done)
        return [(call, written) for call, written in read if written is not None]

    def troubles(self) -> Iterator[str]:
        """Yield creates of one record done twice, and updates of ours that changed nothing."""
        yield from self._created_twice()
        states: dict[str, _State] = {}
        unheard: set[str] = set()
        for call in self._calls:
            if not 200 <= (call["status"] or 0) < 300:
                continue
            moved = self._follow(states, call)
            signature = f"{call['method']} {call['path']} {call['sent']}"
            if call["by"] == "app" and not moved:
                if signature in unheard:
                    self.repeats += 1
                else:
                    yield f"{signature} changed nothing"
            if call["fault"] in _BREAKING:
                unheard.add(signature)

    def _follow(self, states: dict[str, _State], call: Call) -> bool:
        """Take one call into the states; False if it was a write and changed nothing."""
        written = self._door.written(call)
        if written is None:
            for record in self._door.records_told(call["got"]):
                shown = self._door.show(record)
                states.setdefault(shown.id, _State({**shown.values}, set(shown.tags)))
            return True
        if written.id is None:
            for record_id in self._door.ids_told(call["got"]):
                states[record_id] = _State({**written.values}, set(written.add))
            return True
        return states.setdefault(written.id, _State()).take(written)

    def _created_twice(self) -> Iterator[str]:
        creates = Counter(
            written.values.get(self._marker)
            for call, written in self._writes
            if written.id is None and call["by"] == "app"
        )
        yield from (f"{who} was created {n} times" for who, n in creates.items() if n > 1)

    def held(self, record_id: str, name: str, value: str | None, before: Edit) -> bool:
        """Whether a write gave this record this value before that edit of a user."""
        return any(
            call["answered_at"] <= before.ended
            and written.id == record_id
            and name in written.values
            and written.values[name] == value
            for call, written in self._writes
        )

    def overwritten_unseen(self, edit: Edit) -> int | None:
        """Return how old our newest reading was when we wrote over an edit it did not show.

        Milliseconds; None if we did not overwrite it, or had read it.
        """
        over = next(
            (
                call
                for call, written in self._writes
                if call["by"] == "app"
                and call["answered_at"] >= edit.began
                and written.id == edit.record_id
                and edit.name in written.values
                and written.values[edit.name] != edit.value
            ),
            None,
        )
        if over is None:
            return None
        seen = [
            call["answered_at"]
            for call in self._calls
            if call["by"] == "app"
            and call["number"] < over["number"]
            and call["fault"] not in _BREAKING
            and edit.record_id in self._told(call)
        ]
        newest = max(seen, default=None)
        if newest is None or newest > edit.ended:
            return None
        return int(over["answered_at"] - newest)

    def _told(self, call: Call) -> set[str]:
        return self._ids.setdefault(call["number"], self._door.ids_told(call["got"]))

    @cached_property
    def _ids(self) -> dict[int, set[str]]:
        return {}
