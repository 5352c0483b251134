"""Associations between kinds of records, and the relations between records made under them."""

from __future__ import annotations

from instep.sandbox.gohighlevel.associations import definitions, links

OPERATIONS = (*definitions.OPERATIONS, *links.OPERATIONS)

__all__ = ["OPERATIONS"]
