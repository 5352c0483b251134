"""Workflows and campaigns: only their lists, and which contacts are in them."""

from __future__ import annotations

from instep.sandbox.gohighlevel.workflows import enrolling, listing

OPERATIONS = (*listing.OPERATIONS, *enrolling.OPERATIONS)

__all__ = ["OPERATIONS"]
