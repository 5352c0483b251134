"""Locations (sub-accounts), and what they define for their records."""

from __future__ import annotations

from instep.sandbox.gohighlevel.locations import records

OPERATIONS = records.OPERATIONS

__all__ = ["OPERATIONS"]
