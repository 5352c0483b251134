"""What was written to an app about a person, and what is on its way, field by field. Pure.

Times are epoch milliseconds, UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
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
class Refusal:
    """The newest write of a field that an app did not take: when, its reason, who asked for it."""

    at: int
    sentence: str | None
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
    """What was written to a field of one app last, refused since, and is to be; None: nothing."""

    wrote: Wrote | None = None
    waits: Waits | None = None
    refused: Refusal | None = None


def newest_writes(lines: Iterable[Told]) -> dict[str, Wrote]:
    """Return the newest write of each field, from an app's lines of history in any order."""
    found: dict[str, Wrote] = {}
    for line in sorted(lines, key=lambda each: (each.at, each.id)):
        for change in line.changes:
            found[change["field"]] = Wrote(line.at, change["before"], change["why"], line.person)
    return found


def newest_refusals(lines: Iterable[Told]) -> dict[str, Refusal]:
    """Return the newest refusal of each field, from an app's lines of history in any order."""
    found: dict[str, Refusal] = {}
    for line in sorted(lines, key=lambda each: (each.at, each.id)):
        if line.what == "rejected":
            told = Refusal(line.at, line.why, line.person)
            found.update(dict.fromkeys(json.loads(line.before or "{}"), told))
    return found


def joined(lines: Sequence[Told], waits: Mapping[str, Waits]) -> dict[str, FieldWrites]:
    """Return what an app's lines of history tell and what waits, by field.

    A refusal is past once the field was written, and is told by what waits as long as that does.
    """
    wrote, refused = newest_writes(lines), newest_refusals(lines)
    for field in [*refused]:
        if field in waits or (field in wrote and wrote[field].at > refused[field].at):
            del refused[field]
    return {
        each: FieldWrites(wrote.get(each), waits.get(each), refused.get(each))
        for each in {**wrote, **waits, **refused}
    }
