"""What a person's act changed, row by row, as the audit log tells it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instep.core.flow.keeping import keep

Row = Mapping[str, Any]
MOST_CHANGES = 50
"""How many rows of one act are told one by one; the others are counted."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One object an act made (no `before`), changed or took away (no `after`): what differs."""

    noun: str
    id: str
    name: str | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept, its secrets masked."""
        return {
            "noun": self.noun,
            "id": self.id,
            "name": self.name,
            "before": keep(self.before).value,
            "after": keep(self.after).value,
        }


def changes(noun: str, before: Mapping[str, Row], after: Mapping[str, Row]) -> Sequence[Changed]:
    """Return what differs between the rows of one table, by their ids, in the order of ids."""
    found = []
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        name = (new or old or {}).get("name")
        if old is None or new is None:
            found.append(Changed(noun, key, name, _told(old), _told(new)))
            continue
        differing = [each for each in new if old.get(each) != new[each]]
        parts = ({each: row.get(each) for each in differing} for row in (old, new))
        found.append(Changed(noun, key, name, *map(_told, parts)))
    return found


def _told(row: Row | None) -> Mapping[str, Any] | None:
    """Return a row with what is JSON in it opened, so that secrets in it are found by name."""
    return None if row is None else {name: _opened(value) for name, value in row.items()}


def _opened(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
