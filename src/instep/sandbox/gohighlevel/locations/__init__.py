"""Locations (sub-accounts), and what they define for their records."""

from __future__ import annotations

from instep.sandbox.gohighlevel.locations import custom_values, fields, records, tags

OPERATIONS = (*records.OPERATIONS, *fields.OPERATIONS, *custom_values.OPERATIONS, *tags.OPERATIONS)

__all__ = ["OPERATIONS"]
