"""Entries of the audit log as rows of a table that other programs open."""

from __future__ import annotations

import json
from collections.abc import Sequence

from instep.engine.access.audit import EntryTold

COLUMNS = (
    *("number", "at", "actor", "actor_kind", "origin", "act", "noun"),
    *("object", "object_id", "changes", "digest"),
)
# a cell that begins like this is carried out by spreadsheets: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def row_of(told: EntryTold) -> Sequence[str]:
    """Return an entry's cells; none of them is a formula to a spreadsheet."""
    said = told.as_json()
    said["changes"] = json.dumps(said["changes"], ensure_ascii=False)
    return [_harmless(said[name]) for name in COLUMNS]


def _harmless(value: str | int | None) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text
