"""Contacts: kept, told apart, searched, listed."""

from __future__ import annotations

from instep.sandbox.gohighlevel.contacts import lists, records, search

OPERATIONS = (*records.OPERATIONS, *lists.OPERATIONS, *search.OPERATIONS)

__all__ = ["OPERATIONS"]
