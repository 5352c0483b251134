"""Entries of the audit log as rows of a table that other programs open."""

from __future__ import annotations

import json
from collections.abc import Sequence

from instep.engine.access.audit import EntryTold

COLUMNS = (
    *("number", "at", "actor", "actor_kind", "origin", "act", "noun"),
    *("object", "object_id", "changes", "digest"),
)


def row_of(told: EntryTold) -> Sequence[str | int | None]:
    """Return an entry's cells."""
    said = told.as_json()
    said["changes"] = json.dumps(said["changes"], ensure_ascii=False)
    return [said[name] for name in COLUMNS]
