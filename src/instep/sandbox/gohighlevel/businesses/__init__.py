"""Businesses: the companies that contacts belong to."""

from __future__ import annotations

from instep.sandbox.gohighlevel.businesses import members, records

OPERATIONS = (*records.OPERATIONS, *members.OPERATIONS)

__all__ = ["OPERATIONS"]
