"""Opportunities, and the pipelines they move through."""

from __future__ import annotations

from instep.sandbox.gohighlevel.opportunities import lists, pipelines, records, search

OPERATIONS = (
    *records.OPERATIONS,
    *lists.OPERATIONS,
    *search.OPERATIONS,
    *pipelines.OPERATIONS,
)

__all__ = ["OPERATIONS"]
