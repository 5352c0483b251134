"""Users: kept, searched, listed."""

from __future__ import annotations

from instep.sandbox.gohighlevel.users import lists, records

OPERATIONS = (*records.OPERATIONS, *lists.OPERATIONS)

__all__ = ["OPERATIONS"]
