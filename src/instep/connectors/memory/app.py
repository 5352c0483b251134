"""An app in RAM: contacts, their versions, and the misbehaviour that tests ask for."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, islice

from instep.core.records import Record, Value, Values, Write

FINDABLE = ("email", "phone")
_SMALLEST_JOURNAL = 1_000


@dataclass(slots=True)
class Quirks:
    """How this app differs from an ideal one.

    `lowers` names fields kept in lower case, `cuts` fields kept no longer than so many characters.
    `lag` is how long lists stay behind the records; looking up and getting are never behind.
    """

    refuses_duplicates: bool = False
    lowers: frozenset[str] = frozenset()
    cuts: Mapping[str, int] = field(default_factory=dict)
    lag: timedelta = timedelta()


@dataclass(slots=True)
class Faults:
    """What goes wrong next: each number counts down, one call at a time."""

    throttled: int = 0
    throttled_seconds: float = 0.0
    failing: int = 0
    failing_status: int = 500
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class _State:
    """One record as it stood from `at` on; no record: it was removed."""

    at: datetime
    id: str
    record: Record | None


class MemoryApp:
    """One app in memory. Plain methods do what a person or a third tool would do in it.

    Times of change strictly increase, so that a time is also a place in the list: the list is a
    journal in the order of change, and reading on after a time never misses a record.
    """

    def __init__(
        self,
        name: str = "memory",
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        quirks: Quirks | None = None,
        token: str = "memory",  # noqa: S107 - the well-known default of an app in RAM
    ) -> None:
        self.name = name
        self.token = token
        self.quirks = quirks or Quirks()
        self.faults = Faults()
        self.calls: Counter[str] = Counter()
        self._now = now
        self._ids = (f"{name}-{number:06d}" for number in count(1))
        self._versions = count(1)
        self._current: dict[str, _State] = {}
        self._journal: list[_State] = []
        self._holders: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)

    # What people do in the app

    def add(self, values: Values) -> Record:
        """Create a record, whatever its values."""
        return self._store(next(self._ids), values)

    def edit(self, record_id: str, write: Write) -> Record:
        """Change a record. Raises KeyError when it is not there."""
        return self._store(record_id, write.applied_to(self.read(record_id).values))

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

    def holders(self, name: str, value: str) -> list[Record]:
        """Return the records whose findable field `name` holds `value`, without regard to case."""
        return [self.read(each) for each in self._holders.get((name, value.lower()), ())]

    def page(self, after: datetime | None, limit: int) -> tuple[list[Record], datetime | None]:
        """Return records changed after a moment, oldest change first, and where the next page starts."""
        states = list(islice(self._visible(after), limit + 1))
        page = [state.record for state in states[:limit] if state.record is not None]
        return page, states[limit - 1].at if len(states) > limit else None

    # What goes wrong

    def rate_limit(self, times: int, seconds: float = 0.0) -> None:
        """Answer the next calls with 429 and this many seconds to wait."""
        self.faults.throttled, self.faults.throttled_seconds = times, seconds

    def fail(self, times: int, status: int = 500) -> None:
        """Answer the next calls with this status and do nothing."""
        self.faults.failing, self.faults.failing_status = times, status

    def drop_reply(self, times: int = 1) -> None:
        """Do what the next writes ask and then say nothing, as a time-out after success."""
        self.faults.dropped = times

    def clear(self) -> None:
        """Let everything go right again."""
        self.faults = Faults()

    # Keeping

    def _store(self, record_id: str, values: Values) -> Record:
        at = self._next_moment()
        kept = {name: self._keep(name, value) for name, value in values.items()}
        record = Record(record_id, kept, str(next(self._versions)), stamp(at))
        state = _State(at, record_id, record)
        if record_id in self._current:
            self._release(self._current[record_id])
        self._current[record_id] = state
        for key in _keys(record):
            self._holders[key][record_id] = None
        self._journal.append(state)
        self._shorten()
        return record

    def _keep(self, name: str, value: Value) -> Value:
        if isinstance(value, tuple):
            return tuple(sorted({word.lower() for word in value})) or None
        if isinstance(value, str):
            text = value.lower() if name in self.quirks.lowers else value
            return text[: self.quirks.cuts.get(name, len(text))] or None
        return value

    def _release(self, state: _State) -> None:
        for key in _keys(state.record):
            del self._holders[key][state.id]
            if not self._holders[key]:
                del self._holders[key]

    def _next_moment(self) -> datetime:
        now = self._now()
        if self._journal and now <= self._journal[-1].at:
            return self._journal[-1].at + timedelta(microseconds=1)
        return now

    # The journal

    def _visible(self, after: datetime | None) -> Iterator[_State]:
        """Yield the states that lists show, in order of change, from after a moment on."""
        states = self._shown() if self.quirks.lag else self._journal
        start = 0 if after is None else bisect_right(states, after, key=_at)
        for place in range(start, len(states)):
            state = states[place]
            overtaken = not self.quirks.lag and self._current.get(state.id) is not state
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
        return bisect_right(self._journal, now - self.quirks.lag, key=_at)

    def _shorten(self) -> None:
        """Forget overtaken states once they are most of the journal."""
        if len(self._journal) < max(_SMALLEST_JOURNAL, 3 * len(self._current)):
            return
        self._journal = self._shown() + self._journal[self._horizon() :]


def stamp(moment: datetime) -> str:
    """Return a moment as this app writes it: ISO 8601, UTC, microseconds."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def install(app: MemoryApp) -> MemoryApp:
    """Make an app reachable by its name, in place of one that may have had it."""
    _APPS[app.name] = app
    return app


def uninstall(name: str) -> None:
    """Forget the app of this name, if there is one."""
    _APPS.pop(name, None)


def named(name: str) -> MemoryApp:
    """Return the app of this name; a new, empty one if there was none."""
    return _APPS[name] if name in _APPS else install(MemoryApp(name))


_APPS: dict[str, MemoryApp] = {}


def _at(state: _State) -> datetime:
    return state.at


def _keys(record: Record | None) -> list[tuple[str, str]]:
    values = record.values if record else {}
    return [(name, text.lower()) for name in FINDABLE if isinstance(text := values.get(name), str)]
