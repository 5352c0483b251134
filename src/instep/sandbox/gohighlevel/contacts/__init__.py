"""Contacts: kept, told apart, searched, listed; with their tags, tasks and notes."""

from __future__ import annotations

from instep.sandbox.gohighlevel.contacts import gathering, lists, notes, records, search, tasks

OPERATIONS = (
    *records.OPERATIONS,
    *lists.OPERATIONS,
    *search.OPERATIONS,
    *gathering.OPERATIONS,
    *tasks.OPERATIONS,
    *notes.OPERATIONS,
)

__all__ = ["OPERATIONS"]
