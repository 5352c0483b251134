"""An app in RAM: people, what belongs to them, and the misbehaviour that tests ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from instep.connectors.memory.kinds import KINDS, PARENT
from instep.connectors.memory.shelf import Shelf
from instep.core.records import Record, Value, Values, Write


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


class MemoryApp:
    """One app in memory. Plain methods do what a person or a third tool would do in it.

    `kind` is the canonical kind of the record that is meant. Every record has an id that no other
    of any kind has. A task or note names its contact in its values (`contact_id`).
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
        self._ids = (f"{name}-{number:06d}" for number in count(1))
        self._versions = count(1)
        self._shelves = {
            kind: Shelf(declared, now, lambda: self.quirks.lag) for kind, declared in KINDS.items()
        }

    # What people do in the app

    def add(self, values: Values, kind: str = PARENT) -> Record:
        """Create a record, whatever its values. Raises KeyError where its contact is not there."""
        parent = KINDS[kind].parent
        if parent is not None:
            self.read(str(values[parent.field]))
        return self._store(next(self._ids), values, kind)

    def edit(self, record_id: str, write: Write, kind: str = PARENT) -> Record:
        """Change a record. Raises KeyError when it is not there."""
        return self._store(record_id, write.applied_to(self.read(record_id, kind).values), kind)

    def remove(self, record_id: str, kind: str = PARENT) -> None:
        """Remove a record, and all that belongs to it. Raises KeyError when it is not there."""
        self._shelves[kind].remove(record_id)
        for shelf in self._shelves.values() if kind == PARENT else ():
            for child_id in shelf.below(record_id):
                shelf.remove(child_id)

    def read(self, record_id: str, kind: str = PARENT) -> Record:
        """Return a record as it is now. Raises KeyError when it is not there."""
        return self._shelves[kind].read(record_id)

    def records(self, kind: str = PARENT) -> dict[str, Record]:
        """Return every record of a kind as it is now, by id."""
        return self._shelves[kind].records()

    def holders(self, name: str, value: str, kind: str = PARENT) -> list[Record]:
        """Return the records whose findable field `name` holds `value`, without regard to case."""
        return self._shelves[kind].holders(name, value)

    def page(
        self,
        after: datetime | None,
        limit: int,
        kind: str = PARENT,
        parent_id: str | None = None,
    ) -> tuple[list[Record], datetime | None]:
        """Return records changed after a moment, oldest change first, and where the next page starts."""
        return self._shelves[kind].page(after, limit, parent_id)

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

    def _store(self, record_id: str, values: Values, kind: str) -> Record:
        kept = {name: self._keep(name, value) for name, value in values.items()}
        return self._shelves[kind].store(record_id, kept, str(next(self._versions)))

    def _keep(self, name: str, value: Value) -> Value:
        if isinstance(value, tuple):
            return tuple(sorted({word.lower() for word in value})) or None
        if isinstance(value, str):
            text = value.lower() if name in self.quirks.lowers else value
            return text[: self.quirks.cuts.get(name, len(text))] or None
        return value


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
