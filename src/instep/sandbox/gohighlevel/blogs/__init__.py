"""Blogs: their posts, authors and categories."""

from __future__ import annotations

from instep.sandbox.gohighlevel.blogs import records

OPERATIONS = records.OPERATIONS

__all__ = ["OPERATIONS"]
