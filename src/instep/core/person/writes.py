"""What was written to an app about a person, and what is on its way, field by field. Pure.

Times are epoch milliseconds, UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from instep.core.telling import Told


@dataclass(frozen=True, slots=True)
class Wrote:
    """The newest write of a field to an app: when, over which value, why, and who asked for it."""

    at: int
    before: Any
    why: str | None
    person: str | None


@dataclass(frozen=True, slots=True)
class Underway:
    """A write to a connection that has not ended well.

    `state` is that of its effect (ready, sending, unknown, failed), or `noticed`: the next run
    decides whether there is one.
    """

    connection: str
    state: str
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class Waits:
    """What is to be written to a field of an app: `how` it stands, the value, who asked for it."""

    how: Underway
    value: Any
    person: str | None


@dataclass(frozen=True, slots=True)
class FieldWrites:
    """What was written to a field of one app last, and what is to be; None: nothing."""

    wrote: Wrote | None = None
    waits: Waits | None = None


def newest_writes(lines: Iterable[Told]) -> dict[str, Wrote]:
    """Return the newest write of each field, from an app's lines of history in any order."""
    found: dict[str, Wrote] = {}
    for line in sorted(lines, key=lambda each: (each.at, each.id)):
        for change in line.changes:
            found[change["field"]] = Wrote(line.at, change["before"], change["why"], line.person)
    return found


def joined(wrote: Mapping[str, Wrote], waits: Mapping[str, Waits]) -> dict[str, FieldWrites]:
    """Return both together by field."""
    fields = {**wrote, **waits}
    return {each: FieldWrites(wrote.get(each), waits.get(each)) for each in fields}
