"""The records of one kind in an app in memory, as a journal in the order of change."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from instep.core.records import Record, Values
from instep.sdk.kept import KeptResource

_SMALLEST_JOURNAL = 1_000


@dataclass(frozen=True, slots=True)
class _State:
    """One record as it stood from `at` on; no record: it was removed."""

    at: datetime
    id: str
    record: Record | None


class Shelf:
    """The records of one kind.

    Times of change strictly increase, so that a time is also a place in the list: reading on
    after a time never misses a record. `lag` says how long lists stay behind the records.
    """

    def __init__(
        self,
        resource: type[KeptResource],
        now: Callable[[], datetime],
        lag: Callable[[], timedelta],
    ) -> None:
        self.resource = resource
        self._now = now
        self._lag = lag
        self._current: dict[str, _State] = {}
        self._journal: list[_State] = []
        self._holders: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)

    def store(self, record_id: str, values: Values, version: str) -> Record:
        """Keep a record as it now is."""
        at = self._next_moment()
        made = self.resource.lookup.made
        kept = values if made is None else {made: stamp(at), **values}
        record = Record(record_id, kept, version, stamp(at))
        state = _State(at, record_id, record)
        if record_id in self._current:
            self._release(self._current[record_id])
        self._current[record_id] = state
        for key in self._keys(record):
            self._holders[key][record_id] = None
        self._journal.append(state)
        self._shorten()
        return record

    def remove(self, record_id: str) -> None:
        """Remove a record. Raises KeyError when it is not there."""
        self._release(self._current.pop(record_id))
        self._journal.append(_State(self._next_moment(), record_id, None))

    def read(self, record_id: str) -> Record:
        """Return a record as it is now. Raises KeyError when it is not there."""
        record = self._current[record_id].record
        assert record is not None  # noqa: S101 - what is current was not removed
        return record

    def records(self) -> dict[str, Record]:
        """Return every record as it is now, by id."""
        return {record_id: self.read(record_id) for record_id in self._current}

    def below(self, parent_id: str) -> list[str]:
        """Return the ids of one parent's records."""
        return [each.id for each in self.records().values() if self._is_below(each, parent_id)]

    def holders(self, name: str, value: str) -> list[Record]:
        """Return the records whose findable field `name` holds `value`, without regard to case."""
        return [self.read(each) for each in self._holders.get((name, value.lower()), ())]

    def page(
        self, after: datetime | None, limit: int, parent_id: str | None = None
    ) -> tuple[list[Record], datetime | None]:
        """Return records changed after a moment, oldest change first, and where the next page starts."""
        visible = (
            (state.at, state.record)
            for state in self._visible(after)
            if state.record is not None
            and (parent_id is None or self._is_below(state.record, parent_id))
        )
        found = list(islice(visible, limit + 1))
        more = found[limit - 1][0] if len(found) > limit else None
        return [record for _, record in found[:limit]], more

    def _is_below(self, record: Record, parent_id: str) -> bool:
        parent = self.resource.parent
        return parent is not None and record.values.get(parent.field) == parent_id

    def _release(self, state: _State) -> None:
        for key in self._keys(state.record):
            del self._holders[key][state.id]
            if not self._holders[key]:
                del self._holders[key]

    def _keys(self, record: Record | None) -> list[tuple[str, str]]:
        values = record.values if record else {}
        return [
            (name, text.lower())
            for name in self.resource.findable
            if isinstance(text := values.get(name), str)
        ]

    def _next_moment(self) -> datetime:
        now = self._now()
        if self._journal and now <= self._journal[-1].at:
            return self._journal[-1].at + timedelta(microseconds=1)
        return now

    # The journal

    def _visible(self, after: datetime | None) -> Iterator[_State]:
        """Yield the states that lists show, in order of change, from after a moment on."""
        lagging = bool(self._lag())
        states = self._shown() if lagging else self._journal
        start = 0 if after is None else bisect_right(states, after, key=_at)
        for place in range(start, len(states)):
            state = states[place]
            overtaken = not lagging and self._current.get(state.id) is not state
            if state.record is not None and not overtaken:
                yield state

    def _shown(self) -> list[_State]:
        """Return the newest state of each record that is old enough to be shown."""
        old_enough = self._journal[: self._horizon()]
        return sorted({state.id: state for state in old_enough}.values(), key=_at)

    def _horizon(self) -> int:
        """Return how many states of the journal are old enough to be shown."""
        # while the clock stands still, the journal's times run a little ahead of it
        now = max(self._now(), self._journal[-1].at) if self._journal else self._now()
        return bisect_right(self._journal, now - self._lag(), key=_at)

    def _shorten(self) -> None:
        """Forget overtaken states once they are most of the journal."""
        if len(self._journal) < max(_SMALLEST_JOURNAL, 3 * len(self._current)):
            return
        self._journal = self._shown() + self._journal[self._horizon() :]


def stamp(moment: datetime) -> str:
    """Return a moment as this app writes it: ISO 8601, UTC, microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _at(state: _State) -> datetime:
    return state.at
